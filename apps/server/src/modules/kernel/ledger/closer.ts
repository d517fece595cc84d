import { type Database, EVERY_TENANT, type Statement } from '../../../foundation/db/index.ts'
import type { Log } from '../../../foundation/log.ts'
import type { Outbox, OutboxMessage } from '../../outbox/index.ts'
import { insertRows, type LedgerRow } from './row.ts'

export interface Closing {
  readonly row: LedgerRow
  /** Whether `kernel.open_call` holds the call, so that its row there must go. */
  readonly opened: boolean
  readonly messages: readonly OutboxMessage[]
  /** Further statements of the same transaction: a stored confirmation. */
  readonly effects?: readonly Statement[] | undefined
}

interface Waiting extends Closing {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  attempts: number
}

// Divides by zero when another node took a call for lost and recorded it as `unknown`: then this node has nothing to say
// about it any more. A row that is there because the same closing is tried again is no such case.
const DELETE_OPEN = `with gone as (delete from kernel.open_call where call_id = any($1::text[]) returning call_id)
select 1 / case when (select count(*) from gone) = cardinality($1::text[]) or not exists (
  select from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as mine (call_id, tenant_id, user_id, status)
  join ledger.action a using (tenant_id, user_id, call_id) where a.status = 'unknown' and mine.status <> 'unknown'
) then 1 else 0 end as ours`
const MOST_PER_STATEMENT = 200
// Two flights keep the connection busy while the next turn collects; more only makes smaller statements.
const MOST_FLIGHTS = 2
const MOST_ATTEMPTS = 8
const LONGEST_PAUSE_MS = 5_000

const deleteOpen = (rows: readonly LedgerRow[]): Statement => ({
  text: DELETE_OPEN,
  values: [
    rows.map((row) => row.call_id),
    rows.map((row) => row.tenant_id),
    rows.map((row) => row.user_id),
    rows.map((row) => row.status),
  ],
})

/** A refusal of PostgreSQL to take this data, as against a database that is away. */
const isDataError = (error: unknown): boolean =>
  /^(?:22|23)/.test(String((error as { code?: unknown } | null)?.code ?? ''))

/**
 * Writes the end of calls: ledger row, removal of the open row and stream messages in one transaction. The closings of
 * one event-loop turn share their statements. A database that is away is tried again; the row is never given up silently.
 */
export class Closer {
  readonly #db: Database
  readonly #outbox: Outbox
  readonly #log: Log
  #waiting: Waiting[] = []
  #flights = 0
  #scheduled = false
  #idle: (() => void)[] = []

  constructor(options: { db: Database; outbox: Outbox; log: Log }) {
    this.#db = options.db
    this.#outbox = options.outbox
    this.#log = options.log
  }

  /** Resolves when the row is durable. Rejects when it could not be written after about 20 s of trying. */
  add(closing: Closing): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...closing, resolve, reject, attempts: 0 })
      this.#schedule()
    })
  }

  /** Resolves when nothing is waiting any more. */
  async settled(): Promise<void> {
    if (this.#waiting.length === 0 && this.#flights === 0) return
    await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  #schedule(): void {
    if (this.#scheduled || this.#flights >= MOST_FLIGHTS) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting.splice(0, MOST_PER_STATEMENT)
    if (batch.length > 0) {
      this.#flights++
      await this.#write(batch)
      this.#flights--
    }
    if (this.#waiting.length > 0) this.#schedule()
    else if (this.#flights === 0) for (const resolve of this.#idle.splice(0)) resolve()
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#db.atomic(EVERY_TENANT, this.#statements(batch))
      for (const entry of batch) entry.resolve()
    } catch (error) {
      if (batch.length > 1 && isDataError(error)) for (const entry of batch) await this.#write([entry])
      else for (const entry of batch) this.#again(entry, error)
    }
  }

  #statements(batch: readonly Closing[]): Statement[] {
    const opened = batch.filter((entry) => entry.opened).map((entry) => entry.row)
    const messages = batch.flatMap((entry) => entry.messages)
    // Always in the same order of users, for two flights must not wait for one another's wallets.
    const effective = batch.filter((entry) => (entry.effects?.length ?? 0) > 0)
    effective.sort((one, other) => (one.row.user_id < other.row.user_id ? -1 : 1))
    return [
      ...effective.flatMap((entry) => entry.effects ?? []),
      insertRows(batch.map((entry) => entry.row)),
      ...(opened.length === 0 ? [] : [deleteOpen(opened)]),
      ...(messages.length === 0 ? [] : [this.#outbox.publishingMany(messages)]),
    ]
  }

  #again(entry: Waiting, error: unknown): void {
    entry.attempts++
    const call = entry.row.call_id
    if (isDataError(error) || entry.attempts >= MOST_ATTEMPTS) {
      this.#log.error({ err: error, call }, 'a call could not be recorded')
      entry.reject(error)
      return
    }
    this.#log.warn({ err: error, call, attempt: entry.attempts }, 'recording a call failed, trying again')
    setTimeout(
      () => {
        this.#waiting.push(entry)
        this.#schedule()
      },
      Math.min(LONGEST_PAUSE_MS, 100 * 2 ** entry.attempts),
    )
  }
}
