import { normalizeScope, type RouteQuery, type RouteResponse, type users } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import type { Principal } from '../../../foundation/http/index.ts'
import type { IdentityContext } from '../context.ts'
import { PLATFORM } from '../load-actor.ts'
import { tenantFor } from './authority.ts'
import { toUserDetail } from './describe-account.ts'

type Filter = RouteQuery<typeof users.list>

const FOR_PEOPLE = { usual: 50, most: 200 }
// The service client never asks for a second page (api.md 3.4).
const FOR_SERVICES = { usual: 1000, most: 1000 }

const pattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

function matching(tx: Tx, tenantId: string, filter: Filter) {
  let query = tx.selectFrom('identity.account').where('tenant_id', '=', tenantId).where('status', '<>', 'erased')
  if (filter.is_active !== undefined) query = query.where('status', filter.is_active ? '=' : '<>', 'active')
  else if (filter.include_inactive !== true) query = query.where('status', '<>', 'inactive')
  if (filter.role !== undefined) query = query.where('role', '=', filter.role)
  if (filter.scope !== undefined) {
    const scope = normalizeScope(filter.scope)
    query = query.where(
      sql<boolean>`(${scope} = any(scopes) or role in (select r.name from identity.role r
        where r.tenant_id in (${tenantId}, ${PLATFORM}) and ${scope} = any(r.default_scopes)))`,
    )
  }
  if (filter.search !== undefined && filter.search !== '') {
    const like = pattern(filter.search)
    query = query.where((eb) =>
      eb.or([
        eb('email', 'ilike', like),
        eb('user_id', 'ilike', like),
        eb('nickname', 'ilike', like),
        eb(sql<string>`first_name || ' ' || last_name`, 'ilike', like),
      ]),
    )
  }
  return query
}

/** Users of one tenant, newest first. @throws IDENTITY_TENANT_NOT_FOUND */
export async function listUsers(
  context: IdentityContext,
  principal: Principal,
  filter: Filter,
): Promise<RouteResponse<typeof users.list>> {
  const tenantId = await tenantFor(context, principal, filter.tenant_id)
  const { usual, most } = principal.kind === 'service' ? FOR_SERVICES : FOR_PEOPLE
  const limit = Math.min(filter.limit ?? usual, most)
  return context.db.everyTenant(async (tx) => {
    const query = matching(tx, tenantId, filter)
    const { total } = await query.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow()
    const rows = await query
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('user_id')
      .limit(limit)
      .offset(filter.offset)
      .execute()
    const roles = await tx
      .selectFrom('identity.role')
      .select(['name', 'tenant_id', 'confirmation_policy', 'max_concurrent_tasks'])
      .where('tenant_id', 'in', [tenantId, PLATFORM])
      .execute()
    // The tenant's own role wins, so it comes last.
    roles.sort((a, b) => Number(a.tenant_id !== PLATFORM) - Number(b.tenant_id !== PLATFORM))
    const byName = new Map(roles.map((role) => [role.name, role]))
    const items = rows.map((row) => toUserDetail(row, byName.get(row.role) ?? null))
    return { items, total, limit, offset: filter.offset }
  })
}
