import { type Database, EVERY_TENANT, type Statement } from '../../../foundation/db/index.ts'
import type { Log } from '../../../foundation/log.ts'
import type { Outbox, OutboxMessage } from '../../outbox/index.ts'
import { NAME_LIFETIME } from './node-lease.ts'
import { insertFirst, insertRows, type LedgerRow } from './row.ts'

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

// Runs before the rows are written. Divides by zero when another node took a call for lost and recorded it as `unknown`: then
// this node has nothing to say about it any more. Raises IM001 when the record that a call is open is gone or of another
// time, for then what the call wrote may be gone as well. A row that is there because the same closing is tried again is
// neither case.
const DELETE_OPEN = `with gone as (
  delete from kernel.open_call where call_id = any($1::text[]) returning call_id, lifetime
), astray as (
  select a.status as recorded
  from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as mine (call_id, tenant_id, user_id, status)
  left join ledger.action a using (tenant_id, user_id, call_id)
  where mine.status <> 'unknown'
    and not exists (select from gone g join kernel.lifetime l on l.id = g.lifetime where g.call_id = mine.call_id)
)
select 1 / case when exists (select from astray where recorded = 'unknown') then 0 else 1 end as ours,
  case when exists (select from astray where recorded is null) then kernel.effects_lost() else 1 end as whole`
const EFFECTS_LOST = 'IM001'
const MOST_PER_STATEMENT = 200
// Two flights keep the connection busy while the next turn collects; more only makes smaller statements.
const MOST_FLIGHTS = 2
const MOST_ATTEMPTS = 8
const LONGEST_PAUSE_MS = 5_000

const RECORDED = 'select status from ledger.action where tenant_id = $1 and user_id = $2 and call_id = $3'

const deleteOpen = (rows: readonly LedgerRow[]): Statement => ({
  text: DELETE_OPEN,
  values: [
    rows.map((row) => row.call_id),
    rows.map((row) => row.tenant_id),
    rows.map((row) => row.user_id),
    rows.map((row) => row.status),
  ],
})

/** What is tried again is written alone, and only if it is not there. */
const inserting = (batch: readonly Waiting[]): Statement[] => {
  const [first] = batch
  if (first !== undefined && first.attempts > 0) return [insertFirst(first.row)]
  return [insertRows(batch.map((entry) => entry.row))]
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

/** A refusal of PostgreSQL to take this data, as against a database that is away. */
const isDataError = (error: unknown): boolean => /^(?:22|23)/.test(codeOf(error)) || isEffectsLost(error)

/** Whether a closing was refused because a crash of the database may have taken away what the call wrote. */
export const isEffectsLost = (error: unknown): boolean => codeOf(error) === EFFECTS_LOST

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

  /**
   * Resolves when the row is durable. Rejects when it could not be written after about 20 s, while it is tried further, and at once when
   * the database crashed after the call had written something (`isEffectsLost`): then it can only be closed as `unknown`.
   */
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
      const again = batch.filter((entry) => entry.attempts > 0)
      if (again.length < batch.length) await this.#write(batch.filter((entry) => entry.attempts === 0))
      for (const entry of again) await this.#write([entry])
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
      else for (const entry of batch) await this.#failed(entry, error)
    }
  }

  /**
   * A commit whose answer was lost may have happened. Then the next attempt is refused whole, so that nothing is booked,
   * published or told twice, and the row that is there says that the first one was it.
   */
  async #failed(entry: Waiting, error: unknown): Promise<void> {
    if (entry.attempts === 0 || !isDataError(error)) return this.#again(entry, error)
    const { tenant_id, user_id, call_id, status } = entry.row
    try {
      const [found] = await this.#db.atomic(tenant_id, [{ text: RECORDED, values: [tenant_id, user_id, call_id] }])
      if (found?.rows[0]?.status === status) entry.resolve()
      else this.#again(entry, error)
    } catch (failure) {
      this.#again(entry, failure) // away again: asked once more
    }
  }

  #statements(batch: readonly Waiting[]): Statement[] {
    const opened = batch.filter((entry) => entry.opened).map((entry) => entry.row)
    const messages = batch.flatMap((entry) => entry.messages)
    // Always in the same order of users, for two flights must not wait for one another's wallets.
    const effective = batch.filter((entry) => (entry.effects?.length ?? 0) > 0)
    effective.sort((one, other) => (one.row.user_id < other.row.user_id ? -1 : 1))
    return [
      ...(opened.length === 0 ? [] : [deleteOpen(opened)]),
      ...effective.flatMap((entry) => entry.effects ?? []),
      ...inserting(batch),
      ...(messages.length === 0 ? [] : [this.#outbox.publishingMany(messages)]),
    ]
  }

  #nameLifetime(): void {
    this.#db
      .atomic(EVERY_TENANT, [{ text: NAME_LIFETIME, values: [] }])
      .catch((error) => this.#log.warn({ err: error }, 'the time since the last crash of the database was not named'))
  }

  #again(entry: Waiting, error: unknown): void {
    entry.attempts++
    const call = entry.row.call_id
    // The database may just have crashed: calls from here on belong to the time after that.
    this.#nameLifetime()
    if (isDataError(error)) {
      this.#log.error({ err: error, call }, 'a call could not be recorded')
      entry.reject(error)
      return
    }
    // Whoever waits is not kept waiting for ever; the record is written as soon as there is a database again.
    if (entry.attempts >= MOST_ATTEMPTS) entry.reject(error)
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
