import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import { type Database, EVERY_TENANT } from '../../../foundation/db/index.ts'
import type { TurnTable } from '../tables.ts'
import { ACTIVE, holdOf, type TurnHold } from './turn-record.ts'

/** A node that has not renewed for so long has lost its turns. */
export const LEASE_SECONDS = 15

export interface ConversationKey {
  readonly tenantId: string
  readonly userId: string
  readonly conversationId: string
}

const isActive = sql.join(ACTIVE.map((state) => sql.lit(state)))

/**
 * Takes the next turn of a conversation for this node: the first one that arrived, and only when no other turn of the
 * conversation is worked on (K1.2). Null: there is nothing to do now. Any number of nodes may ask at once.
 */
export function claimTurn(db: Database, nodeId: string, key: ConversationKey): Promise<TurnHold | null> {
  return db.tenant(key.tenantId, async (tx) => {
    // Claims of one conversation go one after another.
    const conversation = await tx
      .selectFrom('chat.conversation')
      .select('conversation_id')
      .where('tenant_id', '=', key.tenantId)
      .where('user_id', '=', key.userId)
      .where('conversation_id', '=', key.conversationId)
      .forUpdate()
      .executeTakeFirst()
    if (conversation === undefined) return null
    const { rows } = await sql<Selectable<TurnTable>>`
      update chat.turn set node_id = ${nodeId}, attempt = attempt + 1, updated_at = now(),
        losses = losses + case when lease_until is null then 0 else 1 end,
        lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
      where turn_id = (
        select t.turn_id from chat.turn t
        where t.tenant_id = ${key.tenantId} and t.user_id = ${key.userId} and t.conversation_id = ${key.conversationId}
          and t.ended_at is null and t.state in (${isActive}) and (t.lease_until is null or t.lease_until < now())
          and not exists (
            select from chat.turn o
            where o.tenant_id = t.tenant_id and o.user_id = t.user_id and o.conversation_id = t.conversation_id
              and o.turn_id <> t.turn_id and o.ended_at is null and o.state in (${isActive})
              and (o.lease_until >= now() or o.position < t.position))
        order by t.position limit 1)
      returning *`.execute(tx)
    return rows[0] === undefined ? null : holdOf(rows[0])
  })
}

/** Conversations that have a turn which nobody works on, the longest waiting first. */
export async function waitingConversations(db: Database, limit: number): Promise<ConversationKey[]> {
  const { rows } = await db.everyTenant((tx) =>
    sql<{ tenant_id: string; user_id: string; conversation_id: string }>`
      select tenant_id, user_id, conversation_id from chat.turn
      where ended_at is null and state in (${isActive}) and (lease_until is null or lease_until < now())
      group by 1, 2, 3 order by min(position) limit ${limit}`.execute(tx),
  )
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    userId: row.user_id,
    conversationId: row.conversation_id,
  }))
}

const RENEW = `update chat.turn t set lease_until = now() + make_interval(secs => $3)
from unnest($2::text[], $4::integer[]) as mine (turn_id, attempt)
where t.turn_id = mine.turn_id and t.attempt = mine.attempt and t.node_id = $1 and t.ended_at is null
returning t.turn_id, t.cancel_requested`

/** Keeps turns of this node for another lease. Those that are not in the answer are lost. */
export async function renewLeases(
  db: Database,
  nodeId: string,
  holds: readonly TurnHold[],
): Promise<ReadonlyMap<string, { readonly cancelRequested: boolean }>> {
  const [result] = await db.atomic(EVERY_TENANT, [
    {
      text: RENEW,
      values: [nodeId, holds.map((hold) => hold.turnId), LEASE_SECONDS, holds.map((hold) => hold.attempt)],
    },
  ])
  const rows = (result?.rows ?? []) as { turn_id: string; cancel_requested: boolean }[]
  return new Map(rows.map((row) => [row.turn_id, { cancelRequested: row.cancel_requested }]))
}
