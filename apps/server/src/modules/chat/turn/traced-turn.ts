import type { JsonValue } from '@imperal/contract'
import type { Database } from '../../../foundation/db/index.ts'
import type { TracedTurn } from '../../kernel/index.ts'
import type { ChatUser } from '../messages.ts'
import type { Plan } from '../plan/plan.ts'
import type { TurnRequest } from './turn-record.ts'

const MOST_OF_MESSAGE = 500
const shortened = (text: string): string =>
  text.length <= MOST_OF_MESSAGE ? text : `${text.slice(0, MOST_OF_MESSAGE - 1)}…`

/** The turn that a trace belongs to, as far as it can be told in words; null when none does, or it is no longer kept. */
export async function readTracedTurn(
  db: Database,
  user: Pick<ChatUser, 'tenantId' | 'userId'>,
  traceId: string,
): Promise<TracedTurn | null> {
  const row = await db.tenant(user.tenantId, (tx) =>
    tx
      .selectFrom('chat.turn')
      .select(['request', 'plan', 'state', 'verdicts'])
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .where('trace_id', '=', traceId)
      .executeTakeFirst(),
  )
  if (row === undefined) return null
  const request = row.request as JsonValue as unknown as TurnRequest // written by `storeTurn` only
  const plan = row.plan as unknown as Plan | null // written by the turn itself
  return {
    message: shortened(request.text),
    intent: plan?.intent ?? null,
    steps: (plan?.steps ?? []).map(({ stepId, function: called, dependsOn }) => ({
      id: stepId,
      call: `${called.appId}.${called.name}`,
      after: [...dependsOn],
    })),
    verdicts: row.verdicts,
    state: row.state,
  }
}
