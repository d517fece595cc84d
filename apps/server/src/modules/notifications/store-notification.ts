import type { Clock } from '../../foundation/clock.ts'
import type { Statement } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import type { Notification } from './types.ts'

const INSERT = `
insert into notifications.notification
  (id, tenant_id, user_id, app_id, title, body, message, priority, channel, link, extra, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

const LONGEST = { title: 200, text: 10_000, channel: 64, link: 2_000, extra: 16_384 }

/** PostgreSQL has no NUL in texts; a cut must not leave half of a surrogate pair. */
const cut = (text: string, length: number): string => text.slice(0, length).toWellFormed().replaceAll('\0', '')

/** The notification as it is kept: every text within its limit, an extra that is too large left out. */
export function kept(notification: Notification): Notification & { readonly id: string } {
  const { title, body, message, channel, link, extra } = notification
  return {
    ...notification,
    id: orderedId('ntf'),
    title: cut(title, LONGEST.title),
    body: cut(body, LONGEST.text),
    message: cut(message, LONGEST.text),
    channel: cut(channel, LONGEST.channel),
    link: link === null ? null : cut(link, LONGEST.link),
    extra: Buffer.byteLength(JSON.stringify(extra)) > LONGEST.extra ? {} : extra,
  }
}

export const storing = (clock: Clock, one: ReturnType<typeof kept>): Statement => ({
  text: INSERT,
  values: [
    ...[one.id, one.tenantId, one.userId, one.appId, one.title, one.body, one.message, one.priority, one.channel],
    ...[one.link, JSON.stringify(one.extra), clock.iso()],
  ],
})
