import type { Tx } from '../../foundation/db/index.ts'
import { DAY, HOUR, type IdentityContext, moment } from './context.ts'
import { hashOf, randomToken } from './secret-hash.ts'

type Purpose = 'verify_email' | 'reset_password'

const LIFE_MS: Readonly<Record<Purpose, number>> = { verify_email: DAY, reset_password: HOUR }

/** A new token for a mail; it replaces an older one of the same purpose. */
export async function newEmailToken(
  context: IdentityContext,
  tx: Tx,
  facts: { readonly tenantId: string; readonly userId: string; readonly purpose: Purpose },
): Promise<string> {
  const token = randomToken()
  const values = {
    token_hash: hashOf(token),
    created_at: moment(context),
    expires_at: moment(context, LIFE_MS[facts.purpose]),
  }
  await tx
    .insertInto('identity.email_token')
    .values({ tenant_id: facts.tenantId, user_id: facts.userId, purpose: facts.purpose, ...values })
    .onConflict((conflict) => conflict.columns(['user_id', 'purpose']).doUpdateSet(values))
    .execute()
  return token
}

/** Uses a token up; of ten at once one gets the user. Null: unknown, used, replaced or too old. */
export async function takeEmailToken(
  context: IdentityContext,
  tx: Tx,
  given: { readonly token: string; readonly purpose: Purpose },
): Promise<{ userId: string; tenantId: string } | null> {
  const row = await tx
    .deleteFrom('identity.email_token')
    .where('token_hash', '=', hashOf(given.token))
    .where('purpose', '=', given.purpose)
    .returning(['user_id', 'tenant_id', 'expires_at'])
    .executeTakeFirst()
  if (!row || row.expires_at.getTime() <= context.clock.now()) return null
  return { userId: row.user_id, tenantId: row.tenant_id }
}
