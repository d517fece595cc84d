import { type JsonObject, runsAtRelease } from '@imperal/contract'
import type { Tx } from '../../../foundation/db/index.ts'
import { httpErrors } from '../../../foundation/http/index.ts'
import { newCallId } from '../../../foundation/ids.ts'
import { kernelErrors } from '../errors.ts'
import { maskArguments, toDatabaseJson } from '../ledger/mask.ts'
import { insertRows, type LedgerRow } from '../ledger/row.ts'
import { runStatement } from '../ledger/run-statement.ts'
import type { KernelParts } from '../parts.ts'
import type { Decision } from '../ports.ts'
import type { CallOutcome, CallSource } from '../types.ts'
import { confirmationEvent, type StoredCall } from './stored-call.ts'

declare const consumed: unique symbol

/** A confirmation that this process took from `pending`, once and for ever; only `consume` makes one. */
export interface ConsumedConfirmation {
  readonly confirmationId: string
  readonly source: CallSource
  /** The door at which it was decided. */
  readonly via: CallSource
  readonly calls: readonly StoredCall[]
  /** The pass under which each of them runs. */
  readonly callIds: readonly string[]
  readonly traceId: string
  readonly chainId: string | null
  readonly conversationId: string | null
  readonly messagePreview: string | null
  readonly [consumed]: true
}

export interface Decider {
  readonly tenantId: string
  readonly userId: string
}

interface Decided {
  readonly source: string
  readonly kind: string
  readonly app_id: string
  readonly calls: JsonObject[]
  readonly trace_id: string
  readonly chain_id: string | null
  readonly conversation_id: string | null
  readonly message_preview: string | null
  readonly user_id: string
  readonly tenant_id: string
  readonly confirmation_id: string
}

/** The compare-and-set of K3.24: whoever comes first gets the row, everybody else an error that says why. */
async function take(
  tx: Tx,
  user: Decider,
  id: string,
  decision: { status: 'confirmed' | 'cancelled'; via: string; at: Date; nodeId: string },
): Promise<Decided | null> {
  // About money only the panel says yes; no is said anywhere.
  const kinds = decision.status === 'cancelled' || decision.via === 'panel' ? ['action', 'money'] : ['action']
  const row = await tx
    .updateTable('kernel.confirmation')
    .set({
      status: decision.status,
      decided_at: decision.at,
      decided_via: decision.via,
      node_id: decision.nodeId,
    })
    .where('confirmation_id', '=', id)
    .where('user_id', '=', user.userId)
    .where('status', '=', 'pending')
    .where('kind', 'in', kinds)
    .where('expires_at', '>', decision.at)
    .returning([
      'confirmation_id',
      'tenant_id',
      'user_id',
      'source',
      'kind',
      'app_id',
      'calls',
      'trace_id',
      'chain_id',
      'conversation_id',
      'message_preview',
    ])
    .executeTakeFirst()
  return row ?? null
}

/** Whether another tenant has it, and nothing else of it. */
const isElsewhere = (parts: KernelParts, id: string): Promise<boolean> =>
  parts.db.everyTenant(async (tx) => {
    const query = tx.selectFrom('kernel.confirmation').select('confirmation_id').where('confirmation_id', '=', id)
    return (await query.executeTakeFirst()) !== undefined
  })

/** Why nothing could be taken. A foreign confirmation looks like none, and is told to the security audit (K3.23). */
async function refusal(parts: KernelParts, user: Decider, id: string): Promise<Error> {
  const row = await parts.db.tenant(user.tenantId, (tx) =>
    tx
      .selectFrom('kernel.confirmation')
      .select(['user_id', 'status', 'expires_at'])
      .where('confirmation_id', '=', id)
      .executeTakeFirst(),
  )
  if (row === undefined && !(await isElsewhere(parts, id))) return kernelErrors.CONFIRMATION_NOT_FOUND()
  if (row?.user_id !== user.userId) {
    await parts.audit.record({
      tenantId: user.tenantId,
      actorId: user.userId,
      actorType: 'user',
      action: 'confirmation.foreign',
      targetType: 'confirmation',
      targetId: id,
      source: 'kernel',
      retentionClass: 'security_forever',
    })
    return kernelErrors.CONFIRMATION_NOT_FOUND()
  }
  const expired =
    row.status === 'expired' || (row.status === 'pending' && row.expires_at.getTime() <= parts.clock.now())
  if (expired) return kernelErrors.CONFIRMATION_EXPIRED()
  // It still waits, and could not be taken from here.
  return row.status === 'pending' ? httpErrors.PANEL_REQUIRED() : kernelErrors.CONFIRMATION_CONSUMED()
}

/**
 * Takes a confirmation: its calls run now; null for money that another surface asked about, which is released for that
 * surface to call again.
 * @throws KERNEL_CONFIRMATION_NOT_FOUND, KERNEL_CONFIRMATION_CONSUMED, KERNEL_CONFIRMATION_EXPIRED, PANEL_REQUIRED
 */
export async function consume(
  parts: KernelParts,
  user: Decider,
  id: string,
  via: CallSource,
): Promise<ConsumedConfirmation | null> {
  let callIds: string[] = []
  const row = await parts.db.tenant(user.tenantId, async (tx) => {
    const taken = await take(tx, user, id, {
      status: 'confirmed',
      via,
      at: new Date(parts.clock.now()),
      nodeId: parts.nodeId,
    })
    if (taken === null) return null
    await parts.outbox.publish(tx, confirmationEvent('confirmed', taken, parts.clock.iso()))
    if (isRelease(taken)) {
      await announce(parts, tx, taken, 'confirmed')
      return taken
    }
    // Known before anything runs, so that a crash cannot lose what came of it.
    callIds = taken.calls.map(() => newCallId())
    await tx
      .updateTable('kernel.confirmation')
      .set({ call_ids: JSON.stringify(callIds) })
      .where('confirmation_id', '=', id)
      .execute()
    return taken
  })
  if (row === null) throw await refusal(parts, user, id)
  if (row.kind === 'money') await auditRelease(parts, user, row)
  if (isRelease(row)) return null
  return {
    confirmationId: id,
    source: row.source as CallSource,
    via,
    calls: row.calls as unknown as StoredCall[], // written by `askUser` only
    callIds,
    traceId: row.trace_id,
    chainId: row.chain_id,
    conversationId: row.conversation_id,
    messagePreview: row.message_preview,
  } as unknown as ConsumedConfirmation // the only place that may say so
}

const isRelease = ({ kind, source }: Decided): boolean => kind === 'money' && !runsAtRelease(source)

const auditRelease = (parts: KernelParts, user: Decider, row: Decided): Promise<void> =>
  parts.audit.record({
    tenantId: user.tenantId,
    actorId: user.userId,
    actorType: 'user',
    action: 'money.released',
    targetType: 'confirmation',
    targetId: row.confirmation_id,
    metadata: { app_id: row.app_id, functions: row.calls.map((call) => String(call.function)) },
    source: 'kernel',
    retentionClass: 'federal_7y',
  })

/** Ledger rows of calls that will never run (K3.29). */
function neverRun(parts: KernelParts, row: Decided, confirmation: 'user_cancelled' | 'expired'): LedgerRow[] {
  const now = parts.clock.iso()
  return (row.calls as unknown as StoredCall[]).map((call) => ({
    call_id: newCallId(),
    tenant_id: row.tenant_id,
    user_id: row.user_id,
    agency_id: null,
    trace_id: row.trace_id,
    chain_id: row.chain_id,
    step_id: null,
    parent_task_id: null,
    conversation_id: row.conversation_id,
    source: row.source,
    actor_kind: 'user',
    app_id: call.app_id,
    function: call.function,
    action_type: call.action_type,
    status: 'cancelled',
    error_code: confirmation === 'expired' ? 'CONFIRMATION_EXPIRED' : null,
    args: maskArguments(JSON.parse(call.params_text)),
    message_preview: row.message_preview,
    result_preview: null,
    confirmation,
    confirmation_id: row.confirmation_id,
    event_type: null,
    event_id: null,
    retention_class: 'federal_7y',
    duration_ms: 0,
    facts: { worker_id: parts.nodeId },
    received_at: now,
    completed_at: now,
  }))
}

async function announce(
  parts: KernelParts,
  tx: Tx,
  row: Decided,
  status: 'confirmed' | 'cancelled' | 'expired',
): Promise<void> {
  await parts.outbox.publish(tx, {
    tenantId: row.tenant_id,
    userId: row.user_id,
    type: 'confirmation',
    payload: { confirmation_id: row.confirmation_id, app_id: row.app_id, status, kind: row.kind },
  })
  if (status !== 'confirmed') await parts.outbox.publish(tx, confirmationEvent(status, row, parts.clock.iso()))
}

async function closeUnrun(parts: KernelParts, tx: Tx, row: Decided, how: 'user_cancelled' | 'expired'): Promise<void> {
  await runStatement(tx, insertRows(neverRun(parts, row, how)))
  await announce(parts, tx, row, how === 'expired' ? 'expired' : 'cancelled')
}

/** Refuses a pending confirmation: nothing runs, one row per stored call says so. */
export async function cancel(parts: KernelParts, user: Decider, id: string, via: CallSource): Promise<void> {
  const cancelled = await parts.db.tenant(user.tenantId, async (tx) => {
    const row = await take(tx, user, id, {
      status: 'cancelled',
      via,
      at: new Date(parts.clock.now()),
      nodeId: parts.nodeId,
    })
    if (row !== null) await closeUnrun(parts, tx, row, 'user_cancelled')
    return row
  })
  if (cancelled === null) throw await refusal(parts, user, id)
  await tellDecision(parts, cancelled, 'cancelled')
}

/** The chat goes on with the plan that waited for this; it finds out by itself when it was not told. Null: nobody waits. */
export async function tellDecision(
  parts: KernelParts,
  row: Pick<Decided, 'tenant_id' | 'user_id' | 'confirmation_id' | 'source' | 'trace_id'>,
  status: Decision['status'],
): Promise<boolean> {
  if (row.source !== 'chat' || parts.decided === undefined) return false
  const decision: Decision = {
    tenantId: row.tenant_id,
    userId: row.user_id,
    confirmationId: row.confirmation_id,
    traceId: row.trace_id,
    status,
  }
  try {
    return await parts.decided(decision)
  } catch (error) {
    parts.log.warn({ err: error, confirmation: row.confirmation_id }, 'the chat was not told of a decision')
    return false
  }
}

const EXPIRED_AT_ONCE = 100

/** Ends all confirmations whose time is over, a hundred a transaction. Any number of nodes may do this at once. */
export async function expireConfirmations(parts: KernelParts, stopping?: AbortSignal): Promise<number> {
  let total = 0
  for (;;) {
    const count = await expireSome(parts)
    total += count
    if (count < EXPIRED_AT_ONCE || stopping?.aborted === true) return total
  }
}

async function expireSome(parts: KernelParts): Promise<number> {
  const at = new Date(parts.clock.now())
  const expired = await parts.db.everyTenant(async (tx) => {
    const rows = await tx
      .updateTable('kernel.confirmation')
      .set({ status: 'expired', decided_at: at })
      .where('confirmation_id', 'in', (query) =>
        query
          .selectFrom('kernel.confirmation')
          .select('confirmation_id')
          .where((row) =>
            row.or([
              row('status', '=', 'pending'),
              // Released, and not taken in time.
              row.and([row('kind', '=', 'money'), row('status', '=', 'confirmed'), row('call_ids', 'is', null)]),
            ]),
          )
          .where('expires_at', '<=', at)
          .limit(EXPIRED_AT_ONCE)
          .forUpdate()
          .skipLocked(),
      )
      .returning([
        'confirmation_id',
        'tenant_id',
        'user_id',
        'source',
        'kind',
        'app_id',
        'calls',
        'trace_id',
        'chain_id',
        'conversation_id',
        'message_preview',
      ])
      .execute()
    for (const row of rows) await closeUnrun(parts, tx, row, 'expired')
    return rows
  })
  for (const row of expired) await tellDecision(parts, row, 'expired')
  return expired.length
}

/** Keeps what came of a confirmation, for whoever asks later; `unlessKept` leaves what somebody kept before. */
export async function keepResults(
  parts: KernelParts,
  user: Decider,
  id: string,
  { outcomes, unlessKept }: { readonly outcomes: readonly CallOutcome[]; readonly unlessKept: boolean },
): Promise<{ readonly status: 'executed' | 'failed'; readonly isKept: boolean }> {
  const status = outcomes.some((outcome) => outcome.status === 'success') ? 'executed' : 'failed'
  return parts.db.tenant(user.tenantId, async (tx) => {
    const row = await tx
      .updateTable('kernel.confirmation')
      .set({
        status,
        results: toDatabaseJson(outcomes.map((outcome) => outcome.response)),
        outcomes: toDatabaseJson(outcomes),
      })
      .where('confirmation_id', '=', id)
      .$if(unlessKept, (update) => update.where('status', 'in', ['confirmed', 'executing']))
      .returning(['app_id', 'kind'])
      .executeTakeFirst()
    if (row === undefined) return { status, isKept: false }
    await parts.outbox.publish(tx, {
      tenantId: user.tenantId,
      userId: user.userId,
      type: 'confirmation',
      payload: { confirmation_id: id, app_id: row.app_id, status, kind: row.kind },
    })
    return { status, isKept: true }
  })
}
