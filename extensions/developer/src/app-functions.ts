import { ActionResult } from '@imperal/sdk'
import { platform, segment } from '@imperal/sdk/platform'
import * as z from 'zod'
import { AppId, badId, refused } from './ask.ts'
import { AppsChanged, chat } from './extension.ts'

export const DeveloperApp = z.object({
  app_id: z.string(),
  name: z.string(),
  status: z.string(),
  version: z.string().nullable(),
  install_count: z.number().int(),
  short_description: z.string(),
  reject_reason: z.string().nullable(),
})
export type DeveloperApp = z.infer<typeof DeveloperApp>

export const appPath = (appId: string, rest = ''): string => `/v1/developer/apps/${segment(appId)}${rest}`

const shown = (app: DeveloperApp): DeveloperApp => DeveloperApp.parse(app)

export const registerDeveloper = chat.function(
  'register_developer',
  {
    description: 'Enrol as a developer, so that you can create and deploy apps of your own.',
    actionType: 'write',
    effects: ['create:developer'],
    event: AppsChanged,
    params: z.object({
      nickname: z.string().min(3).max(30).optional().describe('Public handle: lower-case letters, digits, _ and -.'),
      display_name: z.string().max(200).optional(),
    }),
    returns: z.object({ registered: z.literal(true) }),
  },
  async (ctx, body) => {
    const answer = await platform(ctx).request('POST', '/v1/developer/register', { body })
    if (!answer.ok) return refused(answer)
    return ActionResult.success({ registered: true as const }, 'You are a developer now.')
  },
)

export const listApps = chat.function(
  'list_apps',
  {
    description: 'List the apps that you develop, with their status, live version and number of installs.',
    params: z.object({}),
    returns: z.object({ apps: z.array(DeveloperApp), total: z.number().int() }),
  },
  async (ctx) => {
    const answer = await platform(ctx).request<DeveloperApp[]>('GET', '/v1/developer/apps')
    if (!answer.ok) return refused(answer)
    const apps = answer.body.map(shown)
    return ActionResult.success(
      { apps, total: apps.length },
      apps.length === 0 ? 'You develop no apps yet.' : apps.map(({ name, status }) => `${name} (${status})`).join(', '),
    )
  },
)

export const createApp = chat.function(
  'create_app',
  {
    description: 'Create a new app of your own; it begins as a draft that only you see until you deploy and submit it.',
    actionType: 'write',
    effects: ['create:app'],
    event: AppsChanged,
    params: z.object({
      app_id: AppId,
      name: z.string().trim().min(1).max(200).describe('Name that people read.'),
      short_description: z.string().max(200).default(''),
    }),
    returns: DeveloperApp,
  },
  async (ctx, body) => {
    const wrong = badId(body.app_id)
    if (wrong) return wrong
    const answer = await platform(ctx).request<DeveloperApp>('POST', '/v1/developer/apps', { body })
    if (!answer.ok) return refused(answer)
    return ActionResult.success(shown(answer.body), `Created ${body.name}. Deploy a document or code to it next.`)
  },
)

const Check = z.object({ check: z.string(), ok: z.boolean(), message: z.string() })

export const submitApp = chat.function(
  'submit_app',
  {
    description: 'Send an app of yours to review, so that it is published in the marketplace when it is approved.',
    actionType: 'write',
    effects: ['update:app'],
    event: AppsChanged,
    params: z.object({ app_id: AppId }),
    returns: z.object({ app_id: z.string(), status: z.string(), checks: z.array(Check) }),
  },
  async (ctx, { app_id }) => {
    const answer = await platform(ctx).request<{ app_id: string; status: string; checks: z.infer<typeof Check>[] }>(
      ...(['POST', appPath(app_id, '/submit')] as const),
    )
    if (!answer.ok) return refused(answer)
    const { status, checks } = answer.body
    const failed = checks.filter(({ ok }) => !ok).map(({ message }) => message)
    return ActionResult.success(
      { app_id, status, checks },
      failed.length === 0 ? `${app_id} is ${status.replaceAll('_', ' ')}.` : `Not submitted. ${failed.join(' ')}`,
    )
  },
)

export const suspendApp = chat.function(
  'suspend_app',
  {
    description:
      'Pause a published app of yours: the marketplace hides it, and its calls are refused until you submit it again.',
    actionType: 'write',
    effects: ['update:app'],
    event: AppsChanged,
    params: z.object({ app_id: AppId }),
    returns: z.object({ app_id: z.string(), status: z.string() }),
  },
  async (ctx, { app_id }) => {
    const answer = await platform(ctx).request<{ app_id: string; status: string }>('POST', appPath(app_id, '/suspend'))
    if (!answer.ok) return refused(answer)
    return ActionResult.success({ app_id, status: answer.body.status }, `${app_id} is paused.`)
  },
)

export const deleteApp = chat.function(
  'delete_app',
  {
    description: 'Delete an app of yours that is not published, and take it away from everybody who has it installed.',
    actionType: 'destructive',
    effects: ['delete:app'],
    event: AppsChanged,
    params: z.object({ app_id: AppId }),
    returns: z.object({ app_id: z.string(), installs_purged: z.number().int() }),
  },
  async (ctx, { app_id }) => {
    const body = { confirm_name: app_id }
    const answer = await platform(ctx).request<{ installs_purged: number }>('DELETE', appPath(app_id), { body })
    if (!answer.ok) return refused(answer)
    return ActionResult.success({ app_id, installs_purged: answer.body.installs_purged }, `Deleted ${app_id}.`)
  },
)

const Deploy = z.object({
  deploy_id: z.string(),
  version: z.string(),
  status: z.string(),
  created_at: z.string(),
  error_message: z.string().nullable(),
})

export const listDeploys = chat.function(
  'list_deploys',
  {
    description: 'List the deploys of an app of yours, newest first, with what came of them.',
    params: z.object({ app_id: AppId, limit: z.number().int().min(1).max(100).default(20) }),
    returns: z.object({ deploys: z.array(Deploy), total: z.number().int() }),
  },
  async (ctx, { app_id, limit }) => {
    const answer = await platform(ctx).request<z.infer<typeof Deploy>[]>(
      ...(['GET', appPath(app_id, '/deploys'), { query: { limit } }] as const),
    )
    if (!answer.ok) return refused(answer)
    const deploys = answer.body.map((row) => Deploy.parse(row))
    const [last] = deploys
    return ActionResult.success(
      { deploys, total: deploys.length },
      last === undefined ? 'Nothing was deployed yet.' : `The last deploy, ${last.version}, is ${last.status}.`,
    )
  },
)
