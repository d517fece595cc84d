import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { decodePosition, encodePosition, endBefore } from './position.ts'
import { COLUMNS, type MessageRow, toRecord } from './rows.ts'
import type { StreamRecord } from './types.ts'

const READ = `
select ${COLUMNS}
  from outbox.message m
 where m.tenant_id = $1 and (m.user_id = $2 or m.user_id is null)
   and (m.xid, m.seq) > ($3::xid8, $4::bigint) and m.xid < pg_snapshot_xmin(pg_current_snapshot())
 order by m.xid, m.seq
 limit $5`
// An id from beyond the present belongs to a database that was replaced by an older copy.
const KNOWN = `
select ($1::xid8, $2::bigint) >= (t.xid, t.seq) and $1::xid8 < pg_snapshot_xmax(pg_current_snapshot()) as known
  from outbox.trimmed t`
const LATEST = 'select pg_snapshot_xmin(pg_current_snapshot())::text as xmin'

/** What `userId` may see after `afterId`, oldest first; null when the id is unknown or older than what is kept. */
export async function replayMessages(
  db: Database,
  who: { readonly tenantId: string; readonly userId: string },
  afterId: string,
  limit: number,
): Promise<StreamRecord[] | null> {
  const after = decodePosition(afterId)
  if (after === null) return null
  // The check comes second: a clean-up in between must be seen.
  const [rows, check] = await db.atomic(who.tenantId, [
    { text: READ, values: [who.tenantId, who.userId, after.xid, after.seq, limit] },
    { text: KNOWN, values: [after.xid, after.seq] },
  ])
  if (check?.rows[0]?.known !== true) return null
  return ((rows?.rows ?? []) as MessageRow[]).map(toRecord)
}

/** The id behind everything that has been passed on for certain. */
export async function latestMessageId(db: Database): Promise<string> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: LATEST, values: [] }])
  return encodePosition(endBefore(result?.rows[0].xmin))
}
