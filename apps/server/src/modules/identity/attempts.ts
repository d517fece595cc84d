import { sql } from 'kysely'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { identityErrors } from './errors.ts'
import { hashOf } from './secret-hash.ts'

export interface AttemptRule {
  readonly purpose: 'login' | 'login_all' | 'forgot_password' | 'resend_verification' | 'device_code'
  /** Tries in one window. */
  readonly limit: number
  readonly windowMs: number
  /** Each lock lasts twice as long as the one before, up to a day. */
  readonly doubling: boolean
}

/** Counts tries per subject (an address, a user) in the database, so that every node agrees. */
export interface Attempts {
  /** Counts one try. @throws IDENTITY_TOO_MANY_ATTEMPTS */
  take(rule: AttemptRule, subject: string): Promise<void>
  /** Looks without counting. @throws IDENTITY_TOO_MANY_ATTEMPTS */
  check(rule: AttemptRule, subject: string): Promise<void>
  /** Forgets the tries of a subject that proved itself. */
  clear(tx: Tx, rule: AttemptRule, subject: string): Promise<void>
}

const DAY = 86_400_000

interface State {
  readonly tries: number
  readonly locks: number
  readonly started: Date
  readonly lockedUntil: Date | null
}

export function openAttempts(options: { db: Database; clock: Clock; limitFactor: number }): Attempts {
  const { db, clock } = options
  const limitOf = (rule: AttemptRule) => rule.limit * options.limitFactor

  async function count(tx: Tx, rule: AttemptRule, subject: Buffer): Promise<State> {
    const now = new Date(clock.now())
    const stale = new Date(clock.now() - rule.windowMs)
    const { rows } = await sql<State>`
      insert into identity.attempt as a (purpose, subject_hash, window_started_at, tries)
      values (${rule.purpose}, ${subject}, ${now}, 1)
      on conflict (purpose, subject_hash) do update set
        tries = case when a.locked_until > ${now} then a.tries when a.window_started_at <= ${stale} then 1 else a.tries + 1 end,
        window_started_at = case when a.locked_until > ${now} or a.window_started_at > ${stale} then a.window_started_at else ${now} end
      returning tries, locks, window_started_at as started, locked_until as "lockedUntil"`.execute(tx)
    const [state] = rows
    if (!state) throw new Error('an attempt was not counted')
    return state
  }

  async function lock(tx: Tx, rule: AttemptRule, subject: Buffer, locks: number): Promise<Date> {
    const until = new Date(clock.now() + Math.min(DAY, rule.windowMs * 2 ** locks))
    await tx
      .updateTable('identity.attempt')
      .set({ locked_until: until, locks: locks + 1, tries: 0, window_started_at: until })
      .where('purpose', '=', rule.purpose)
      .where('subject_hash', '=', subject)
      .execute()
    return until
  }

  /** Until when this subject has to wait; null: not at all. */
  function waitOf(rule: AttemptRule, state: State, allowed: number): Date | null {
    if (state.lockedUntil !== null && state.lockedUntil.getTime() > clock.now()) return state.lockedUntil
    const end = new Date(state.started.getTime() + rule.windowMs)
    return state.tries > allowed && end.getTime() > clock.now() ? end : null
  }

  function refuse(until: Date | null): void {
    if (until !== null)
      throw identityErrors.TOO_MANY_ATTEMPTS({ retryAfter: Math.ceil((until.getTime() - clock.now()) / 1000) })
  }

  return {
    async take(rule, subject) {
      const hash = hashOf(subject)
      const until = await db.everyTenant(async (tx) => {
        const state = await count(tx, rule, hash)
        const locked = state.lockedUntil !== null && state.lockedUntil.getTime() > clock.now()
        if (rule.doubling && !locked && state.tries > limitOf(rule)) return lock(tx, rule, hash, state.locks)
        return waitOf(rule, state, limitOf(rule))
      })
      refuse(until)
    },
    async check(rule, subject) {
      const state = await db.everyTenant((tx) =>
        tx
          .selectFrom('identity.attempt')
          .select(['tries', 'locks', 'window_started_at as started', 'locked_until as lockedUntil'])
          .where('purpose', '=', rule.purpose)
          .where('subject_hash', '=', hashOf(subject))
          .executeTakeFirst(),
      )
      if (state) refuse(waitOf(rule, state, limitOf(rule) - 1))
    },
    async clear(tx, rule, subject) {
      await tx
        .deleteFrom('identity.attempt')
        .where('purpose', '=', rule.purpose)
        .where('subject_hash', '=', hashOf(subject))
        .execute()
    },
  }
}
