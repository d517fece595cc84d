import type { HandlerKind } from '@imperal/contract'
import { type HostCallbacks, HostError, type HostTarget } from '../../hosts/index.ts'
import { isOffered } from '../callbacks/availability.ts'
import { dispatchCallback } from '../callbacks/dispatch-callback.ts'
import { isAllowedHost, takeRequest } from '../callbacks/http-client.ts'
import { type CallSession, closeSession, openSession } from '../callbacks/session.ts'
import { errorWithoutSecrets, withoutSecrets, withoutSpokenSecrets } from '../callbacks/spoken-secrets.ts'
import { buildSnapshot } from '../context/build-snapshot.ts'
import type { KernelParts } from '../parts.ts'
import { startBackground } from '../tasks/start-background.ts'
import { backgroundSeconds } from '../tasks/stored-work.ts'
import { fence, type TaskHold } from '../tasks/task-record.ts'
import { callDocument } from './call-document.ts'
import { retryRead } from './retry-read.ts'
import type { ConfirmedCall, ExecutedCall, HandlerAnswer } from './stages.ts'
import { CUT_OFF } from './verify.ts'

/** A call whose handler runs. `session` is what a promotion to a task needs of it. */
export interface RunningCall {
  readonly session: CallSession
  readonly done: Promise<ExecutedCall>
  readonly abort: (reason: string) => void
  /** Its caller has an answer: what ends the caller ends it no more. */
  readonly letGo: () => void
  /** The task that the call is, or is about to become. */
  task: Promise<TaskHold | null> | TaskHold | null
  /** From here on it becomes no task any more. */
  hasEnded: boolean
}

/** Longest run of a handler in seconds (K3.38, K5.7, K6.7, K7.15, K7.20). */
export const HANDLER_SECONDS: Readonly<Record<HandlerKind, number>> = {
  function: 300,
  tool: 300,
  expose: 300,
  panel: 15,
  widget: 15,
  tray: 15,
  menu: 15,
  skeleton: 30,
  skeleton_alert: 30,
  schedule: 600,
  signal: 600,
  webhook: 180,
  event: 60,
  lifecycle: 60,
  health: 2,
  background: 180,
}

/** A function that is declared `background` runs detached from the start: its result is its own, not a task's id. */
const kindOf = ({ handler }: ConfirmedCall): HandlerKind =>
  handler.kind === 'function' && handler.background ? 'background' : handler.kind

function secondsOf(parts: KernelParts, call: ConfirmedCall): number {
  const kind = kindOf(call)
  if (kind === 'schedule') return parts.settings.scheduleTimeoutSeconds
  return kind === 'background' ? backgroundSeconds(call.handler.longRunning) : HANDLER_SECONDS[kind]
}

function deadlineOf(parts: KernelParts, call: ConfirmedCall): number {
  const { intent, deadline } = call.pass
  const own = Math.min(secondsOf(parts, call) * 1000, intent.timeoutMs ?? Number.POSITIVE_INFINITY)
  return Math.min(parts.clock.now() + own, deadline ?? Number.POSITIVE_INFINITY)
}

/** Who shares a process (decision 6): the platform's own apps one for all, others one per tenant or per user. */
function shareKey(parts: KernelParts, { pass, use }: ConfirmedCall): string {
  const { tenantId, userId } = pass.actor
  if (parts.settings.hostPerUser) return `user:${tenantId}:${userId}`
  return use.app.firstParty ? 'platform' : `tenant:${tenantId}`
}

/** The same account in two tenants is two callers; what nobody asked for (a schedule, a webhook) has one of its own. */
const callerOf = ({ pass }: ConfirmedCall): string => `${pass.actor.tenantId}:${pass.actor.userId}`

export async function hostTarget(parts: KernelParts, call: ConfirmedCall): Promise<HostTarget> {
  return { artefact: await parts.artefacts.of(call.use.version), shareKey: shareKey(parts, call) }
}

/** What the host may ask of the kernel in the name of one session. */
export function hostCallbacks(session: CallSession): HostCallbacks {
  const { parts, call } = session
  return {
    onCallback: (frame) => dispatchCallback(session, frame),
    onLog: ({ level, text }) => parts.devLog.line(call, level, withoutSecrets(session, text)),
    async onEgress({ method, host }) {
      if (!session.isOpen || !isOffered(session.kind, 'http', 'request') || !isAllowedHost(session, host)) return false
      if ((await takeRequest(session)) !== null) return false
      if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') await session.writer.open()
      return true
    },
    onBackground: (options) => startBackground(session, options),
  }
}

/**
 * A host's failure as an answer of the handler; anything else is the platform's own trouble and is thrown on. An author who
 * puts a credential into an exception would find it in the log, whoever's it is (K8.21).
 */
function toAnswer(error: unknown, session: CallSession): HandlerAnswer {
  if (!(error instanceof HostError)) throw error
  // Hosts end with the platform, and what they run ends as if it had crashed.
  const isStopped = session.parts.stopping.now && error.code === 'EXT_CRASHED'
  const code = isStopped || session.signal.reason === 'shutdown' ? CUT_OFF : error.code
  const message = withoutSecrets(session, error.message)
  return { ok: false, code, error: error.error && errorWithoutSecrets(session, error.error), message }
}

async function callHandler(parts: KernelParts, session: CallSession): Promise<HandlerAnswer> {
  const { call } = session
  if (call.use.version.format === 'ir') return callDocument(parts, session)
  try {
    const [target, ctx] = await Promise.all([hostTarget(parts, call), buildSnapshot(parts, call, session.taskId)])
    const frame = {
      id: call.pass.callId,
      kind: session.kind,
      name: call.handler.hostName,
      params: call.params,
      ctx,
      caller: callerOf(call),
      deadline: session.deadline,
      signal: session.signal,
    }
    const value = await parts.telemetry.span('host', {}, () => parts.hosts.call(target, frame, hostCallbacks(session)))
    return { ok: true, value: withoutSpokenSecrets(session, value) }
  } catch (error) {
    return toAnswer(error, session)
  }
}

async function run(parts: KernelParts, session: CallSession): Promise<ExecutedCall> {
  const { call, signal, deadline } = session
  const timeLeft = () => deadline - parts.clock.now()
  const running = retryRead(call, { signal, timeLeft }, () => callHandler(parts, session))
  const [ended] = await Promise.allSettled([running])
  const opened = await closeSession(session)
  const { isUncertain: uncertain } = session.writer
  if (ended.status === 'rejected') {
    if (!opened && !uncertain) throw ended.reason
    parts.log.error({ err: ended.reason, call: call.pass.callId }, 'a call was cut off after it had begun')
  }
  const cutOff: HandlerAnswer = { ok: false, code: CUT_OFF, error: undefined, message: 'The call was cut off.' }
  const ran = ended.status === 'fulfilled' ? ended.value : { answer: cutOff, attempts: 1 }
  const { actedFor, ran: progress } = session
  const executed = { stage: 'executed', confirmed: call, ...ran, actedFor, progress, opened, uncertain }
  return executed as unknown as ExecutedCall // the only place that may say so
}

/** Ends with the outer signal. Not `AbortSignal.any`: what it makes is found again by the collector only. */
function follow(outer: AbortSignal | undefined, controller: AbortController): () => void {
  const abort = () => controller.abort(outer?.reason)
  if (outer?.aborted === true) abort()
  outer?.addEventListener('abort', abort, { once: true })
  return () => outer?.removeEventListener('abort', abort)
}

/** G9: runs the handler in its host. Only a confirmed call gets here. `task`: the attempt that it is. */
export function execute(parts: KernelParts, call: ConfirmedCall, task: TaskHold | null = null): RunningCall {
  const controller = new AbortController()
  const release = follow(call.pass.intent.signal, controller)
  const session = openSession(parts, call, {
    kind: kindOf(call),
    signal: controller.signal,
    deadline: deadlineOf(parts, call),
    taskId: call.pass.parentTaskId,
    fence: task === null ? call.pass.fence : fence(task, parts.nodeId),
  })
  const abort = (reason: string) => controller.abort(reason)
  if (task !== null) parts.runningTasks.add(task, abort)
  const done = run(parts, session).finally(release)
  return { session, done, abort, letGo: release, task, hasEnded: false }
}
