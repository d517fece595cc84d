import { sql } from 'kysely'
import type { Database } from '../../../foundation/db/index.ts'
import type { Decision } from '../../kernel/index.ts'
import type { ConversationKey } from './claim-turn.ts'
import type { TurnTools } from './turn-tools.ts'

/**
 * Sets the turn that waits for a card running again. `on_its_way`: the turn has asked and is about to wait; it looks at the
 * card itself then. Null: no turn is concerned.
 */
export function wakeDecided(
  db: Database,
  decision: Pick<Decision, 'tenantId' | 'userId' | 'confirmationId' | 'traceId'>,
): Promise<ConversationKey | 'on_its_way' | null> {
  return db.tenant(decision.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('chat.turn')
      .select(['turn_id', 'tenant_id', 'user_id', 'conversation_id', 'state', 'confirmation_id'])
      .where('tenant_id', '=', decision.tenantId)
      .where('user_id', '=', decision.userId)
      .where('trace_id', '=', decision.traceId)
      .where('ended_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) return null
    if (row.state !== 'AWAITING_CONFIRMATION') return 'on_its_way'
    if (row.confirmation_id !== decision.confirmationId) return null
    await tx
      .updateTable('chat.turn')
      .set({ state: 'RUNNING', updated_at: sql`now()`, lease_until: null, node_id: null })
      .where('turn_id', '=', row.turn_id)
      .execute()
    return { tenantId: row.tenant_id, userId: row.user_id, conversationId: row.conversation_id }
  })
}

const AT_ONCE = 100
const OVER: ReadonlySet<string> = new Set(['executed', 'failed', 'cancelled', 'expired'])
const KEPT_DAYS = 7

/**
 * Turns whose card was decided while nobody told the chat: its node died, or the chat was not there. Also removes what is
 * long over.
 */
export async function wakeWaiting({ db, kernel }: Pick<TurnTools, 'db' | 'kernel'>): Promise<ConversationKey[]> {
  const rows = await db.everyTenant(async (tx) => {
    await sql`delete from chat.turn where ended_at < now() - make_interval(days => ${KEPT_DAYS})`.execute(tx)
    return tx
      .selectFrom('chat.turn')
      .select(['tenant_id', 'user_id', 'confirmation_id', 'trace_id'])
      .where('ended_at', 'is', null)
      .where('state', '=', 'AWAITING_CONFIRMATION')
      .where('updated_at', '<', sql<Date>`now() - interval '5 seconds'`)
      .orderBy('position')
      .limit(AT_ONCE)
      .execute()
  })
  const woken: ConversationKey[] = []
  for (const row of rows) {
    const key = await wakeIfDecided({ db, kernel }, { ...row, confirmation_id: row.confirmation_id ?? '' })
    if (key !== null) woken.push(key)
  }
  return woken
}

/** For a turn that has just begun to wait, or waits for long: its card may have been decided without anybody telling it. */
export async function wakeIfDecided(
  { db, kernel }: Pick<TurnTools, 'db' | 'kernel'>,
  turn: {
    readonly tenant_id: string
    readonly user_id: string
    readonly trace_id: string
    readonly confirmation_id: string
  },
): Promise<ConversationKey | null> {
  const user = { tenantId: turn.tenant_id, userId: turn.user_id }
  const decision = await kernel.decision(user, turn.confirmation_id)
  // A card that is gone was forgotten with its user's data: nothing can come of it any more.
  if (decision !== null && !OVER.has(decision.status)) return null
  const found = await wakeDecided(db, { ...user, traceId: turn.trace_id, confirmationId: turn.confirmation_id })
  return found === 'on_its_way' ? null : found
}
