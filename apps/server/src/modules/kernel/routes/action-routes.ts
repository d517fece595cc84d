import {
  type Action,
  type actions as Actions,
  actions,
  events,
  type RouteQuery,
  SYSTEM_USER,
  WEBHOOK_USER,
} from '@imperal/contract'
import { implement, isAdministrator, type MountedRoute, type Principal } from '../../../foundation/http/index.ts'
import { readUsage } from '../../llm/index.ts'
import { monthlyActions } from '../corridor/check-quota.ts'
import { kernelErrors } from '../errors.ts'
import { eventCatalog } from '../events/event-catalog.ts'
import { type AppCounts, countApp, countAppMonth, countUse, type UseOf } from '../ledger/count-actions.ts'
import { listActions, readTrace } from '../ledger/read-actions.ts'
import { type ActionOwner, recordAction } from '../ledger/record-action.ts'
import { tellTrace } from '../ledger/tell-trace.ts'
import type { KernelParts } from '../parts.ts'

/** The user that a service names; `default` as a tenant means the one of the user. @throws KERNEL_USER_NOT_FOUND, KERNEL_NOT_YOURS */
async function ownerOf(parts: KernelParts, userId: string, tenantId: string): Promise<ActionOwner> {
  if (userId === SYSTEM_USER || userId === WEBHOOK_USER) return { tenantId, userId, agencyId: null }
  const actor = await parts.identity.findUser(userId)
  if (actor === null) throw kernelErrors.USER_NOT_FOUND()
  if (tenantId !== 'default' && tenantId !== actor.tenantId) throw kernelErrors.NOT_YOURS({ field: 'tenant_id' })
  return { tenantId: actor.tenantId, userId, agencyId: actor.agencyId }
}

/** Adds up tokens by model: what the platform's own requests used, and what services reported. */
function addUp(lists: readonly { model: string; calls: number; tokens: number }[]) {
  const sums = new Map<string, { model: string; calls: number; tokens: number }>()
  for (const { model, calls, tokens } of lists) {
    const before = sums.get(model) ?? { model, calls: 0, tokens: 0 }
    sums.set(model, { model, calls: before.calls + calls, tokens: before.tokens + tokens })
  }
  return [...sums.values()].sort((a, b) => a.model.localeCompare(b.model))
}

async function statsOf(parts: KernelParts, of: UseOf, limit: number | null) {
  const user = of.userId === null ? null : { tenantId: of.tenantId, userId: of.userId }
  const [{ by_app, by_model }, usage] = await Promise.all([
    user === null
      ? parts.db.everyTenant((tx) => countUse(tx, of))
      : parts.db.tenant(user.tenantId, (tx) => countUse(tx, of)),
    readUsage(parts.db, { user, from: of.from, to: of.to }),
  ])
  const sum = (count: (app: (typeof by_app)[number]) => number) => by_app.reduce((total, app) => total + count(app), 0)
  const models = addUp([...usage, ...by_model])
  return {
    used: sum((app) => app.used),
    total_actions: sum((app) => app.total),
    completed: sum((app) => app.completed),
    failed: sum((app) => app.failed),
    limit,
    period: of.from === undefined ? parts.clock.iso().slice(0, 7) : `${of.from}/${of.to ?? ''}`,
    llm_total_calls: models.reduce((total, model) => total + model.calls, 0),
    llm_total_tokens: models.reduce((total, model) => total + model.tokens, 0),
    llm_by_model: models,
    by_app: by_app.map(({ used: _used, ...app }) => app),
  }
}

/** The monthly allowance in force (G5). */
async function allowanceOf(parts: KernelParts, user: { tenantId: string; userId: string }): Promise<number | null> {
  const actor = await parts.identity.actor(user.tenantId, user.userId)
  return monthlyActions(parts, { limits: actor?.limits })
}

const listFor = async (parts: KernelParts, user: ActionOwner | Principal, query: RouteQuery<typeof Actions.list>) => {
  const found = await listActions(parts.db, { tenantId: user.tenantId, userId: user.userId ?? '' }, query)
  return { ...found, page: query.page, per_page: query.per_page }
}

const FRESH_MS = 3_600_000
const MOST_REMEMBERED = 10_000

/** Counts of apps for the marketplace, an hour old at the most on each node (api.md 3.18). */
function openMarketplaceStats(parts: KernelParts) {
  const known = new Map<string, { counts: AppCounts; until: number }>()
  return async (appId: string) => {
    const now = parts.clock.now()
    const before = known.get(appId)
    if (before !== undefined && before.until > now) return before.counts
    const counts = await countApp(parts.db, appId)
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(appId, { counts, until: now + FRESH_MS })
    return counts
  }
}

function serviceRoutes(parts: KernelParts): MountedRoute[] {
  const marketplace = openMarketplaceStats(parts)
  const known = async (appId: string): Promise<string> => {
    if ((await parts.registry.app(appId)) === null) throw kernelErrors.APP_NOT_FOUND({ appId })
    return appId
  }
  return [
    implement(actions.record, async ({ body }) => {
      await recordAction(parts, await ownerOf(parts, body.user_id, body.tenant_id), body)
      return { recorded: true as const, trace_id: body.trace_id }
    }),
    implement(actions.marketplaceStats, async ({ params }) => {
      const counts = await marketplace(await known(params.app_id))
      return {
        app_id: params.app_id,
        total_actions: counts.total_actions,
        active_users: counts.unique_users,
        success_rate: counts.success_rate,
        avg_duration_ms: counts.avg_duration_ms,
      }
    }),
    implement(actions.internalList, async ({ query }) =>
      listFor(parts, await ownerOf(parts, query.user_id, 'default'), query),
    ),
    implement(actions.internalStats, async ({ query }) => {
      const span = { from: query.from, to: query.to }
      if (query.user_id === undefined || query.admin)
        return statsOf(parts, { tenantId: '', userId: null, ...span }, null)
      const owner = await ownerOf(parts, query.user_id, 'default')
      return statsOf(parts, { ...owner, ...span }, await allowanceOf(parts, owner))
    }),
    implement(actions.internalExtensionStats, async ({ params }) =>
      countAppMonth(parts.db, await known(params.app_id)),
    ),
  ]
}

/** The action ledger (api.md 3.18), to which services add and in which nothing is changed, and what can happen (K6.4). */
export function actionRoutes(parts: KernelParts): MountedRoute[] {
  return [
    ...serviceRoutes(parts),
    implement(events.catalog, async ({ user }) => {
      const found = await eventCatalog(parts, user)
      return { events: found, count: found.length }
    }),
    implement(actions.list, ({ user, query }) => listFor(parts, user, query)),
    implement(actions.stats, async ({ user }) =>
      statsOf(parts, { tenantId: user.tenantId, userId: user.userId }, await allowanceOf(parts, user)),
    ),
    implement(actions.extensionStats, async ({ user, params }) => {
      const app = await parts.registry.app(params.app_id)
      // The app of somebody else is none.
      if (app === null || app.ownerId !== user.userId) throw kernelErrors.APP_NOT_FOUND({ appId: params.app_id })
      return countAppMonth(parts.db, app.appId)
    }),
    implement(actions.get, async ({ user, params }) => {
      const calls: Action[] = await readTrace(parts.db, { ...user, isAdmin: isAdministrator(user) }, params.trace_id)
      const [first] = calls
      if (first === undefined) throw kernelErrors.ACTION_NOT_FOUND()
      // Of others an administrator sees what the ledger keeps, not what they wrote (K11.5).
      const owner = { tenantId: first.tenant_id, userId: first.user_id }
      const turn = owner.userId === user.userId ? ((await parts.turnOf?.(owner, params.trace_id)) ?? null) : null
      return { ...first, calls, story: tellTrace(calls, turn) }
    }),
  ]
}
