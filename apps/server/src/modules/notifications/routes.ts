import { notifications as routes } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import type { Outbox } from '../outbox/index.ts'
import { listNotifications, markRead } from './read-notifications.ts'

export function notificationsHandlers(options: {
  readonly db: Database
  readonly clock: Clock
  readonly outbox: Pick<Outbox, 'send'>
}): MountedRoute[] {
  return [
    implement(routes.list, ({ user, query }) =>
      listNotifications(options.db, user, {
        before: query.before ?? null,
        unread: query.unread ?? null,
        limit: query.limit,
      }),
    ),
    implement(routes.read, async ({ user, body }) => {
      const { tenantId, userId } = user
      const { ids, unread_count } = await markRead(options, user, body.all === true ? null : (body.ids ?? []))
      if (ids.length > 0) {
        await options.outbox.send({ tenantId, userId, type: 'notification_read', payload: { ids, unread_count } })
      }
      return { updated: ids.length, unread_count }
    }),
  ]
}
