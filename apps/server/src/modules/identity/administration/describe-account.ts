import type { JsonObject, UserDetailResponse } from '@imperal/contract'
import type { Tx } from '../../../foundation/db/index.ts'
import { loadRole } from '../load-actor.ts'
import type { Account } from './authority.ts'

interface RoleFacts {
  readonly confirmation_policy: UserDetailResponse['role_confirmation_policy']
  readonly max_concurrent_tasks: number
}

const NO_ROLE: RoleFacts = { confirmation_policy: 'default_off', max_concurrent_tasks: 3 }

export function toUserDetail(account: Account, role: RoleFacts | null): UserDetailResponse {
  const fullName = `${account.first_name} ${account.last_name}`.trim()
  const tier = account.developer_tier === null ? {} : { developer_tier: account.developer_tier }
  return {
    id: account.user_id,
    imperal_id: account.user_id,
    email: account.email,
    tenant_id: account.tenant_id,
    agency_id: account.agency_id,
    org_id: account.org_id,
    role: account.role,
    scopes: account.scopes,
    denied_scopes: account.denied_scopes,
    attributes: { ...account.attributes, ...tier },
    is_active: account.status === 'active',
    status: account.status,
    auth_method: account.auth_method,
    created_at: account.created_at.toISOString(),
    last_login: account.last_login_at?.toISOString() ?? null,
    display_name: fullName || account.nickname || account.email.split('@', 1)[0] || account.user_id,
    full_name: fullName,
    role_confirmation_policy: (role ?? NO_ROLE).confirmation_policy,
    max_concurrent_tasks: (role ?? NO_ROLE).max_concurrent_tasks,
  }
}

/** The account with its role looked up. Needs a transaction that sees every tenant. */
export const describeAccount = async (tx: Tx, account: Account): Promise<UserDetailResponse> =>
  toUserDetail(account, await loadRole(tx, account.tenant_id, account.role))

/** What the log keeps of an account: no names, no address. */
export const accountState = (account: Account): JsonObject => ({
  role: account.role,
  scopes: account.scopes,
  denied_scopes: account.denied_scopes,
  attributes: account.attributes,
  agency_id: account.agency_id,
  status: account.status,
  developer_tier: account.developer_tier,
})
