import { changeLimits, type Formats, IR_LIMITS, type IrLimits } from '@imperal/ir'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { MountedRoute, RateLimiter } from '../../foundation/http/index.ts'
import type { Jobs } from '../../foundation/jobs/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Audit } from '../audit/index.ts'
import type { Identity } from '../identity/index.ts'
import type { DocumentRun } from '../kernel/index.ts'
import type { Registry } from '../registry/index.ts'
import { openRuns, type Runs, tidyRuns } from './note-runs.ts'
import { irRoutes } from './routes.ts'
import type { DeveloperPort } from './types.ts'
import './tables.ts'

export interface IrOptions {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly jobs: Pick<Jobs, 'upkeep'>
  readonly limiter: RateLimiter
  /** Multiplies request limits; 0 switches them off. */
  readonly limitFactor: number
  readonly audit: Pick<Audit, 'record'>
  readonly identity: Pick<Identity, 'developer'>
  readonly registry: Pick<Registry, 'app' | 'liveVersion' | 'storedVersion' | 'updateApp'>
  readonly developer: DeveloperPort
  /** Steps between formats of documents; those of the platform unless told. */
  readonly formats?: Formats | undefined
  /** What the operator set in place of the usual limits (ir 12). */
  readonly limits?: Partial<IrLimits> | undefined
}

export type IrParts = IrOptions & { readonly runs: Runs; readonly deploysPerMinute: number }

/** Declarative apps: deploys, revisions, smoke runs and what their calls did. */
export interface Ir {
  /** Plugged into the kernel: keeps what a run did. */
  note(run: DocumentRun): void
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

const TIDY_SECONDS = 3600

export function openIr(options: IrOptions): Ir {
  const restore = changeLimits(options.limits ?? {})
  const runs = openRuns(options)
  const parts: IrParts = { ...options, runs, deploysPerMinute: IR_LIMITS.deploysPerMinute }
  options.jobs.upkeep('ir.runs', TIDY_SECONDS, () => tidyRuns(options.db, options.clock.now()))
  return {
    note: runs.note,
    routes: irRoutes(parts),
    async close() {
      await runs.close()
      restore()
    },
  }
}
