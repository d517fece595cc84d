import type { JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'

/** One place where something can be set. Without an app it holds for all of them. */
export type ConfigPlace = { readonly appId: string | null } & (
  | { readonly scope: 'platform' }
  | { readonly scope: 'tenant'; readonly tenantId: string }
  | { readonly scope: 'user'; readonly tenantId: string; readonly userId: string }
)

/** What one place holds; `enforced` and `roleDefaults` only a tenant has. */
export interface ConfigLayer {
  readonly config: JsonObject
  readonly enforced: JsonObject
  readonly roleDefaults: JsonObject
}

/** For whom configuration is put together. Nobody's calls (schedules, webhooks) have neither role nor user. */
export interface ConfigReader {
  readonly tenantId: string
  readonly user: { readonly userId: string; readonly role: string } | null
  readonly appId: string
}

/** The layers on both sides of the app's own, the weakest first. Empty lists where nothing is set. */
export interface LayersAround {
  readonly below: readonly JsonObject[]
  readonly above: readonly JsonObject[]
}

export interface Configuration {
  /** From memory; read again after a change anywhere, and after 300 s at the latest. */
  around(reader: ConfigReader): Promise<LayersAround>
  read(place: ConfigPlace): Promise<ConfigLayer>
  /** Serialises writers of one place. Every node hears of it when the transaction commits. */
  change(
    tx: Tx,
    place: ConfigPlace,
    change: (before: ConfigLayer) => ConfigLayer,
    about: { readonly by: string; readonly now: string },
  ): Promise<ConfigLayer>
  /** Drops what this node remembers of a place; call it after the transaction of a change. */
  forget(place: ConfigPlace): void
  close(): void
}
