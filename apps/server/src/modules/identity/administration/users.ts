import type { JsonObject, RouteBody, UserDetailResponse, users } from '@imperal/contract'
import type { Tx } from '../../../foundation/db/index.ts'
import { type Principal, runsInstallation } from '../../../foundation/http/index.ts'
import { checkPasswordLength, insertAccount, prepareAccount } from '../accounts.ts'
import { keyNotice } from '../api-keys.ts'
import { type IdentityContext, moment } from '../context.ts'
import { identityErrors } from '../errors.ts'
import { PLATFORM } from '../load-actor.ts'
import type { Tell } from '../notices.ts'
import { type Administration, announce, auditAdministration } from '../records.ts'
import { revokeSessions } from '../sessions.ts'
import { type Account, accountFor, cleanScopes, tenantFor } from './authority.ts'
import { accountState, describeAccount } from './describe-account.ts'
import { tellAccess } from './tell-access.ts'

const LONGEST_ATTRIBUTES = 64 * 1024
const TIERS: ReadonlySet<unknown> = new Set(['explorer', 'indie', 'studio', 'partner', null])

/** Holds the role until the transaction ends, so that it cannot vanish under its new user. @throws IDENTITY_ROLE_UNKNOWN */
async function requireRole(tx: Tx, tenantId: string, role: string): Promise<{ default_extensions: string[] }> {
  const rows = await tx
    .selectFrom('identity.role')
    .select(['tenant_id', 'default_extensions'])
    .where('name', '=', role)
    .where('tenant_id', 'in', [tenantId, PLATFORM])
    .forShare()
    .execute()
  const found = rows.find((row) => row.tenant_id === tenantId) ?? rows[0]
  if (!found) throw identityErrors.ROLE_UNKNOWN({ role })
  return found
}

/** @throws IDENTITY_AGENCY_NOT_FOUND */
async function requireAgency(tx: Tx, tenantId: string, agencyId: string): Promise<void> {
  const found = await tx
    .selectFrom('identity.agency')
    .select('agency_id')
    .where('tenant_id', '=', tenantId)
    .where('agency_id', '=', agencyId)
    .executeTakeFirst()
  if (!found) throw identityErrors.AGENCY_NOT_FOUND()
}

/** `changes` over `before`; `null` removes a member, and the developer tier lives in a column of its own. */
function mergeAttributes(before: JsonObject, changes: JsonObject): JsonObject {
  const { developer_tier: _tier, ...merged } = { ...before, ...changes }
  const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
  if (JSON.stringify(kept).length > LONGEST_ATTRIBUTES) throw identityErrors.ATTRIBUTES_TOO_LARGE()
  return kept
}

function tierOf(context: IdentityContext, account: Account | null, attributes: JsonObject) {
  const tier = attributes.developer_tier
  if (tier === undefined) return {}
  if (!TIERS.has(tier)) throw identityErrors.TIER_UNKNOWN()
  if (tier === null) return { developer_tier: null }
  return { developer_tier: tier as string, developer_since: account?.developer_since ?? moment(context) }
}

/** Creates a user who is active at once. @throws IDENTITY_EMAIL_TAKEN, IDENTITY_ROLE_UNKNOWN, IDENTITY_AGENCY_NOT_FOUND */
export async function createUser(
  context: IdentityContext,
  by: Administration,
  body: RouteBody<typeof users.create>,
): Promise<UserDetailResponse> {
  checkPasswordLength(context, body.password, 'password')
  const { tenantId: own } = by.principal
  // Unlike where one only looks, `default` is not read as the own tenant: a user made elsewhere than asked is a surprise.
  if (!runsInstallation(by.principal) && (body.tenant_id ?? own) !== own) throw identityErrors.FOREIGN_TENANT()
  const tenantId = await tenantFor(context, by.principal, body.tenant_id)
  const attributes = body.attributes ?? {}
  const row = {
    ...(await prepareAccount(context, {
      tenantId,
      email: body.email,
      password: body.password,
      status: 'active',
      role: body.role,
      firstName: body.first_name ?? undefined,
      lastName: body.last_name ?? undefined,
    })),
    scopes: cleanScopes(body.scopes ?? []),
    attributes: mergeAttributes({}, attributes),
    agency_id: body.agency_id || null,
    ...tierOf(context, null, attributes),
  }
  const created = await context.changes.everyTenant(async (tx) => {
    await requireRole(tx, tenantId, body.role)
    if (row.agency_id !== null) await requireAgency(tx, tenantId, row.agency_id)
    if (!(await insertAccount(tx, row))) throw identityErrors.EMAIL_TAKEN()
    const owner = { tenantId, userId: row.user_id }
    await context.chores.welcome(tx, owner)
    await announce(context, tx, { ...owner, type: 'user_created', data: { user_id: row.user_id } })
    const account = await accountFor(tx, by.principal, row.user_id)
    const target = { tenantId, targetType: 'user', targetId: row.user_id }
    await auditAdministration(context, tx, by, { ...target, action: 'user.created', after: accountState(account) })
    return describeAccount(tx, account)
  })
  context.chores.soon()
  return created
}

/** One user as administrators see one. @throws IDENTITY_USER_NOT_FOUND, IDENTITY_NOT_YOURS */
export const readUser = (context: IdentityContext, principal: Principal, userId: string): Promise<UserDetailResponse> =>
  context.db.everyTenant(async (tx) => describeAccount(tx, await accountFor(tx, principal, userId)))

/** Two administrators who demote each other at once must not both succeed, hence the lock. @throws IDENTITY_LAST_ADMIN */
async function refuseLastAdmin(tx: Tx, account: Account): Promise<void> {
  if (account.role !== 'admin' || account.status !== 'active') return
  await tx
    .selectFrom('identity.tenant')
    .select('tenant_id')
    .where('tenant_id', '=', account.tenant_id)
    .forUpdate()
    .execute()
  const other = await tx
    .selectFrom('identity.account')
    .select('user_id')
    .where('tenant_id', '=', account.tenant_id)
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .where('user_id', '<>', account.user_id)
    .limit(1)
    .executeTakeFirst()
  if (!other) throw identityErrors.LAST_ADMIN()
}

type Changes = RouteBody<typeof users.update>

async function updateOf(context: IdentityContext, tx: Tx, account: Account, body: Changes): Promise<Partial<Account>> {
  const agencyId = body.agency_id === undefined ? undefined : body.agency_id || null
  if (body.role != null && body.role !== account.role) await requireRole(tx, account.tenant_id, body.role)
  if (agencyId != null) await requireAgency(tx, account.tenant_id, agencyId)
  const isActive = account.status === 'active'
  const switched = body.is_active != null && body.is_active !== isActive
  return {
    ...(body.role == null ? {} : { role: body.role }),
    ...(body.scopes == null ? {} : { scopes: cleanScopes(body.scopes) }),
    ...(body.denied_scopes == null ? {} : { denied_scopes: cleanScopes(body.denied_scopes) }),
    ...(body.attributes == null
      ? {}
      : {
          attributes: mergeAttributes(account.attributes, body.attributes),
          ...tierOf(context, account, body.attributes),
        }),
    ...(agencyId === undefined ? {} : { agency_id: agencyId }),
    ...(body.first_name == null ? {} : { first_name: body.first_name }),
    ...(body.last_name == null ? {} : { last_name: body.last_name }),
    ...(switched ? { status: body.is_active ? ('active' as const) : ('inactive' as const) } : {}),
    ...(switched && body.is_active ? { verified_at: account.verified_at ?? moment(context) } : {}),
  }
}

async function held(tx: Tx, principal: Principal, userId: string): Promise<Account> {
  const { user_id } = await accountFor(tx, principal, userId)
  return tx
    .selectFrom('identity.account')
    .selectAll()
    .where('user_id', '=', user_id)
    .forUpdate()
    .executeTakeFirstOrThrow()
}

/**
 * Changes a user, on every node at once; deactivating one ends all sessions. Attributes are merged.
 * @throws IDENTITY_USER_NOT_FOUND, IDENTITY_LAST_ADMIN, IDENTITY_ROLE_UNKNOWN, IDENTITY_AGENCY_NOT_FOUND
 */
export async function updateUser(
  context: IdentityContext,
  by: Administration,
  change: { readonly userId: string; readonly body: Changes },
): Promise<UserDetailResponse> {
  const { userId, body } = change
  return context.changes.everyTenant(async (tx, tell) => {
    const before = await held(tx, by.principal, userId)
    const update = await updateOf(context, tx, before, body)
    const steps = { role: update.role ?? before.role, status: update.status ?? before.status }
    if (steps.role !== 'admin' || steps.status !== 'active') await refuseLastAdmin(tx, before)
    const after = await tx
      .updateTable('identity.account')
      .set({ ...update, updated_at: moment(context) })
      .where('user_id', '=', userId)
      .returningAll()
      .executeTakeFirstOrThrow()
    if (before.status === 'active' && after.status !== 'active')
      await revokeSessions(context, { tx, tell }, { userId, reason: 'deactivated' })
    await tell(`user:${userId}`)
    const owner = { tenantId: before.tenant_id, userId }
    await announce(context, tx, { ...owner, type: 'user_updated', data: { user_id: userId } })
    await tellAccess(context, tx, by, { before, after })
    const target = { tenantId: before.tenant_id, targetType: 'user', targetId: userId }
    const states = { before: accountState(before), after: accountState(after) }
    await auditAdministration(context, tx, by, { ...target, ...states, action: 'user.updated' })
    return describeAccount(tx, after)
  })
}

/** Everything that says who it was goes; the id stays, so that ledger and log still mean somebody and nobody gets it again. */
async function eraseAccount(context: IdentityContext, tx: Tx, account: Account): Promise<void> {
  await tx
    .updateTable('identity.account')
    .set({
      status: 'erased',
      email: `erased+${account.user_id.toLowerCase()}@erased.invalid`,
      password_hash: null,
      first_name: '',
      last_name: '',
      nickname: null,
      attributes: {},
      scopes: [],
      developer_profile: null,
      cases_user_id: null,
      updated_at: moment(context),
    })
    .where('user_id', '=', account.user_id)
    .execute()
  await tx.deleteFrom('identity.session').where('user_id', '=', account.user_id).execute()
  await tx.deleteFrom('identity.api_key').where('user_id', '=', account.user_id).execute()
  await tx.deleteFrom('identity.email_token').where('user_id', '=', account.user_id).execute()
  await tx.deleteFrom('identity.user_settings').where('user_id', '=', account.user_id).execute()
  await tx.deleteFrom('identity.external_login').where('user_id', '=', account.user_id).execute()
  await tx.deleteFrom('identity.cli_code').where('user_id', '=', account.user_id).execute()
  await tx.deleteFrom('identity.device_login').where('user_id', '=', account.user_id).execute()
  await context.chores.erase(tx, { tenantId: account.tenant_id, userId: account.user_id })
}

/** API keys are remembered by their hash, so each has to be named. */
async function tellKeys(tx: Tx, tell: Tell, userId: string): Promise<void> {
  const keys = await tx.selectFrom('identity.api_key').select('key_hash').where('user_id', '=', userId).execute()
  for (const { key_hash } of keys) await tell(keyNotice(key_hash, userId))
}

/**
 * Deactivates a user, or erases one for good: documents, secrets, installs and sessions go, ledger and log stay under
 * the id. What other modules hold is gone when this returns, or a moment later when the process is cut off in between.
 * @throws IDENTITY_USER_NOT_FOUND, IDENTITY_LAST_ADMIN, IDENTITY_ONESELF
 */
export async function deleteUser(
  context: IdentityContext,
  by: Administration,
  request: { readonly userId: string; readonly permanent: boolean },
): Promise<void> {
  const { userId, permanent } = request
  await context.changes.everyTenant(async (tx, tell) => {
    const account = await held(tx, by.principal, userId)
    if (userId === by.principal.userId) throw identityErrors.ONESELF()
    await refuseLastAdmin(tx, account)
    await revokeSessions(context, { tx, tell }, { userId, reason: 'deleted' })
    await tellKeys(tx, tell, userId)
    if (permanent) await eraseAccount(context, tx, account)
    else
      await tx
        .updateTable('identity.account')
        .set({ status: 'inactive', updated_at: moment(context) })
        .where('user_id', '=', userId)
        .execute()
    await tell(`user:${userId}`)
    const target = { tenantId: account.tenant_id, targetType: 'user', targetId: userId }
    const action = permanent ? 'user.deleted' : 'user.deactivated'
    await auditAdministration(context, tx, by, {
      ...target,
      action,
      before: accountState(account),
      after: { permanent },
    })
  })
  if (permanent) await context.chores.run(userId)
}
