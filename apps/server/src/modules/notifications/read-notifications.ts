import type { NotificationWire } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Statement } from '../../foundation/db/index.ts'
import type { NotificationTable } from './tables.ts'

const OWN = 'tenant_id = $1 and user_id = $2'
const LIST = `
select * from notifications.notification
 where ${OWN} and ($3::text is null or id < $3) and ($4::boolean is null or (read_at is null) = $4) order by id desc limit $5`
const UNREAD = `select count(*) as unread from notifications.notification where ${OWN} and read_at is null`
const READ = `
update notifications.notification set read_at = $3
 where ${OWN} and read_at is null and ($4::text[] is null or id = any($4)) returning id`

interface Owner {
  readonly tenantId: string
  readonly userId: string
}

const toWire = (row: NotificationTable): NotificationWire => ({
  id: row.id,
  title: row.title,
  body: row.body,
  message: row.message,
  priority: row.priority,
  extension_id: row.app_id,
  channel: row.channel,
  link: row.link,
  read: row.read_at !== null,
  created_at: row.created_at.toISOString(),
})
const unread = (owner: Owner): Statement => ({ text: UNREAD, values: [owner.tenantId, owner.userId] })

/** One page, newest first, and how many are unread in all. */
export async function listNotifications(
  db: Database,
  owner: Owner,
  page: { readonly before: string | null; readonly unread: boolean | null; readonly limit: number },
): Promise<{ notifications: NotificationWire[]; unread_count: number }> {
  const values = [owner.tenantId, owner.userId, page.before, page.unread, page.limit]
  const [rows, count] = await db.atomic(owner.tenantId, [{ text: LIST, values }, unread(owner)])
  return {
    notifications: ((rows?.rows ?? []) as NotificationTable[]).map(toWire),
    unread_count: count?.rows[0].unread,
  }
}

/** Marks the named ones, or all with `ids: null`; gives those that were unread until now. */
export async function markRead(
  options: { readonly db: Database; readonly clock: Clock },
  owner: Owner,
  ids: readonly string[] | null,
): Promise<{ ids: string[]; unread_count: number }> {
  const values = [owner.tenantId, owner.userId, options.clock.iso(), ids]
  const [marked, count] = await options.db.atomic(owner.tenantId, [{ text: READ, values }, unread(owner)])
  return { ids: (marked?.rows ?? []).map((row: { id: string }) => row.id), unread_count: count?.rows[0].unread }
}
