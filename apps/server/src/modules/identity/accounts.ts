import type { JsonObject } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { newUserId } from '../../foundation/ids.ts'
import { type IdentityContext, moment } from './context.ts'
import { identityErrors } from './errors.ts'
import { hashPassword, verifyPassword } from './password.ts'
import type { AccountStatus } from './tables.ts'
import type { FirstAccount } from './types.ts'

export interface NewAccount {
  readonly tenantId: string
  readonly email: string
  readonly password: string
  readonly status: AccountStatus
  readonly role?: string
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
}

/** @throws IDENTITY_PASSWORD_TOO_SHORT when the operator asks for more than the documented minimum */
export function checkPasswordLength(context: IdentityContext, password: string, field: string): void {
  const minimum = context.policy.passwordMinimum
  if (password.length < minimum) throw identityErrors.PASSWORD_TOO_SHORT({ minimum, field })
}

/** The account as a row to insert; hashing takes its time, so it happens outside of transactions. */
export async function prepareAccount(context: IdentityContext, account: NewAccount) {
  const now = moment(context)
  return {
    user_id: newUserId(),
    tenant_id: account.tenantId,
    email: account.email,
    password_hash: await hashPassword(account.password),
    status: account.status,
    role: account.role ?? 'user',
    first_name: account.firstName ?? '',
    last_name: account.lastName ?? '',
    created_at: now,
    updated_at: now,
    verified_at: account.status === 'active' ? now : null,
  } as const
}

/** False when the tenant has the address already; of ten at once one inserts. */
export async function insertAccount(tx: Tx, row: Awaited<ReturnType<typeof prepareAccount>>): Promise<boolean> {
  const inserted = await tx
    .insertInto('identity.account')
    .values(row)
    // Spelled as in the partial index: with a parameter PostgreSQL does not recognise it.
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'email']).where(sql<boolean>`status <> 'erased'`).doNothing(),
    )
    .returning('user_id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** The account of an address; erased ones are nobody's. */
export function findAccount(tx: Tx, tenantId: string, email: string) {
  return tx
    .selectFrom('identity.account')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('email', '=', email)
    .where('status', '<>', 'erased')
    .executeTakeFirst()
}

/** Creates the administrator and developer of a new installation; null when there is an account already. */
export async function ensureFirstAccount(
  context: IdentityContext,
  first: { readonly email: string; readonly password: () => string; readonly tenantId: string },
): Promise<FirstAccount | null> {
  const anyAccount = (tx: Tx) => tx.selectFrom('identity.account').select('user_id').limit(1).executeTakeFirst()
  // Hashing is slow; an installation that has its account must not pay for it at each start.
  if (await context.db.everyTenant(anyAccount)) return null
  const row = await prepareAccount(context, {
    tenantId: first.tenantId,
    email: first.email.trim().toLowerCase(),
    password: first.password(),
    status: 'active',
    role: 'admin',
  })
  const profile: JsonObject = {}
  return context.db.everyTenant(async (tx) => {
    // Two nodes may start at once on an empty database.
    await sql`select pg_advisory_xact_lock(4780000003)`.execute(tx)
    if (await anyAccount(tx)) return null
    await tx
      .insertInto('identity.account')
      .values({
        ...row,
        developer_tier: 'explorer',
        developer_profile: profile,
        developer_since: row.created_at,
      })
      .execute()
    return { userId: row.user_id, tenantId: row.tenant_id }
  })
}

/** The first account as long as it is the only one and nobody has signed in to it. */
export async function unusedFirstAccount(context: IdentityContext): Promise<FirstAccount | null> {
  const accounts = await context.db.everyTenant((tx) =>
    tx.selectFrom('identity.account').select(['user_id', 'tenant_id', 'role', 'last_login_at']).limit(2).execute(),
  )
  const [only] = accounts
  if (only === undefined || accounts.length > 1 || only.role !== 'admin' || only.last_login_at !== null) return null
  return { userId: only.user_id, tenantId: only.tenant_id }
}

/** The address of an administrator of the installation: `preferred` when it is one's, else that of the earliest; null when there is none. */
export async function administratorEmail(
  context: IdentityContext,
  { tenantId, preferred }: { readonly tenantId: string; readonly preferred: string },
): Promise<string | null> {
  const row = await context.db.tenant(tenantId, (tx) =>
    tx
      .selectFrom('identity.account')
      .select('email')
      .where('tenant_id', '=', tenantId)
      .where('role', '=', 'admin')
      .where('status', '=', 'active')
      .orderBy(sql<boolean>`email = ${preferred.trim().toLowerCase()}`, 'desc')
      .orderBy('created_at')
      .orderBy('user_id')
      .limit(1)
      .executeTakeFirst(),
  )
  return row?.email ?? null
}

/** Active administrators of the tenant that runs the installation, the earliest first. */
export const administratorsOf = (context: IdentityContext, tenantId: string) =>
  context.db.tenant(tenantId, async (tx) => {
    const rows = await tx
      .selectFrom('identity.account')
      .select(['tenant_id', 'user_id'])
      .where('tenant_id', '=', tenantId)
      .where('role', '=', 'admin')
      .where('status', '=', 'active')
      .orderBy('created_at')
      .orderBy('user_id')
      .execute()
    return rows.map((row) => ({ tenantId: row.tenant_id, userId: row.user_id }))
  })

/** Whether this is the account's password; counts as no sign-in. */
export async function isPasswordOf(
  context: IdentityContext,
  account: FirstAccount,
  password: string,
): Promise<boolean> {
  const row = await context.db.tenant(account.tenantId, (tx) =>
    tx.selectFrom('identity.account').select('password_hash').where('user_id', '=', account.userId).executeTakeFirst(),
  )
  return row !== undefined && verifyPassword(password, row.password_hash)
}
