import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { decodePosition } from './position.ts'

const READ = `
select greatest(0, extract(epoch from now() - m.created_at))::float8 as seconds from outbox.message m
 where (m.xid, m.seq) > ($1::xid8, $2::bigint) and m.type = $3
 order by m.xid, m.seq limit 1`

/**
 * Seconds that the first message of a type has waited behind the place of a reader that all nodes share (`position` of the only
 * row of `table`); 0 when there is none. One that a long transaction still holds up counts.
 */
export async function lagBehind(db: Database, table: string, type: string): Promise<number> {
  const [found] = await db.atomic(EVERY_TENANT, [{ text: `select position from ${table}`, values: [] }])
  const after = decodePosition(String(found?.rows[0]?.position ?? ''))
  if (after === null) return 0
  const [result] = await db.atomic(EVERY_TENANT, [{ text: READ, values: [after.xid, after.seq, type] }])
  return result?.rows[0]?.seconds ?? 0
}
