import { labelOf } from '../confirmations/stored-call.ts'
import type { RunningCall } from '../corridor/execute.ts'
import type { KernelParts } from '../parts.ts'
import type { CallOutcome } from '../types.ts'
import { beginTask } from './begin-task.ts'
import { promotedOutcome, taskOf } from './queue-call.ts'
import type { TaskHold } from './task-record.ts'

/** Makes a task of a call that runs. Null: its user has as many as may be, so it is waited for as before (K4.3). */
async function promote(parts: KernelParts, running: RunningCall): Promise<TaskHold | null> {
  const { session } = running
  const { call } = session
  // Answered before it ended: from here on a crash must leave a row.
  await session.writer.open()
  const hold = await beginTask(parts, parts.nodeId, {
    ...taskOf(parts, call, labelOf(call.handler.functionName)),
    deadline: session.deadline,
    promoted: true,
  })
  if ('whose' in hold) return null
  session.taskId = hold.taskId
  running.letGo()
  parts.runningTasks.add(hold, running.abort)
  return hold
}

/**
 * Waits for a call as long as its caller waits, then lets it go on as a task: the same handler, not a second run (K4.1,
 * decision 17).
 */
export async function promoteWhenSlow(
  parts: KernelParts,
  running: RunningCall,
  outcome: Promise<CallOutcome>,
  patienceMs: number,
): Promise<CallOutcome> {
  const { call } = running.session
  let timer: NodeJS.Timeout | undefined
  const slow = new Promise<'slow'>((resolve) => {
    timer = setTimeout(() => resolve('slow'), patienceMs)
  })
  const first = await Promise.race([outcome, slow])
  clearTimeout(timer)
  // One that has just ended is recorded as what it was.
  if (first !== 'slow' || running.hasEnded) return first === 'slow' ? outcome : first
  running.task = promote(parts, running).catch((error) => {
    // It ended in this moment, or the database is away: then its own outcome is the answer.
    parts.log.warn({ err: error, call: call.pass.callId }, 'a slow call could not become a task')
    return null
  })
  const hold = await running.task
  return hold === null ? outcome : promotedOutcome(call, hold.taskId, 'slow')
}
