import type { JsonObject } from '@imperal/contract'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Database, Tx } from '../../../foundation/db/index.ts'
import type { AssistantLimits } from '../limits.ts'
import { asks, type ChatUser } from '../messages.ts'

/** What the assistant keeps of the last turn of a user (K1.10). */
export const RoutingHint = z.object({
  last_app: z.string().nullable(),
  last_function: z.string().nullable(),
  referenced_ids: z.array(z.string()).max(10),
  response_preview: z.string().max(300),
  /** Only when the answer ended with a question. */
  pending_question: z.string().max(200).nullable(),
})
export type RoutingHint = z.infer<typeof RoutingHint>

export interface SessionMemory {
  /** Null when there is none, or it is older than an hour. */
  readonly hint: RoutingHint | null
  /** Whether the hint is fresh enough for follow-ups such as "send it". */
  readonly isFresh: boolean
  /** ISO 639-1; the last one within a day. */
  readonly language: string | null
}

const KEPT_MS = 3_600_000
const FRESH_MS = 600_000
const LANGUAGE_MS = 86_400_000

// Turns of a person and the assistant, a message each; the memory ends there, whatever the window.
const MOST_TURNS = 50

/** What a turn reads of its conversation: at most fifty turns, none older than administrators say (K1.9). */
export const memorySpan = (
  limits: Pick<AssistantLimits, 'default_routing_context' | 'classifier_fact_ledger_window' | 'history_ttl_days'>,
  now: number,
): { readonly limit: number; readonly since: Date } => ({
  limit: Math.min(MOST_TURNS * 2, Math.max(limits.default_routing_context, limits.classifier_fact_ledger_window * 2)),
  since: new Date(now - limits.history_ttl_days * 86_400_000),
})

export async function readSession(db: Database, user: ChatUser, now: number): Promise<SessionMemory> {
  const row = await db.tenant(user.tenantId, (tx) =>
    tx
      .selectFrom('chat.session')
      .selectAll()
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .executeTakeFirst(),
  )
  const age = row?.hint_at == null ? Number.POSITIVE_INFINITY : now - row.hint_at.getTime()
  const hint = age <= KEPT_MS ? RoutingHint.safeParse(row?.hint) : undefined
  const spoke = row?.language_at == null ? Number.POSITIVE_INFINITY : now - row.language_at.getTime()
  return {
    hint: hint?.success === true ? hint.data : null,
    isFresh: hint?.success === true && age <= FRESH_MS,
    language: spoke <= LANGUAGE_MS ? (row?.language ?? null) : null,
  }
}

/** Part of the transaction that ends a turn. Null members stay as they are. */
export async function rememberTurn(
  tx: Tx,
  user: ChatUser,
  turn: { readonly hint: RoutingHint; readonly language: string | null },
): Promise<void> {
  const spoken = turn.language === null ? {} : { language: turn.language, language_at: sql<Date>`now()` }
  const values = { hint: JSON.stringify(turn.hint), hint_at: sql<Date>`now()`, ...spoken }
  await tx
    .insertInto('chat.session')
    .values({
      tenant_id: user.tenantId,
      user_id: user.userId,
      language: null,
      language_at: null,
      ...values,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet(values))
    .execute()
}

const ID_KEY = /(?:^|_)id$/
const MOST_IDS = 10

/** Ids in results, newest first: what "it" may mean in the next message. */
export function idsIn(data: JsonObject): string[] {
  const ids: string[] = []
  const walk = (value: unknown, depth: number): void => {
    if (ids.length >= MOST_IDS || depth > 4 || typeof value !== 'object' || value === null) return
    for (const [key, entry] of Object.entries(value)) {
      if (typeof entry === 'string' && ID_KEY.test(key) && !ids.includes(entry) && ids.length < MOST_IDS)
        ids.push(entry)
      else walk(entry, depth + 1)
    }
  }
  walk(data, 0)
  return ids
}

/** What the next turn may need to know of this one. */
export const hintOf = (turn: {
  readonly text: string
  readonly appId: string | null
  readonly functionName: string | null
  readonly facts: readonly { readonly data: JsonObject }[]
}): RoutingHint => ({
  last_app: turn.appId,
  last_function: turn.functionName,
  referenced_ids: turn.facts.flatMap(({ data }) => idsIn(data)).slice(0, MOST_IDS),
  response_preview: turn.text.slice(0, 300),
  pending_question: asks(turn.text) ? (turn.text.trim().split('\n').at(-1) ?? '').slice(-200) : null,
})
