import type { Tx } from '../../../foundation/db/index.ts'
import { paidOf } from '../ledger/book.ts'
import { lockWallet, moveCredits } from '../ledger/move-credits.ts'
import type { WalletOptions } from '../ledger/read-wallet.ts'
import type { Owner } from '../parts.ts'
import { type BillingPeriod, creditsOf, type Plan } from './types.ts'

/**
 * What is left of the credits that a plan gave ends with its period; what was bought stays (api.md 5.8). Credits that are
 * held for running work are left to it.
 */
export async function expirePlanCredits(options: WalletOptions, tx: Tx, owner: Owner, eventId: string): Promise<void> {
  const { planCredits, available } = await lockWallet(options, tx, owner)
  const amount = -Math.min(planCredits, available)
  const what = { reason: 'plan_credit', description: 'Unused credits of the plan', eventId } as const
  await moveCredits(options, tx, [{ ...owner, ...what, amount }])
}

/** The credits of a whole period, up to the plan's cap; as many as the money covers count as paid for. Gives how many. */
export async function grantPlanCredits(
  options: WalletOptions,
  tx: Tx,
  owner: Owner,
  grant: { readonly plan: Plan; readonly period: BillingPeriod; readonly eventId: string; readonly paidCents: number },
): Promise<number> {
  const { plan, period, eventId, paidCents } = grant
  const { planCredits } = await lockWallet(options, tx, owner)
  const room = Math.max(0, plan.cap * (period === 'annual' ? 12 : 1) - planCredits)
  const amount = Math.min(creditsOf(plan, period), room)
  const what = { reason: 'plan_credit', description: `Credits of the plan ${plan.name}`, eventId } as const
  await moveCredits(options, tx, [{ ...owner, ...what, amount, paid: paidOf(amount, paidCents) }])
  return amount
}
