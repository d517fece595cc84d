import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import type { SettledPage } from './types.ts'

// Whoever holds the row is moving it, and knows better.
const move = (table: string): string => `
with mine as (select position from ${table} where position = $2 for update skip locked)
update ${table} c set position = $1 from mine where c.position = mine.position`

/**
 * Moves the place of a reader that all nodes share (`position` of the only row of `table`) over messages that are nothing to
 * it, without the transaction that handling some would need: on a busy system most looks find nothing. True when there was
 * nothing. A crash may put the place back, and what is nothing is passed over again.
 */
export async function passOver(
  db: Database,
  table: string,
  read: (position: string) => Promise<SettledPage | null>,
): Promise<boolean> {
  const [found] = await db.atomic(EVERY_TENANT, [{ text: `select position from ${table}`, values: [] }])
  const position = String(found?.rows[0]?.position ?? '')
  const page = await read(position)
  if (page === null || page.records.length > 0) return false
  if (page.position !== position)
    await db.atomic(EVERY_TENANT, [{ text: move(table), values: [page.position, position] }], { flushLater: true })
  return true
}
