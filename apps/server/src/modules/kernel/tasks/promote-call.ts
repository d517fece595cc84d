import { labelOf } from '../confirmations/stored-call.ts'
import type { RunningCall } from '../corridor/execute.ts'
import type { KernelParts } from '../parts.ts'
import type { CallOutcome } from '../types.ts'
import { deliverResult } from './deliver-result.ts'

async function promote(parts: KernelParts, running: RunningCall): Promise<string> {
  const { session } = running
  const { pass, use, handler } = session.call
  // Answered before it ended: from here on a crash must leave a row.
  await session.writer.open()
  const taskId = await parts.tasks.start({
    tenantId: pass.actor.tenantId,
    userId: pass.actor.userId,
    appId: use.app.appId,
    function: handler.functionName,
    title: labelOf(handler.functionName),
    chainId: pass.intent.chainId ?? null,
    stop: () => running.abort('cancelled'),
  })
  session.taskId = taskId
  return taskId
}

function promoted(running: RunningCall, taskId: string, isBackground: boolean): CallOutcome {
  const { pass, handler } = running.session.call
  return {
    response: {
      status: 'success',
      data: isBackground ? { task_id: taskId, background: true } : { task_id: taskId },
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
    promoted: { taskId, late: !isBackground },
  }
}

/**
 * Waits for a call as long as a direct caller waits, then lets it go on as a task: the same handler, not a second run
 * (K4.1, decision 17). A function declared `background` becomes a task at once (sdk.md D19).
 */
export async function promoteWhenSlow(
  parts: KernelParts,
  running: RunningCall,
  outcome: Promise<CallOutcome>,
): Promise<CallOutcome> {
  const { call } = running.session
  const isBackground = call.handler.background
  const wait = isBackground ? 0 : parts.settings.callTimeoutSeconds * 1000
  let timer: NodeJS.Timeout | undefined
  const slow = new Promise<'slow'>((resolve) => {
    timer = setTimeout(() => resolve('slow'), wait)
  })
  const first = await Promise.race([outcome, slow])
  clearTimeout(timer)
  if (first !== 'slow') return first
  let taskId: string
  try {
    taskId = await promote(parts, running)
  } catch (error) {
    // It ended in this moment, or the database is away: then its own outcome is the answer.
    parts.log.warn({ err: error, call: call.pass.callId }, 'a slow call could not become a task')
    return outcome
  }
  outcome
    .then((finished) => deliverResult(parts, call, { taskId, outcome: finished }))
    .catch((error) => parts.log.error({ err: error, task: taskId }, 'the result of a task was not delivered'))
  return promoted(running, taskId, isBackground)
}
