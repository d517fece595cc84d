import type { JsonObject, JsonValue, Manifest } from '@imperal/contract'
import type { Statement, Tx } from '../../foundation/db/index.ts'
import type { MountedRoute, Principal } from '../../foundation/http/index.ts'

export type AppStatus = 'draft' | 'pending_review' | 'active' | 'rejected' | 'suspended' | 'deleted'

export interface AppRecord {
  readonly appId: string
  readonly name: string
  readonly shortDescription: string
  readonly longDescription: string
  readonly category: string
  /** Icon name that the developer gave; the picture itself belongs to the version. */
  readonly icon: string
  readonly tags: readonly string[]
  readonly homepage: string
  readonly license: string
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
  /** Runtime settings that were pushed for the app, without the defaults; the `app` layer of `ctx.config`. */
  readonly settings: JsonObject
  readonly liveVersion: string | null
  readonly featured: boolean
  /** Exact when it was just read for the marketplace; cached records may lag behind. */
  readonly installCount: number
  /** Stars of all reviews together; like the other figures it may lag behind in a cached record. */
  readonly ratingTotal: number
  readonly reviewCount: number
  /** Uses of the last thirty days. */
  readonly actionCount: number
  readonly createdAt: string
  readonly updatedAt: string
}

/** What the text of an artefact is: bundled code, or a declarative document as JSON. */
export type ArtefactFormat = 'bundle' | 'ir'

export interface AppVersion {
  readonly appId: string
  readonly version: string
  readonly manifest: Manifest
  /** Content hash of bundle and source map; changes with every hot deploy even when the version stays. */
  readonly artefactHash: string
  /** `ir`: the artefact is a document that the kernel interprets; no host runs it. */
  readonly format: ArtefactFormat
  /** Of a document: which of its deploys this is. Null for code. */
  readonly revision: number | null
  readonly iconSvg: string | null
  readonly createdAt: string
  /** Members of pushed tools that the manifest schema does not know, by tool name. */
  readonly extras: Readonly<Record<string, JsonObject>>
  readonly updatedAt: string
}

/** A version that may lack code: its manifest was pushed to the registry, nothing was deployed. */
export type StoredVersion = Omit<AppVersion, 'artefactHash'> & { readonly artefactHash: string | null }

export interface UserKey {
  readonly tenantId: string
  readonly userId: string
}

export interface Install {
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  readonly installedAt: string
  readonly isDisabled: boolean
  /** Version whose lifecycle hooks ran last for this user; empty until the install hook has run. */
  readonly installedVersion: string
  /** A lifecycle hook failed at every attempt. */
  readonly needsAttention: boolean
  readonly config: JsonObject
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
  /** `bundle` unless told. */
  readonly format?: ArtefactFormat | undefined
  /** Of a document. */
  readonly revision?: number | undefined
}

export interface BrowseQuery {
  readonly search: string
  readonly category: string
  readonly sort: 'actions' | 'installs' | 'rating' | 'newest' | 'name'
  readonly limit: number
  readonly offset: number
}

export interface PublishedApp {
  readonly app: AppRecord
  readonly version: AppVersion
}

export type LifecycleHook = 'on_install' | 'on_uninstall' | 'on_enable' | 'on_disable' | 'on_upgrade'

/** A lifecycle hook that has to run for one user, as one attempt holds it. */
export interface DueHook extends UserKey {
  readonly id: number
  readonly appId: string
  readonly hook: LifecycleHook
  readonly fromVersion: string | null
  readonly toVersion: string | null
  /** 1 at the first try. */
  readonly attempt: number
  /** The right to run it, and the id of the call that it is to be. */
  readonly claim: string
  /** The claim of an attempt that was never ended; null when there was none. Its fence has fallen. */
  readonly lost: string | null
}

/** What runs on a node that looks for more. */
export interface RunningHooks {
  readonly byTenant: ReadonlyMap<string, number>
  /** As many hooks of one tenant run there at once, at most. */
  readonly perTenant: number
}

/** Queue of lifecycle hooks. Hooks of one user and app come one at a time, in the order of their causes. */
export interface DueHooks {
  /** Claims up to `limit` hooks for 90 s, of each tenant in turn: a crowd of one does not hold up the others (E14). */
  claim(limit: number, running?: RunningHooks): Promise<DueHook[]>
  /** Another 90 s from now; gives the ids of those whose claim still holds. */
  renew(hooks: readonly Pick<DueHook, 'id' | 'claim'>[]): Promise<ReadonlySet<number>>
  /** In front of an effect of the run: divides by zero when the claim is somebody else's by now. */
  fence(hook: DueHook): Statement
  /** The upgrade has reached a version: what is left of it goes on under a claim of its own. Null: the claim is lost. */
  reached(hook: DueHook, version: string): Promise<DueHook | null>
  /** The hook has run: the user is on that version now. False, and nothing is changed, when the claim is lost. */
  done(hook: DueHook): Promise<boolean>
  /** Tries again after 5 s, 30 s and 120 s; after the fourth failure the install is marked `needsAttention`. */
  failed(hook: DueHook, reason: string): Promise<'retry' | 'gave_up' | 'lost'>
  /**
   * The user uses an app that needs attention: an upgrade that was given up at least ten minutes ago is due again (kernel 7.3),
   * from the last good step. True when one is. Cheap to repeat: a node asks the database once in ten minutes.
   */
  retryUpgrade(user: UserKey, appId: string): Promise<boolean>
  /** Milliseconds until the next hook is due; null when there is none. */
  nextIn(): Promise<number | null>
  /** Called on every node when hooks were added. */
  onAdded(listener: () => void): () => void
}

/** What changed. `userId` is set when it was an install of that user, else it was the app or one of its versions. */
export interface RegistryChange {
  readonly appId: string | null
  readonly userId?: string | null
}

/** What people make of an app. */
export interface AppFigures {
  readonly ratingTotal: number
  readonly reviewCount: number
  readonly actionCount: number
}

/** Writes down a change of an install, in the transaction that makes it; not called when there is nothing to change. */
export type InstallNote = (tx: Tx) => Promise<void>

/** Switching an app off or on, with who writes it down. */
export interface Disabling {
  readonly disabled: boolean
  readonly note?: InstallNote
}

/** An install or its end that somebody asks for. */
export interface AskedInstall {
  readonly user: UserKey
  readonly appId: string
  readonly config?: JsonObject | undefined
  readonly by: { readonly principal: Principal | null; readonly ip: string; readonly requestId: string }
}

/** The way in and out of installs for whoever asks from outside: policy, plan and security log. See the marketplace. */
export interface InstallDoor {
  install(asked: AskedInstall): Promise<{ install: Install; created: boolean; app: AppRecord }>
  uninstall(asked: AskedInstall): Promise<{ removed: boolean; app: AppRecord | null }>
}

export interface Registry {
  app(appId: string): Promise<AppRecord | null>
  liveVersion(appId: string): Promise<AppVersion | null>
  /** One stored version, live or not; without a version the live one, else the newest. Not cached. */
  storedVersion(appId: string, version?: string): Promise<StoredVersion | null>
  /**
   * Warm look-ups of code answer from memory; a change anywhere drops the entry on every node. Declarative apps, and apps that
   * are not known, are held against the database each time, so that a receipt holds on every node (ir I13.6). Null: unknown, deleted, without a
   * live version, or not yet published and not installed by this user.
   */
  resolve(user: UserKey, appId: string): Promise<UserApp | null>
  /** Installed and system apps of one user. */
  appsOf(user: UserKey): Promise<UserApp[]>
  artefact(hash: string): Promise<{ bundle: string; sourceMap: string | null } | null>
  /** Users with the app installed and enabled, in pages ordered by id. */
  usersOf(
    appId: string,
    options: { tenantId?: string; after?: string; limit: number },
  ): Promise<{ tenantId: string; userId: string }[]>
  /** Tenants in which somebody has the app installed. */
  tenantsOf(appId: string): Promise<string[]>
  /** All apps with a live version (schedules, webhooks, health). */
  liveApps(): Promise<{ app: AppRecord; version: AppVersion }[]>

  /** Published, non-system apps with the number of all that match; never cached. */
  browse(query: BrowseQuery): Promise<{ apps: PublishedApp[]; total: number }>
  /** One published, non-system app with its figures of this moment; never cached. */
  published(appId: string): Promise<PublishedApp | null>
  categoryCounts(): Promise<Record<string, number>>
  /** Recommended apps first, then the most installed, with the number of all that are published. */
  featured(limit: number): Promise<{ apps: PublishedApp[]; total: number }>
  ownedBy(userId: string): Promise<AppRecord[]>
  /** Apps in whatever state, by name; `deleted` ones only when asked for. Not cached. */
  list(wanted: {
    readonly status?: AppStatus | 'all' | undefined
    readonly search?: string | undefined
  }): Promise<AppRecord[]>

  /** Serialises writers of one app: takes the row's lock and gives what it holds now. Null: unknown or deleted. */
  lockApp(tx: Tx, appId: string): Promise<AppRecord | null>
  /** @throws REGISTRY_APP_EXISTS */
  createApp(
    tx: Tx,
    app: Partial<AppRecord> & { appId: string; name: string; ownerId: string | null; ownerTenantId: string },
  ): Promise<AppRecord>
  /** @throws REGISTRY_APP_NOT_FOUND */
  updateApp(tx: Tx, appId: string, patch: Partial<AppRecord>): Promise<AppRecord>
  /** Figures by which lists are sorted; nobody is told of them. */
  writeFigures(tx: Tx, appId: string, figures: Partial<AppFigures>): Promise<void>
  /** Marks the app deleted and removes every install. Gives the number of installs that were removed. */
  deleteApp(tx: Tx, appId: string): Promise<number>
  /** Removes an app for good, with its versions. Gives the number of installs that were removed. */
  purgeApp(tx: Tx, appId: string): Promise<number>
  /**
   * Stores the artefact under its hash and makes the version live, in one transaction. Empty texts of the app are filled
   * from the manifest. @throws REGISTRY_ICON_INVALID
   */
  publishVersion(tx: Tx, appId: string, version: NewVersion): Promise<AppVersion>
  /**
   * Replaces manifest or icon of a stored version without touching its code.
   * @throws REGISTRY_ICON_INVALID, REGISTRY_VERSION_NOT_DEPLOYED
   */
  amendVersion(
    tx: Tx,
    appId: string,
    amended: { version: string; manifest?: Manifest | undefined; iconSvg?: string | undefined },
  ): Promise<void>
  /**
   * Drops what this node remembers of an app. Call it after committing one of the writes above, so that the next read of
   * this node sees them without waiting for the notice.
   */
  forget(appId: string): void
  /** Idempotent. The owner may install an own app in every state but `deleted`. @throws REGISTRY_APP_NOT_ACTIVE */
  install(
    user: UserKey,
    appId: string,
    more?: { readonly config?: JsonObject | undefined; readonly note?: InstallNote },
  ): Promise<{ install: Install; created: boolean; app: AppRecord }>
  /** Idempotent. @throws REGISTRY_SYSTEM_APP */
  uninstall(user: UserKey, appId: string, note?: InstallNote): Promise<{ removed: boolean; app: AppRecord | null }>
  /** Idempotent. @throws REGISTRY_APP_NOT_FOUND when the user has no such app */
  setDisabled(user: UserKey, appId: string, set: boolean | Disabling): Promise<void>
  readonly hooks: DueHooks

  /** After any change of an app, a version or an install, on every node. */
  onChange(listener: (change: RegistryChange) => void): () => void
  /** The operations of the registry's own surface, for `/registry` and the registry port. */
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

export type { JsonValue }
