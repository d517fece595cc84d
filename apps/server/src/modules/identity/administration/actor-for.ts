import { mayAdminister, type Principal } from '../../../foundation/http/index.ts'
import type { IdentityContext } from '../context.ts'
import { identityErrors } from '../errors.ts'
import type { Actor, TenantUser } from '../types.ts'
import { reaches } from './authority.ts'
import { toUserDetail } from './describe-account.ts'

/** The user that a path names, under the rules of `accountFor`, from memory when possible. */
export async function actorFor(context: IdentityContext, principal: Principal, userId: string): Promise<Actor> {
  const self = principal.userId === userId
  if (!self && !mayAdminister(principal)) throw identityErrors.NOT_YOURS()
  const actor = await context.directory.actor(userId)
  if (!actor || (!self && !reaches(principal, actor.tenantId))) throw identityErrors.USER_NOT_FOUND()
  return actor
}

const AT_ONCE = 20

/** Active users of a tenant, by id, each with what the user may do. */
export async function usersOfTenant(
  context: IdentityContext,
  tenantId: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<TenantUser[]> {
  const rows = await context.db.tenant(tenantId, (tx) =>
    tx
      .selectFrom('identity.account')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('status', '=', 'active')
      .orderBy('user_id')
      .limit(page.limit)
      .offset(page.offset)
      .execute(),
  )
  const found: TenantUser[] = []
  for (let index = 0; index < rows.length; index += AT_ONCE) {
    const some = rows.slice(index, index + AT_ONCE)
    const actors = await Promise.all(some.map((row) => context.directory.actor(row.user_id)))
    for (const [at, row] of some.entries()) {
      const actor = actors[at]
      if (actor) found.push({ actor, displayName: toUserDetail(row, null).display_name })
    }
  }
  return found
}
