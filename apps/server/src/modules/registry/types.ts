import type { JsonObject, JsonValue, Manifest } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'

export type AppStatus = 'draft' | 'pending_review' | 'active' | 'rejected' | 'suspended' | 'deleted'

export interface AppRecord {
  readonly appId: string
  readonly name: string
  readonly shortDescription: string
  readonly longDescription: string
  readonly category: string
  readonly tags: readonly string[]
  readonly status: AppStatus
  readonly system: boolean
  readonly firstParty: boolean
  /** User id of the developer who owns the app; null for apps of the platform itself. */
  readonly ownerId: string | null
  readonly ownerTenantId: string
  readonly pricingModel: 'free' | 'per_action' | 'subscription'
  readonly pricingConfig: JsonObject
  /** App-level configuration and policy of operators: `{access_policy: {denied_roles, denied_users, functions: {…}}, …}`. */
  readonly config: JsonObject
  readonly liveVersion: string | null
  readonly featured: boolean
  readonly installCount: number
  readonly createdAt: string
  readonly updatedAt: string
}

export interface AppVersion {
  readonly appId: string
  readonly version: string
  readonly manifest: Manifest
  /** Content hash of bundle and source map; changes with every hot deploy even when the version stays. */
  readonly artefactHash: string
  readonly iconSvg: string | null
  readonly createdAt: string
}

export interface Install {
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  readonly installedAt: string
  readonly isDisabled: boolean
  /** Version whose lifecycle hooks ran last for this user. */
  readonly installedVersion: string
}

/** An app as one user meets it. */
export interface UserApp {
  readonly app: AppRecord
  readonly version: AppVersion
  readonly install: Install | null
}

export interface NewVersion {
  readonly version: string
  readonly manifest: Manifest
  readonly bundle: string
  readonly sourceMap: string | null
  readonly iconSvg: string | null
}

export interface Registry {
  app(appId: string): Promise<AppRecord | null>
  liveVersion(appId: string): Promise<AppVersion | null>
  /** Warm look-ups answer from memory; a change anywhere drops the entry on every node. Null: unknown, without a live version, or hidden from this user. */
  resolve(user: { tenantId: string; userId: string }, appId: string): Promise<UserApp | null>
  /** Installed and system apps of one user. */
  appsOf(user: { tenantId: string; userId: string }): Promise<UserApp[]>
  artefact(hash: string): Promise<{ bundle: string; sourceMap: string | null } | null>
  /** Users with the app installed and enabled, in pages ordered by id. */
  usersOf(
    appId: string,
    options: { tenantId?: string; after?: string; limit: number },
  ): Promise<{ tenantId: string; userId: string }[]>
  /** All apps with a live version (schedules, webhooks, health). */
  liveApps(): Promise<{ app: AppRecord; version: AppVersion }[]>

  createApp(
    tx: Tx,
    app: Partial<AppRecord> & { appId: string; name: string; ownerId: string | null; ownerTenantId: string },
  ): Promise<AppRecord>
  updateApp(tx: Tx, appId: string, patch: Partial<AppRecord>): Promise<AppRecord>
  /** Stores the artefact under its hash and makes the version live, in one transaction. */
  publishVersion(tx: Tx, appId: string, version: NewVersion): Promise<AppVersion>
  /** Idempotent. @throws REGISTRY_APP_NOT_FOUND, REGISTRY_APP_NOT_ACTIVE */
  install(
    user: { tenantId: string; userId: string },
    appId: string,
  ): Promise<{ install: Install; created: boolean; app: AppRecord }>
  uninstall(
    user: { tenantId: string; userId: string },
    appId: string,
  ): Promise<{ removed: boolean; app: AppRecord | null }>
  setDisabled(user: { tenantId: string; userId: string }, appId: string, disabled: boolean): Promise<void>
  setInstalledVersion(user: { tenantId: string; userId: string }, appId: string, version: string): Promise<void>

  /** After any change of an app, a version or an install, on every node. */
  onChange(listener: (change: { appId: string | null }) => void): () => void
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

export type { JsonValue }
