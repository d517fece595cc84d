import { type KeyListItem, type KeyResponse, parseScopes } from '@imperal/contract'
import type { Principal } from '../../foundation/http/index.ts'
import { randomId, randomText } from '../../foundation/ids.ts'
import { type Caller, type IdentityContext, MINUTE, moment } from './context.ts'
import type { LiveKey } from './directory.ts'
import { identityErrors } from './errors.ts'
import type { Notice } from './notices.ts'
import { audit } from './records.ts'
import { hashOf } from './secret-hash.ts'
import { requireMethod } from './sign-in-methods.ts'

const MOST = 20
const SHOWN = 13
const SCOPE = /^(?:\*|[a-z][a-z0-9_-]*(?::[a-z0-9_*-]+)*)$/

type Owner = Pick<Principal, 'tenantId'> & { readonly userId: string }

function checkedScopes(text: string): string {
  const scopes = parseScopes(text)
  const wrong = scopes.find((scope) => !SCOPE.test(scope))
  if (wrong !== undefined || scopes.length === 0) throw identityErrors.BAD_SCOPES({ scope: wrong ?? text })
  return scopes.join(' ')
}

/** Creates a key; only its hash is kept. @throws IDENTITY_TOO_MANY_KEYS, IDENTITY_BAD_SCOPES, IDENTITY_METHOD_NOT_ALLOWED */
export async function createKey(
  context: IdentityContext,
  owner: Owner,
  request: { readonly name: string; readonly scopes: string; readonly caller: Caller },
): Promise<KeyResponse> {
  await requireMethod(context, owner.tenantId, 'api_key')
  const key = `imp_live_${randomText(32)}`
  const row = {
    key_id: randomId('key'),
    tenant_id: owner.tenantId,
    user_id: owner.userId,
    key_hash: hashOf(key),
    key_prefix: key.slice(0, SHOWN),
    name: request.name,
    scopes: checkedScopes(request.scopes),
    created_at: moment(context),
    last_used_at: null,
    revoked_at: null,
  }
  await context.db.tenant(owner.tenantId, async (tx) => {
    // The account's row serialises its keys: twenty are twenty, also when ten are created at once.
    await tx
      .selectFrom('identity.account')
      .select('user_id')
      .where('user_id', '=', owner.userId)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const { count } = await tx
      .selectFrom('identity.api_key')
      .select((query) => query.fn.countAll<number>().as('count'))
      .where('user_id', '=', owner.userId)
      .where('revoked_at', 'is', null)
      .executeTakeFirstOrThrow()
    if (count >= MOST) throw identityErrors.TOO_MANY_KEYS()
    await tx.insertInto('identity.api_key').values(row).execute()
    const facts = { tenantId: owner.tenantId, userId: owner.userId, targetType: 'api_key', targetId: row.key_id }
    const metadata = { scopes: row.scopes }
    await audit(context, tx, { ...facts, action: 'key.created', metadata, caller: request.caller })
  })
  return {
    id: row.key_id,
    key,
    key_prefix: row.key_prefix,
    name: row.name,
    scopes: row.scopes,
    created_at: row.created_at.toISOString(),
  }
}

/** Active keys, newest first. */
export async function listKeys(context: IdentityContext, owner: Owner): Promise<KeyListItem[]> {
  const rows = await context.db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('identity.api_key')
      .selectAll()
      .where('user_id', '=', owner.userId)
      .where('revoked_at', 'is', null)
      .orderBy('created_at', 'desc')
      .orderBy('key_id')
      .execute(),
  )
  return rows.map((row) => ({
    id: row.key_id,
    key_prefix: row.key_prefix,
    name: row.name,
    scopes: row.scopes,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }))
}

/** Keys are remembered by their hash; streams that were opened with one are its owner's. */
export const keyNotice = (hash: Buffer, ownerId: string): Notice => `key:${hash.toString('hex')}:${ownerId}`

/** Revokes a key on every node at once. @throws IDENTITY_KEY_NOT_FOUND */
export async function revokeKey(
  context: IdentityContext,
  owner: Owner,
  request: { readonly keyId: string; readonly caller: Caller },
): Promise<void> {
  await context.changes.tenant(owner.tenantId, async (tx, tell) => {
    const revoked = await tx
      .updateTable('identity.api_key')
      .set({ revoked_at: moment(context) })
      .where('key_id', '=', request.keyId)
      .where('user_id', '=', owner.userId)
      .where('revoked_at', 'is', null)
      .returning('key_hash')
      .executeTakeFirst()
    if (!revoked) throw identityErrors.KEY_NOT_FOUND()
    await tell(keyNotice(revoked.key_hash, owner.userId))
    const facts = { tenantId: owner.tenantId, userId: owner.userId, targetType: 'api_key', targetId: request.keyId }
    await audit(context, tx, { ...facts, action: 'key.revoked', caller: request.caller })
  })
}

const noted = new WeakMap<LiveKey, number>()

/** Remembers that a key was used: at most once a minute, and never in the way of the request. */
export function noteKeyUse(context: IdentityContext, key: LiveKey): void {
  const now = context.clock.now()
  if (now - (noted.get(key) ?? Number.NEGATIVE_INFINITY) < MINUTE) return
  noted.set(key, now)
  const write = context.db.tenant(key.tenantId, (tx) =>
    tx
      .updateTable('identity.api_key')
      .set({ last_used_at: new Date(now) })
      .where('key_id', '=', key.keyId)
      .execute(),
  )
  write.catch((error) => context.log.warn({ err: error, keyId: key.keyId }, 'the use of a key was not noted'))
}

export type KeyVerdict =
  | {
      readonly valid: true
      /** Set for a key of one app. */
      readonly app_id: string | null
      readonly scope: string
      readonly tenant_id: string
      readonly owner_id: string
      readonly scopes: string[]
    }
  | { readonly valid: false; readonly error: string }

/** A key of one app says which; it has no scopes but its own. */
async function validateAppKey(context: IdentityContext, text: string): Promise<KeyVerdict> {
  const found = await context.ports.appKey?.(text)
  const owner = found?.ownerId ? await context.directory.actor(found.ownerId) : null
  if (!found || !owner?.isActive) return { valid: false, error: 'unknown or revoked key' }
  const { appId: app_id, scope } = found
  return {
    valid: true,
    app_id,
    scope,
    tenant_id: owner.tenantId,
    owner_id: owner.userId,
    scopes: [`${app_id}:${scope}`],
  }
}

/** Whose key it is, for other services; of a user, or of one app. */
export async function validateKey(context: IdentityContext, text: string): Promise<KeyVerdict> {
  const key = await context.directory.apiKey(hashOf(text).toString('hex'))
  if (!key) return validateAppKey(context, text)
  const owner = await context.directory.actor(key.userId)
  if (!owner?.isActive) return { valid: false, error: 'the owner of the key is not active' }
  return {
    valid: true,
    app_id: null,
    scope: key.scopes.includes('*') ? 'full' : key.scopes.join(' '),
    tenant_id: key.tenantId,
    owner_id: key.userId,
    scopes: [...key.scopes],
  }
}
