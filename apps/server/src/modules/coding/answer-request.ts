import type { TerminalResult } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database } from '../../foundation/db/index.ts'
import { toDatabaseJson } from './database.ts'
import type { SessionKey } from './session-id.ts'
import { stateOf } from './session-state.ts'
import { lockSession, moveSession, touchTerminal } from './sessions.ts'

export type Answered = 'taken' | 'duplicate' | 'unknown'

/** Takes the first answer to a request; the session goes on with it. One to nothing that was asked is none. */
export function answerRequest(
  db: Database,
  key: SessionKey,
  answer: { readonly reqId: string; readonly result: TerminalResult; readonly fromTerminal: boolean },
): Promise<Answered> {
  return db.tenant(key.tenantId, async (tx) => {
    const session = await lockSession(tx, key)
    if (session === undefined) return 'unknown'
    const request = await tx
      .selectFrom('coding.request')
      .select(['req_id', 'state', 'kind'])
      .where('tenant_id', '=', key.tenantId)
      .where('user_id', '=', key.userId)
      .where('session_id', '=', key.sessionId)
      .where('req_id', '=', answer.reqId)
      .executeTakeFirst()
    if (request === undefined || request.state === 'void') return 'unknown'
    if (answer.fromTerminal) await touchTerminal(tx, key)
    if (request.state === 'answered') return 'duplicate'
    await tx
      .updateTable('coding.request')
      .set({ state: 'answered', result: toDatabaseJson(answer.result), answered_at: sql<Date>`now()` })
      .where('req_id', '=', request.req_id)
      .execute()
    const state = stateOf(session)
    if (state === 'parked(consent)') await moveSession(tx, session, 'answer')
    else if (state === 'parked(terminal_offline)') await moveSession(tx, session, 'come_back')
    return 'taken'
  })
}
