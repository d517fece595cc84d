import type { Statement } from '../../../foundation/db/index.ts'
import { newCallId, newTraceId } from '../../../foundation/ids.ts'
import { actingUser } from '../context/acting-user.ts'
import type { KernelParts } from '../parts.ts'
import type { CallIntent, CallOutcome } from '../types.ts'
import { type Pass, type ReceivedCall, type RefusedCall, refuse } from './stages.ts'

/** What the kernel itself adds to an intent; no door may set it from outside. */
export interface InnerOptions {
  readonly stack?: readonly string[]
  readonly deadline?: number | undefined
  readonly parentTaskId?: string | null
  readonly versions?: { readonly from: string; readonly to: string } | undefined
  /** Milliseconds until the call becomes a task; absent where the caller waits to the end (K4.2). */
  readonly promoteAfterMs?: number | undefined
  /** What must hold for the first effect to be written. */
  readonly fence?: Statement | undefined
  /** Of an accepted call: the pass that its task is about. */
  readonly callId?: string | undefined
  /** Of a call inside another: makes known, before it changes something, that the ones above have had an effect. */
  readonly beforeEffect?: (() => Promise<void>) | undefined
  /** The outcome is kept with the record, for whoever goes on with the work that the call is a step of. */
  readonly keep?: boolean | undefined
  /** Gets the outcome of the handler once it runs, for whoever has to know it though the call became a task before. */
  readonly whenRunning?: ((outcome: Promise<CallOutcome>) => void) | undefined
}

/** G1: gives the call its ids and resolves in whose name it runs, once for its whole life. */
export async function receive(
  parts: KernelParts,
  intent: CallIntent,
  options: InnerOptions = {},
): Promise<ReceivedCall | RefusedCall> {
  const actor = await actingUser(parts.identity, intent)
  const pass: Pass = {
    callId: options.callId ?? newCallId(),
    traceId: intent.traceId ?? newTraceId(),
    intent,
    actor: actor ?? {
      kind: 'user',
      userId: intent.userId,
      tenantId: intent.tenantId,
      agencyId: null,
      orgId: null,
      email: null,
      role: '',
      scopes: [],
      deniedScopes: [],
      attributes: {},
      isActive: false,
    },
    receivedAt: parts.clock.now(),
    startedAt: performance.now(),
    stack: [...(options.stack ?? []), intent.appId],
    deadline: options.deadline,
    parentTaskId: options.parentTaskId ?? null,
    versions: options.versions,
    fence: options.fence,
    promoteAfterMs: options.promoteAfterMs ?? null,
    keep: options.keep ?? false,
    beforeEffect: options.beforeEffect,
    whenRunning: options.whenRunning,
  }
  const received = { stage: 'received', pass } as ReceivedCall // the only place that may say so
  if (actor?.isActive === true) return received
  return refuse(received, {
    ledger: 'none',
    code: 'PERMISSION_DENIED',
    message: 'This account is not active here.',
    http: { status: 403 },
  })
}
