import { ActionResult } from '@imperal/sdk'
import { type PlatformAnswer, platform, segment } from '@imperal/sdk/platform'
import * as z from 'zod'
import { AppsChanged, chat } from './extension.ts'

export const AppCard = z.object({
  app_id: z.string(),
  name: z.string(),
  short_description: z.string(),
  category: z.string(),
  version: z.string(),
  install_count: z.number().int(),
  rating: z.number(),
  pricing_model: z.string(),
  is_installed: z.boolean().optional(),
})
export type AppCard = z.infer<typeof AppCard>
export const AppId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/)
  .describe('Id from find_apps, such as notes.')
export const Mine = z.object({ app_id: z.string(), name: z.string(), is_disabled: z.boolean() })

export const refused = (answer: PlatformAnswer<unknown>) =>
  ActionResult.error(answer.problem, { code: 'PLATFORM_REFUSED', retryable: answer.status >= 500 })
export const browse = (ctx: object, query: { search?: string; category?: string; sort?: string; limit: number }) =>
  platform(ctx).request<AppCard[]>('GET', '/v1/marketplace/apps', { query })
const appPath = (appId: string, rest = '') => `/v1/marketplace/apps/${segment(appId)}${rest}`

export const findApps = chat.function(
  'find_apps',
  {
    description: 'Find apps of the marketplace by words, or the most used ones of a category.',
    params: z.object({
      search: z.string().max(200).default(''),
      category: z.string().max(50).default(''),
      limit: z.number().int().min(1).max(50).default(10),
    }),
    returns: z.object({ apps: z.array(AppCard), total: z.number().int() }),
  },
  async (ctx, query) => {
    const answer = await browse(ctx, query)
    if (!answer.ok) return refused(answer)
    const apps = answer.body.map((app) => AppCard.parse(app))
    const said =
      apps.length === 0
        ? 'No app fits.'
        : apps.map(({ name, short_description }) => `${name}: ${short_description}`).join('\n')
    return ActionResult.success({ apps, total: apps.length }, said)
  },
)

const Detail = AppCard.extend({
  description: z.string(),
  scopes: z.array(z.string()),
  tools: z.array(z.object({ name: z.string(), description: z.string(), action_type: z.string() })),
})

export const showApp = chat.function(
  'show_app',
  {
    description: 'Show what an app of the marketplace does, what it may touch, and what its functions are.',
    params: z.object({ app_id: AppId }),
    returns: Detail,
  },
  async (ctx, { app_id }) => {
    const answer = await platform(ctx).request('GET', appPath(app_id))
    if (!answer.ok) return refused(answer)
    const app = Detail.parse(answer.body)
    const touches = app.scopes.length === 0 ? 'nothing beyond itself' : app.scopes.join(', ')
    return ActionResult.success(app, `${app.name}: ${app.short_description} It may touch: ${touches}.`)
  },
)

export const listMine = chat.function(
  'list_installed',
  {
    description: 'List the apps that you have installed, and which of them are switched off.',
    params: z.object({}),
    returns: z.object({ apps: z.array(Mine), total: z.number().int() }),
  },
  async (ctx) => {
    const answer = await platform(ctx).request<unknown[]>('GET', '/v1/me/extensions')
    if (!answer.ok) return refused(answer)
    const apps = answer.body.map((app) => Mine.parse(app))
    return ActionResult.success({ apps, total: apps.length }, apps.map(({ name }) => name).join(', ') || 'No apps.')
  },
)

const Done = z.object({ app_id: z.string() })

export const installApp = chat.function(
  'install_app',
  {
    description: 'Install an app of the marketplace for you; from then on it may touch what it says it needs.',
    actionType: 'write',
    effects: ['create:install'],
    event: AppsChanged,
    params: z.object({ app_id: AppId }),
    returns: Done,
  },
  async (ctx, { app_id }) => {
    const answer = await platform(ctx).request('POST', appPath(app_id, '/install'), { body: {} })
    return answer.ok ? ActionResult.success({ app_id }, `Installed ${app_id}.`) : refused(answer)
  },
)

export const uninstallApp = chat.function(
  'uninstall_app',
  {
    description: 'Uninstall one of your apps; what it kept for you is deleted after a while.',
    actionType: 'destructive',
    effects: ['delete:install'],
    event: AppsChanged,
    params: z.object({ app_id: AppId }),
    returns: Done,
  },
  async (ctx, { app_id }) => {
    const answer = await platform(ctx).request('DELETE', appPath(app_id, '/install'))
    return answer.ok ? ActionResult.success({ app_id }, `Uninstalled ${app_id}.`) : refused(answer)
  },
)

export const setEnabled = chat.function(
  'switch_app',
  {
    description: 'Switch one of your installed apps off, or on again; switched off it does nothing and keeps its data.',
    actionType: 'write',
    effects: ['update:install'],
    event: AppsChanged,
    params: z.object({ app_id: AppId, on: z.boolean() }),
    returns: z.object({ app_id: z.string(), on: z.boolean() }),
  },
  async (ctx, { app_id, on }) => {
    const answer = on
      ? await platform(ctx).request('DELETE', `/v1/me/extensions/disable/${segment(app_id)}`)
      : await platform(ctx).request('POST', '/v1/me/extensions/disable', { body: { app_id } })
    return answer.ok ? ActionResult.success({ app_id, on }, `${app_id} is ${on ? 'on' : 'off'}.`) : refused(answer)
  },
)
