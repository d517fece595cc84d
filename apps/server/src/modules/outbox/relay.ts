import type { Bus } from '../../foundation/bus.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { endBefore, type Position } from './position.ts'
import { MESSAGE_CHANNEL } from './publish-messages.ts'
import { COLUMNS, type MessageRow, toRecord } from './rows.ts'
import type { StreamRecord } from './types.ts'

const BATCH = 500
/** Without a notice the relay looks again after so many milliseconds; a notice can be lost with its connection. */
const IDLE_MS = 2_000
// While an older transaction is open, what came after it has to wait; its end may come without a notice.
const WAIT_MS = { first: 10, longest: 500 }

// A message that comes alone is passed on at once; those of a busy moment share a look.
const REST_MS = 15

const START = 'select pg_snapshot_xmin(pg_current_snapshot())::text as xmin'
// One snapshot must tell both what can be passed on and whether more is coming: one row at least, without a message.
const READ = `
select ${COLUMNS}, newest.xid >= pg_snapshot_xmin(pg_current_snapshot()) as waiting
  from (select (select xid from outbox.message order by xid desc, seq desc limit 1)) newest (xid) left join lateral (
    select * from outbox.message m
     where (m.xid, m.seq) > ($1::xid8, $2::bigint) and m.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by m.xid, m.seq
     limit $3
  ) m on true
 order by m.xid, m.seq`

type RelayRow = (MessageRow | { readonly [Column in keyof MessageRow]: null }) & { readonly waiting: boolean | null }

export interface Relay {
  close(): void
}

/**
 * Passes every message that commits from now on to `deliver`, once, in the order of their ids.
 * A message waits for every transaction that began to write before it, so that none can appear behind the reader.
 */
export async function startRelay(
  options: { readonly db: Database; readonly bus: Bus; readonly log: Log },
  deliver: (record: StreamRecord) => void,
): Promise<Relay> {
  const [start] = await options.db.atomic(EVERY_TENANT, [{ text: START, values: [] }])
  let position: Position = endBefore(start?.rows[0].xmin)
  let timer: NodeJS.Timeout | undefined
  let running = false
  let again = false
  let closed = false
  let wait = WAIT_MS.first
  let lookedAt = Number.NEGATIVE_INFINITY
  let due = Number.POSITIVE_INFINITY

  async function readOnce(): Promise<'more' | 'waiting' | 'empty'> {
    const [result] = await options.db.atomic(EVERY_TENANT, [
      { text: READ, values: [position.xid, position.seq, BATCH] },
    ])
    const rows = (result?.rows ?? []) as RelayRow[]
    const settled = rows.filter((row) => row.xid !== null)
    for (const row of settled) deliver(toRecord(row))
    const last = settled.at(-1)
    if (last !== undefined) {
      position = { xid: last.xid, seq: String(last.seq) }
      wait = WAIT_MS.first
    }
    if (settled.length === BATCH) return 'more'
    return rows[0]?.waiting === true ? 'waiting' : 'empty'
  }

  function schedule(milliseconds: number): void {
    if (closed) return
    clearTimeout(timer)
    due = performance.now() + milliseconds
    timer = setTimeout(look, milliseconds)
    timer.unref()
  }

  /** There is something to see. */
  function notice(): void {
    const rest = Math.max(0, lookedAt + REST_MS - performance.now())
    if (running) again = true
    else if (rest === 0) void look()
    else if (due > performance.now() + rest) schedule(rest)
  }

  async function look(): Promise<void> {
    if (running || closed) return
    running = true
    again = false
    let next = IDLE_MS
    try {
      let state: Awaited<ReturnType<typeof readOnce>>
      do {
        lookedAt = performance.now()
        state = await readOnce()
      } while (!closed && state === 'more')
      if (state === 'waiting') {
        next = wait
        wait = Math.min(wait * 2, WAIT_MS.longest)
      }
      if (again) next = Math.min(next, REST_MS)
    } catch (error) {
      if (!closed) options.log.warn({ err: error }, 'the outbox cannot be read, trying again')
      next = WAIT_MS.longest
    } finally {
      running = false
      schedule(next)
    }
  }

  const unsubscribe = options.bus.subscribe(MESSAGE_CHANNEL, notice)
  schedule(0)
  return {
    close() {
      closed = true
      clearTimeout(timer)
      unsubscribe()
    },
  }
}
