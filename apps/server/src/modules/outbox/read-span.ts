import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { decodePosition } from './position.ts'
import { COLUMNS, type MessageRow, toRecord } from './rows.ts'
import type { MessageSpan, StreamRecord } from './types.ts'

const READ = `
select ${COLUMNS} from outbox.message m
 where m.type = $1 and m.created_at >= $2 and m.created_at <= $3 and ($4::text is null or m.user_id = $4)
   and (m.xid, m.seq) > ($5::xid8, $6::bigint) and m.xid < pg_snapshot_xmin(pg_current_snapshot())
 order by m.xid, m.seq
 limit $7`

/** Messages of a span of time, in commit order. Looks through all that are kept: for operators, not for calls. */
export async function readSpan(db: Database, span: MessageSpan): Promise<StreamRecord[]> {
  const after = decodePosition(span.after ?? '') ?? { xid: '0', seq: '0' }
  const values = [span.type, span.from, span.to, span.userId ?? null, after.xid, after.seq, span.limit]
  const [result] = await db.atomic(span.tenantId ?? EVERY_TENANT, [{ text: READ, values }])
  return ((result?.rows ?? []) as MessageRow[]).map(toRecord)
}
