import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { endTurn, stoppedFrame, turnOf } from './end-turn.ts'
import { appendFrame } from './frames.ts'
import type { SessionKey } from './session-id.ts'
import { changeSession, lockSession } from './sessions.ts'
import { driveSteps } from './steps.ts'
import type { RequestRow, SessionRow, StepRow, TurnRow } from './tables.ts'
import { addMessage, settleThread } from './thread.ts'
import type { CodingOptions } from './types.ts'

/** A node that has not renewed for so long has lost its session. */
export const LEASE_SECONDS = 60

/** What is to be done outside of a transaction, under a lease. */
export type Work = { readonly session: SessionRow; readonly turn: TurnRow } & (
  | { readonly kind: 'model' }
  | { readonly kind: 'function'; readonly step: StepRow; readonly decided: RequestRow | null }
)

/** What was said meanwhile joins the turn, in the order in which it came. */
async function takeSteers(
  parts: Pick<CodingOptions, 'outbox' | 'clock'>,
  tx: Tx,
  session: SessionRow,
  taskId: string,
): Promise<void> {
  const waiting = await tx
    .updateTable('coding.steer')
    .set({ state: 'taken' })
    .where('tenant_id', '=', session.tenant_id)
    .where('user_id', '=', session.user_id)
    .where('session_id', '=', session.session_id)
    .where('state', '=', 'waiting')
    .returning(['position', 'iid', 'text', 'surface'])
    .execute()
  for (const { iid, text, surface } of waiting.toSorted((a, b) => a.position - b.position)) {
    await addMessage(tx, session, { taskId, role: 'user', content: text, surface })
    await appendFrame(parts, tx, session, { type: 'task_dequeued', origin: surface, steer_iid: iid })
  }
}

const lease = (tx: Tx, session: SessionRow): Promise<SessionRow> =>
  changeSession(tx, session, {
    attempt: session.attempt + 1,
    lease_until: sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS})`,
  })

const isHeld = async (tx: Tx, { lease_until: until }: SessionRow): Promise<boolean> => {
  if (until === null) return false
  const { rows } = await sql<{ held: boolean }>`select ${until}::timestamptz > now() as held`.execute(tx)
  return rows[0]?.held === true
}

/** Goes on with a session as far as it goes by itself, and takes what is to be done then for this node. Null: nothing now. */
export async function claimWork(parts: CodingOptions, key: SessionKey): Promise<Work | null> {
  const limits = await parts.limits()
  return parts.db.tenant(key.tenantId, async (tx) => {
    const session = await lockSession(tx, key)
    if (session === undefined || session.status !== 'running' || session.task_id === null) return null
    if (await isHeld(tx, session)) return null
    const turn = await turnOf(tx, session.task_id)
    const steps = await driveSteps(parts, tx, session, turn.task_id)
    if (steps?.kind === 'wait') return null
    if (steps?.kind === 'run')
      return { kind: 'function', session: await lease(tx, session), turn, step: steps.step, decided: steps.decided }
    await settleThread(tx, session)
    await takeSteers(parts, tx, session, turn.task_id)
    if (turn.rounds >= limits.coding_turn_rounds) {
      const text = `Stopped after ${turn.rounds} rounds, which is the most for one turn. Say “go on” to continue.`
      await endTurn(parts, tx, session, turn, {
        action: 'finish',
        status: 'paused',
        frame: stoppedFrame(session, text, 'round_limit'),
      })
      return null
    }
    return { kind: 'model', session: await lease(tx, session), turn }
  })
}

/** Keeps the lease of work that goes on. False: it was lost, or its turn is over. */
export function renewLease(db: Database, { session }: Work): Promise<boolean> {
  return db.tenant(session.tenant_id, async (tx) => {
    const kept = await tx
      .updateTable('coding.session')
      .set({ lease_until: sql<Date>`now() + make_interval(secs => ${LEASE_SECONDS})` })
      .where('tenant_id', '=', session.tenant_id)
      .where('user_id', '=', session.user_id)
      .where('session_id', '=', session.session_id)
      .where('attempt', '=', session.attempt)
      .where('status', '=', 'running')
      .where('task_id', '=', session.task_id)
      .executeTakeFirst()
    return kept.numUpdatedRows === 1n
  })
}

/** The session for writing what came of work, or null when the work is nobody's any more: cancelled, or taken over. */
export async function holdWork(tx: Tx, { session }: Work): Promise<SessionRow | null> {
  const current = await lockSession(tx, {
    tenantId: session.tenant_id,
    userId: session.user_id,
    sessionId: session.session_id,
  })
  if (current === undefined || current.status !== 'running') return null
  if (current.attempt !== session.attempt || current.task_id !== session.task_id) return null
  return changeSession(tx, current, { lease_until: null, updated_at: sql<Date>`now()` })
}
