import type { BillingProfile, PaymentMethod } from '@imperal/contract'
import { billingErrors } from '../errors.ts'
import type { BillingParts, Owner } from '../parts.ts'
import type { CustomerFacts, PaymentProvider } from './types.ts'

const EMPTY: BillingProfile = { name: '', company: '', vat: '', country: '', address: '' }

/** Whom invoices are made out to. */
export function readProfile({ db }: Pick<BillingParts, 'db'>, owner: Owner): Promise<BillingProfile> {
  return db.tenant(owner.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('billing.profile')
      .select(['name', 'company', 'vat', 'country', 'address'])
      .where('user_id', '=', owner.userId)
      .executeTakeFirst()
    return row ?? EMPTY
  })
}

export async function factsOf(parts: BillingParts, owner: Owner): Promise<CustomerFacts> {
  const [email, profile] = await Promise.all([parts.ports.emailOf(owner), readProfile(parts, owner)])
  return { ...owner, email, profile }
}

/** The provider's customer of a user, when there is one already. */
export function findCustomer(
  { db }: Pick<BillingParts, 'db'>,
  provider: PaymentProvider,
  owner: Owner,
): Promise<string | null> {
  return db.tenant(owner.tenantId, async (tx) => {
    const row = await tx
      .selectFrom('billing.customer')
      .select('customer_id')
      .where('user_id', '=', owner.userId)
      .where('provider', '=', provider.name)
      .executeTakeFirst()
    return row?.customer_id ?? null
  })
}

/** The provider's customer of a user, made at the first need. Two at once make one: the provider answers both the same. */
export async function ensureCustomer(parts: BillingParts, provider: PaymentProvider, owner: Owner): Promise<string> {
  const known = await findCustomer(parts, provider, owner)
  if (known !== null) return known
  const customerId = await provider.createCustomer(await factsOf(parts, owner))
  await parts.db.tenant(owner.tenantId, (tx) =>
    tx
      .insertInto('billing.customer')
      .values({ tenant_id: owner.tenantId, user_id: owner.userId, provider: provider.name, customer_id: customerId })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  return (await findCustomer(parts, provider, owner)) ?? customerId
}

export async function methodsOf(parts: BillingParts, owner: Owner): Promise<PaymentMethod[]> {
  if (!parts.providers.isOn()) return []
  const provider = await parts.providers.current()
  const customerId = await findCustomer(parts, provider, owner)
  return customerId === null ? [] : provider.methods(customerId)
}

/** The card that is charged: the one that was asked for, else the chosen one. @throws BILLING_NO_CARD */
export async function cardOf(parts: BillingParts, owner: Owner, asked = ''): Promise<string> {
  const methods = await methodsOf(parts, owner)
  const card = asked === '' ? methods.find((one) => one.is_default) : methods.find((one) => one.id === asked)
  if (card === undefined) throw billingErrors.NO_CARD()
  return card.id
}

/** One of the user's own cards. @throws BILLING_METHOD_UNKNOWN */
export async function ownMethod(parts: BillingParts, owner: Owner, methodId: string) {
  const provider = await parts.providers.current()
  const customerId = await findCustomer(parts, provider, owner)
  const methods = customerId === null ? [] : await provider.methods(customerId)
  const method = methods.find((one) => one.id === methodId)
  if (customerId === null || method === undefined) throw billingErrors.METHOD_UNKNOWN()
  return { provider, customerId, method, methods }
}
