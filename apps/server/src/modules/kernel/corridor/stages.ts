import type { ActionType, JsonObject, JsonValue, WireError } from '@imperal/contract'
import type { RunProgress } from '@imperal/ir'
import type { Statement } from '../../../foundation/db/index.ts'
import type { Reservation } from '../../billing/index.ts'
import type { OutboxMessage } from '../../outbox/index.ts'
import type { AppRecord, AppVersion, Install } from '../../registry/index.ts'
import type { ActingUser } from '../context/acting-user.ts'
import type { HandlerDefinition } from '../handlers/handler-definition.ts'
import type { CallIntent, CallOutcome, CallSource } from '../types.ts'

/**
 * The corridor as types. Each stage takes what the one before produced; the brand cannot be written by hand, so a call
 * that was not authorized, bound and confirmed does not compile into `execute`.
 */
declare const passed: unique symbol
interface Passed<Stage extends string> {
  readonly [passed]: Stage
}

/** What is known about a call since it entered. */
export interface Pass {
  readonly callId: string
  readonly traceId: string
  readonly intent: CallIntent
  readonly actor: ActingUser
  /** Unix milliseconds. */
  readonly receivedAt: number
  /** `performance.now()`, for durations. */
  readonly startedAt: number
  /** Apps above this call, outermost first; more than one entry for calls between extensions. */
  readonly stack: readonly string[]
  /** Unix milliseconds; set by a calling extension whose own deadline bounds this call. */
  readonly deadline: number | undefined
  readonly parentTaskId: string | null
  /** What must hold for the first effect to be written: the right of this node to do the work. */
  readonly fence: Statement | undefined
  readonly versions: { readonly from: string; readonly to: string } | undefined
  /** Milliseconds until the call becomes a task; null where the caller waits to the end (K4.2). */
  readonly promoteAfterMs: number | null
  /** The outcome is kept with the record (K1.3). */
  readonly keep: boolean
  /** Of a call inside another: makes known, before it changes something, that the ones above have had an effect. */
  readonly beforeEffect?: (() => Promise<void>) | undefined
  /** Gets the outcome of the handler once it runs, whether or not the call becomes a task meanwhile. */
  readonly whenRunning?: ((outcome: Promise<CallOutcome>) => void) | undefined
}

export interface AppInUse {
  readonly app: AppRecord
  readonly version: AppVersion
  readonly install: Install | null
}

export interface TargetVerdict {
  readonly verdict: 'no_target' | 'self_target' | 'pass' | 'escalated' | 'blocked'
  readonly targetUserId: string | null
  readonly targetParam: string | null
  readonly requiredScope: string | null
}

export interface Consent {
  readonly confirmation: 'user_accepted' | 'not_required' | 'pre_authorised' | 'bypassed'
  readonly confirmationId: string | null
  /** The door at which the user agreed; absent when nobody was asked, or the call waited in the queue since. */
  readonly via?: CallSource | undefined
  /** This call took a release of money, and its record says what came of it. */
  readonly release?: boolean | undefined
}

/** A question to the user that was stored instead of running the call. */
export interface StoredQuestion {
  readonly confirmationId: string
  readonly card: JsonObject
}

export interface Refusal {
  /** `none` leaves no ledger row (decisions: refusals on the wire). */
  readonly ledger: 'none' | 'denied' | 'validation_rejected' | 'intercepted'
  readonly code: string
  /** A sentence for people. */
  readonly message: string
  readonly data?: JsonObject | undefined
  readonly retryable?: boolean | undefined
  /** Set when the refusal has an HTTP status of its own. */
  readonly http?: { readonly status: number; readonly retryAfter?: number | undefined } | undefined
  /** A tenant violation: kept for ever, and told to the security audit. */
  readonly security?: boolean | undefined
  readonly question?: StoredQuestion | undefined
  /** Written together with the ledger row. */
  readonly effects?: readonly Statement[] | undefined
  readonly messages?: readonly OutboxMessage[] | undefined
}

interface Funded {
  /** Credits that are kept back for the call; null: it is free. */
  readonly charge: Reservation | null
}

interface Known {
  readonly pass: Pass
  readonly use: AppInUse
  readonly handler: HandlerDefinition
}

export type ReceivedCall = { readonly stage: 'received'; readonly pass: Pass } & Passed<'received'>
export type AvailableCall = { readonly stage: 'available' } & Known & Passed<'available'>
export type ScopedCall = { readonly stage: 'scoped'; readonly checkedScopes: readonly string[] } & Known &
  Passed<'scoped'>
export type AuthorizedCall = { readonly stage: 'authorized'; readonly checkedScopes: readonly string[] } & Known &
  Passed<'authorized'>
/** Within rate and quota, and paid for if it costs anything. */
export type FundedCall = { readonly stage: 'funded'; readonly checkedScopes: readonly string[] } & Known &
  Funded &
  Passed<'funded'>
/** The same, and with every required secret. */
export type AdmittedCall = { readonly stage: 'admitted'; readonly checkedScopes: readonly string[] } & Known &
  Funded &
  Passed<'admitted'>
export type BoundCall = {
  readonly stage: 'bound'
  readonly checkedScopes: readonly string[]
  readonly params: JsonObject
  readonly target: TargetVerdict
} & Known &
  Funded &
  Passed<'bound'>
export type ConfirmedCall = {
  readonly stage: 'confirmed'
  readonly checkedScopes: readonly string[]
  readonly params: JsonObject
  readonly target: TargetVerdict
  readonly consent: Consent
} & Known &
  Funded &
  Passed<'confirmed'>

/** What came back from the host: a value of the handler, or why there is none. */
export type HandlerAnswer =
  | { readonly ok: true; readonly value: JsonValue }
  | {
      readonly ok: false
      readonly code: string
      /** The author's own error. */
      readonly error: WireError | undefined
      /** What the host said about its end, for the author's log only. */
      readonly message?: string | undefined
    }

export type ExecutedCall = {
  readonly stage: 'executed'
  readonly confirmed: ConfirmedCall
  readonly answer: HandlerAnswer
  /** How often the handler ran; more than once only for reads (kernel 4.7). */
  readonly attempts: number
  /** What it changed in the name of users that it chose, by user and method. */
  readonly actedFor: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** The steps and records of a declarative handler, also when it did not come to its end; null for code. */
  readonly progress: RunProgress | null
  /** Whether an effect was committed, so that a `kernel.open_call` row exists. */
  readonly opened: boolean
  /** Whether one may have been, and nobody knows. */
  readonly uncertain: boolean
} & Passed<'executed'>

export type LedgerStatus =
  | 'success'
  | 'failed'
  | 'validation_rejected'
  | 'cancelled'
  | 'denied'
  | 'intercepted'
  | 'skipped'
  | 'timed_out'
  | 'unknown'

/** The result after the truth gate: only `success` counts as done. */
export interface Verdict {
  readonly status: LedgerStatus
  readonly summary: string
  readonly data: JsonValue
  readonly error: string | null
  readonly errorCode: string | null
  readonly retryable: boolean
  readonly ui: JsonValue
  readonly refreshPanels: readonly string[] | undefined
  /** What a declarative function asks the client to do, in order (ir 5.4). */
  readonly directives: readonly JsonObject[] | undefined
  /** The handler broke its contract: an entry of the security audit says so (K3.39). */
  readonly critical: boolean
  /** The node ended amid it, before any effect had begun. */
  readonly cutOff: boolean
}

export type VerifiedCall = {
  readonly stage: 'verified'
  readonly executed: ExecutedCall
  readonly verdict: Verdict
} & Passed<'verified'>

/** A call that a stage turned away, with everything that was known by then. */
export interface RefusedCall {
  readonly stage: 'refused'
  readonly pass: Pass
  readonly use: AppInUse | null
  readonly handler: HandlerDefinition | null
  readonly params: JsonObject
  readonly checkedScopes: readonly string[]
  readonly target: TargetVerdict | null
  /** What was kept back before the call was turned away; its record gives it back. */
  readonly charge: Reservation | null
  readonly refusal: Refusal
  /** The decision behind a call that was accepted before, and is turned away all the same (K3.26). */
  readonly consent?: Consent | undefined
}

type Before =
  | ReceivedCall
  | AvailableCall
  | ScopedCall
  | AuthorizedCall
  | FundedCall
  | AdmittedCall
  | BoundCall
  | ConfirmedCall

/** Turns a call away, keeping what the ledger needs. */
export function refuse(call: Before, refusal: Refusal): RefusedCall {
  return {
    stage: 'refused',
    pass: call.pass,
    use: 'use' in call ? call.use : null,
    handler: 'handler' in call ? call.handler : null,
    params: 'params' in call ? call.params : call.pass.intent.params,
    checkedScopes: 'checkedScopes' in call ? call.checkedScopes : [],
    target: 'target' in call ? call.target : null,
    charge: 'charge' in call ? call.charge : null,
    refusal,
  }
}

export type { ActionType }
