import type { JsonValue, WireError } from '@imperal/contract'
import { newCallId } from '../../../foundation/ids.ts'
import type { BackgroundTask } from '../../hosts/index.ts'
import { isOffered } from '../callbacks/availability.ts'
import { refusedCallback, toCallbackError } from '../callbacks/refuse-callback.ts'
import { type CallSession, openSession } from '../callbacks/session.ts'
import { hostCallbacks } from '../corridor/execute.ts'
import { recordVerified } from '../corridor/record.ts'
import type { ConfirmedCall, ExecutedCall, HandlerAnswer } from '../corridor/stages.ts'
import { verify } from '../corridor/verify.ts'
import { deliverResult } from './deliver-result.ts'

const SECONDS = 180
const LONG_SECONDS = 1800

/** The detached part is a pass of its own with its own row; what was authorised and confirmed is the call that started it. */
function detached(session: CallSession, taskId: string): ConfirmedCall {
  const { call } = session
  return {
    ...call,
    handler: { ...call.handler, kind: 'background', event: '' },
    pass: {
      ...call.pass,
      callId: newCallId(),
      parentTaskId: taskId,
      receivedAt: session.parts.clock.now(),
      startedAt: performance.now(),
    },
  }
}

function answerOf(result: { value?: JsonValue; error?: WireError }): HandlerAnswer {
  if (result.error === undefined) return { ok: true, value: result.value ?? null }
  const { code, message } = result.error
  return { ok: false, code: /^(?:EXT_|RESULT_)/.test(code) ? code : 'EXT_THREW', error: result.error, message }
}

async function end(task: CallSession, taskId: string, result: { value?: JsonValue; error?: WireError }): Promise<void> {
  task.isOpen = false
  const opened = await task.writer.finish()
  const executed = { stage: 'executed', confirmed: task.call, answer: answerOf(result), opened } as ExecutedCall // the end of a detached run
  const outcome = await recordVerified(task.parts, verify(executed))
  await deliverResult(task.parts, task.call, { taskId, outcome })
}

async function refuseTooMany(session: CallSession): Promise<void> {
  const { actor } = session.call.pass
  const { tasksPerUser, factor } = session.parts.settings.limits
  if (actor.kind !== 'user' || factor === 0) return
  const active = await session.parts.tasks.active(actor.tenantId, actor.userId)
  if (active.length >= tasksPerUser * factor)
    throw refusedCallback('quota_exceeded', `At most ${tasksPerUser} tasks run at once.`, {
      resource: 'tasks',
      limit: tasksPerUser,
    })
}

/** `ctx.backgroundTask` (K4.4): gives the detached work an id, a deadline and callbacks of its own. */
export function startBackground(
  session: CallSession,
  options: { readonly name: string; readonly longRunning: boolean },
): Promise<BackgroundTask> {
  return start(session, options).catch((error) => {
    throw toCallbackError(error)
  })
}

async function start(
  session: CallSession,
  options: { readonly name: string; readonly longRunning: boolean },
): Promise<BackgroundTask> {
  const { parts } = session
  if (!session.isOpen || !isOffered(session.kind, 'task', 'background'))
    throw refusedCallback('context_unavailable', `backgroundTask is not offered to ${session.kind} handlers.`, {
      member: 'backgroundTask',
      handler_kind: session.kind,
    })
  await refuseTooMany(session)
  const { pass, use, handler } = session.call
  const controller = new AbortController()
  const taskId = await parts.tasks.start({
    tenantId: pass.actor.tenantId,
    userId: pass.actor.userId,
    appId: use.app.appId,
    function: handler.functionName,
    title: options.name.slice(0, 120),
    chainId: pass.intent.chainId ?? null,
    stop: () => controller.abort('cancelled'),
  })
  const call = detached(session, taskId)
  const deadline = parts.clock.now() + (options.longRunning ? LONG_SECONDS : SECONDS) * 1000
  const task = openSession(parts, call, { kind: 'background', signal: controller.signal, deadline, taskId })
  // The caller is answered long before this ends: a crash must leave a row.
  await task.writer.open()
  return {
    taskId,
    deadline,
    signal: controller.signal,
    callbacks: hostCallbacks(task),
    done: (result) => {
      end(task, taskId, result).catch((error) =>
        parts.log.error({ err: error, task: taskId }, 'a background task could not be ended'),
      )
    },
  }
}
