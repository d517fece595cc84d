import { ActionResult } from '@imperal/sdk'
import { type PlatformAnswer, platform, segment } from '@imperal/sdk/platform'
import * as z from 'zod'
import { chat, ReviewsChanged } from './extension.ts'

export const refused = (answer: PlatformAnswer<unknown>) =>
  answer.status === 403
    ? ActionResult.error('Only administrators may do that.', { code: 'PERMISSION_DENIED' })
    : ActionResult.error(answer.problem, { code: 'PLATFORM_REFUSED', retryable: answer.status >= 500 })

const Check = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  summary: z.string(),
  fix: z.string().nullable(),
})
export const Health = z.object({ status: z.enum(['ok', 'warn', 'fail']), checks: z.array(Check) })
export const readHealth = (ctx: object) => platform(ctx).request('GET', '/v1/admin/doctor')

export const showHealth = chat.function(
  'show_health',
  {
    description: 'Show how the installation is: isolation, database, disk, models, mail, and what to mend.',
    params: z.object({}),
    returns: Health,
  },
  async (ctx) => {
    const answer = await readHealth(ctx)
    if (!answer.ok) return refused(answer)
    const health = Health.parse(answer.body)
    const troubles = health.checks.filter(({ status }) => status !== 'ok')
    const said =
      troubles.length === 0
        ? 'Everything is in order.'
        : troubles.map(({ name, summary, fix }) => `${name}: ${summary}${fix === null ? '' : ` ${fix}`}`).join('\n')
    return ActionResult.success(health, said)
  },
)

const Person = z.object({
  imperal_id: z.string(),
  email: z.string(),
  display_name: z.string(),
  role: z.string(),
  is_active: z.boolean(),
  last_login: z.string().nullable(),
})

export const listUsers = chat.function(
  'list_users',
  {
    description: 'List the users of your organisation, or those whose name or address contains some words.',
    params: z.object({ search: z.string().max(200).default(''), limit: z.number().int().min(1).max(100).default(20) }),
    returns: z.object({ users: z.array(Person), total: z.number().int() }),
  },
  async (ctx, { search, limit }) => {
    const query = { search: search || undefined, limit }
    const answer = await platform(ctx).request<{ items: unknown[]; total: number }>('GET', '/v1/users', { query })
    if (!answer.ok) return refused(answer)
    const users = answer.body.items.map((row) => Person.parse(row))
    const { total } = answer.body
    return ActionResult.success({ users, total }, `${total} user(s).`)
  },
)

const Pending = z.object({
  app_id: z.string(),
  name: z.string(),
  developer_id: z.string(),
  version: z.string().nullable(),
  submitted_at: z.string(),
})
export const readPending = (ctx: object) => platform(ctx).request<unknown[]>('GET', '/v1/admin/apps/pending')

export const listReviews = chat.function(
  'list_reviews',
  {
    description: 'List the apps that wait for review, those that wait longest first.',
    params: z.object({}),
    returns: z.object({ apps: z.array(Pending), total: z.number().int() }),
  },
  async (ctx) => {
    const answer = await readPending(ctx)
    if (!answer.ok) return refused(answer)
    const apps = answer.body.map((row) => Pending.parse(row))
    return ActionResult.success(
      { apps, total: apps.length },
      apps.map(({ name }) => name).join(', ') || 'Nothing waits for review.',
    )
  },
)

const AppId = z.string().min(1).max(64).describe('Id from list_reviews.')

export const approveApp = chat.function(
  'approve_app',
  {
    description: 'Publish an app that waits for review, so that everybody may install it.',
    actionType: 'destructive',
    effects: ['update:app'],
    event: ReviewsChanged,
    params: z.object({ app_id: AppId }),
    returns: z.object({ app_id: z.string() }),
  },
  async (ctx, { app_id }) => {
    const answer = await platform(ctx).request('POST', `/v1/admin/apps/${segment(app_id)}/approve`, { body: {} })
    return answer.ok ? ActionResult.success({ app_id }, `${app_id} is published.`) : refused(answer)
  },
)

export const rejectApp = chat.function(
  'reject_app',
  {
    description: 'Send an app that waits for review back to its developer, with a reason.',
    actionType: 'write',
    effects: ['update:app'],
    event: ReviewsChanged,
    params: z.object({ app_id: AppId, reason: z.string().trim().min(1).max(500) }),
    returns: z.object({ app_id: z.string() }),
  },
  async (ctx, { app_id, reason }) => {
    const answer = await platform(ctx).request('POST', `/v1/admin/apps/${segment(app_id)}/reject`, { body: { reason } })
    return answer.ok ? ActionResult.success({ app_id }, `${app_id} was sent back.`) : refused(answer)
  },
)

export const listProcesses = chat.function(
  'list_processes',
  {
    description: 'List what runs and waits in your organisation now, such as long tasks.',
    params: z.object({ limit: z.number().int().min(1).max(200).default(50) }),
    returns: z.object({ processes: z.array(z.record(z.string(), z.json())), total: z.number().int() }),
  },
  async (ctx, { limit }) => {
    const answer = await platform(ctx).request<{ processes: Record<string, z.core.util.JSONType>[]; count: number }>(
      'GET',
      '/v1/admin/processes',
      { query: { limit } },
    )
    if (!answer.ok) return refused(answer)
    const { processes, count } = answer.body
    return ActionResult.success({ processes, total: count }, count === 0 ? 'Nothing runs.' : `${count} run or wait.`)
  },
)
