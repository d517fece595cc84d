import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { type Database, EVERY_TENANT } from '../db/index.ts'
import type { Keyring } from '../keyring.ts'

/** What the first request with a key was answered. */
export interface FirstAnswer {
  readonly status: number
  readonly body: unknown
}

export interface KeyedRequest {
  /** Who asks, what and where. The same key of somebody else, or at another address, is another key. */
  readonly scope: string
  readonly key: string
  /** What is asked for: the same key with another body is a mistake of the caller. */
  readonly content: string
}

/** `begun`: nobody has done it yet, and it is now this request's to do. */
export type KeyVerdict =
  | { readonly state: 'begun'; finish(answer: FirstAnswer): Promise<void>; forget(): Promise<void> }
  | { readonly state: 'answered'; readonly answer: FirstAnswer }
  | { readonly state: 'running' | 'other_body' | 'outcome_unknown' }

/** First answers of requests with an `Idempotency-Key`, kept for 24 h and shared by all nodes (api.md 1.12). */
export interface Idempotency {
  /** Of ten requests at once with one key, one begins. */
  take(request: KeyedRequest): Promise<KeyVerdict>
  /** Removes what is over. */
  tidy(): Promise<void>
}

const KEPT_MS = 86_400_000
// A request that has no answer after so long was cut off with its process.
const LONGEST_MS = 120_000

const INSERT = `insert into foundation.idempotency (scope_hash, body_hash, started_at, expires_at)
values ($1, $2, to_timestamp($3), to_timestamp($4))
on conflict (scope_hash) do update set body_hash = excluded.body_hash, status = null, answer_sealed = null,
  started_at = excluded.started_at, expires_at = excluded.expires_at
where foundation.idempotency.expires_at <= excluded.started_at returning scope_hash`
const READ = `select body_hash, status, answer_sealed, started_at from foundation.idempotency where scope_hash = $1`
const FINISH = `update foundation.idempotency set status = $2, answer_sealed = $3 where scope_hash = $1`
const FORGET = 'delete from foundation.idempotency where scope_hash = $1'
const TIDY = 'delete from foundation.idempotency where expires_at <= to_timestamp($1)'

interface Row {
  readonly body_hash: Buffer
  readonly status: number | null
  readonly answer_sealed: string | null
  readonly started_at: Date
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

export function openIdempotency(options: {
  readonly db: Database
  readonly clock: Clock
  readonly keyring: Keyring
}): Idempotency {
  const { db, clock, keyring } = options
  const run = async (text: string, values: readonly unknown[]): Promise<Row[]> =>
    ((await db.atomic(EVERY_TENANT, [{ text, values }]))[0]?.rows ?? []) as Row[]
  // Answers may hold what is shown once, such as the text of a new API key.
  const sealing = (scope: Buffer) => `idempotency:${scope.toString('hex')}`

  const begun = (scope: Buffer): KeyVerdict => ({
    state: 'begun',
    async finish({ status, body }) {
      await run(FINISH, [scope, status, keyring.seal(JSON.stringify(body ?? null), sealing(scope))])
    },
    async forget() {
      await run(FORGET, [scope])
    },
  })

  function verdictOf(row: Row, scope: Buffer, body: Buffer): KeyVerdict {
    if (!row.body_hash.equals(body)) return { state: 'other_body' }
    if (row.status !== null && row.answer_sealed !== null) {
      const text = keyring.open(row.answer_sealed, sealing(scope))
      return { state: 'answered', answer: { status: row.status, body: JSON.parse(text) } }
    }
    return { state: clock.now() - row.started_at.getTime() > LONGEST_MS ? 'outcome_unknown' : 'running' }
  }

  return {
    async take(request) {
      const scope = hash(`${request.scope}\n${request.key}`)
      const body = hash(request.content)
      const now = clock.now()
      const inserted = await run(INSERT, [scope, body, now / 1000, (now + KEPT_MS) / 1000])
      if (inserted.length > 0) return begun(scope)
      const [row] = await run(READ, [scope])
      // It was forgotten in between, because the first request failed on our side.
      return row === undefined ? { state: 'running' } : verdictOf(row, scope, body)
    },
    async tidy() {
      await run(TIDY, [clock.now() / 1000])
    },
  }
}
