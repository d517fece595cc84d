import type { BillingProfile } from '@imperal/contract'
import { noteMoney } from '../note-money.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { readProfile } from './customers.ts'

/** Changes whom invoices are made out to; what is left out stays. */
export async function writeProfile(
  parts: Pick<BillingParts, 'audit' | 'db' | 'clock'>,
  owner: Owner,
  changes: { readonly [K in keyof BillingProfile]?: string | undefined },
): Promise<BillingProfile> {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const values = { ...given, updated_at: parts.clock.iso() }
  await parts.db.tenant(owner.tenantId, async (tx) => {
    await tx
      .insertInto('billing.profile')
      .values({ tenant_id: owner.tenantId, user_id: owner.userId, ...values })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet(values))
      .execute()
    // Which members, never what they say.
    await noteMoney(parts, tx, owner, {
      action: 'billing.profile_changed',
      targetType: 'profile',
      targetId: owner.userId,
      metadata: { changed: Object.keys(given) },
      actorId: owner.userId,
    })
  })
  return readProfile(parts, owner)
}
