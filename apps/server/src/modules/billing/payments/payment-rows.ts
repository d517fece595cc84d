import type { PaymentResponse } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Database, Tx } from '../../../foundation/db/index.ts'
import { orderedId } from '../../../foundation/ids.ts'
import type { Owner } from '../parts.ts'
import type { PaymentPurpose, PaymentTable } from '../tables.ts'

export type PaymentRow = Selectable<PaymentTable>

export interface NewPayment extends Owner {
  readonly provider: PaymentRow['provider']
  readonly type: PaymentRow['type']
  readonly amountCents: number
  readonly tokens: number
  readonly purpose: PaymentPurpose
}

export const newPaymentId = (): string => orderedId('pay')

export const insertPayment = (tx: Tx, payment: NewPayment, at: string): Promise<PaymentRow> =>
  tx
    .insertInto('billing.payment')
    .values({
      payment_id: newPaymentId(),
      tenant_id: payment.tenantId,
      user_id: payment.userId,
      provider: payment.provider,
      type: payment.type,
      amount_cents: payment.amountCents,
      tokens: payment.tokens,
      purpose: JSON.stringify(payment.purpose),
      created_at: at,
    })
    .returningAll()
    .executeTakeFirstOrThrow()

/** Payments of one type that nobody knows the end of yet, oldest first. */
export const openPayments = (tx: Tx, owner: Owner, type: PaymentRow['type']): Promise<PaymentRow[]> =>
  tx
    .selectFrom('billing.payment')
    .selectAll()
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .where('type', '=', type)
    .where('status', '=', 'pending')
    .orderBy('created_at')
    .execute()

/** By our id or by the provider's; of every tenant, for providers and services know no tenants. */
export async function findPayment(tx: Tx, id: string): Promise<PaymentRow | null> {
  const row = await tx
    .selectFrom('billing.payment')
    .selectAll()
    .where((eb) => eb.or([eb('provider_id', '=', id), eb('payment_id', '=', id)]))
    .executeTakeFirst()
  return row ?? null
}

export const ownerOf = (row: Pick<PaymentRow, 'tenant_id' | 'user_id'>): Owner => ({
  tenantId: row.tenant_id,
  userId: row.user_id,
})

/** What clients call the payment: the provider's id, as soon as there is one. */
export const intentIdOf = (row: Pick<PaymentRow, 'provider_id' | 'payment_id'>): string =>
  row.provider_id ?? row.payment_id

export const toPayment = (row: PaymentRow): PaymentResponse => ({
  payment_intent_id: intentIdOf(row),
  amount_cents: row.amount_cents,
  currency: row.currency,
  tokens: row.tokens,
  status: row.status,
  type: row.type,
  created_at: row.created_at.toISOString(),
  completed_at: row.completed_at?.toISOString() ?? null,
  receipt_url: row.receipt_url,
})

/** Our payment and the provider's are the same one: known from its message, or found there, before its answer came. */
export const noteProviderId = (db: Pick<Database, 'everyTenant'>, id: string, providerId: string) =>
  db.everyTenant((tx) =>
    tx
      .updateTable('billing.payment')
      .set({ provider_id: providerId })
      .where('payment_id', '=', id)
      .where('provider_id', 'is', null)
      .execute(),
  )
