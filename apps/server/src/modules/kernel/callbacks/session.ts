import { type HandlerKind, SYSTEM_USER } from '@imperal/contract'
import type { RunProgress } from '@imperal/ir'
import type { Statement } from '../../../foundation/db/index.ts'
import type { StoreScope } from '../../../foundation/scope.ts'
import type { ConfirmedCall } from '../corridor/stages.ts'
import { CallWriter } from '../ledger/call-writer.ts'
import { openRow } from '../ledger/row.ts'
import type { KernelParts } from '../parts.ts'
import { refusedCallback } from './refuse-callback.ts'

/** What the callbacks of one running call share. It dies with the call; nothing of it outlives `close`. */
export interface CallSession {
  readonly parts: KernelParts
  readonly call: ConfirmedCall
  /** Of the running frame: `background` for the detached part of a function. */
  readonly kind: HandlerKind
  readonly writer: CallWriter
  readonly signal: AbortSignal
  /** Unix milliseconds. */
  readonly deadline: number
  /** What must hold for effects of this call, and of calls inside it, to be written. */
  readonly fence: Statement | undefined
  /** The task that this call is, or became. */
  taskId: string | null
  isOpen: boolean
  /** What the call has used of its allowances. */
  readonly spent: Map<string, number>
  /** Values of the cache that others wait for, and how to tell them that this call did not bring them. */
  readonly unbrought: Map<string, () => Promise<unknown>>
  /** What it changed in the name of users that it chose, by user and method. */
  readonly actedFor: Map<string, Map<string, number>>
  /** Of a declarative handler: what it has done so far (I11.7). */
  ran: RunProgress | null
}

export function openSession(
  parts: KernelParts,
  call: ConfirmedCall,
  options: {
    kind: HandlerKind
    signal: AbortSignal
    deadline: number
    taskId: string | null
    /** What must hold for the first effect to be written. */
    fence?: Statement | undefined
  },
): CallSession {
  const { fence } = options
  const writer = new CallWriter({
    db: parts.db,
    tenantId: call.pass.actor.tenantId,
    nodeId: parts.nodeId,
    draft: () => openRow(call, parts.nodeId),
    fence,
  })
  return {
    parts,
    call,
    writer,
    isOpen: true,
    spent: new Map(),
    unbrought: new Map(),
    actedFor: new Map(),
    ran: null,
    ...options,
    fence,
  }
}

/** No callback is taken any more; effects that are under way belong to the call, and its record waits for them. */
export function closeSession(session: CallSession): Promise<boolean> {
  session.isOpen = false
  for (const release of session.unbrought.values()) void release()
  return session.writer.finish()
}

/**
 * Before something happens in the name of a change that is not a statement of its writer: from here on the call, and every
 * call above it, has had an effect, so that nobody who goes on with it does it once more (E2). Reads may be repeated (4.7).
 */
export async function beforeEffect({ call, writer }: Pick<CallSession, 'call' | 'writer'>): Promise<void> {
  await call.pass.beforeEffect?.()
  if (call.handler.actionType !== 'read') await writer.open()
}

/** No user is behind the call; a health check belongs here too. */
export const actsForNobody = (session: CallSession): boolean => session.call.pass.actor.kind !== 'user'

// What the system itself has detached is the work of a schedule or a signal.
const SYSTEM_KINDS: ReadonlySet<HandlerKind> = new Set(['schedule', 'signal', 'background'])

/** Schedules and signals: they may look across users and choose one with `asUser`. */
export const isSystemCall = (session: CallSession): boolean =>
  session.call.pass.actor.kind === 'system' && SYSTEM_KINDS.has(session.call.handler.kind)

const mayActForUsers = (session: CallSession): boolean =>
  isSystemCall(session) || session.call.handler.kind === 'webhook'

/** In whose name one callback acts: the call's identity, or the user that a system handler chose (K3.37, K7.11). */
export async function subjectOf(session: CallSession, asUser: string | null): Promise<string> {
  const { pass, use } = session.call
  if (asUser === null) return pass.actor.userId
  if (asUser === '' || asUser === SYSTEM_USER)
    throw refusedCallback('validation_error', `A user id is needed here, not '${asUser}'.`, { field: 'userId' })
  if (asUser === pass.actor.userId) return asUser
  if (!mayActForUsers(session)) {
    session.parts.threats.count('as_user', session.call)
    throw refusedCallback('context_unavailable', 'Only schedules, signals and webhooks may act for another user.', {
      member: 'asUser',
      handler_kind: session.kind,
    })
  }
  const found = await session.parts.registry.resolve({ tenantId: pass.actor.tenantId, userId: asUser }, use.app.appId)
  if (found === null || found.install?.isDisabled === true || (found.install === null && !found.app.system))
    throw refusedCallback('forbidden', 'This user does not have the app installed.')
  return asUser
}

/** Keys of the acting user's data. They come from the call, never from what the extension says (K8.1, K8.2). */
export async function scopeOf(session: CallSession, asUser: string | null): Promise<StoreScope> {
  const { pass, use } = session.call
  return { tenantId: pass.actor.tenantId, appId: use.app.appId, userId: await subjectOf(session, asUser) }
}
