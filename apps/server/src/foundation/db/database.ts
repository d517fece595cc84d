import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { Kysely, PostgresDialect, type PostgresPool, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from './tables.ts'

// bigint columns hold counters and ids far below 2^53; as text they would leak into every caller.
pg.types.setTypeParser(20, (text) => Number(text))

// The sessions run in UTC; anything odd (years BC, infinity) goes the slow way.
const parseAnyTime = pg.types.getTypeParser(1184) as (text: string) => Date | number
const PLAIN_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00$/
pg.types.setTypeParser(1184, (text) =>
  PLAIN_TIME.test(text) ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : parseAnyTime(text),
)

export type Tx = Transaction<Tables>

/** One prepared statement of a pipeline. `text` must be a constant: its hash names the statement on the server. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

export interface AtomicOptions {
  /**
   * The commit does not wait for the disk; the next one that does takes it along, for the log has one order. Only for
   * what nobody outside the database hears of before such a commit.
   */
  readonly flushLater?: boolean
  /**
   * May share its transaction with others of the same tenant and turn of the event loop that may as well; each still
   * fails alone. Only for statements that never wait for a lock of somebody else, for all would wait with it.
   */
  readonly shared?: boolean
}

/** Stands for the rows of every tenant. No text: nothing that comes from outside can ever be it. */
export const EVERY_TENANT: unique symbol = Symbol('every tenant')
/** One tenant by its id, or all of them. */
export type Whose = string | typeof EVERY_TENANT

// What the policies of the tables take for every tenant.
const ALL = '*'

/** The value of `imperal.tenant`. PostgreSQL itself refuses U+0000 in values, with the same code. */
function settingFor(whose: Whose): string {
  if (whose === EVERY_TENANT) return ALL
  if (whose !== ALL && !whose.includes('\0')) return whose
  throw Object.assign(new Error('this is no tenant id'), { code: '22021' })
}

export interface Database {
  /** Runs `work` in one transaction that sees and writes the rows of `tenantId` only (forced row-level security). */
  tenant<T>(tenantId: Whose, work: (tx: Tx) => Promise<T>): Promise<T>
  /** The same for platform work that crosses tenants: sign-in by e-mail, catalogs, job claims, migrations of data. */
  everyTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Sends begin, the tenant setting, all statements and commit in one round trip. All or nothing.
   * The hot path of calls; statements may not depend on each other's answers.
   */
  atomic(tenantId: Whose, statements: readonly Statement[], options?: AtomicOptions): Promise<pg.QueryResult[]>
  /** Pool of exclusive connections, for libraries that bring their own queries. */
  readonly pool: pg.Pool
  /** Resolves when PostgreSQL answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

const MOST_SHARING = 50

const names = new Map<string, string>()
function nameOf(text: string): string {
  let name = names.get(text)
  if (name === undefined) {
    name = `q_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
    // Generated SQL with a changing number of placeholders must not grow this map for ever.
    if (names.size < 5_000) names.set(text, name)
  }
  return name
}

const corked = new WeakSet<Socket>()

/** The transactions of one turn of the event loop leave in one write: each write wakes the other side. */
function corkForThisTurn(client: pg.Client, atItsEnd: (work: () => void) => void): void {
  // `pg` keeps its socket to itself. Corks nest, so the library's own ones do no harm.
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  if (corked.has(stream)) return
  corked.add(stream)
  stream.cork()
  atItsEnd(() => {
    corked.delete(stream)
    stream.uncork()
  })
}

interface Sharing {
  readonly statements: readonly Statement[]
  readonly resolve: (results: pg.QueryResult[]) => void
  readonly reject: (error: unknown) => void
}

/** PostgreSQL would not have one of the statements, and rolled all of them back. Of a lost connection nobody knows that. */
const isRefusal = (error: unknown): boolean =>
  /^(?:22|23|25|40|42)/.test(String((error as { code?: unknown } | null)?.code ?? ''))

/** Collects what may share a transaction until the turn of the event loop ends. */
class SharedTransactions {
  readonly #send: (tenantId: Whose, statements: readonly Statement[]) => Promise<pg.QueryResult[]>
  #waiting = new Map<Whose, Sharing[]>()
  constructor(send: (tenantId: Whose, statements: readonly Statement[]) => Promise<pg.QueryResult[]>) {
    this.#send = send
  }

  add(tenantId: Whose, statements: readonly Statement[]): Promise<pg.QueryResult[]> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) setImmediate(() => this.#flush())
      const entry = { statements, resolve, reject }
      const group = this.#waiting.get(tenantId)
      if (group === undefined) this.#waiting.set(tenantId, [entry])
      else group.push(entry)
    })
  }

  #flush(): void {
    const groups = this.#waiting
    this.#waiting = new Map()
    for (const [tenantId, all] of groups)
      for (let first = 0; first < all.length; first += MOST_SHARING)
        void this.#run(tenantId, all.slice(first, first + MOST_SHARING))
  }

  async #run(tenantId: Whose, group: readonly Sharing[]): Promise<void> {
    try {
      const results = await this.#send(
        tenantId,
        group.flatMap(({ statements }) => statements),
      )
      let at = 0
      for (const { statements, resolve } of group) {
        resolve(results.slice(at, at + statements.length))
        at += statements.length
      }
    } catch (error) {
      // Nothing of the group has happened, so each can be sent alone: the one that failed must not take others along.
      if (group.length > 1 && isRefusal(error)) for (const entry of group) void this.#run(tenantId, [entry])
      else for (const entry of group) entry.reject(error)
    }
  }
}

/** Kysely hands over (text, values); named statements let PostgreSQL keep the plan. */
function namedPool(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect()
      return {
        query: (text: unknown, values?: readonly unknown[]) =>
          typeof text === 'string' && values !== undefined && values.length > 0 && text.length < 4_000
            ? client.query({ name: nameOf(text), text, values: [...values] })
            : client.query(text as string, values as unknown[]),
        release: () => client.release(),
      } as never
    },
    end: () => pool.end(),
    options: pool.options,
  }
}

const MOST_RETRIES = 8

/**
 * A statement whose first use on a connection fell into a transaction that had failed is not prepared there; the library
 * sent those queued behind it as if it were. Their transactions are rolled back, and can simply be sent again.
 */
const isUnprepared = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '26000'

class PipelinedClients {
  readonly #settings: pg.ClientConfig
  readonly #slots: (Promise<pg.Client> | null)[]
  #next = 0
  #closed = false
  constructor(settings: pg.ClientConfig, size: number) {
    this.#settings = settings
    this.#slots = Array.from({ length: size }, () => null)
  }
  async take(): Promise<pg.Client> {
    const index = this.#next++ % this.#slots.length
    this.#slots[index] ??= this.#open(index)
    return this.#slots[index]
  }
  async #open(index: number): Promise<pg.Client> {
    if (this.#closed) throw new Error('the database is closed')
    const client = new pg.Client({ ...this.#settings, pipeline: true } as pg.ClientConfig)
    const drop = () => {
      this.#slots[index] = null
    }
    client.on('error', drop)
    client.on('end', drop)
    try {
      await client.connect()
    } catch (error) {
      drop()
      throw error
    }
    return client
  }
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#slots.map(async (slot) => (await slot)?.end()))
  }
}

export function openDatabase(
  settings: pg.PoolConfig,
  options: { pipelines?: number; maximum?: number } = {},
): Database {
  const pool = new pg.Pool({ ...settings, max: options.maximum ?? 20 })
  // A connection that dies while idle is replaced at its next use; without a listener the process would end.
  pool.on('error', () => {})
  // The pool listens to idle connections only; one that is lost while somebody holds it must not end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const pipelines = new PipelinedClients(settings, options.pipelines ?? 4)
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: namedPool(pool) }) })

  const run = <T>(tenantId: Whose, work: (tx: Tx) => Promise<T>): Promise<T> =>
    kysely.transaction().execute(async (tx) => {
      await sql`select set_config('imperal.tenant', ${settingFor(tenantId)}, true)`.execute(tx)
      return work(tx)
    })

  const attempt = async (tenantId: Whose, statements: readonly Statement[], given: AtomicOptions) => {
    const { flushLater = false, shared = false } = given
    const client = await pipelines.take()
    // What shares a transaction has waited for the end of the turn already.
    corkForThisTurn(client, shared ? process.nextTick : setImmediate)
    // Everything is queued before the first answer, so nothing of another caller gets between.
    const flush = flushLater ? '; set local synchronous_commit = off' : ''
    const begin = client.query(`begin; set local imperal.tenant = ${pg.escapeLiteral(settingFor(tenantId))}${flush}`)
    const results = statements.map((statement) =>
      client.query({ name: nameOf(statement.text), text: statement.text, values: [...statement.values] }),
    )
    const commit = client.query('commit')
    const settled = await Promise.allSettled([begin, ...results, commit])
    const failed = settled.find((entry) => entry.status === 'rejected')
    if (failed) throw failed.reason
    return settled.slice(1, -1).map((entry) => (entry as PromiseFulfilledResult<pg.QueryResult>).value)
  }

  const send = async (tenantId: Whose, statements: readonly Statement[], given: AtomicOptions) => {
    // Each attempt takes the next connection, and on every one of them this may happen once.
    for (let tries = 0; ; tries++) {
      try {
        return await attempt(tenantId, statements, given)
      } catch (error) {
        if (!isUnprepared(error) || tries >= MOST_RETRIES) throw error
      }
    }
  }
  const sharing = {
    atOnce: new SharedTransactions((tenantId, statements) => send(tenantId, statements, { shared: true })),
    later: new SharedTransactions((tenantId, statements) =>
      send(tenantId, statements, { shared: true, flushLater: true }),
    ),
  }

  return {
    tenant: run,
    everyTenant: (work) => run(EVERY_TENANT, work),
    atomic(tenantId, statements, given = {}) {
      if (given.shared === true)
        return sharing[given.flushLater === true ? 'later' : 'atOnce'].add(tenantId, statements)
      return send(tenantId, statements, given)
    },
    pool,
    async ping() {
      await pool.query('select 1')
    },
    async close() {
      await pipelines.close()
      await kysely.destroy()
    },
  }
}
