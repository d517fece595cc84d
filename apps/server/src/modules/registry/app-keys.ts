import { createHash } from 'node:crypto'
import type { JsonObject } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { randomId, randomText } from '../../foundation/ids.ts'
import { registryErrors } from './errors.ts'

export type AppKeyScope = 'full' | 'readonly'

/** An active key with the app and owner that it belongs to. */
export interface FoundAppKey {
  readonly appId: string
  readonly scope: AppKeyScope
  readonly ownerId: string | null
}

export interface AppKeyFacts {
  readonly key_id: string
  readonly prefix: string
  readonly scope: AppKeyScope
  readonly created_at: string
}

/** Writes down what a transaction does to a key. */
type Noting = (tx: Tx, metadata: JsonObject) => Promise<void>

const MOST = 20
const SHOWN = 13

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest()

/** Creates a key of an app; only its hash is kept. @throws REGISTRY_TOO_MANY_KEYS, REGISTRY_APP_NOT_FOUND */
export async function createAppKey(
  db: Database,
  request: { readonly appId: string; readonly scope: AppKeyScope; readonly now: string },
  note: Noting = async () => {},
): Promise<AppKeyFacts & { readonly api_key: string }> {
  const api_key = `imp_live_${randomText(32)}`
  const facts = {
    key_id: randomId('rkey'),
    prefix: api_key.slice(0, SHOWN),
    scope: request.scope,
    created_at: request.now,
  }
  await db.everyTenant(async (tx) => {
    // The app's row serialises its keys.
    const app = await tx
      .selectFrom('registry.app')
      .select('app_id')
      .where('app_id', '=', request.appId)
      .where('status', '<>', 'deleted')
      .forUpdate()
      .executeTakeFirst()
    if (!app) throw registryErrors.APP_NOT_FOUND()
    const { count } = await tx
      .selectFrom('registry.app_key')
      .select(sql<number>`count(*)::int`.as('count'))
      .where('app_id', '=', request.appId)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (count >= MOST) throw registryErrors.TOO_MANY_KEYS()
    await tx
      .insertInto('registry.app_key')
      .values({ ...facts, app_id: request.appId, key_hash: hashOf(api_key), revoked_at: null })
      .execute()
    await note(tx, { key_id: facts.key_id, scope: facts.scope })
  })
  return { ...facts, api_key }
}

/** Active keys of an app, newest first. */
export async function listAppKeys(db: Database, appId: string): Promise<AppKeyFacts[]> {
  const rows = await db.everyTenant((tx) =>
    tx
      .selectFrom('registry.app_key')
      .select(['key_id', 'prefix', 'scope', 'created_at'])
      .where('app_id', '=', appId)
      .where('revoked_at', 'is', null)
      .orderBy('created_at', 'desc')
      .orderBy('key_id')
      .execute(),
  )
  return rows.map((row) => ({ ...row, created_at: row.created_at.toISOString() }))
}

/** Revokes a key on every node at once. @throws REGISTRY_KEY_NOT_FOUND */
export async function revokeAppKey(
  db: Database,
  which: { appId: string; keyId: string; now: string },
  note: Noting = async () => {},
): Promise<void> {
  await db.everyTenant(async (tx) => {
    const revoked = await tx
      .updateTable('registry.app_key')
      .set({ revoked_at: which.now })
      .where('app_id', '=', which.appId)
      .where('key_id', '=', which.keyId)
      .where('revoked_at', 'is', null)
      .returning('key_id')
      .executeTakeFirst()
    if (!revoked) throw registryErrors.KEY_NOT_FOUND()
    await note(tx, { key_id: which.keyId })
  })
}

/** The app that a key opens; read at every use, so that a revoked one is none at once. */
export async function findAppKey(db: Database, key: string): Promise<FoundAppKey | null> {
  const row = await db.everyTenant((tx) =>
    tx
      .selectFrom('registry.app_key as k')
      .innerJoin('registry.app as a', 'a.app_id', 'k.app_id')
      .select(['k.app_id', 'k.scope', 'a.owner_id'])
      .where('k.key_hash', '=', hashOf(key))
      .where('k.revoked_at', 'is', null)
      .where('a.status', '<>', 'deleted')
      .executeTakeFirst(),
  )
  return row ? { appId: row.app_id, scope: row.scope, ownerId: row.owner_id } : null
}
