import { actions, events } from '@imperal/contract'
import { implement, type MountedRoute } from '../../../foundation/http/index.ts'
import { kernelErrors } from '../errors.ts'
import { eventCatalog } from '../events/event-catalog.ts'
import { countActions, listActions, readTrace } from '../ledger/read-actions.ts'
import type { KernelParts } from '../parts.ts'

/** Reading the ledger (api.md 3.18), of which nothing can be changed through the API, and what can happen (K6.4). */
export function actionRoutes(parts: KernelParts): MountedRoute[] {
  return [
    implement(events.catalog, async ({ user }) => {
      const found = await eventCatalog(parts, user)
      return { events: found, count: found.length }
    }),
    implement(actions.list, async ({ user, query }) => {
      const found = await listActions(parts.db, user, query)
      return { ...found, page: query.page, per_page: query.per_page }
    }),
    implement(actions.stats, async ({ user }) => {
      const { by_app, period } = await countActions(parts.db, user)
      const sum = (count: (app: (typeof by_app)[number]) => number) =>
        by_app.reduce((total, app) => total + count(app), 0)
      return {
        used: sum((app) => app.used),
        total_actions: sum((app) => app.total),
        completed: sum((app) => app.completed),
        failed: sum((app) => app.failed),
        limit: parts.settings.limits.actionsPerMonth,
        period,
        llm_total_calls: 0,
        llm_total_tokens: 0,
        llm_by_model: [],
        by_app: by_app.map(({ used: _used, ...app }) => app),
      }
    }),
    implement(actions.get, async ({ user, params }) => {
      const calls = await readTrace(parts.db, { ...user, isAdmin: user.role === 'admin' }, params.trace_id)
      const [first] = calls
      if (first === undefined) throw kernelErrors.ACTION_NOT_FOUND()
      return { ...first, calls }
    }),
  ]
}
