import type { JsonObject, PayoutResponse } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import { billingErrors } from '../errors.ts'
import { booking, developerAccount, type Line, PAID_OUT_ACCOUNT, payoutAccount } from '../ledger/book.ts'
import { runIn } from '../ledger/move-credits.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { withheldFrom } from '../payments/owed-credits.ts'
import type { PayoutTable } from '../tables.ts'
import { tellEvent } from '../tell-event.ts'
import { amountOn } from './earnings.ts'
import { sendPayoutMail } from './payout-mails.ts'

type Row = Selectable<PayoutTable>

export interface PayoutWish {
  readonly amount: number
  readonly method: string
  readonly notes: string
}

/** An administrator, or a service in its own name, who decides about a payout. */
export interface Decider {
  readonly actorId: string
  readonly note: string
}

export const toPayout = (row: Row): PayoutResponse => ({
  id: row.id,
  developer_id: row.user_id,
  amount_tokens: row.amount,
  amount_usd: row.amount_usd,
  status: row.status,
  method: row.method,
  notes: row.notes,
  admin_note: row.admin_note,
  requested_at: row.requested_at.toISOString(),
  processed_at: row.processed_at?.toISOString() ?? null,
  paid_at: row.paid_at?.toISOString() ?? null,
})

/** A payout in an event: nothing of the account that it goes to. */
const payoutData = (row: Row): JsonObject => ({
  payout_id: row.id,
  amount_tokens: row.amount,
  amount_usd: row.amount_usd,
  status: row.status,
})

/** Credits are thousandths of a dollar, so three decimals are exact. */
const dollarsOf = (credits: number): string =>
  `${Math.floor(credits / 1000)}.${String(credits % 1000).padStart(3, '0')}`

const constraintOf = (error: unknown): unknown => (error as { constraint?: unknown } | null)?.constraint

function linesOf(row: Row, step: { from: string; to: string; event: string; description: string }): Line[] {
  const common = { reason: 'payout', description: step.description } as const
  const eventId = `payout:${row.id}:${step.event}`
  return [
    { ...common, account: step.from, amount: -row.amount, eventId },
    { ...common, account: step.to, amount: row.amount, eventId: `${eventId}:to` },
  ]
}

async function move(parts: BillingParts, tx: Tx, row: Row, step: Parameters<typeof linesOf>[1]): Promise<void> {
  const transactionId = `txn_payout_${row.id}_${step.event}`
  await runIn(tx, booking({ tenantId: row.tenant_id, transactionId, at: parts.clock.iso(), lines: linesOf(row, step) }))
}

const audited = (parts: BillingParts, tx: Tx, row: Row, by: { actorId: string; action: string }) =>
  runIn(
    tx,
    parts.audit.recording({
      tenantId: row.tenant_id,
      actorId: by.actorId,
      actorType: by.actorId.startsWith('__') ? 'service' : 'user',
      action: by.action,
      targetType: 'payout',
      targetId: String(row.id),
      metadata: { developer_id: row.user_id, amount_tokens: row.amount, amount_usd: row.amount_usd },
      source: 'api',
    }),
  )

/**
 * What is left on the account of a developer has to cover what is withheld for disputes: nothing of it may leave.
 * @throws BILLING_EARNINGS_DISPUTED
 */
async function checkDisputes(tx: Tx, userId: string): Promise<void> {
  const account = developerAccount(userId)
  const disputed = await withheldFrom(tx, account)
  if (disputed > 0 && (await amountOn(tx, account)) < disputed) throw billingErrors.EARNINGS_DISPUTED({ disputed })
}

/**
 * Asks for earned credits to be paid. The credits leave what can be asked for at once; the dollars are fixed now (K10.31).
 * @throws BILLING_PAYOUT_TOO_SMALL, BILLING_NOT_EARNED, BILLING_EARNINGS_DISPUTED, BILLING_PAYOUT_PENDING
 */
export async function requestPayout(parts: BillingParts, owner: Owner, wish: PayoutWish): Promise<PayoutResponse> {
  if (wish.amount < parts.payoutMinimum) throw billingErrors.PAYOUT_TOO_SMALL({ least: parts.payoutMinimum })
  try {
    return await parts.db.everyTenant(async (tx) => {
      const row = await tx
        .insertInto('billing.payout')
        .values({
          tenant_id: owner.tenantId,
          user_id: owner.userId,
          amount: wish.amount,
          amount_usd: dollarsOf(wish.amount),
          method: wish.method,
          notes: wish.notes,
          requested_at: parts.clock.iso(),
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      const [from, to] = [developerAccount(owner.userId), payoutAccount(owner.userId)]
      await move(parts, tx, row, { from, to, event: 'asked', description: 'Payout asked for' })
      await checkDisputes(tx, owner.userId)
      await audited(parts, tx, row, { actorId: owner.userId, action: 'payout.requested' })
      await tellEvent(parts, tx, owner, { type: 'billing.payout_requested', data: payoutData(row) })
      return toPayout(row)
    })
  } catch (error) {
    if (constraintOf(error) === 'entry_earned') throw billingErrors.NOT_EARNED()
    if (constraintOf(error) === 'payout_waiting') throw billingErrors.PAYOUT_PENDING()
    throw error
  }
}

export const payoutsOf = (parts: BillingParts, userId: string): Promise<PayoutResponse[]> =>
  parts.db.everyTenant(async (tx) => {
    const rows = await tx
      .selectFrom('billing.payout')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('id', 'desc')
      .limit(500)
      .execute()
    return rows.map(toPayout)
  })

/** Requests that nobody has decided yet, oldest first; if asked, those as well that are agreed to and not paid yet. */
export const waitingPayouts = (parts: BillingParts, withApproved: boolean): Promise<PayoutResponse[]> =>
  parts.db.everyTenant(async (tx) => {
    const rows = await tx
      .selectFrom('billing.payout')
      .selectAll()
      .where('status', 'in', withApproved ? ['pending', 'approved'] : ['pending'])
      .orderBy('id')
      .limit(500)
      .execute()
    return rows.map(toPayout)
  })

/** What may follow what: `pending → approved → paid`, `pending → rejected` (api.md 5.7). */
export const PAYOUT_STEPS = {
  approve: { from: 'pending', to: 'approved' },
  reject: { from: 'pending', to: 'rejected' },
  pay: { from: 'approved', to: 'paid' },
} as const
export type PayoutStep = keyof typeof PAYOUT_STEPS

/**
 * Decides about a payout, or notes that it was paid. Nobody grants their own (K10.31); turning it down takes it back.
 * @throws BILLING_PAYOUT_UNKNOWN, BILLING_OWN_PAYOUT, BILLING_PAYOUT_STATE, BILLING_EARNINGS_DISPUTED
 */
export async function decidePayout(
  parts: BillingParts,
  id: number,
  decision: Decider & { readonly step: PayoutStep },
): Promise<PayoutResponse> {
  const { from, to } = PAYOUT_STEPS[decision.step]
  const at = parts.clock.iso()
  const row = await parts.db.everyTenant(async (tx) => {
    const found = await tx.selectFrom('billing.payout').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (!found) throw billingErrors.PAYOUT_UNKNOWN()
    if (found.user_id === decision.actorId && decision.step !== 'reject') throw billingErrors.OWN_PAYOUT()
    if (found.status !== from) throw billingErrors.PAYOUT_STATE({ status: found.status, wanted: from })
    if (decision.step !== 'reject') await checkDisputes(tx, found.user_id)
    const changed = await tx
      .updateTable('billing.payout')
      .set({
        status: to,
        decided_by: decision.actorId,
        ...(decision.note === '' ? {} : { admin_note: decision.note }),
        ...(to === 'paid' ? { paid_at: at } : { processed_at: at }),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    const waiting = payoutAccount(found.user_id)
    if (to === 'rejected') {
      const back = developerAccount(found.user_id)
      await move(parts, tx, changed, { from: waiting, to: back, event: 'rejected', description: 'Payout turned down' })
    }
    if (to === 'paid')
      await move(parts, tx, changed, { from: waiting, to: PAID_OUT_ACCOUNT, event: 'paid', description: 'Payout sent' })
    await audited(parts, tx, changed, { actorId: decision.actorId, action: `payout.${to}` })
    const developer = { tenantId: changed.tenant_id, userId: changed.user_id }
    await tellEvent(parts, tx, developer, { type: `billing.payout_${to}`, data: payoutData(changed) })
    return changed
  })
  await sendPayoutMail(parts, row)
  return toPayout(row)
}
