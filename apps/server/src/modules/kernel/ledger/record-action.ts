import { createHash } from 'node:crypto'
import type { ActionCreateRequest, JsonObject } from '@imperal/contract'
import { CompiledQuery, sql } from 'kysely'
import type { Clock } from '../../../foundation/clock.ts'
import type { Database, Tx } from '../../../foundation/db/index.ts'
import { newCallId } from '../../../foundation/ids.ts'
import { kernelErrors } from '../errors.ts'
import { maskArguments, preview } from './mask.ts'
import { insertRows, type LedgerRow } from './row.ts'

/** Whom a recorded action is of; the tenant is looked up, never taken from the body. */
export interface ActionOwner {
  readonly tenantId: string
  readonly userId: string
  readonly agencyId: string | null
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )

const factsOf = (action: ActionCreateRequest, hash: string): JsonObject => ({
  recorded_by: 'service',
  content_sha256: hash,
  intent_type: action.intent_type ?? null,
  tokens_used: action.tokens_used,
  heartbeat_count: action.heartbeat_count,
  action_price: action.action_price,
  extension_price: action.extension_price,
  platform_fee: action.platform_fee,
  worker_id: action.worker_id ?? null,
  llm_provider: action.llm_provider ?? null,
  llm_model: action.llm_model ?? null,
  llm_steps: (action.llm_steps ?? []).map((step) => maskArguments(step)),
  llm_total_calls: action.llm_total_calls,
  llm_total_tokens: action.llm_total_tokens,
})

function rowOf(action: ActionCreateRequest, owner: ActionOwner, made: { hash: string; now: number }): LedgerRow {
  const ended = action.completed_at == null ? made.now : Date.parse(action.completed_at)
  const duration = action.duration_ms ?? 0
  return {
    call_id: newCallId(),
    tenant_id: owner.tenantId,
    user_id: owner.userId,
    agency_id: owner.agencyId,
    trace_id: action.trace_id,
    chain_id: action.chain_id ?? null,
    step_id: null,
    parent_task_id: action.parent_task_id ?? null,
    conversation_id: null,
    source: action.source,
    actor_kind: 'service',
    app_id: action.app_id,
    function: action.tool_name,
    action_type: action.action_type,
    status: action.status === 'completed' ? 'success' : action.status,
    error_code: preview(action.error),
    args: maskArguments(action.args_masked),
    message_preview: preview(action.message_preview),
    result_preview: preview(action.result_preview),
    confirmation: 'not_required',
    confirmation_id: null,
    event_type: null,
    event_id: null,
    retention_class: action.retention_class ?? (action.action_type === 'read' ? 'standard_90d' : 'federal_7y'),
    duration_ms: duration,
    facts: factsOf(action, made.hash),
    received_at: new Date(ended - duration).toISOString(),
    completed_at: new Date(ended).toISOString(),
  }
}

async function recordedBefore(tx: Tx, owner: ActionOwner, traceId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('ledger.action')
    .select(sql<string>`facts ->> 'content_sha256'`.as('hash'))
    .where('tenant_id', '=', owner.tenantId)
    .where('trace_id', '=', traceId)
    .where(sql<boolean>`facts ->> 'recorded_by' = 'service'`)
    .executeTakeFirst()
  return row?.hash ?? null
}

/**
 * Writes one row for a finished action of a service. The same action again changes nothing; of ten at once one is written.
 * @throws KERNEL_ACTION_DIFFERS when the trace id was recorded with another content
 */
export async function recordAction(
  parts: { readonly db: Database; readonly clock: Clock },
  owner: ActionOwner,
  action: ActionCreateRequest,
): Promise<void> {
  const hash = createHash('sha256').update(canonical(action)).digest('hex')
  await parts.db.tenant(owner.tenantId, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`action:${owner.tenantId}:${action.trace_id}`}, 0))`.execute(
      tx,
    )
    const before = await recordedBefore(tx, owner, action.trace_id)
    if (before === hash) return
    if (before !== null) throw kernelErrors.ACTION_DIFFERS()
    const { text, values } = insertRows([rowOf(action, owner, { hash, now: parts.clock.now() })])
    await tx.executeQuery(CompiledQuery.raw(text, [...values]))
  })
}
