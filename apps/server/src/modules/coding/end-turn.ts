import { type RawBuilder, sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { appendFrame } from './frames.ts'
import type { SessionAction } from './session-state.ts'
import { moveSession } from './sessions.ts'
import { closeSteps } from './steps.ts'
import type { SessionRow, TurnRow } from './tables.ts'
import { settleThread } from './thread.ts'
import type { CodingOptions } from './types.ts'

type Parts = Pick<CodingOptions, 'outbox' | 'clock'>

/** Tells every screen of the person about a turn, as about any task (api.md 5.10). */
export const announceTurn = (parts: Parts, tx: Tx, session: SessionRow, turn: TurnRow, status: string): Promise<void> =>
  parts.outbox.publish(tx, {
    tenantId: session.tenant_id,
    userId: session.user_id,
    type: 'task_update',
    payload: { task_id: turn.task_id, status, kind: 'coding', title: turn.title, session_id: session.session_id },
  })

export interface TurnEnding {
  readonly action: Extract<SessionAction, 'finish' | 'cancel' | 'run_out' | 'give_up'>
  readonly status: TurnRow['status']
  readonly frame:
    | { readonly type: 'final'; readonly text: string; readonly stopped?: true; readonly awaits_reply: boolean }
    | { readonly type: 'marathon_paused'; readonly reason: string }
    | { readonly type: 'marathon_complete'; readonly text: string }
  /** What the model reads in the thread about calls that were under way. */
  readonly why?: string
}

const STATUS = {
  running: 'running',
  done: 'done',
  paused: 'cancelled',
  stopped: 'cancelled',
  failed: 'failed',
} as const

/**
 * Ends a turn with its one last frame (api.md 5.10), in the caller's transaction. Answers the cards of the platform that were
 * open, for the caller to cancel.
 */
export async function endTurn(
  parts: Parts,
  tx: Tx,
  session: SessionRow,
  turn: TurnRow,
  ending: TurnEnding,
): Promise<string[]> {
  const cards = await closeSteps(parts, tx, session, turn.task_id, ending.why ?? 'Not done: the turn was over.')
  await settleThread(tx, session)
  await appendFrame(parts, tx, session, ending.frame)
  await tx
    .updateTable('coding.turn')
    .set({ status: ending.status, ended_at: now })
    .where('task_id', '=', turn.task_id)
    .execute()
  await moveSession(tx, session, ending.action)
  await announceTurn(parts, tx, session, turn, STATUS[ending.status])
  return cards
}

const now: RawBuilder<Date> = sql<Date>`now()`

export const turnOf = (tx: Tx, taskId: string): Promise<TurnRow> =>
  tx.selectFrom('coding.turn').selectAll().where('task_id', '=', taskId).executeTakeFirstOrThrow()

/** A turn that stops without having reached its end: long work says why, a task says that it was stopped. */
export const stoppedFrame = (session: SessionRow, text: string, reason: string): TurnEnding['frame'] =>
  session.kind === 'marathon'
    ? { type: 'marathon_paused', reason }
    : { type: 'final', text, stopped: true, awaits_reply: false }
