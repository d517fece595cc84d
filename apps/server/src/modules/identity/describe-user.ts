import type { UserResponse } from '@imperal/contract'
import { isAdministrator, type Principal } from '../../foundation/http/index.ts'
import { type Acting, actOf } from '../audit/index.ts'
import type { IdentityContext } from './context.ts'
import { identityErrors } from './errors.ts'

/** The signed-in user as `GET /v1/auth/me` shows it; from memory while nothing changed. @throws IDENTITY_USER_NOT_FOUND */
export async function describeUser(
  context: IdentityContext,
  user: Principal & { readonly userId: string },
): Promise<UserResponse> {
  const actor = await context.directory.actor(user.userId)
  const row = actor?.tenantId === user.tenantId ? await context.directory.profile(user.userId) : null
  if (!row || !actor) throw identityErrors.USER_NOT_FOUND()
  const fullName = `${row.first_name} ${row.last_name}`.trim()
  return {
    imperal_id: actor.userId,
    id: actor.userId,
    email: row.email,
    tenant_id: actor.tenantId,
    agency_id: actor.agencyId,
    org_id: actor.orgId,
    role: actor.role,
    auth_method: row.auth_method,
    scopes: [...user.scopes],
    attributes: actor.attributes,
    is_active: actor.isActive,
    first_name: row.first_name,
    last_name: row.last_name,
    display_name: fullName || row.nickname || row.email.split('@', 1)[0] || actor.userId,
    created_at: row.created_at.toISOString(),
    last_login: row.last_login_at?.toISOString() ?? null,
    cases_user_id: row.cases_user_id,
  }
}

/** Links the account to its id in the older cases service; for the user or an administrator of the tenant. @throws IDENTITY_USER_NOT_FOUND */
export async function setCasesUserId(
  context: IdentityContext,
  request: Acting & { readonly user: Principal & { readonly userId: string } },
  link: { readonly userId: string; readonly casesUserId: number },
): Promise<void> {
  const { user: caller } = request
  if (link.userId !== caller.userId && !isAdministrator(caller)) throw identityErrors.USER_NOT_FOUND()
  await context.changes.tenant(caller.tenantId, async (tx, tell) => {
    await tell(`profile:${link.userId}`)
    const row = await tx
      .updateTable('identity.account')
      .set({ cases_user_id: link.casesUserId })
      .where('user_id', '=', link.userId)
      .returning('user_id')
      .executeTakeFirst()
    if (!row) throw identityErrors.USER_NOT_FOUND()
    await context.audit.append(tx, {
      ...actOf(request),
      userId: link.userId,
      action: 'user.cases_linked',
      targetType: 'user',
      targetId: link.userId,
      metadata: { cases_user_id: link.casesUserId },
    })
  })
}
