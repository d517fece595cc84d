import type { UserResponse } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Principal } from '../../foundation/http/index.ts'
import type { IdentityContext } from './context.ts'
import { identityErrors } from './errors.ts'
import type { AccountTable } from './tables.ts'

// One round trip: panels and clients ask for this at every start.
const PROFILE = 'select * from identity.account where user_id = $1'

/** The signed-in user as `GET /v1/auth/me` shows it. @throws IDENTITY_USER_NOT_FOUND */
export async function describeUser(
  context: IdentityContext,
  user: Principal & { readonly userId: string },
): Promise<UserResponse> {
  const actor = await context.directory.actor(user.userId)
  const [found] = await context.db.atomic(user.tenantId, [{ text: PROFILE, values: [user.userId] }])
  const row = found?.rows[0] as Selectable<AccountTable> | undefined
  if (!row || !actor) throw identityErrors.USER_NOT_FOUND()
  const fullName = `${row.first_name} ${row.last_name}`.trim()
  return {
    imperal_id: row.user_id,
    id: row.user_id,
    email: row.email,
    tenant_id: row.tenant_id,
    agency_id: row.agency_id,
    org_id: row.org_id,
    role: row.role,
    auth_method: row.auth_method,
    scopes: [...user.scopes],
    attributes: actor.attributes,
    is_active: actor.isActive,
    first_name: row.first_name,
    last_name: row.last_name,
    display_name: fullName || row.nickname || row.email.split('@', 1)[0] || row.user_id,
    created_at: row.created_at.toISOString(),
    last_login: row.last_login_at?.toISOString() ?? null,
    cases_user_id: row.cases_user_id,
  }
}

/** Links the account to its id in the older cases service; for the user or an administrator of the tenant. @throws IDENTITY_USER_NOT_FOUND */
export async function setCasesUserId(
  context: IdentityContext,
  caller: Principal & { readonly userId: string },
  link: { readonly userId: string; readonly casesUserId: number },
): Promise<void> {
  if (link.userId !== caller.userId && caller.role !== 'admin') throw identityErrors.USER_NOT_FOUND()
  const linked = await context.db.tenant(caller.tenantId, (tx) =>
    tx
      .updateTable('identity.account')
      .set({ cases_user_id: link.casesUserId })
      .where('user_id', '=', link.userId)
      .returning('user_id')
      .executeTakeFirst(),
  )
  if (!linked) throw identityErrors.USER_NOT_FOUND()
}
