import { sql } from 'kysely'
import { endTurn, stoppedFrame, turnOf } from './end-turn.ts'
import type { Engine } from './engine.ts'
import type { SessionKey } from './session-id.ts'
import { stateOf } from './session-state.ts'
import { keyOf, lockSession, moveSession, ONLINE_SECONDS } from './sessions.ts'
import { STEER_SECONDS } from './steers.ts'
import type { CodingOptions } from './types.ts'

const AT_ONCE = 50
/** How long a turn waits for its person, or for the terminal. */
export const PATIENCE_HOURS = 24
const FRAME_HOURS = 24
const STEP_DAYS = 30
const SESSION_DAYS = 180

type Where = 'workable' | 'offline' | 'given_up'

const CONDITIONS = {
  workable: sql`s.status = 'running' and (s.lease_until is null or s.lease_until < now()) and not exists (
    select from coding.request r where r.tenant_id = s.tenant_id and r.user_id = s.user_id and r.session_id = s.session_id and r.state = 'open')`,
  offline: sql`s.status = 'running' and coalesce(s.terminal_seen_at, s.started_at) < now() - make_interval(secs => ${sql.lit(ONLINE_SECONDS)})
    and exists (select from coding.request r
      where r.tenant_id = s.tenant_id and r.user_id = s.user_id and r.session_id = s.session_id and r.state = 'open')`,
  given_up: sql`s.status = 'parked' and s.task_id is not null and s.parked_at < now() - make_interval(hours => ${sql.lit(PATIENCE_HOURS)})`,
} as const

/** Sessions of all tenants for which something is to be done, the longest waiting first. */
async function find(parts: CodingOptions, where: Where): Promise<SessionKey[]> {
  const { rows } = await parts.db.everyTenant((tx) =>
    sql<{ tenant_id: string; user_id: string; session_id: string }>`
      select s.tenant_id, s.user_id, s.session_id from coding.session s
      where ${CONDITIONS[where]} order by s.updated_at limit ${sql.lit(AT_ONCE)}`.execute(tx),
  )
  return rows.map(keyOf)
}

/** The terminal is gone while something waits for it: the session stands still until it comes back. */
export async function parkOffline(parts: CodingOptions): Promise<void> {
  for (const key of await find(parts, 'offline'))
    await parts.db.tenant(key.tenantId, async (tx) => {
      const session = await lockSession(tx, key)
      if (session?.status !== 'running') return
      const seen = session.terminal_seen_at?.getTime() ?? 0
      if (parts.clock.now() - seen >= ONLINE_SECONDS * 1000) await moveSession(tx, session, 'go_offline')
    })
}

/** Ends turns that nobody came back to. */
export async function giveUp(parts: CodingOptions): Promise<void> {
  for (const key of await find(parts, 'given_up'))
    await parts.db.tenant(key.tenantId, async (tx) => {
      const session = await lockSession(tx, key)
      if (session?.status !== 'parked' || session.task_id === null) return
      const reason = stateOf(session) === 'parked(consent)' ? 'consent_expired' : 'terminal_offline'
      const frame = stoppedFrame(session, '', reason)
      const turn = await turnOf(tx, session.task_id)
      await endTurn(parts, tx, session, turn, {
        action: 'give_up',
        status: 'paused',
        frame,
        why: 'Not done: nobody answered.',
      })
    })
}

/** Forgets what is kept for a while only. */
export async function tidy({ db }: CodingOptions): Promise<void> {
  await db.everyTenant(async (tx) => {
    await sql`delete from coding.frame where created_at < now() - make_interval(hours => ${FRAME_HOURS})`.execute(tx)
    await sql`delete from coding.steer where created_at < now() - make_interval(secs => ${STEER_SECONDS}) and state = 'waiting'
      or created_at < now() - interval '1 day'`.execute(tx)
    await sql`delete from coding.step where started_at < now() - make_interval(days => ${STEP_DAYS}) and state = 'done' and told`.execute(
      tx,
    )
    await sql`delete from coding.session where updated_at < now() - make_interval(days => ${SESSION_DAYS}) and status = 'idle'`.execute(
      tx,
    )
  })
}

/** Goes on with what a node left, and parks and ends what waits too long. Any number of nodes may do it at once. */
export async function watchSessions(parts: CodingOptions, engine: Engine): Promise<void> {
  for (const key of await find(parts, 'workable')) engine.kick(key)
  await parkOffline(parts)
  await giveUp(parts)
}
