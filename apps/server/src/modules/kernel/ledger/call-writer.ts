import type pg from 'pg'
import type { AtomicOptions, Database, Statement, Writer } from '../../../foundation/db/index.ts'
import { toDatabaseJson } from './mask.ts'
import type { LedgerRow } from './row.ts'

const openCall = (first: number) =>
  `insert into kernel.open_call (call_id, tenant_id, node_id, draft, lifetime) values ($${first}, $${first + 1}, $${first + 2}, $${first + 3}, (select id from kernel.lifetime))`
const OPEN = openCall(1)
const MOST_JOINED = 1_000
// Both divide by zero when the record is gone, and hold it until they commit.
const TOUCH = `with touched as (update kernel.open_call set node_id = node_id where call_id = $1 returning 1)
select 1 / count(*) as ours from touched`
const STILL_OPEN = 'select 1 / count(*) as ours from (select from kernel.open_call where call_id = $1 for key share) o'
const DIVISION_BY_ZERO = '22012'
/**
 * PostgreSQL would not have it, or was not reached, and nothing of it happened. Of a connection that broke nobody knows that.
 * Classes 22 to 25, 40, 42: data, constraints, transactions, rollbacks, statements; 57P03: it is starting.
 */
const REFUSED = /^(?:2[2345]|40|42|57P03|ECONNREFUSED|ENOENT)/
const isRefusal = (error: unknown): boolean =>
  error instanceof CallOver || REFUSED.test(String((error as { code?: unknown } | null)?.code ?? ''))

// Rows under fresh ids: an upsert may wait for whoever writes the same row.
const insertsOnly = (text: string): boolean => !/\bon conflict\b|\bfor (?:update|share)\b/i.test(text)

/** The statement with the record of the call in front; null for statements that cannot take one. */
const joined = new Map<string, string | null>()
function joinedText({ text, values }: Statement): string | null {
  let known = joined.get(text)
  if (known === undefined) {
    known = /^\s*insert\s/i.test(text) ? `with opened as (${openCall(values.length + 1)})${text}` : null
    if (joined.size < MOST_JOINED) joined.set(text, known)
  }
  return known
}

interface Opening {
  readonly statements: readonly Statement[]
  /** How many answers in front are not those of the effects. */
  readonly extra: number
  /** Nothing of it can wait for a lock, so that calls of other people may share the transaction. */
  readonly waitsForNobody: boolean
}

/** What the first effect of a call sends. One statement instead of two where that is possible: this is every write. */
function opening(open: Statement, effects: readonly Statement[]): Opening {
  const [only] = effects
  const text = only !== undefined && effects.length === 1 ? joinedText(only) : null
  if (only === undefined || text === null)
    return { statements: [open, ...effects], extra: 1, waitsForNobody: effects.length === 0 }
  const statements = [{ text, values: [...only.values, ...open.values] }]
  return { statements, extra: 0, waitsForNobody: insertsOnly(text) }
}

export class CallOver extends Error {
  constructor() {
    super('the call is over')
    this.name = 'CallOver'
  }
}

/**
 * The writer of one call: its first effect commits together with the record that the call is open (decision 4), later
 * ones alone. After `finish` nothing can be written any more. Effects are on disk when `atomic` resolves; those of
 * `documents` at the latest with the record of the call, which is before anybody hears of them.
 */
export class CallWriter implements Writer {
  readonly tenantId: string
  /** For effects that stay inside the database. */
  readonly documents: Writer
  readonly #db: Database
  readonly #nodeId: string
  readonly #draft: () => LedgerRow
  readonly #fence: Statement | undefined
  #opening: Promise<unknown> | null = null
  #opened = false
  #durable = false
  #over = false
  #uncertain = false
  readonly #running = new Set<Promise<unknown>>()

  constructor(options: {
    db: Database
    tenantId: string
    nodeId: string
    draft: () => LedgerRow
    /** Divides by zero when the first effect must not be written any more: the work belongs to another node. */
    fence?: Statement | undefined
  }) {
    this.tenantId = options.tenantId
    this.#db = options.db
    this.#nodeId = options.nodeId
    this.#draft = options.draft
    this.#fence = options.fence
    this.documents = { tenantId: options.tenantId, atomic: (statements) => this.#track(statements, true) }
  }

  atomic(statements: readonly Statement[]): Promise<pg.QueryResult[]> {
    return this.#track(statements, false)
  }

  #track(statements: readonly Statement[], flushLater: boolean): Promise<pg.QueryResult[]> {
    const work = this.#write(statements, flushLater)
    this.#running.add(work)
    const done = () => this.#running.delete(work)
    work.then(done, done)
    return work
  }

  /** Makes the call durable as open before something happens that is not a statement: a request to the outside. */
  async open(): Promise<void> {
    // Also when it is open: a call that is over has its record, and nothing may happen after that.
    await this.atomic([])
  }

  /** Whether the first effect may have been committed without anybody hearing of it. */
  get isUncertain(): boolean {
    return this.#uncertain && !this.#opened
  }

  /** Waits for writes under way and closes the writer. True when the call is open in the database. */
  async finish(): Promise<boolean> {
    this.#over = true
    if (this.#running.size > 0) await Promise.allSettled(this.#running)
    return this.#opened
  }

  async #write(statements: readonly Statement[], flushLater: boolean): Promise<pg.QueryResult[]> {
    // A parallel first write must not commit before the record does, and must open the call itself when that failed.
    while (this.#opening !== null) await this.#opening.catch(() => undefined)
    if (this.#over) throw new CallOver()
    if (this.#opened) return this.#writeOpened(statements, flushLater)
    const { statements: sent, extra, waitsForNobody } = this.#firstOf(statements)
    const first = this.#fenced(sent, { flushLater, shared: waitsForNobody })
    this.#opening = first
    try {
      const results = await first
      this.#opened = true
      this.#durable ||= !flushLater
      return results.slice(extra)
    } catch (error) {
      this.#uncertain ||= !isRefusal(error)
      throw error
    } finally {
      this.#opening = null
    }
  }

  async #writeOpened(statements: readonly Statement[], flushLater: boolean): Promise<pg.QueryResult[]> {
    const values = [this.#draft().call_id]
    if (statements.length > 0) {
      const [, ...results] = await this.#fenced([{ text: STILL_OPEN, values }, ...statements], { flushLater })
      return results
    }
    if (this.#durable || flushLater) return []
    // A commit without a change would not wait for the disk.
    await this.#fenced([{ text: TOUCH, values }], {})
    this.#durable = true
    return []
  }

  /** Another node may have taken this one for dead and recorded the call: then nothing more happens in its name. */
  async #fenced(statements: readonly Statement[], options: AtomicOptions): Promise<pg.QueryResult[]> {
    try {
      return await this.#db.atomic(this.tenantId, statements, options)
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code !== DIVISION_BY_ZERO) throw error
      this.#over = true
      throw new CallOver()
    }
  }

  #firstOf(effects: readonly Statement[]): Opening {
    const open = this.#openStatement()
    if (this.#fence === undefined) return opening(open, effects)
    return { statements: [this.#fence, open, ...effects], extra: 2, waitsForNobody: false }
  }

  #openStatement(): Statement {
    const draft = this.#draft()
    return { text: OPEN, values: [draft.call_id, this.tenantId, this.#nodeId, toDatabaseJson(draft)] }
  }
}
