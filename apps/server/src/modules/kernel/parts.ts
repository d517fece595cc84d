import type { Manifest } from '@imperal/contract'
import type { Telemetry } from '../../foundation/telemetry/index.ts'
import type { ArgumentCheck } from './arguments/compile-arguments.ts'
import type { ArtefactCache } from './context/artefact-cache.ts'
import type { InnerOptions } from './corridor/receive.ts'
import type { DevLog } from './dev-log.ts'
import type { HandlerDefinition } from './handlers/handler-definition.ts'
import type { HandlerTable } from './handlers/handler-table.ts'
import type { Closer } from './ledger/closer.ts'
import type { KernelOptions } from './ports.ts'
import type { DueRun } from './schedules/schedule-runs.ts'
import type { Presence } from './skeletons/presence.ts'
import type { RunningTasks } from './tasks/running-tasks.ts'
import type { ThreatCounters } from './threats.ts'
import type { CallIntent, CallOutcome } from './types.ts'

/** What the stages of the corridor and the callbacks work with: the options of the kernel and what it keeps in memory. */
export interface KernelParts extends KernelOptions {
  readonly nodeId: string
  readonly telemetry: Telemetry
  readonly closer: Closer
  readonly handlerTable: (version: { manifest: Manifest }) => HandlerTable
  readonly argumentCheck: (manifest: Manifest, handler: HandlerDefinition) => ArgumentCheck
  readonly artefacts: ArtefactCache
  readonly devLog: DevLog
  readonly threats: ThreatCounters
  readonly runningTasks: RunningTasks
  readonly presence: Presence
  /** Apps that failed their health check again and again; read from the database now and then. */
  readonly unwell: Set<string>
  /** Due minutes that this node took and whose end is not written yet. */
  readonly dueRuns: Set<DueRun>
  /** Confirmations whose decision this node is carrying out. */
  readonly deciding: Set<string>
  /** False while this node cannot renew its lease: then nothing may run whose record might be lost (K11.2). */
  readonly mayRecord: () => boolean | Promise<boolean>
  /** Calls whose handler runs, records and deliveries that are being written; a stopping node waits for them. */
  readonly inFlight: Set<Promise<unknown>>
  /** `now`: this node waits no longer for what still runs. */
  readonly stopping: { now: boolean }
  /** Whether an id belongs to another installed app, for aliases of events. */
  readonly isOtherApp: (appId: string) => (id: string) => boolean
  /** A call inside the kernel: between extensions, or of the kernel itself. */
  readonly runInner: (intent: CallIntent, options?: InnerOptions) => Promise<CallOutcome>
}
