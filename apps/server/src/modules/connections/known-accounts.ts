import type { Database } from '../../foundation/db/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import type { ConnectionsParts } from './open-connections.ts'

/** An account elsewhere that a user has connected through an app. */
export interface KnownAccount extends StoreScope {
  readonly accountId: string
  readonly provider: string
  readonly collection: string
  readonly email: string | null
  readonly connectedAt: Date
}

interface Row {
  tenant_id: string
  user_id: string
  app_id: string
  account_id: string
  provider: string
  collection: string
  email: string | null
  connected_at: Date
}

const toAccount = (row: Row): KnownAccount => ({
  tenantId: row.tenant_id,
  userId: row.user_id,
  appId: row.app_id,
  accountId: row.account_id,
  provider: row.provider,
  collection: row.collection,
  email: row.email,
  connectedAt: row.connected_at,
})

/** Notes whose an account is; connecting it again changes its time. */
export async function rememberAccount(db: Database, account: KnownAccount): Promise<void> {
  const email = account.email?.toLowerCase() ?? null
  const values = { email, collection: account.collection, connected_at: account.connectedAt.toISOString() }
  await db.tenant(account.tenantId, (tx) =>
    tx
      .insertInto('connections.account')
      .values({
        tenant_id: account.tenantId,
        user_id: account.userId,
        app_id: account.appId,
        account_id: account.accountId,
        provider: account.provider,
        ...values,
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'app_id', 'account_id']).doUpdateSet(values))
      .execute(),
  )
}

/** Apps remove accounts by removing the document; such an account is forgotten at the next look. */
async function stillThere(parts: ConnectionsParts, account: KnownAccount): Promise<string | null> {
  const document = await parts.store.get(account, account.collection, account.accountId)
  if (document !== null) return typeof document.data.status === 'string' ? document.data.status : 'connected'
  await parts.db.tenant(account.tenantId, (tx) =>
    tx
      .deleteFrom('connections.account')
      .where('tenant_id', '=', account.tenantId)
      .where('user_id', '=', account.userId)
      .where('app_id', '=', account.appId)
      .where('account_id', '=', account.accountId)
      .execute(),
  )
  return null
}

export interface AccountOfUser extends KnownAccount {
  readonly status: string
}

async function present(parts: ConnectionsParts, accounts: readonly KnownAccount[]): Promise<AccountOfUser[]> {
  const found: AccountOfUser[] = []
  for (const account of accounts) {
    const status = await stillThere(parts, account)
    if (status !== null) found.push({ ...account, status })
  }
  return found
}

/** Accounts of one user, the one that was connected first at the front. */
export async function accountsOf(
  parts: ConnectionsParts,
  user: { readonly tenantId: string; readonly userId: string },
): Promise<AccountOfUser[]> {
  const rows = await parts.db.tenant(user.tenantId, (tx) =>
    tx
      .selectFrom('connections.account')
      .selectAll()
      .where('tenant_id', '=', user.tenantId)
      .where('user_id', '=', user.userId)
      .orderBy('connected_at')
      .execute(),
  )
  return present(parts, rows.map(toAccount))
}

/** Which users of a tenant have connected an account through an app. */
export async function usersOfAccount(
  parts: ConnectionsParts,
  app: { readonly tenantId: string; readonly appId: string },
  accountId: string,
): Promise<string[]> {
  const rows = await parts.db.tenant(app.tenantId, (tx) =>
    tx
      .selectFrom('connections.account')
      .selectAll()
      .where('tenant_id', '=', app.tenantId)
      .where('app_id', '=', app.appId)
      .where('account_id', '=', accountId)
      .orderBy('connected_at')
      .limit(1000)
      .execute(),
  )
  return (await present(parts, rows.map(toAccount))).map(({ userId }) => userId)
}

/** Whose account at a provider this address is, in all tenants. */
export async function accountsWith(parts: ConnectionsParts, provider: string, email: string): Promise<AccountOfUser[]> {
  const rows = await parts.db.everyTenant((tx) =>
    tx
      .selectFrom('connections.account')
      .selectAll()
      .where('provider', '=', provider)
      .where('email', '=', email.toLowerCase())
      .orderBy('connected_at')
      .limit(1000)
      .execute(),
  )
  return present(parts, rows.map(toAccount))
}
