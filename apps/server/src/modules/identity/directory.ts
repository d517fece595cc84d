import { type JsonObject, parseScopes } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { NoticedCache } from '../../foundation/noticed-cache.ts'
import { loadAgencyTheme } from './administration/agencies.ts'
import { userSettingsOf } from './administration/tenant-defaults.ts'
import type { IdentityPorts } from './chores.ts'
import { loadActor, loadRole, withPlan } from './load-actor.ts'
import { loadProfile, type Profile } from './profiles.ts'
import { resolveSettings } from './resolve-settings.ts'
import type { Actor, TenantInfo, UserSettings } from './types.ts'

/** A session that was not revoked when it was read. */
export interface LiveSession {
  readonly userId: string
  readonly tenantId: string
  readonly endsAt: number
}

export interface LiveKey {
  readonly keyId: string
  readonly userId: string
  readonly tenantId: string
  readonly scopes: readonly string[]
}

export interface SettingsRecord {
  readonly settings: UserSettings
  /** Key of the own model, still sealed. */
  readonly sealedKey: string | null
}

/** Facts about users that every request needs: from memory, at most 300 s old, dropped by notices. */
export interface Directory {
  actor(userId: string): Promise<Actor | null>
  /** What a person is shown of the own account. */
  profile(userId: string): Promise<Profile | null>
  tenant(tenantId: string): Promise<TenantInfo | null>
  session(sessionId: string): Promise<LiveSession | null>
  /** Null when there is no such agency in the tenant. */
  agencyTheme(tenantId: string, agencyId: string): Promise<JsonObject | null>
  /** By the hex hash of the key's text. */
  apiKey(hash: string): Promise<LiveKey | null>
  settings(tenantId: string, userId: string): Promise<SettingsRecord | null>
  /** Drops what a notice names; the empty notice drops everything. */
  apply(notice: string): void
  onChange(listener: (userId: string | null) => void): () => void
}

const LIFE = { lifeMs: 300_000, most: 50_000 }

function loadTenant(db: Database, tenantId: string): Promise<TenantInfo | null> {
  return db.everyTenant(async (tx) => {
    const row = await tx.selectFrom('identity.tenant').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst()
    return row
      ? {
          tenantId: row.tenant_id,
          name: row.name,
          isActive: row.is_active,
          features: row.features,
          isolation: row.isolation,
          authMethods: row.allowed_auth_methods.split(','),
          defaults: row.defaults,
        }
      : null
  })
}

function loadSession(db: Database, sessionId: string): Promise<LiveSession | null> {
  return db.everyTenant(async (tx) => {
    const row = await tx
      .selectFrom('identity.session')
      .select(['user_id', 'tenant_id', 'ends_at'])
      .where('session_id', '=', sessionId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    return row ? { userId: row.user_id, tenantId: row.tenant_id, endsAt: row.ends_at.getTime() } : null
  })
}

function loadKey(db: Database, hash: string): Promise<LiveKey | null> {
  return db.everyTenant(async (tx) => {
    const row = await tx
      .selectFrom('identity.api_key')
      .select(['key_id', 'user_id', 'tenant_id', 'scopes'])
      .where('key_hash', '=', Buffer.from(hash, 'hex'))
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    return row
      ? { keyId: row.key_id, userId: row.user_id, tenantId: row.tenant_id, scopes: parseScopes(row.scopes) }
      : null
  })
}

function loadSettings(db: Database, tenantId: string, userId: string): Promise<SettingsRecord | null> {
  return db.everyTenant(async (tx) => {
    const row = await tx
      .selectFrom('identity.account as a')
      .innerJoin('identity.tenant as t', 't.tenant_id', 'a.tenant_id')
      .leftJoin('identity.user_settings as s', 's.user_id', 'a.user_id')
      .select(['a.role', 't.settings as tenant', 't.defaults', 's.settings as user', 's.llm_key_sealed as sealedKey'])
      .where('a.user_id', '=', userId)
      .where('a.tenant_id', '=', tenantId)
      .executeTakeFirst()
    if (!row) return null
    const role = await loadRole(tx, tenantId, row.role)
    const layers = {
      tenant: { ...row.tenant, ...userSettingsOf(row.defaults) },
      policy: role?.confirmation_policy ?? 'default_off',
      user: row.user ?? {},
      hasKey: row.sealedKey !== null,
    }
    return { settings: resolveSettings(layers), sealedKey: row.sealedKey }
  })
}

async function loadWithPlan(db: Database, userId: string, planGrants: IdentityPorts['planGrants']) {
  const actor = await db.everyTenant((tx) => loadActor(tx, userId))
  return actor === null ? null : withPlan(actor, (user) => planGrants(user))
}

export function openDirectory(db: Database, clock: Clock, planGrants: IdentityPorts['planGrants']): Directory {
  const actors = new NoticedCache<Actor>(clock, LIFE)
  const profiles = new NoticedCache<Profile>(clock, LIFE)
  const tenants = new NoticedCache<TenantInfo>(clock, LIFE)
  const sessions = new NoticedCache<LiveSession>(clock, LIFE)
  const keys = new NoticedCache<LiveKey>(clock, LIFE)
  const themes = new NoticedCache<JsonObject>(clock, LIFE)
  const settings = new NoticedCache<SettingsRecord>(clock, LIFE)
  const listeners = new Set<(userId: string | null) => void>()
  const changed = (userId: string | null) => {
    for (const listener of listeners) listener(userId)
  }

  const drops: Record<string, (id: string, ownerId: string) => void> = {
    user: (id) => {
      actors.drop(id)
      profiles.drop(id)
      settings.drop(id)
      changed(id)
    },
    settings: (id) => settings.drop(id),
    profile: (id) => profiles.drop(id),
    session: (id) => sessions.drop(id),
    key: (id, ownerId) => {
      keys.drop(id)
      changed(ownerId)
    },
    agency: (id) => themes.drop(id),
    signing_keys: () => {},
  }
  function dropShared(): void {
    actors.clear()
    profiles.clear()
    settings.clear()
    tenants.clear()
    themes.clear()
    changed(null)
  }

  return {
    actor: (userId) => actors.read(userId, () => loadWithPlan(db, userId, planGrants)),
    profile: (userId) => profiles.read(userId, () => db.everyTenant((tx) => loadProfile(tx, userId))),
    tenant: (tenantId) => tenants.read(tenantId, () => loadTenant(db, tenantId)),
    agencyTheme: (tenantId, agencyId) => themes.read(agencyId, () => loadAgencyTheme(db, tenantId, agencyId)),
    session: (sessionId) => sessions.read(sessionId, () => loadSession(db, sessionId)),
    apiKey: (hash) => keys.read(hash, () => loadKey(db, hash)),
    async settings(tenantId, userId) {
      const actor = await this.actor(userId)
      if (actor?.tenantId !== tenantId) return null
      return settings.read(userId, () => loadSettings(db, tenantId, userId))
    },
    apply(notice) {
      const [kind = '', id = '', ownerId = ''] = notice.split(':', 3)
      const drop = drops[kind]
      if (drop) return drop(id, ownerId)
      // A tenant or a role reaches many users; the empty notice says that some may have been missed.
      dropShared()
      if (kind === '') {
        sessions.clear()
        keys.clear()
      }
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
