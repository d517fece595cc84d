import { sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { PAYMENTS_ACCOUNT, userAccount } from '../ledger/book.ts'
import { lockWallet, moveCredits, runIn } from '../ledger/move-credits.ts'
import type { BillingParts } from '../parts.ts'
import { findPayment, ownerOf, type PaymentRow } from './payment-rows.ts'

/** Credits that a payment brought: bought ones, those on top, and those of a plan. */
export async function broughtBy(tx: Tx, row: PaymentRow): Promise<number> {
  const id = row.payment_id
  const lines = await tx
    .selectFrom('billing.entry')
    .select('amount')
    .where('tenant_id', '=', row.tenant_id)
    .where('account', '=', userAccount(row.user_id))
    .where('event_id', 'in', [id, `bonus:${id}`, `plan:${id}`])
    .execute()
  return lines.reduce((sum, { amount }) => sum + Number(amount), 0)
}

const audited = (parts: BillingParts, tx: Tx, row: PaymentRow, action: string, credits: number) =>
  runIn(
    tx,
    parts.audit.recording({
      tenantId: row.tenant_id,
      actorId: '__billing__',
      actorType: 'service',
      userId: row.user_id,
      action,
      targetType: 'payment',
      targetId: row.payment_id,
      metadata: { amount_cents: row.amount_cents, owed_credits: credits },
      source: 'billing',
      retentionClass: 'security_forever',
    }),
  )

/**
 * A dispute has withdrawn money whose credits were spent, `credits` of them: they are owed from now on. A card that disputes
 * is not charged by itself any more.
 */
export async function owe(
  parts: BillingParts,
  tx: Tx,
  row: PaymentRow,
  { disputeId, credits }: { readonly disputeId: string; readonly credits: number },
): Promise<void> {
  await tx
    .updateTable('billing.dispute')
    .set({ owed_credits: credits })
    .where('payment_id', '=', row.payment_id)
    .where('dispute_id', '=', disputeId)
    .execute()
  await tx
    .updateTable('billing.payment')
    .set((eb) => ({ owed_credits: eb('owed_credits', '+', credits) }))
    .where('payment_id', '=', row.payment_id)
    .execute()
  await tx
    .updateTable('billing.auto_topup')
    .set({ enabled: false })
    .where('tenant_id', '=', row.tenant_id)
    .where('user_id', '=', row.user_id)
    .execute()
  await audited(parts, tx, row, 'billing.disputed', credits)
}

/** Writes down that a dispute withdrew money. False: that is known already, or it was won before this was told. */
export async function beginDispute(
  parts: BillingParts,
  tx: Tx,
  row: PaymentRow,
  { disputeId, cents }: { readonly disputeId: string; readonly cents: number },
): Promise<boolean> {
  const begun = await tx
    .insertInto('billing.dispute')
    .values({ ...disputeOf(row, disputeId), cents, state: 'withdrawn', created_at: parts.clock.iso() })
    .onConflict((conflict) => conflict.doNothing())
    .returning('dispute_id')
    .executeTakeFirst()
  return begun !== undefined
}

const disputeOf = (row: PaymentRow, disputeId: string) => ({
  tenant_id: row.tenant_id,
  payment_id: row.payment_id,
  dispute_id: disputeId,
})

/** What the dispute holds of its payment. Of payments from before disputes were kept apart: all that none of them holds. */
async function heldBy(tx: Tx, row: PaymentRow, disputeId: string): Promise<{ cents: number; credits: number } | null> {
  const known = await tx
    .selectFrom('billing.dispute')
    .select(['dispute_id', 'state', 'cents', 'owed_credits'])
    .where('payment_id', '=', row.payment_id)
    .execute()
  const own = known.find((one) => one.dispute_id === disputeId)
  if (own !== undefined)
    return own.state === 'reinstated' ? null : { cents: Number(own.cents), credits: Number(own.owed_credits) }
  const others = known.filter(({ state }) => state === 'withdrawn')
  const sum = (column: 'cents' | 'owed_credits') => others.reduce((total, one) => total + Number(one[column]), 0)
  return {
    cents: Math.max(0, row.disputed_cents - sum('cents')),
    credits: Math.max(0, row.owed_credits - sum('owed_credits')),
  }
}

/**
 * The money of a dispute came back: nothing is owed for it any more, and a refund of it is one of its own. What other disputes
 * of the payment took stays taken. Told before the dispute itself was, it is remembered: then nothing is taken at all.
 */
export async function forgiveReinstated(
  parts: BillingParts,
  { providerId, disputeId }: { readonly providerId: string; readonly disputeId: string },
): Promise<void> {
  await parts.db.everyTenant(async (tx) => {
    const found = await findPayment(tx, providerId)
    if (found === null) return
    const row = await tx
      .selectFrom('billing.payment')
      .selectAll()
      .where('payment_id', '=', found.payment_id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const held = await heldBy(tx, row, disputeId)
    if (held === null) return
    await tx
      .insertInto('billing.dispute')
      .values({ ...disputeOf(row, disputeId), cents: 0, state: 'reinstated', created_at: parts.clock.iso() })
      .onConflict((conflict) => conflict.columns(['payment_id', 'dispute_id']).doUpdateSet({ state: 'reinstated' }))
      .execute()
    if (held.cents === 0 && held.credits === 0) return
    const forgiven = Math.min(row.owed_credits, held.credits)
    await tx
      .updateTable('billing.payment')
      .set({
        owed_credits: row.owed_credits - forgiven,
        disputed_cents: Math.max(0, row.disputed_cents - held.cents),
      })
      .where('payment_id', '=', row.payment_id)
      .execute()
    await audited(parts, tx, row, 'billing.dispute_won', forgiven)
  })
}

/** What a payment has just brought makes good what is owed, the oldest first, and nothing beyond what it brought. */
export async function makeGood(parts: BillingParts, tx: Tx, paid: PaymentRow): Promise<void> {
  const owner = ownerOf(paid)
  const { available } = await lockWallet(parts, tx, owner)
  const owing = await tx
    .selectFrom('billing.payment')
    .select(['payment_id', 'owed_credits'])
    .where('tenant_id', '=', owner.tenantId)
    .where('user_id', '=', owner.userId)
    .where('owed_credits', '>', 0)
    .orderBy('created_at')
    .forUpdate()
    .execute()
  if (owing.length === 0) return
  const most = Math.min(available, await broughtBy(tx, paid))
  let left = most
  for (const { payment_id: id, owed_credits: owed } of owing) {
    const part = Math.min(owed, left)
    left -= part
    await tx
      .updateTable('billing.payment')
      .set({ owed_credits: owed - part })
      .where('payment_id', '=', id)
      .execute()
  }
  const what = {
    reason: 'refund',
    description: 'Owed since a payment was disputed',
    against: PAYMENTS_ACCOUNT,
  } as const
  await moveCredits(parts, tx, [{ ...owner, ...what, amount: left - most, eventId: `owed:${paid.payment_id}` }])
}

/**
 * Credits on a developer's account that nobody has paid for in the end: of calls by people who owe, since the payment that
 * they owe for, and of each of them no more than is owed.
 */
export async function withheldFrom(tx: Tx, developerAccount: string): Promise<number> {
  const { rows } = await sql<{ withheld: number }>`
    with owing as (
      select tenant_id, user_id, sum(owed_credits)::bigint as owed, min(created_at) as since
      from billing.payment where owed_credits > 0 group by tenant_id, user_id
    ), earned as (
      select o.owed, (
        select coalesce(sum(e.paid), 0) from billing.entry e
        where e.account = ${developerAccount} and e.tenant_id = o.tenant_id and e.created_at >= o.since
          and e.reason = 'commission' and e.paid > 0
          and exists (select from billing.entry u where u.tenant_id = e.tenant_id
            and u.transaction_id = e.transaction_id and u.account = 'user:' || o.user_id)
      ) as paid from owing o
    )
    select coalesce(sum(least(owed, paid)), 0)::bigint as withheld from earned`.execute(tx)
  return rows[0]?.withheld ?? 0
}
