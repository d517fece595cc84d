import type { CallResponse } from '@imperal/contract'
import type { Statement } from '../../../foundation/db/index.ts'
import { type CallEnding, costOf } from '../../billing/index.ts'
import { releaseEnded } from '../confirmations/money.ts'
import { tellSwitchedOff } from '../health/switched-off.ts'
import { isEffectsLost } from '../ledger/closer.ts'
import { callEvent, clientMessages } from '../ledger/messages.ts'
import { actingRows, insertRows, type LedgerRow, refusedRow, verifiedRow } from '../ledger/row.ts'
import type { KernelParts } from '../parts.ts'
import { keeping } from '../steps/kept-outcome.ts'
import { tellSoon } from '../tasks/deliver-result.ts'
import { endOfRefusal, endOfRun } from '../tasks/end-task.ts'
import type { TaskHold } from '../tasks/task-record.ts'
import type { CallOutcome } from '../types.ts'
import { alertCascade } from './cascade-alert.ts'
import type { ConfirmedCall, Pass, RefusedCall, Verdict, VerifiedCall } from './stages.ts'
import { authorNote, tellAuthor } from './tell-author.ts'
import { effectsLost } from './verify.ts'

const elapsed = (pass: Pass): number => Math.round(performance.now() - pass.startedAt)

function responseOf(verdict: Verdict, traceId: string): CallResponse {
  return {
    status: verdict.status === 'success' ? 'success' : 'error',
    data: verdict.data,
    summary: verdict.summary === '' ? null : verdict.summary,
    error: verdict.error,
    ui: verdict.ui,
    ...(verdict.errorCode === null ? {} : { error_code: verdict.errorCode }),
    ...(verdict.retryable ? { retryable: true } : {}),
    ...(verdict.refreshPanels === undefined ? {} : { refresh_panels: [...verdict.refreshPanels] }),
    ...(verdict.directives === undefined ? {} : { directives: [...verdict.directives] }),
    trace_id: traceId,
  }
}

/** The answer when a call had effects and its record cannot be written: it must be neither taken for done nor repeated. */
function unknownOutcome({ pass, handler }: ConfirmedCall): CallOutcome {
  return {
    response: responseOf(effectsLost(), pass.traceId),
    callId: pass.callId,
    traceId: pass.traceId,
    status: 'unknown',
    actionType: handler.actionType,
    durationMs: elapsed(pass),
  }
}

/** The answer when the record of a call cannot be written: the caller must not take it for done (K11.2). */
export function unavailable(pass: Pass, handler: { actionType: CallOutcome['actionType'] } | null): CallOutcome {
  const message = 'The platform cannot record the call at the moment. Try again shortly.'
  return {
    response: {
      status: 'error',
      data: {},
      summary: null,
      error: message,
      ui: null,
      error_code: 'INTERNAL',
      trace_id: pass.traceId,
    },
    callId: pass.callId,
    traceId: pass.traceId,
    status: 'failed',
    actionType: handler?.actionType ?? 'read',
    durationMs: elapsed(pass),
    refusal: { status: 503, code: 'unavailable', message, retryAfter: 2 },
  }
}

/** Detached work owes a result: an exception or running over its time is as bad as an answer that is none (sdk.md 3.16). */
function brokeContract({ executed, verdict }: VerifiedCall): boolean {
  const isDetached = executed.confirmed.handler.kind === 'background'
  return verdict.critical || (isDetached && !executed.answer.ok && ['failed', 'timed_out'].includes(verdict.status))
}

async function auditBrokenContract(parts: KernelParts, call: VerifiedCall): Promise<void> {
  const { pass, use, handler } = call.executed.confirmed
  await parts.audit.record({
    tenantId: pass.actor.tenantId,
    actorId: pass.actor.userId,
    actorType: pass.actor.kind === 'user' ? 'user' : 'system',
    action: 'extension.contract_violation',
    targetType: 'app',
    targetId: use.app.appId,
    metadata: {
      severity: 'critical',
      function: handler.functionName,
      version: use.version.version,
      call_id: pass.callId,
    },
    source: 'kernel',
  })
}

const MOST_PER_STATEMENT = 500
const inChunks = (rows: readonly LedgerRow[]): LedgerRow[][] =>
  Array.from({ length: Math.ceil(rows.length / MOST_PER_STATEMENT) }, (_, index) =>
    rows.slice(index * MOST_PER_STATEMENT, (index + 1) * MOST_PER_STATEMENT),
  )

/** G13: what came of the call, as its price goes. Timeouts and refusals of the platform cost nothing (api.md 5.9). */
function endingOf({ executed, verdict }: VerifiedCall): CallEnding {
  if (verdict.status === 'success') return 'succeeded'
  return executed.answer.ok && verdict.status === 'failed' ? 'failed' : 'not_done'
}

/**
 * G11 to G13: ledger row, event, client messages and the charge in one transaction, before the answer; for a task its end
 * as well, so that ledger, wallet and task never tell different stories.
 */
export async function recordVerified(
  parts: KernelParts,
  call: VerifiedCall,
  task: TaskHold | null = null,
): Promise<CallOutcome> {
  const { pass, handler, use, charge } = call.executed.confirmed
  const { verdict } = call
  const ending = endingOf(call)
  const plain = verifiedRow(call, parts.nodeId)
  const cost = charge === null ? null : costOf(charge, ending)
  const priced =
    cost === null || cost.base + cost.fee === 0 ? {} : { extension_price: cost.base, platform_fee: cost.fee }
  const row = { ...plain, facts: { ...plain.facts, ...priced } }
  const event = callEvent(call, parts.isOtherApp(use.app.appId), row.completed_at)
  const messages = clientMessages(call, row.completed_at, row.result_preview)
  tellAuthor(parts, call)
  const note = authorNote(call)
  const response = responseOf(verdict, pass.traceId)
  const outcome: CallOutcome = {
    // In the answer alone: what is kept and what others are told stays without it.
    response: note === null ? response : { ...response, data: { developer: note } },
    callId: pass.callId,
    traceId: pass.traceId,
    status: verdict.status,
    actionType: handler.actionType,
    durationMs: elapsed(pass),
    ...(verdict.cutOff ? { cutOff: true } : {}),
  }
  const end = task === null ? null : endOfRun(parts, task, verdict)
  const recorded = {
    ...row,
    parent_task_id: row.parent_task_id ?? task?.taskId ?? null,
    event_type: event?.name.type ?? null,
    event_id: event?.eventId ?? null,
  }
  try {
    await parts.closer.add({
      row: recorded,
      opened: call.executed.opened || call.executed.uncertain,
      messages: [...(event === null ? [] : [event.message]), ...messages, ...(end?.messages ?? [])],
      effects: [
        ...(charge === null ? [] : parts.billing.settling(charge, ending)),
        ...(end === null ? [] : [end.statement]),
        ...inChunks(actingRows(call, row)).map(insertRows),
        ...(pass.keep ? [keeping(pass.actor.tenantId, outcome)] : []),
        ...releaseEnd(call.executed.confirmed, outcome),
      ],
    })
    parts.devLog.call(use, recorded)
    if (charge !== null) parts.billing.settled(charge, ending)
    if (task !== null && !task.silent) tellSoon(parts, task)
    if (brokeContract(call)) await auditBrokenContract(parts, call)
    await alertCascade(parts, call)
    await tellSwitchedOff(parts, call)
    if (verdict.status === 'success' && handler.actionType !== 'read' && pass.actor.kind === 'user')
      parts.presence.changed({ tenantId: pass.actor.tenantId, userId: pass.actor.userId, appId: use.app.appId })
  } catch (error) {
    if (isEffectsLost(error) && verdict.status !== 'unknown') {
      parts.log.error({ err: error, call: pass.callId }, 'the database crashed under a call; its outcome is unknown')
      return recordVerified(parts, { ...call, verdict: effectsLost() }, task)
    }
    parts.log.error({ err: error, call: pass.callId }, 'a call ran and could not be recorded in time')
    if (charge !== null) await parts.billing.giveUp(charge)
    const { opened, uncertain, confirmed } = call.executed
    return opened || uncertain ? unknownOutcome(confirmed) : unavailable(pass, handler)
  }
  return outcome
}

async function auditDenial(parts: KernelParts, call: RefusedCall): Promise<void> {
  const { pass, refusal } = call
  if (refusal.security) parts.threats.tenantMismatch(call)
  if (refusal.ledger !== 'denied' || !(refusal.security || refusal.code === 'PERMISSION_DENIED')) return
  await parts.audit.record({
    tenantId: pass.actor.tenantId,
    actorId: pass.actor.userId,
    actorType: pass.actor.kind === 'user' ? 'user' : 'system',
    action: refusal.security ? 'tenant.violation' : 'access.denied',
    targetType: 'tool',
    targetId: pass.intent.function.slice(0, 256),
    metadata: {
      tool: pass.intent.function.slice(0, 256),
      app_id: pass.intent.appId,
      required_scopes: [...(call.handler?.requiredScopes ?? [])],
      user_scopes: [...pass.actor.scopes],
      scope: call.handler?.requiredScopes[0] ?? null,
    },
    source: 'kernel',
    ...(refusal.security ? { retentionClass: 'security_forever' as const } : {}),
  })
}

function refusedOutcome({ pass, refusal, handler, consent }: RefusedCall): CallOutcome {
  const { http } = refusal
  // Whoever said yes finds the decision again that came to nothing.
  const decided = consent?.confirmationId == null ? {} : { confirmation_id: consent.confirmationId }
  return {
    response: {
      status: 'error',
      data: { ...refusal.data, ...decided },
      summary: null,
      error: refusal.message,
      ui: null,
      error_code: refusal.code,
      ...(refusal.retryable === true ? { retryable: true } : {}),
      trace_id: pass.traceId,
    },
    callId: pass.callId,
    traceId: pass.traceId,
    status: refusal.ledger === 'none' ? 'denied' : refusal.ledger,
    actionType: handler?.actionType ?? 'read',
    durationMs: elapsed(pass),
    ...(http === undefined
      ? {}
      : {
          refusal: {
            status: http.status,
            code: refusal.code,
            message: refusal.message,
            ...(http.retryAfter === undefined ? {} : { retryAfter: http.retryAfter }),
          },
        }),
  }
}

/** What came of a release of money is written with the record of the call that took it. */
const releaseEnd = ({ consent, pass }: ConfirmedCall, outcome: CallOutcome): Statement[] =>
  consent.release === true && consent.confirmationId !== null
    ? [releaseEnded(consent.confirmationId, pass.actor.tenantId, outcome)]
    : []

/** A gate's refusal is a fact of its own: one row, then the answer (K3.2, K3.5). */
export async function recordRefused(
  parts: KernelParts,
  call: RefusedCall,
  task: TaskHold | null = null,
): Promise<CallOutcome> {
  const { pass, refusal, handler, charge } = call
  const outcome = refusedOutcome(call)
  // What was kept back is given back with the row that says why.
  const returned = charge === null ? [] : parts.billing.settling(charge, 'not_done')
  if (refusal.ledger !== 'none' || task !== null) {
    const end = task === null ? null : endOfRefusal(parts, task, refusal)
    const row = refusedRow(call, parts.nodeId)
    try {
      await parts.closer.add({
        row,
        opened: false,
        messages: [...(refusal.messages ?? []), ...(end?.messages ?? [])],
        effects: [
          ...(refusal.effects ?? []),
          ...returned,
          ...(end === null ? [] : [end.statement]),
          ...(pass.keep ? [keeping(pass.actor.tenantId, outcome)] : []),
        ],
      })
      if (call.use !== null) parts.devLog.call(call.use, row)
      if (charge !== null) parts.billing.settled(charge, 'not_done')
      if (task !== null && !task.silent) tellSoon(parts, task)
      await auditDenial(parts, call)
    } catch (error) {
      parts.log.error({ err: error, call: pass.callId }, 'a refused call could not be recorded')
      if (charge !== null) await parts.billing.giveUp(charge)
      return unavailable(pass, handler)
    }
  } else if (charge !== null) await parts.billing.giveUp(charge)
  return outcome
}
