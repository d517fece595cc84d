import { labelOf } from '../confirmations/stored-call.ts'
import { type ConfirmedCall, type RefusedCall, refuse } from '../corridor/stages.ts'
import type { KernelParts } from '../parts.ts'
import type { CallOutcome } from '../types.ts'
import { enqueueTask, type NewTask } from './begin-task.ts'
import { storeWork } from './stored-work.ts'
import { limitsFor, type TooManyTasks, tooManySentence } from './task-limits.ts'

/** What a task takes over from the call that became one. */
export function taskOf(parts: KernelParts, call: ConfirmedCall, title: string): NewTask {
  const { pass, use, handler } = call
  const isPerson = pass.actor.kind === 'user'
  return {
    tenantId: pass.actor.tenantId,
    userId: pass.actor.userId,
    appId: use.app.appId,
    function: handler.functionName,
    title,
    kind: pass.intent.source === 'automation' ? 'automation' : pass.intent.source === 'chat' ? 'chat' : 'background',
    source: pass.intent.source,
    traceId: pass.traceId,
    chainId: pass.intent.chainId ?? null,
    conversationId: pass.intent.conversationId ?? null,
    callId: pass.callId,
    silent: !isPerson,
    limits: limitsFor(parts.settings.limits, isPerson ? (pass.actor.limits ?? {}) : null),
  }
}

/** G5 for tasks (K4.3). */
export const refuseTooMany = (call: Parameters<typeof refuse>[0], full: TooManyTasks): RefusedCall =>
  refuse(call, {
    ledger: 'denied',
    code: 'TASK_LIMIT_REACHED',
    message: tooManySentence(full),
    data: { type: 'task_limit_reached', active_tasks: full.active, max_tasks: full.most },
    retryable: true,
    http: { status: 429, retryAfter: 5 },
  })

/** The answer of a call that goes on as a task. */
export function promotedOutcome(call: ConfirmedCall, taskId: string, how: 'declared' | 'slow'): CallOutcome {
  const { pass, handler } = call
  return {
    response: {
      status: 'success',
      data: how === 'declared' ? { task_id: taskId, background: true } : { task_id: taskId },
      summary: `${labelOf(handler.functionName)} goes on in the background; the result comes to your chat.`,
      error: null,
      ui: null,
      refresh_panels: [],
      trace_id: pass.traceId,
    },
    callId: pass.callId,
    traceId: pass.traceId,
    status: 'success',
    actionType: handler.actionType,
    durationMs: Math.round(performance.now() - pass.startedAt),
    promoted: { taskId, late: how === 'slow' },
  }
}

/** A function that is declared `background` (sdk.md D19): accepted and durable now, run by whichever node has room. */
export async function queueCall(parts: KernelParts, call: ConfirmedCall): Promise<CallOutcome | RefusedCall> {
  const queued = await enqueueTask(parts, {
    ...taskOf(parts, call, labelOf(call.handler.functionName)),
    work: JSON.parse(JSON.stringify(storeWork(parts, call))),
  })
  if ('whose' in queued) return refuseTooMany(call, queued)
  // Nothing is kept back while it waits: the price is that of the moment in which it runs.
  if (call.charge !== null) await parts.billing.giveUp(call.charge)
  return promotedOutcome(call, queued.taskId, 'declared')
}
