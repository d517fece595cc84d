import { isNobody, type JsonValue, type WireError } from '@imperal/contract'
import { newCallId } from '../../../foundation/ids.ts'
import type { BackgroundOptions, BackgroundTask } from '../../hosts/index.ts'
import { isOffered } from '../callbacks/availability.ts'
import { refusedCallback, toCallbackError } from '../callbacks/refuse-callback.ts'
import { beforeEffect, type CallSession, closeSession, openSession, subjectOf } from '../callbacks/session.ts'
import { inheritSecrets, withoutAppSecrets } from '../callbacks/spoken-secrets.ts'
import { hostCallbacks } from '../corridor/execute.ts'
import { recordVerified } from '../corridor/record.ts'
import type { ConfirmedCall, ExecutedCall, HandlerAnswer } from '../corridor/stages.ts'
import { CUT_OFF, verify } from '../corridor/verify.ts'
import { beginTask, type NewTask } from './begin-task.ts'
import { taskOf } from './queue-call.ts'
import { backgroundSeconds } from './stored-work.ts'
import { limitsFor, tooManySentence } from './task-limits.ts'
import type { TaskHold } from './task-record.ts'

/** The detached part is a pass of its own with its own row; what was authorised and confirmed is the call that started it. */
function detached(session: CallSession): ConfirmedCall {
  const { call } = session
  return {
    ...call,
    handler: { ...call.handler, kind: 'background', event: '' },
    // Paid for with the call.
    charge: null,
    pass: {
      ...call.pass,
      callId: newCallId(),
      // The work outlives the run that it came from, and is fenced by its own open call.
      fence: undefined,
      receivedAt: session.parts.clock.now(),
      startedAt: performance.now(),
    },
  }
}

function answerOf(task: CallSession, result: { value?: JsonValue; error?: WireError }): HandlerAnswer {
  if (result.error === undefined) return { ok: true, value: withoutAppSecrets(task, result.value ?? null) }
  const { code, message } = result.error
  if (task.signal.reason === 'shutdown') return { ok: false, code: CUT_OFF, error: result.error, message }
  return { ok: false, code: /^(?:EXT_|RESULT_)/.test(code) ? code : 'EXT_THREW', error: result.error, message }
}

async function end(
  task: CallSession,
  hold: TaskHold,
  result: { value?: JsonValue; error?: WireError },
): Promise<unknown> {
  const opened = await closeSession(task)
  const { isUncertain: uncertain } = task.writer
  const answer = answerOf(task, result)
  const ran = { confirmed: task.call, answer, attempts: 1, actedFor: task.actedFor, progress: null, opened, uncertain }
  const executed = { stage: 'executed', ...ran } as unknown as ExecutedCall // the end of a detached run
  return recordVerified(task.parts, verify(executed), hold)
}

/** `ctx.backgroundTask` (K4.4): gives the detached work an id, a deadline and callbacks of its own. */
export function startBackground(session: CallSession, options: BackgroundOptions): Promise<BackgroundTask> {
  return start(session, options).catch((error) => {
    throw toCallbackError(error)
  })
}

/** Whose task it is: the user's that a schedule chose, else the caller's own. */
async function ownedTask(session: CallSession, call: ConfirmedCall, options: BackgroundOptions): Promise<NewTask> {
  const task = taskOf(session.parts, call, options.name)
  const userId = await subjectOf(session, options.asUser)
  if (userId === task.userId) return task
  return { ...task, userId, silent: isNobody(userId), limits: limitsFor(session.parts.settings.limits, {}) }
}

async function begin(
  session: CallSession,
  call: ConfirmedCall,
  options: BackgroundOptions,
  deadline: number,
): Promise<TaskHold> {
  const begun = await beginTask(session.parts, session.parts.nodeId, {
    ...(await ownedTask(session, call, options)),
    kind: 'background',
    deadline,
    promoted: false,
  })
  if (!('whose' in begun)) return begun
  throw refusedCallback('quota_exceeded', tooManySentence(begun), { resource: 'tasks', limit: begun.most })
}

async function start(session: CallSession, options: BackgroundOptions): Promise<BackgroundTask> {
  const { parts } = session
  if (!session.isOpen || !isOffered(session.kind, 'task', 'background'))
    throw refusedCallback('context_unavailable', `backgroundTask is not offered to ${session.kind} handlers.`, {
      member: 'backgroundTask',
      handler_kind: session.kind,
    })
  const controller = new AbortController()
  const plain = detached(session)
  const deadline = parts.clock.now() + backgroundSeconds(options.longRunning) * 1000
  await beforeEffect(session)
  const hold = await begin(session, plain, options, deadline)
  parts.runningTasks.add(hold, (reason) => controller.abort(reason))
  const call = { ...plain, pass: { ...plain.pass, parentTaskId: hold.taskId } }
  const task = openSession(parts, call, {
    kind: 'background',
    signal: controller.signal,
    deadline,
    taskId: hold.taskId,
  })
  // What the caller has read, the detached part may still hold.
  inheritSecrets(session, task)
  // The caller is answered long before this ends: a crash must leave a row.
  await task.writer.open()
  return {
    taskId: hold.taskId,
    deadline,
    signal: controller.signal,
    callbacks: hostCallbacks(task),
    done: (result) => {
      const ended = end(task, hold, result).catch((error) =>
        parts.log.error({ err: error, task: hold.taskId }, 'a background task could not be ended'),
      )
      parts.inFlight.add(ended)
      void ended.then(() => parts.inFlight.delete(ended))
    },
  }
}
