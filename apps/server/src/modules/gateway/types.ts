import type { JsonObject } from '@imperal/contract'
import type { Idempotency, MountedRoute, RateLimiter } from '../../foundation/http/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Telemetry } from '../../foundation/telemetry/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Forward } from './forward.ts'
import type { Inside } from './open-inside.ts'

export interface GatewayOptions {
  readonly host: string
  readonly port: number
  /** Null: no listener of the registry. */
  readonly registryPort: number | null
  readonly publicUrl: string
  readonly trustProxy: string | undefined
  readonly origins: readonly string[]
  /** Null: no panel. */
  readonly panelFolder: string | null
  readonly version: string
  readonly log: Log
  readonly telemetry: Telemetry
  /** Who may read `/metrics` beside administrators of the installation; null: nobody else. */
  readonly metricsToken: string | null
  readonly limiter: RateLimiter
  readonly limitFactor: number
  readonly idempotency: Idempotency
  readonly checkResponses: boolean
  readonly identity: Identity
  readonly audit: Pick<Audit, 'refused'>
  readonly routes: readonly MountedRoute[]
  readonly registryRoutes: readonly MountedRoute[]
  /** Of all modules, whatever this process answers to others: what apps of the platform may ask. */
  readonly insideRoutes: readonly MountedRoute[]
  /** Those of both that other processes answer, and the way there; null: all are answered here. */
  readonly forwarded: { readonly routes: ReadonlySet<MountedRoute>; readonly forward: Forward } | null
  /** Named checks of `/readyz`; each rejects or answers false when its part is not usable. */
  readonly checks: Readonly<Record<string, () => Promise<boolean>>>
}

export interface Gateway {
  readonly url: string
  readonly port: number
  readonly registryPort: number | null
  /** The platform's routes for apps of the platform, without a socket. */
  readonly inside: Inside['request']
  close(): Promise<void>
}

export type { JsonObject }
