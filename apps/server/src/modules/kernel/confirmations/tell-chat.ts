import type { JsonObject } from '@imperal/contract'
import type { KernelParts } from '../parts.ts'
import type { CallOutcome } from '../types.ts'
import type { ConsumedConfirmation, Decider } from './decide.ts'
import { labelOf } from './stored-call.ts'

/**
 * Says in the chat that asked for it what became of a confirmed call. A call that goes on as a task is told when it
 * ends. Never rejects: the calls ran and are recorded, whoever confirmed has their results.
 */
export async function tellChat(
  parts: KernelParts,
  user: Decider,
  consumed: ConsumedConfirmation,
  outcomes: readonly CallOutcome[],
): Promise<void> {
  if (consumed.source !== 'chat') return
  for (const [index, { response, status, promoted }] of outcomes.entries()) {
    const stored = consumed.calls[index]
    if (promoted !== undefined || stored === undefined) continue
    try {
      await parts.deliverChat({
        tenantId: user.tenantId,
        userId: user.userId,
        appId: stored.app_id,
        text: response.error ?? response.summary ?? `${labelOf(stored.function)}: done.`,
        type: status === 'success' ? 'tool_result' : 'task_failed',
        refreshPanels: response.refresh_panels ?? null,
        conversationId: consumed.conversationId,
        taskId: null,
        ...(response.ui === null || response.ui === undefined ? {} : { ui: response.ui as JsonObject }),
      })
    } catch (error) {
      parts.log.error({ err: error, confirmation: consumed.confirmationId }, 'a confirmed result was not told in chat')
    }
  }
}
