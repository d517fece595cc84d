import type {
  ActionType,
  CallResponse,
  CatalogEvent,
  Confirmation,
  DevLogLine,
  JsonObject,
  JsonValue,
} from '@imperal/contract'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { CallModel } from '../billing/index.ts'
import type { DecidedConfirmation } from './confirmations/read-confirmations.ts'
import type { AppAnalytics } from './ledger/count-actions.ts'
import type { LedgerCheck } from './ledger/maintain-ledger.ts'
import type { Backlog } from './operator/read-backlog.ts'
import type { NodeFacts } from './operator/read-nodes.ts'
import type { StepEnd, StepHold } from './steps/kept-outcome.ts'

export type CallSource =
  | 'chat'
  | 'panel'
  | 'api'
  | 'mcp'
  | 'automation'
  | 'schedule'
  | 'signal'
  | 'webhook'
  | 'ipc'
  | 'tools'
  | 'lifecycle'
  | 'skeleton'
  | 'health'
  | 'event'

/** One request to run a function. Whatever door it came through, this is what enters the corridor (kernel 3.1). */
export interface CallIntent {
  readonly source: CallSource
  readonly tenantId: string
  /** The acting user; `__system__` and `__webhook__` for handlers without one. */
  readonly userId: string
  /** What the caller's credential allows (an API key): the call needs it beside the user's own scopes. Absent: everything. */
  readonly limitedTo?: readonly string[] | undefined
  readonly appId: string
  /** Function name, or a synthetic one such as `__panel__notes`. */
  readonly function: string
  readonly params: JsonObject
  readonly traceId?: string | undefined
  /** What led to this call, oldest first: calls, events and rules. Events that it publishes carry it on (kernel 6.1). */
  readonly causation?: readonly string[] | undefined
  readonly chainId?: string | undefined
  readonly stepId?: string | undefined
  readonly conversationId?: string | undefined
  readonly messagePreview?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds to wait for the handler. */
  readonly timeoutMs?: number | undefined
  /** The person approved inside the calling program; it can spare a card for a write, never for a destructive call. */
  readonly confirmationBypassed?: boolean | undefined
  /** The model that chose this call, where one did: its work is part of the price. */
  readonly model?: CallModel | undefined
  /** Set where a model chose the arguments: what they may rest on (K3.11, K3.17). */
  readonly evidence?: Evidence | undefined
  /** One of several steps of a chain: whoever runs the chain waits for it (K4.2). */
  readonly isStep?: boolean | undefined
  /** Its place among calls that were asked for at once: the items of one step, the calls of one card. */
  readonly itemNo?: number | undefined
  /** What the client calls this request, so that it is done once however often it is sent (api.md 1.12). */
  readonly idempotencyKey?: string | undefined
  /** A further call of a batch, which counts as one request. */
  readonly partOfBatch?: boolean | undefined
}

/** What the arguments of a call that a model chose may rest on. */
export interface Evidence {
  /** Whether a person, a fact, an earlier call or a skeleton named this id. */
  knows(id: string): boolean
  /** Error codes of earlier calls of the turn: none of them belongs into what is written. */
  readonly failedCodes: readonly string[]
}

/** Who asks, as far as the corridor needs it. */
export type KernelCaller = Pick<CallIntent, 'tenantId' | 'userId' | 'limitedTo'>

export interface CallOutcome {
  readonly response: CallResponse
  readonly callId: string
  readonly traceId: string
  readonly status:
    | 'success'
    | 'failed'
    | 'validation_rejected'
    | 'cancelled'
    | 'denied'
    | 'intercepted'
    | 'skipped'
    | 'timed_out'
    | 'unknown'
  readonly actionType: ActionType
  readonly durationMs: number
  /** The call goes on as a task: declared so, or (`late`) because it took longer than a direct caller waits. */
  readonly promoted?: { readonly taskId: string; readonly late: boolean } | undefined
  /** The node ended amid the call, and it certainly had no effect: whoever goes on with the work does it anew (4.7). */
  readonly cutOff?: boolean | undefined
  /** HTTP-level refusal of the decisions' table (403, 404, 429, 503); absent when the call answers 200. */
  readonly refusal?:
    | { readonly status: number; readonly code: string; readonly message: string; readonly retryAfter?: number }
    | undefined
}

/** One function that a user may call, as classifiers and catalogs see it. */
export interface CatalogFunction {
  readonly appId: string
  readonly appName: string
  readonly name: string
  readonly description: string
  readonly actionType: ActionType
  readonly paramsSchema: JsonObject
  readonly returnSchema: JsonObject
  readonly idProjection: string
  readonly effects: readonly string[]
  readonly ownerChatTool: string
  /** May be one of several steps of a plan (K2.18). */
  readonly chainCallable: boolean
}

export interface ConfirmationCard {
  readonly confirmation_id: string
  readonly title: string
  readonly message: string
  readonly items: readonly JsonObject[]
  readonly expires_at: string
  /** `money`: only a person at the panel can say yes (kernel 3.5.5). */
  readonly kind: 'action' | 'money'
}

/** One run of a lifecycle hook (kernel 7.3). */
export interface LifecycleRun {
  readonly appId: string
  readonly hook: 'on_install' | 'on_uninstall' | 'on_enable' | 'on_disable' | 'on_upgrade'
  /** Of an upgrade. */
  readonly versions?: { readonly from: string; readonly to: string } | undefined
  readonly hold?: StepHold | undefined
  /** Ends the run. */
  readonly signal?: AbortSignal
}

export interface Kernel {
  /** The corridor. Never throws for refusals; every pass leaves exactly one ledger row before it answers. */
  call(intent: CallIntent): Promise<CallOutcome>
  /**
   * The corridor for one step of durable work, or for the calls of one fan-out, whose questions share a card. What comes of
   * each is kept with its record; its first effect is written only while its fence holds (K1.3).
   */
  runSteps(steps: readonly { readonly intent: CallIntent; readonly hold: StepHold }[]): Promise<CallOutcome[]>
  /** What came of a step whose runner is gone. Call it after the fence of that runner has fallen. */
  settleStep(tenantId: string, callId: string): Promise<StepEnd>
  /** What became of a question; null when it is nobody's or another user's. */
  decision(user: KernelCaller, confirmationId: string): Promise<DecidedConfirmation | null>
  /** Questions that wait for the user, oldest first. */
  pending(user: KernelCaller): Promise<Confirmation[]>
  /** Functions that the user may call now, scopes and policies applied. */
  catalog(user: KernelCaller): Promise<CatalogFunction[]>
  /**
   * What a parameter that takes files gets for one of the person's: its text, or its path in the app's storage. Null: it
   * takes none.
   * @throws FILES_NOT_ACCEPTED, FILES_NO_TEXT, FILES_TEXT_TOO_LONG
   */
  placeFile(
    user: KernelCaller,
    placed: {
      readonly appId: string
      readonly tool: string
      readonly parameter: string
      readonly file: { readonly filename: string; readonly mime: string; readonly content: Buffer }
    },
  ): Promise<string | null>
  /** Everything that can happen for the user: what rules may choose from (K6.4). */
  events(user: KernelCaller): Promise<CatalogEvent[]>
  /** Current facts of the user's apps, a line each, for the classifier (kernel 5.5); `SKELETON_HEADER` says what they are. */
  facts(user: { tenantId: string; userId: string }): Promise<string>
  /** Decides one pending confirmation as its user; runs the stored calls on confirm. */
  decide(
    user: KernelCaller,
    confirmationId: string,
    decision: 'confirm' | 'cancel',
    via: CallSource,
  ): Promise<{ status: string; results: CallResponse[]; outcomes: CallOutcome[] }>
  /**
   * Runs one lifecycle hook of an app for one user. Rejects when the hook failed; whoever calls decides about trying again.
   * Under a hold its outcome is kept for `settleStep`.
   */
  lifecycle(user: { tenantId: string; userId: string }, hook: LifecycleRun): Promise<void>
  /** The user is here: keeps the skeletons of the user's apps fresh for the next 30 minutes (K5.5). Cheap to repeat. */
  present(user: { tenantId: string; userId: string }): void
  /** What an app logged lately on this node, oldest first; lines after a `seq`. Live lines come as stream messages `dev_log`. */
  logs(appId: string, after?: number): readonly DevLogLine[]
  /** Changes that a user made through apps since a moment; reads do not count. */
  actionsSince(user: { tenantId: string; userId: string }, since: Date): Promise<number>
  /** How often somebody has used an app with success, counted up to `most`. */
  usesOf(user: { tenantId: string; userId: string }, appId: string, most: number): Promise<number>
  /** Uses of every app by everybody since a moment. */
  usesByApp(since: Date): Promise<ReadonlyMap<string, number>>
  /** How an app was used since a moment, in all tenants. */
  analyse(appId: string, since: Date): Promise<AppAnalytics>
  /** Recomputes the hash chains of the ledger; reads all of it. */
  checkLedger(): Promise<LedgerCheck>
  /** Where gateways reach this process from now on; null: they hand it nothing more. */
  announce(address: string | null): Promise<void>
  /** The processes of the installation that are alive. */
  nodes(): Promise<NodeFacts[]>
  /** What waits and runs in the whole installation, in figures. */
  backlog(): Promise<Backlog>
  /** Attempts to reach beyond a call, or into another tenant, since this node started; all should be zero. */
  threats(): Readonly<Record<string, number>>
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

export type { JsonValue }
