import type { JsonObject } from '@imperal/contract'
import type { Selectable } from 'kysely'
import { hashOf } from '../confirmations/stored-call.ts'
import type { ConfirmedCall, Consent } from '../corridor/stages.ts'
import { toDatabaseJson } from '../ledger/mask.ts'
import { type LedgerRow, openRow } from '../ledger/row.ts'
import type { KernelParts } from '../parts.ts'
import type { TaskTable } from '../tables.ts'
import type { CallIntent, CallSource } from '../types.ts'

/** An accepted call as it waits for a node. It passed every gate and was confirmed where that is needed. */
export interface StoredWork {
  readonly source: CallSource
  readonly limited_to: readonly string[] | null
  readonly step_id: string | null
  readonly message_preview: string | null
  /** The model that chose the call: its work is part of the price. */
  readonly model: CallIntent['model'] | null
  /** Runs byte for byte. */
  readonly params_text: string
  readonly params_hash: string
  readonly action_type: string
  /** Absent in work of before: false. */
  readonly idempotent?: boolean
  /** Longest run. */
  readonly seconds: number
  readonly confirmation: Consent['confirmation']
  readonly confirmation_id: string | null
  /** The ledger row of a call that never gets to run. */
  readonly draft: LedgerRow
}

/** How long detached work may run (K3.38). */
export const backgroundSeconds = (longRunning: boolean): number => (longRunning ? 1_800 : 180)

export function storeWork(parts: KernelParts, call: ConfirmedCall): StoredWork {
  const { intent } = call.pass
  const text = toDatabaseJson(call.params)
  return {
    source: intent.source,
    limited_to: intent.limitedTo === undefined ? null : [...intent.limitedTo],
    step_id: intent.stepId ?? null,
    message_preview: intent.messagePreview?.slice(0, 400) ?? null,
    model: intent.model ?? null,
    params_text: text,
    params_hash: hashOf(text),
    action_type: call.handler.actionType,
    idempotent: call.handler.idempotent,
    seconds: backgroundSeconds(call.handler.longRunning),
    confirmation: call.consent.confirmation,
    confirmation_id: call.consent.confirmationId,
    draft: openRow(call, parts.nodeId),
  }
}

/** Only `storeWork` writes the column. */
export const workOf = (row: Selectable<TaskTable>): StoredWork | null => row.work as unknown as StoredWork | null

/** Work that may be done again however far it came: it changes nothing, or nothing more than once (kernel 4.7). */
export function isRepeatable(row: Selectable<TaskTable>): boolean {
  const work = workOf(row)
  return work?.action_type === 'read' || work?.idempotent === true
}

/** The same request again, for the gates that look at it before it runs. */
export function intentOf(row: Selectable<TaskTable>, work: StoredWork): CallIntent {
  return {
    source: work.source,
    tenantId: row.tenant_id,
    userId: row.user_id,
    limitedTo: work.limited_to ?? undefined,
    appId: row.app_id,
    function: row.function,
    params: JSON.parse(work.params_text) as JsonObject, // made from the checked arguments
    traceId: row.trace_id,
    chainId: row.chain_id ?? undefined,
    stepId: work.step_id ?? undefined,
    conversationId: row.conversation_id ?? undefined,
    messagePreview: work.message_preview ?? undefined,
    model: work.model ?? undefined,
  }
}
