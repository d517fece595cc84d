import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Formats } from '@imperal/ir'
import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database, Writer } from '../../foundation/db/index.ts'
import type { RateLimiter } from '../../foundation/http/index.ts'
import type { Jobs } from '../../foundation/jobs/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import type { Telemetry } from '../../foundation/telemetry/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Billing } from '../billing/index.ts'
import type { Configuration } from '../configuration/index.ts'
import type { Connections } from '../connections/index.ts'
import type { Egress, Hosts } from '../hosts/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Llm } from '../llm/index.ts'
import type { Notifications } from '../notifications/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { AppRecord, Registry } from '../registry/index.ts'
import type { Secrets } from '../secrets/index.ts'
import type { State } from '../state/index.ts'
import type { Store } from '../store/index.ts'
import type { Allowances } from './callbacks/allowances.ts'
import type { NodeSelf } from './ledger/node-lease.ts'
import type { WorkSource } from './operator/read-processes.ts'

export interface FileInfo {
  readonly path: string
  readonly size: number
  readonly content_type: string
  readonly created_at: string
  readonly url: string
}

/** A file that comes in parts. */
export interface PendingFile {
  readonly size: number
  append(part: Buffer): Promise<void>
  finish(writer: Writer): Promise<FileInfo>
  discard(): Promise<void>
}

/** Files of an app and user; plugged in when the installation keeps files. */
export interface StoragePort {
  begin(scope: StoreScope, path: string, type: string): Promise<PendingFile>
  read(
    scope: StoreScope,
    path: string,
    range: { readonly offset: number; readonly length: number; readonly etag: string | null },
  ): Promise<{ content: Buffer; size: number; etag: string } | null>
  upload(writer: Writer, scope: StoreScope, path: string, file: { content: Buffer; type: string }): Promise<FileInfo>
  download(scope: StoreScope, path: string): Promise<Buffer | null>
  delete(writer: Writer, scope: StoreScope, path: string): Promise<boolean>
  list(
    scope: StoreScope,
    prefix: string,
    page?: { readonly cursor?: string | null; readonly limit?: number },
  ): Promise<{ data: readonly FileInfo[]; cursor: string | null; has_more: boolean; total: number | null }>
}

/** A message that an extension, or finished background work, says in the user's chat. */
export interface ChatDelivery {
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  /** Markdown. */
  readonly text: string
  readonly type: 'response' | 'system' | 'tool_result' | 'task_failed'
  readonly refreshPanels: readonly string[] | null
  readonly conversationId: string | null
  readonly taskId: string | null
  /** The end of the task `taskId`: it may be delivered more than once and is to be said once (K4.14). */
  readonly isTaskResult?: boolean | undefined
  readonly ui?: JsonObject | undefined
}

/** One request to the platform's own routes. */
export interface PlatformRequest {
  readonly caller: {
    readonly tenantId: string
    readonly userId: string
    readonly limitedTo?: readonly string[] | undefined
  }
  /** Of the asking app: it reaches no further. */
  readonly capabilities: readonly string[]
  /** Ids of the apps that called one another until this request, outermost first; the asking app is the last. */
  readonly throughApps: readonly string[]
  /** The user agreed to exactly this call at the panel. */
  readonly agreedAtPanel: boolean
  /** What was agreed to moves money. */
  readonly releasesMoney: boolean
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly body: JsonValue | undefined
  /** False in functions that are declared to read. */
  readonly mayChange: boolean
}

/** Null: there is no such user any more, or nothing that answers. */
export type PlatformPort = (
  request: PlatformRequest,
) => Promise<{ readonly status: number; readonly body: JsonValue } | null>

/** One run of a function of a declarative app (ir 11.7): ids only, never what was written. */
export interface DocumentRun {
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  /** The revision that it began with. */
  readonly revision: number | null
  readonly function: string
  readonly isRead: boolean
  readonly callId: string
  readonly traceId: string
  readonly errorCode: string | null
  /** The step that failed. */
  readonly step: string | null
  /** Ids of executed steps in order, those of called functions included. */
  readonly path: readonly string[]
  /** Ids of records that were written or deleted. */
  readonly affected: readonly string[]
  /** What was left out because nobody was there, in words. */
  readonly notes: readonly string[]
  readonly durationMs: number
}

/** What became of a question that a turn of the chat waits for. */
export interface Decision {
  readonly tenantId: string
  readonly userId: string
  readonly confirmationId: string
  /** Of the turn. */
  readonly traceId: string
  readonly status: 'executed' | 'failed' | 'cancelled' | 'expired'
}

/** Figures of production; `factor` multiplies request limits, 0 switches them off (decision 8). */
export interface KernelLimits {
  readonly factor: number
  readonly callsPerUserMinute: number
  readonly callsPerAppMinute: number
  /** What a user may do in a month whose role and plan say nothing; null: no monthly allowance is counted. */
  readonly actionsPerMonth: number | null
  /** Unfinished tasks of a user whose role says nothing else (K4.3). */
  readonly tasksPerUser: number
  /** Tasks from the queue that run at once on this node. */
  readonly tasksAtOnce: number
  /** Running tasks of a tenant in the whole installation, so that no tenant takes all places. */
  readonly tasksPerTenant: number
  /** Running tasks of one app in a tenant. */
  readonly tasksPerApp: number
  /** Deliveries of events of one tenant, and runs of schedules of one app, in the whole installation. */
  readonly eventsPerTenant: number
  readonly schedulesPerApp: number
  /** Skeleton sections that are refreshed at once on this node. */
  readonly skeletonsAtOnce: number
  /** Waiting tasks of a tenant; more are refused with 429. */
  readonly tasksWaiting: number
  /** What a call, and a user within a minute, may use; the figures of production when absent. */
  readonly allowances?: Allowances | undefined
}

export interface KernelSettings {
  readonly publicUrl: string
  readonly limits: KernelLimits
  /** How long a direct call is waited for before it becomes a task. */
  readonly callTimeoutSeconds: number
  /** The same for a call that a chat turn waits for (K4.1). */
  readonly chatPatienceMs: number
  /** How long the sender of a webhook waits for the handler's answer; after that it hears 202 (K7.8). */
  readonly webhookPatienceMs: number
  /** A cancelled task that does not look at its progress is ended after so long (K4.8). */
  readonly cancelGraceMs: number
  readonly confirmationTtlSeconds: number
  readonly scheduleTimeoutSeconds: number
  readonly hostPerUser: boolean
  readonly minimumIsolation: 'full' | 'namespaced' | 'process'
}

/** A turn of the chat as its trace tells it (K11.4). */
export interface TracedTurn {
  readonly message: string
  readonly intent: string | null
  readonly steps: readonly { readonly id: string; readonly call: string; readonly after: readonly string[] }[]
  /** What the truth gate had to replace or stop; empty: nothing. */
  readonly verdicts: readonly string[]
  readonly state: string
}

export interface KernelOptions {
  readonly db: Database
  readonly bus: Bus
  readonly log: Log
  readonly clock: Clock
  readonly jobs: Jobs
  readonly limiter: RateLimiter
  /** Absent: nothing is traced or measured. */
  readonly telemetry?: Telemetry | undefined
  readonly audit: Audit
  readonly outbox: Outbox
  readonly identity: Identity
  readonly registry: Registry
  readonly store: Store
  readonly secrets: Secrets
  readonly state: State
  readonly connections: Connections
  readonly configuration: Configuration
  readonly billing: Billing
  readonly notifications: Notifications
  readonly llm: Llm
  /** Calls between extensions below the first one, as administrators allow them (K2.33); 0 allows none. */
  readonly delegationDepth: (tenantId: string) => Promise<number>
  readonly hosts: Hosts
  readonly egress: Pick<Egress, 'request'>
  readonly storage?: StoragePort | undefined
  /** Says something in a user's chat; the chat module plugs it in. */
  readonly deliverChat: (message: ChatDelivery) => Promise<void>
  /** What apps of the platform ask of it in the name of their callers; the gateway plugs it in. */
  readonly platform?: PlatformPort | undefined
  /** Keeps what a declarative function did, step by step; the module that deploys documents plugs it in. */
  readonly noteRun?: ((run: DocumentRun) => void) | undefined
  /** Steps between formats of declarative documents; those of the platform unless told. */
  readonly documentFormats?: Formats | undefined
  /** The turn of a user's chat that a trace belongs to; the chat module plugs it in. */
  readonly turnOf?:
    | ((user: { tenantId: string; userId: string }, traceId: string) => Promise<TracedTurn | null>)
    | undefined
  /** True when a turn of the chat waited for it and tells what came of it. */
  readonly decided?: ((decision: Decision) => Promise<boolean>) | undefined
  /** Work of other modules that an operator sees beside that of the kernel; they plug it in. */
  readonly otherWork?: (() => readonly WorkSource[]) | undefined
  /** Calls in a minute that the tier of its developer allows an app; null: no more than all have. The portal plugs it in. */
  readonly callRate?: ((app: AppRecord) => number | null | Promise<number | null>) | undefined
  readonly settings: KernelSettings
  /** Off in a process without the worker role: it answers calls and runs no schedules, refreshes or checks. */
  readonly background?: boolean | undefined
  /** How this process presents itself to the others. */
  readonly self?: NodeSelf | undefined
}

/** The documented figures for production; a development installation multiplies by a hundred and has no monthly allowance. */
export const kernelLimits = (profile: 'development' | 'production'): KernelLimits => ({
  factor: profile === 'production' ? 1 : 100,
  callsPerUserMinute: 120,
  callsPerAppMinute: 5000,
  actionsPerMonth: profile === 'production' ? 500 : null,
  tasksPerUser: 3,
  tasksAtOnce: 16,
  tasksPerTenant: 12,
  tasksPerApp: 8,
  tasksWaiting: 1_000,
  eventsPerTenant: 8,
  schedulesPerApp: 4,
  skeletonsAtOnce: 16,
})
