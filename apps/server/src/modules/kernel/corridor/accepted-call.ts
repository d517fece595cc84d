import type { ConsumedConfirmation } from '../confirmations/decide.ts'
import type { StoredCall } from '../confirmations/stored-call.ts'
import { intentOf, workOf } from '../tasks/stored-work.ts'
import type { TakenTask } from '../tasks/take-task.ts'
import type { TaskHold } from '../tasks/task-record.ts'
import type { CallIntent, KernelCaller } from '../types.ts'
import type { Consent } from './stages.ts'

declare const accepted: unique symbol

/**
 * A call that passed every gate before, was stored, and may run now, once: its user has just confirmed it, or it waited
 * for a node. Only the two functions below make one.
 */
export interface AcceptedCall {
  readonly intent: CallIntent
  /** Runs byte for byte, if the function still is what it was. */
  readonly params_text: string
  readonly params_hash: string
  readonly action_type: string
  /** The code to which its user agreed; work from the queue runs on whatever is live. */
  readonly artefact_hash?: string | null | undefined
  readonly consent: Consent
  /** The attempt that this node took; its end is that of the call. */
  readonly task: TaskHold | null
  readonly callId: string | undefined
  readonly [accepted]: true
}

/** One stored call of a confirmation that this process has consumed. */
export function acceptedByUser(
  user: KernelCaller,
  consumed: ConsumedConfirmation,
  { stored, callId }: { stored: StoredCall; callId: string },
): AcceptedCall {
  const intent: CallIntent = {
    source: consumed.source,
    tenantId: user.tenantId,
    userId: user.userId,
    limitedTo: user.limitedTo,
    appId: stored.app_id,
    function: stored.function,
    params: JSON.parse(stored.params_text),
    traceId: consumed.traceId,
    chainId: consumed.chainId ?? undefined,
    conversationId: consumed.conversationId ?? undefined,
    messagePreview: consumed.messagePreview ?? undefined,
    model: stored.model,
    itemNo: stored.index,
  }
  const { confirmationId, via } = consumed
  const consent: Consent = { confirmation: 'user_accepted', confirmationId, via }
  return { ...stored, intent, consent, task: null, callId } as unknown as AcceptedCall // one of the two places that may say so
}

/** A task that this node has taken from the queue. */
export function acceptedBefore({ hold, row }: TakenTask): AcceptedCall {
  const work = workOf(row)
  if (work === null) throw new Error(`the task ${hold.taskId} waits and has nothing to run`)
  const consent: Consent = { confirmation: work.confirmation, confirmationId: work.confirmation_id }
  const callId = row.call_id ?? undefined
  return { ...work, intent: intentOf(row, work), consent, task: hold, callId } as unknown as AcceptedCall // the other place that may say so
}
