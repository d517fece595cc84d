import { findAccount } from './accounts.ts'
import type { IdentityContext } from './context.ts'

/** The tenant's user who has an address (K3.20); null when nobody has it. */
export async function findUserOfEmail(
  { db }: Pick<IdentityContext, 'db'>,
  tenantId: string,
  email: string,
): Promise<string | null> {
  const account = await db.tenant(tenantId, (tx) => findAccount(tx, tenantId, email))
  return account?.user_id ?? null
}
