import type { JsonObject } from '@imperal/contract'
import type { ConfirmedCall } from '../corridor/stages.ts'
import { preview } from '../ledger/mask.ts'
import type { KernelParts } from '../parts.ts'
import type { CallOutcome } from '../types.ts'

const ENDS = {
  success: 'done',
  cancelled: 'cancelled',
  timed_out: 'timed_out',
} as const

/** Ends a task with its outcome and tells the user in chat, success or not (K4.10–K4.12). */
export async function deliverResult(
  parts: KernelParts,
  call: ConfirmedCall,
  finished: { taskId: string; outcome: CallOutcome },
): Promise<void> {
  const { taskId, outcome } = finished
  const { response } = outcome
  const status = ENDS[outcome.status as keyof typeof ENDS] ?? 'failed'
  await parts.tasks.finish(taskId, {
    status,
    error: response.error,
    preview: preview(response.error ?? response.summary),
  })
  if (call.pass.actor.kind !== 'user') return
  const text = response.error ?? response.summary ?? 'Done.'
  await parts.deliverChat({
    tenantId: call.pass.actor.tenantId,
    userId: call.pass.actor.userId,
    appId: call.use.app.appId,
    text,
    type: status === 'done' ? 'response' : 'task_failed',
    refreshPanels: response.refresh_panels ?? null,
    conversationId: call.pass.intent.conversationId ?? null,
    taskId,
    ...(response.ui === null || response.ui === undefined ? {} : { ui: response.ui as JsonObject }),
  })
}
