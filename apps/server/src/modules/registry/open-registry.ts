import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Audit } from '../audit/index.ts'
import type { Outbox } from '../outbox/index.ts'
import { CHANGED, readNotice } from './announce.ts'
import type { PolicyCaller } from './app-access.ts'
import { browseApps, countCategories, featuredApps, publishedApp } from './browse-apps.ts'
import { openDueHooks } from './due-hooks.ts'
import { installApp, setAppDisabled, uninstallApp } from './install-app.ts'
import { Memory } from './memory.ts'
import { amendVersion, publishVersion } from './publish-version.ts'
import * as read from './read-apps.ts'
import { registryRoutes } from './routes.ts'
import type { Install, InstallDoor, Registry, RegistryChange, UserApp, UserKey } from './types.ts'
import { createApp, deleteApp, lockApp, purgeApp, updateApp, writeFigures } from './write-app.ts'
import './tables.ts'

export interface RegistryOptions {
  readonly db: Database
  readonly bus: Bus
  readonly log: Log
  readonly clock: Clock
  readonly audit: Pick<Audit, 'append'>
  readonly outbox: Pick<Outbox, 'publish'>
  /** Who a user is; null when there is no such user. The registry's own surface names users without tenants. */
  readonly personOf: (userId: string) => Promise<(PolicyCaller & { readonly tenantId: string }) | null>
  /** Decides about the installs that are asked for on the registry's own surface. */
  readonly installs: () => InstallDoor
}

// Unknown ids are remembered, too, and anybody may ask for any id.
const MOST_APPS = 20_000
/** Installs of so many users stay in memory; about 1 KB each. */
const MOST_USERS = 50_000

const userKey = (user: UserKey): string => `${user.tenantId}\n${user.userId}`
const LIVE = 'live'

/** Everything that this node remembers of the registry. */
class Remembered {
  readonly entries: Memory<read.AppEntry | null>
  readonly installs: Memory<ReadonlyMap<string, Install>>
  readonly live: Memory<{ appId: string; system: boolean }[]>

  constructor(db: Database) {
    this.entries = new Memory((appId) => read.readEntry(db, appId), MOST_APPS)
    this.installs = new Memory((key) => {
      const [tenantId = '', userId = ''] = key.split('\n')
      return read.readInstalls(db, { tenantId, userId })
    }, MOST_USERS)
    this.live = new Memory(() => read.readLiveIds(db), 1)
  }

  forgetApp(appId: string): void {
    this.entries.drop(appId)
    this.live.drop(LIVE)
  }

  clear(): void {
    this.entries.clear()
    this.installs.clear()
    this.live.clear()
  }

  async userApp(appId: string, install: Install | null): Promise<UserApp | null> {
    const held = this.entries.get(appId)
    const entry = held instanceof Promise ? await held : held
    if (!entry?.version) return null
    const isPublic = entry.app.status === 'active'
    if (!isPublic && install === null) return null
    return { app: entry.app, version: entry.version, install }
  }

  async resolve(user: UserKey, appId: string): Promise<UserApp | null> {
    const held = this.installs.get(userKey(user))
    const installs = held instanceof Promise ? await held : held
    return this.userApp(appId, installs.get(appId) ?? null)
  }

  async installsOf(user: UserKey): Promise<ReadonlyMap<string, Install>> {
    return this.installs.get(userKey(user))
  }

  async appsOf(user: UserKey): Promise<UserApp[]> {
    const [installs, live] = await Promise.all([this.installsOf(user), this.live.get(LIVE)])
    const ids = new Set([...live.filter((app) => app.system).map((app) => app.appId), ...installs.keys()])
    const apps = await Promise.all([...ids].map((appId) => this.userApp(appId, installs.get(appId) ?? null)))
    return apps.filter((app) => app !== null)
  }

  async liveApps() {
    const live = await this.live.get(LIVE)
    const entries = await Promise.all(live.map((app) => this.entries.get(app.appId)))
    return entries.flatMap((entry) => (entry?.version ? [{ app: entry.app, version: entry.version }] : []))
  }
}

/** Listeners of changes, fed by this node's own writes and by every other node's notices. */
function openChanges(bus: Bus, remembered: Remembered, log: Log) {
  const changed = new Set<(change: RegistryChange) => void>()
  const added = new Set<() => void>()
  const tell = (change: RegistryChange) => {
    for (const listener of changed) listener(change)
  }
  const unsubscribe = bus.subscribe(CHANGED, (payload) => {
    const notice = readNotice(payload)
    if (notice === null) {
      if (payload !== '') log.warn('an unreadable notice made the registry forget everything')
      remembered.clear()
      tell({ appId: null })
    } else if (notice.u !== undefined) {
      remembered.installs.drop(userKey({ tenantId: notice.t ?? '', userId: notice.u }))
      tell({ appId: notice.a, userId: notice.u })
    } else {
      remembered.forgetApp(notice.a)
      // Whose installs went with a deleted app is not in the notice.
      if (notice.d === true) remembered.installs.clear()
      tell({ appId: notice.a })
    }
    if (notice === null || notice.h === true) for (const listener of added) listener()
  })
  const listenTo = <L>(set: Set<L>, listener: L) => {
    set.add(listener)
    return () => set.delete(listener)
  }
  return {
    onChange: (listener: (change: RegistryChange) => void) => listenTo(changed, listener),
    onAdded: (listener: () => void) => listenTo(added, listener),
    close: () => {
      unsubscribe()
      changed.clear()
      added.clear()
    },
  }
}

/** Opens the registry: apps, versions, code and installs, warm in memory on every node. */
export function openRegistry(options: RegistryOptions): Registry {
  const { db, clock } = options
  const remembered = new Remembered(db)
  const changes = openChanges(options.bus, remembered, options.log)
  const writing = { db, outbox: options.outbox, now: () => clock.iso() }
  const afterInstall = async <T>(user: UserKey, work: Promise<T>): Promise<T> => {
    try {
      return await work
    } finally {
      remembered.installs.drop(userKey(user))
    }
  }
  const entry = async (appId: string) => remembered.entries.get(appId)

  const registry: Omit<Registry, 'routes'> = {
    app: async (appId) => (await entry(appId))?.app ?? null,
    liveVersion: async (appId) => (await entry(appId))?.version ?? null,
    storedVersion: (appId, version) => read.readVersion(db, appId, version),
    async resolve(user, appId) {
      const known = await remembered.resolve(user, appId)
      if (known !== null && known.version.format !== 'ir') return known
      // Documents go live in the moment of their receipt, and other nodes may hear of it a moment later (ir I13.6).
      const live = await read.readLiveDocument(db, user, appId)
      if (live === (known?.version.artefactHash ?? null)) return known
      if ((await entry(appId))?.version?.artefactHash !== live) remembered.forgetApp(appId)
      remembered.installs.drop(userKey(user))
      return remembered.resolve(user, appId)
    },
    appsOf: (user) => remembered.appsOf(user),
    artefact: (hash) => read.readArtefact(db, hash),
    usersOf: (appId, page) => read.readUsersOf(db, appId, page),
    tenantsOf: (appId) => read.readTenantsOf(db, appId),
    liveApps: () => remembered.liveApps(),
    browse: (query) => browseApps(db, query),
    published: (appId) => publishedApp(db, appId),
    categoryCounts: () => countCategories(db),
    featured: (limit) => featuredApps(db, limit),
    list: (wanted) => read.listApps(db, wanted),
    ownedBy: (userId) => read.readOwnedBy(db, userId),
    lockApp,
    createApp: (tx, app) => createApp(tx, app, clock.iso()),
    updateApp: (tx, appId, patch) => updateApp(tx, appId, patch, clock.iso()),
    writeFigures,
    purgeApp,
    deleteApp: (tx, appId) => deleteApp(tx, appId, clock.iso()),
    publishVersion: (tx, appId, version) => publishVersion(tx, appId, version, clock.iso()),
    amendVersion: (tx, appId, amended) => amendVersion(tx, appId, { ...amended, now: clock.iso() }),
    forget: (appId) => remembered.forgetApp(appId),
    install: (user, appId, more) => afterInstall(user, installApp(writing, { ...more, user, appId })),
    uninstall: (user, appId, note) => afterInstall(user, uninstallApp(writing, { user, appId, note })),
    setDisabled: (user, appId, set) => {
      const wanted = typeof set === 'boolean' ? { disabled: set } : set
      return afterInstall(user, setAppDisabled(writing, { ...wanted, user, appId }))
    },
    hooks: openDueHooks({ db, clock, outbox: options.outbox }, changes.onAdded),
    onChange: changes.onChange,
    async close() {
      changes.close()
      remembered.clear()
    },
  }
  const tenantOf = async (userId: string) => (await options.personOf(userId))?.tenantId ?? null
  return { ...registry, routes: registryRoutes({ ...options, registry, tenantOf }) }
}
