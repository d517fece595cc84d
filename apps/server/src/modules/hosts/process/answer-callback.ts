import {
  type CallbackFrame,
  type JsonObject,
  type JsonValue,
  MAX_CALLBACKS_IN_FLIGHT,
  type WireError,
} from '@imperal/contract'
import { z } from 'zod'
import { PlatformError } from '../../../foundation/errors.ts'
import { CallbackError } from '../errors.ts'
import type { BackgroundTask, HostCallbacks } from '../types.ts'
import type { RunningCall } from './call-table.ts'

const BackgroundOptions = z.object({ name: z.string().max(256), long_running: z.boolean() })

/** A callback that shows no living capability. The call may have ended a moment ago, so this alone is no offence. */
export const CALL_ENDED: WireError = {
  name: 'CallEnded',
  code: 'call_ended',
  message: 'The call has ended; nothing more can be done in its name.',
}

/** True when the guest kept more callbacks in flight than its own queue allows: it is not our guest any more. */
export const overLimit = (call: RunningCall): boolean => call.inFlight >= MAX_CALLBACKS_IN_FLIGHT

/** What author code may know of a failure in the platform. */
export function refusalOf(problem: unknown, logUnexpected: (problem: unknown) => void): WireError {
  if (problem instanceof CallbackError) return problem.wire
  if (problem instanceof PlatformError) {
    const detail = JSON.parse(JSON.stringify(problem.details)) as JsonObject
    return { name: problem.name, code: problem.wireCode ?? problem.kind, message: problem.message, detail }
  }
  logUnexpected(problem)
  return { name: 'PlatformFailure', code: 'internal', message: 'The platform failed at this request.', retryable: true }
}

const isBackground = (frame: CallbackFrame): boolean => frame.client === 'task' && frame.method === 'background'

async function startTask(
  frame: CallbackFrame,
  callbacks: HostCallbacks,
  register: (task: BackgroundTask) => RunningCall,
): Promise<JsonValue> {
  const options = BackgroundOptions.safeParse(frame.args[0])
  if (!options.success || callbacks.onBackground === undefined) {
    throw new CallbackError({
      name: 'ContextUnavailable',
      code: 'context_unavailable',
      message: 'Background tasks cannot be started here.',
    })
  }
  const { name, long_running: longRunning } = options.data
  const task = await callbacks.onBackground({ name, longRunning, asUser: frame.as_user ?? null })
  const { id, token } = register(task)
  return { task_id: id, token, deadline: task.deadline }
}

/** Does what a callback asks for, in the name of its call. Rejects with the reason of a refusal. */
export function perform(
  frame: CallbackFrame,
  call: RunningCall,
  register: (task: BackgroundTask) => RunningCall,
): Promise<JsonValue> {
  if (isBackground(frame)) return startTask(frame, call.callbacks, register)
  const { client, method, args } = frame
  return call.callbacks.onCallback({ client, method, args, asUser: frame.as_user ?? null })
}
