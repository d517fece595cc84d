import { runIn } from './database.ts'
import { endTurn, turnOf } from './end-turn.ts'
import type { Engine } from './engine.ts'
import { codingErrors } from './errors.ts'
import type { SessionKey } from './session-id.ts'
import { lockSession, moveSession } from './sessions.ts'
import type { CodingOptions } from './types.ts'

/**
 * Ends the turn of a session; what was said, and what was done on the person's machine, stays. False: none was under way.
 * @throws CODING_NO_SESSION
 */
export async function stopTurn(
  parts: CodingOptions,
  engine: Engine,
  key: SessionKey,
  source: string,
): Promise<boolean> {
  const cards = await parts.db.tenant(key.tenantId, async (tx) => {
    const session = await lockSession(tx, key)
    if (session === undefined) throw codingErrors.NO_SESSION()
    if (session.task_id === null) {
      if (session.status === 'parked') await moveSession(tx, session, 'cancel')
      return null
    }
    const turn = await turnOf(tx, session.task_id)
    const open = await endTurn(parts, tx, session, turn, {
      action: 'cancel',
      status: 'stopped',
      frame: { type: 'final', text: '', stopped: true, awaits_reply: false },
      why: 'Not done: the person stopped the turn.',
    })
    const entry = {
      ...({ tenantId: key.tenantId, actorId: key.userId, actorType: 'user', source } as const),
      ...{ action: 'coding.turn_stopped', targetType: 'coding_session', targetId: key.sessionId },
      metadata: { task_id: turn.task_id },
    }
    await runIn(tx, parts.audit.recording(entry))
    return open
  })
  if (cards === null) return false
  engine.abort(key)
  for (const card of cards)
    await parts.kernel
      .decide({ tenantId: key.tenantId, userId: key.userId }, card, 'cancel', 'mcp')
      .catch((error: unknown) => {
        parts.log.info({ err: error, card }, 'a card of a stopped coding turn was decided before')
      })
  return true
}
