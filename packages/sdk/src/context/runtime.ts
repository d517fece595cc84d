import type { KernelPort } from '@imperal/contract/guest-port'
import type { ContextSnapshot, HandlerKind } from '@imperal/contract/host-protocol'
import type { CacheModel } from '../clients/cache.ts'
import type { SecretRule } from '../clients/secrets.ts'
import type { Transport } from '../clients/transport.ts'
import type { ContextShape } from './availability.ts'

/** What contexts need to know of the extension's own declarations. */
export interface ContextDeclarations {
  ownsCacheModel(model: CacheModel): boolean
  secretRule(name: string): SecretRule | undefined
  readonly secretNames: readonly string[]
}

/** Everything behind one context; authors never see it. */
export interface Runtime {
  readonly kind: HandlerKind
  readonly shape: ContextShape
  readonly snapshot: ContextSnapshot
  readonly signal: AbortSignal
  readonly port: KernelPort
  /** Callbacks in the name of the context's user. */
  readonly transport: Transport
  /** Callbacks that keep the caller's own name when the context was re-scoped: ai, http, storage, tools, extensions. */
  readonly shared: Transport
  /** Set on a context that `asUser` or `forUser` made. */
  readonly actingFor: string | undefined
  readonly declarations: ContextDeclarations
  /** Unix milliseconds. */
  readonly now: () => number
  /** Tests throw when a result does not fit `returns`; a running platform logs it. */
  readonly strictResults: boolean
}

const RUNTIMES = new WeakMap<object, Runtime>()

export function attachRuntime(ctx: object, runtime: Runtime): void {
  RUNTIMES.set(ctx, runtime)
}

/** The runtime of a context; undefined for an object that the SDK did not make. */
export function runtimeOf(ctx: unknown): Runtime | undefined {
  return typeof ctx === 'object' && ctx !== null ? RUNTIMES.get(ctx) : undefined
}

/** Who the kernel's documents belong to in this context. */
export function actingUserId(runtime: Runtime): string {
  return runtime.actingFor ?? runtime.snapshot.user?.imperal_id ?? ''
}
