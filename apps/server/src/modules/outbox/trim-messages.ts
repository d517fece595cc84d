import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { decodePosition, type Position } from './position.ts'

/** How long messages are kept for resume. */
export interface Retention {
  /** Everything younger is kept, in milliseconds. */
  readonly minimumMs: number
  /** Everything older goes. */
  readonly maximumMs: number
  /** Above so many messages those older than the minimum go as well. */
  readonly maximumMessages: number
}

/** api 6.1 keeps 24 hours; an installation under load keeps at least ten minutes. */
export const RETENTION: Retention = { minimumMs: 600_000, maximumMs: 86_400_000, maximumMessages: 1_000_000 }

const BATCH = 5_000
// Numbers are handed out in order, so the distance of the ends counts the messages without a scan.
const COUNT = `
select coalesce((select seq from outbox.message order by xid desc, seq desc limit 1)
              - (select seq from outbox.message order by xid, seq limit 1), 0) as messages`
const TRIM = `
with head as (
  select xid, seq, created_at from outbox.message order by xid, seq limit $2 for update skip locked
), gone as (
  delete from outbox.message m using head h
   where h.created_at < $1 and ($3::xid8 is null or (h.xid, h.seq) <= ($3::xid8, $4::bigint)) and m.xid = h.xid and m.seq = h.seq
  returning m.xid, m.seq
), last as (
  select xid, seq from gone order by xid desc, seq desc limit 1
), noted as (
  update outbox.trimmed t set xid = last.xid, seq = last.seq from last where (last.xid, last.seq) > (t.xid, t.seq)
)
select count(*) as removed from gone`
const EXPIRE_TICKETS = 'delete from outbox.ticket where expires_at < $1'

const isBefore = (a: Position, b: Position): boolean =>
  BigInt(a.xid) === BigInt(b.xid) ? BigInt(a.seq) < BigInt(b.seq) : BigInt(a.xid) < BigInt(b.xid)

/** Up to where every reader has read; null when none has begun. A reader that begins reads what comes from then on. */
async function readByAll(db: Database, readers: readonly string[]): Promise<Position | null> {
  const looks = readers.map((table) => ({ text: `select position from ${table}`, values: [] }))
  const results = looks.length === 0 ? [] : await db.atomic(EVERY_TENANT, looks)
  const places = results.flatMap((result) => decodePosition(String(result.rows[0]?.position ?? '')) ?? [])
  return places.reduce<Position | null>((least, place) => (least && isBefore(least, place) ? least : place), null)
}

/**
 * Removes what is too old, in batches. Nodes may do it at the same time. Gives the number of removed messages.
 * What one of the `readers` (tables whose only row holds a `position`) has not read stays, however old it is: at-least-once
 * delivery outlives an outage of everything that delivers (kernel E3, E10).
 */
export async function trimMessages(
  db: Database,
  clock: Clock,
  retention: Retention,
  readers: readonly string[] = [],
): Promise<number> {
  const now = clock.now()
  const read = await readByAll(db, readers)
  const [count] = await db.atomic(EVERY_TENANT, [
    { text: COUNT, values: [] },
    { text: EXPIRE_TICKETS, values: [new Date(now)] },
  ])
  const crowded = count?.rows[0].messages > retention.maximumMessages
  const before = new Date(now - (crowded ? retention.minimumMs : retention.maximumMs))
  let total = 0
  for (;;) {
    const [result] = await db.atomic(EVERY_TENANT, [
      { text: TRIM, values: [before, BATCH, read?.xid ?? null, read?.seq ?? null] },
    ])
    const removed: number = result?.rows[0].removed ?? 0
    total += removed
    if (removed < BATCH) return total
  }
}

const FOREIGN = 'delete from outbox.message where xid >= pg_snapshot_xmax(pg_current_snapshot())'
const FOREIGN_MARK = "update outbox.trimmed set xid = '0', seq = 0 where xid >= pg_snapshot_xmax(pg_current_snapshot())"

/** A restored database counts its transactions anew; messages numbered beyond the present would block the relay. */
export async function dropForeignMessages(db: Database): Promise<void> {
  await db.atomic(EVERY_TENANT, [
    { text: FOREIGN, values: [] },
    { text: FOREIGN_MARK, values: [] },
  ])
}
