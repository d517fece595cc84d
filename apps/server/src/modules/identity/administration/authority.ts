import { DEFAULT_TENANT, parseScopes } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { administers, mayAdminister, type Principal, runsInstallation } from '../../../foundation/http/index.ts'
import type { IdentityContext } from '../context.ts'
import { identityErrors } from '../errors.ts'
import type { AccountTable } from '../tables.ts'

export type Account = Selectable<AccountTable>

/** The tenant that a caller works in. Another one is only for the platform. @throws IDENTITY_TENANT_NOT_FOUND */
export async function tenantFor(
  context: IdentityContext,
  principal: Principal,
  wanted: string | undefined,
): Promise<string> {
  if (wanted === undefined || wanted === principal.tenantId) return principal.tenantId
  // `default` means the own tenant, for whoever is in another one (api.md 7.1).
  if (wanted === DEFAULT_TENANT && !runsInstallation(principal)) return principal.tenantId
  if (!runsInstallation(principal) || (await context.directory.tenant(wanted)) === null)
    throw identityErrors.TENANT_NOT_FOUND()
  return wanted
}

/** Whether the caller may act on accounts of this tenant. */
export const reaches = (principal: Principal, tenantId: string): boolean => administers(principal, tenantId)

/**
 * The account that a path names (api.md 7.1): oneself, or anybody of the own tenant for an administrator. Who may not
 * look at others gets the same answer whether there is such a user or not. @throws IDENTITY_NOT_YOURS, IDENTITY_USER_NOT_FOUND
 */
export async function accountFor(tx: Tx, principal: Principal, userId: string): Promise<Account> {
  const self = principal.userId === userId
  if (!self && !mayAdminister(principal)) throw identityErrors.NOT_YOURS()
  const account = await tx
    .selectFrom('identity.account')
    .selectAll()
    .where('user_id', '=', userId)
    .where('status', '<>', 'erased')
    .executeTakeFirst()
  if (!account || (!self && !reaches(principal, account.tenant_id))) throw identityErrors.USER_NOT_FOUND()
  return account
}

const SCOPE = /^(?:\*|[a-z0-9][a-z0-9_-]*(?::[a-z0-9_*-]+)*)$/

/** Scopes in their canonical spelling, each once. @throws IDENTITY_BAD_SCOPES */
export function cleanScopes(given: readonly string[]): string[] {
  const scopes = parseScopes(given.join(' '))
  const wrong = scopes.find((scope) => !SCOPE.test(scope))
  if (wrong !== undefined) throw identityErrors.BAD_SCOPES({ scope: wrong })
  return scopes
}

/** The values that a change really gives; `null` and absent ones leave what is there. */
export const given = <T extends object>(changes: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null && value !== undefined)) as never // the filter is the type
