import type { ChatMessage } from '@imperal/contract'
import type { Tx } from '../../../foundation/db/index.ts'
import { hintOf, rememberTurn } from '../memory/session.ts'
import { appendBotMessage, finishReply } from '../messages.ts'
import type { CallRecord } from '../plan/records.ts'
import type { TurnEnd } from './carry-out.ts'
import { moveTurn, type TurnHold, userOf } from './turn-record.ts'

async function markTold(tx: Tx, hold: TurnHold, told: readonly CallRecord[]): Promise<void> {
  for (const record of told)
    await tx
      .updateTable('chat.turn_step')
      // A card is told now; what becomes of its call is told when it is decided.
      .set({ told: record.state !== 'waiting' })
      .where('turn_id', '=', hold.turnId)
      .where('step_no', '=', record.stepNo)
      .where('item_no', '=', record.itemNo)
      .execute()
}

/**
 * Delivers what a turn says and moves it on, in one transaction: it is said once, whatever crashes (kernel T12 to T14). The
 * first answer takes its placeholder; what follows a decided card is a message of its own. Null: there is nothing to say.
 * @throws TurnLost
 */
export async function finishTurn(
  tx: Tx,
  hold: TurnHold,
  end: TurnEnd,
  verdicts: readonly string[] = [],
): Promise<ChatMessage | null> {
  const user = userOf(hold)
  const waits = end.state === 'AWAITING_CONFIRMATION'
  await moveTurn(tx, hold, {
    state: end.state,
    confirmationId: waits ? (end.result.confirmationId ?? hold.confirmationId) : null,
    ...(end.language === null ? {} : { language: end.language }),
    ended: !waits,
    verdicts,
    released: waits,
  })
  await markTold(tx, hold, end.told)
  const { result } = end
  if (result.status === 'done')
    await rememberTurn(tx, user, {
      hint: hintOf({
        text: result.text,
        appId: result.appId ?? null,
        functionName: end.functionName,
        facts: result.facts ?? [],
      }),
      language: end.language,
    })
  const reply = await finishReply(tx, user, hold.replyId, result)
  if (reply !== null || result.text === '') return reply
  const type = result.type === 'function_call' || result.type === 'response' ? 'tool_result' : result.type
  return appendBotMessage(tx, user, hold.conversationId, { ...result, type })
}
