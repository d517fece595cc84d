import type { Database } from '../../foundation/db/index.ts'
import { APP_COLUMNS, toApp, toInstall, toStoredVersion, toVersion } from './rows.ts'
import type { AppRecord, AppStatus, AppVersion, Install, StoredVersion, UserKey } from './types.ts'

/** An app with its live version, if it has one. */
export interface AppEntry {
  readonly app: AppRecord
  readonly version: AppVersion | null
}

export function readEntry(db: Database, appId: string): Promise<AppEntry | null> {
  return db.everyTenant(async (tx) => {
    const app = await tx.selectFrom('registry.app').select(APP_COLUMNS).where('app_id', '=', appId).executeTakeFirst()
    if (!app || app.status === 'deleted') return null
    if (app.live_version === null) return { app: toApp(app), version: null }
    const version = await tx
      .selectFrom('registry.version')
      .selectAll()
      .where('app_id', '=', appId)
      .where('version', '=', app.live_version)
      .executeTakeFirst()
    return { app: toApp(app), version: version ? toVersion(version) : null }
  })
}

const APP_ID = /^[A-Za-z0-9_-]{1,64}$/
const LIVE_DOCUMENT = `
  select v.artefact_hash as hash from registry.app a
  join registry.version v on v.app_id = a.app_id and v.version = a.live_version
  where a.app_id = $1 and v.format = 'ir' and a.status <> 'deleted'`

/** Hash of the document that is live at this moment, in one trip to the database; null when none is. */
export async function readLiveDocument(db: Database, user: UserKey, appId: string): Promise<string | null> {
  if (!APP_ID.test(appId)) return null
  const statement = { text: LIVE_DOCUMENT, values: [appId] }
  const [result] = await db.atomic(user.tenantId, [statement], { flushLater: true, shared: true })
  return result?.rows[0]?.hash ?? null
}

/** Ids of all apps with a live version, the system ones marked. */
export function readLiveIds(db: Database): Promise<{ appId: string; system: boolean }[]> {
  return db.everyTenant(async (tx) => {
    const rows = await tx
      .selectFrom('registry.app')
      .select(['app_id', 'system'])
      .where('live_version', 'is not', null)
      .where('status', '<>', 'deleted')
      .orderBy('app_id')
      .execute()
    return rows.map((row) => ({ appId: row.app_id, system: row.system }))
  })
}

export function readInstalls(db: Database, user: UserKey): Promise<ReadonlyMap<string, Install>> {
  return db.tenant(user.tenantId, async (tx) => {
    const rows = await tx
      .selectFrom('registry.install')
      .selectAll()
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .orderBy('installed_at')
      .execute()
    return new Map(rows.map((row) => [row.app_id, toInstall(row)]))
  })
}

/** The named version; without a name the live one, else the newest that was stored. */
export function readVersion(db: Database, appId: string, version?: string): Promise<StoredVersion | null> {
  return db.everyTenant(async (tx) => {
    const row = await tx
      .selectFrom('registry.version as v')
      .innerJoin('registry.app as a', 'a.app_id', 'v.app_id')
      .selectAll('v')
      .where('v.app_id', '=', appId)
      .$if(version !== undefined, (query) => query.where('v.version', '=', version ?? ''))
      .orderBy((eb) => eb('a.live_version', 'is not distinct from', eb.ref('v.version')), 'desc')
      .orderBy('v.updated_at', 'desc')
      .executeTakeFirst()
    return row ? toStoredVersion(row) : null
  })
}

export function readArtefact(db: Database, hash: string): Promise<{ bundle: string; sourceMap: string | null } | null> {
  return db.everyTenant(async (tx) => {
    const row = await tx
      .selectFrom('registry.artefact')
      .select(['bundle', 'source_map'])
      .where('hash', '=', hash)
      .executeTakeFirst()
    return row ? { bundle: row.bundle, sourceMap: row.source_map } : null
  })
}

/** Users with the app installed and enabled, by user id. */
export function readUsersOf(
  db: Database,
  appId: string,
  options: { tenantId?: string; after?: string; limit: number },
): Promise<UserKey[]> {
  const read = async (tx: Parameters<Parameters<Database['everyTenant']>[0]>[0]) => {
    const rows = await tx
      .selectFrom('registry.install')
      .select(['tenant_id', 'user_id'])
      .where('app_id', '=', appId)
      .where('is_disabled', '=', false)
      .where('user_id', '>', options.after ?? '')
      .orderBy('user_id')
      .limit(options.limit)
      .execute()
    return rows.map((row) => ({ tenantId: row.tenant_id, userId: row.user_id }))
  }
  return options.tenantId === undefined ? db.everyTenant(read) : db.tenant(options.tenantId, read)
}

export function readTenantsOf(db: Database, appId: string): Promise<string[]> {
  return db.everyTenant(async (tx) => {
    const rows = await tx
      .selectFrom('registry.install')
      .select('tenant_id')
      .distinct()
      .where('app_id', '=', appId)
      .execute()
    return rows.map((row) => row.tenant_id)
  })
}

export function readOwnedBy(db: Database, userId: string): Promise<AppRecord[]> {
  return db.everyTenant(async (tx) => {
    const rows = await tx
      .selectFrom('registry.app')
      .select(APP_COLUMNS)
      .where('owner_id', '=', userId)
      .where('status', '<>', 'deleted')
      .orderBy('created_at')
      .orderBy('app_id')
      .execute()
    return rows.map(toApp)
  })
}

const LIKE_SPECIAL = /[\\%_]/g

/** Apps in whatever state, by name; deleted ones only when they are asked for. `search` is part of the id or the name. */
export function listApps(
  db: Database,
  wanted: { readonly status?: AppStatus | 'all' | undefined; readonly search?: string | undefined },
): Promise<AppRecord[]> {
  const { status, search } = wanted
  const like = `%${(search ?? '').replace(LIKE_SPECIAL, '\\$&')}%`
  return db.everyTenant(async (tx) => {
    const rows = await tx
      .selectFrom('registry.app')
      .select(APP_COLUMNS)
      .$if(status === undefined, (query) => query.where('status', '<>', 'deleted'))
      .$if(status !== undefined && status !== 'all', (query) => query.where('status', '=', status as AppStatus))
      .$if(like !== '%%', (query) =>
        query.where((eb) => eb.or([eb('app_id', 'ilike', like), eb('name', 'ilike', like)])),
      )
      .orderBy('name')
      .orderBy('app_id')
      .limit(10_000)
      .execute()
    return rows.map(toApp)
  })
}
