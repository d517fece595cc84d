import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { Kysely, PostgresDialect, type PostgresPool, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { Tables } from './tables.ts'

// bigint columns hold counters and ids far below 2^53; as text they would leak into every caller.
pg.types.setTypeParser(20, (text) => Number(text))

export type Tx = Transaction<Tables>

/** One prepared statement of a pipeline. `text` must be a constant: its hash names the statement on the server. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** The value of `imperal.tenant` that sees the rows of every tenant. */
export const EVERY_TENANT = '*'

export interface Database {
  /** Runs `work` in one transaction that sees and writes the rows of `tenantId` only (forced row-level security). */
  tenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** The same for platform work that crosses tenants: sign-in by e-mail, catalogs, job claims, migrations of data. */
  everyTenant<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Sends begin, the tenant setting, all statements and commit in one round trip. All or nothing.
   * The hot path of calls; statements may not depend on each other's answers.
   */
  atomic(tenantId: string, statements: readonly Statement[]): Promise<pg.QueryResult[]>
  /** Pool of exclusive connections, for libraries that bring their own queries. */
  readonly pool: pg.Pool
  /** Resolves when PostgreSQL answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

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

/** The transactions of one tick leave in one write: one per statement cost both sides half as much again. */
function corkForThisTick(client: pg.Client): void {
  // `pg` keeps its socket to itself. Corks nest, so the library's own ones do no harm.
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  stream.cork()
  process.nextTick(() => stream.uncork())
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
  const pipelines = new PipelinedClients(settings, options.pipelines ?? 4)
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: namedPool(pool) }) })

  const run = <T>(tenantId: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
    kysely.transaction().execute(async (tx) => {
      await sql`select set_config('imperal.tenant', ${tenantId}, true)`.execute(tx)
      return work(tx)
    })

  return {
    tenant: run,
    everyTenant: (work) => run(EVERY_TENANT, work),
    async atomic(tenantId, statements) {
      const client = await pipelines.take()
      corkForThisTick(client)
      // Everything is queued before the first answer, so nothing of another caller gets between.
      const begin = client.query(`begin; set local imperal.tenant = ${pg.escapeLiteral(tenantId)}`)
      const results = statements.map((statement) =>
        client.query({ name: nameOf(statement.text), text: statement.text, values: [...statement.values] }),
      )
      const commit = client.query('commit')
      const settled = await Promise.allSettled([begin, ...results, commit])
      const failed = settled.find((entry) => entry.status === 'rejected')
      if (failed) throw failed.reason
      return settled.slice(1, -1).map((entry) => (entry as PromiseFulfilledResult<pg.QueryResult>).value)
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
