import type { Tx } from '../../../foundation/db/index.ts'
import { billingErrors } from '../errors.ts'
import type { Owner } from '../parts.ts'
import type { Sale } from '../types.ts'
import { lockWallet, moveCredits } from './move-credits.ts'
import type { WalletOptions } from './read-wallet.ts'

/**
 * Takes the price of something that the platform sells from a wallet. What is held for running work is not spent.
 * @throws BILLING_INSUFFICIENT
 */
export async function sellFrom(parts: WalletOptions, tx: Tx, sale: Owner & Sale): Promise<void> {
  const { price, eventId, description, ...owner } = sale
  if (price === 0) return
  const { available } = await lockWallet(parts, tx, owner)
  if (available < price) throw billingErrors.INSUFFICIENT()
  const { tenantId, userId } = owner
  await moveCredits(parts, tx, [{ tenantId, userId, amount: -price, reason: 'adjustment', description, eventId }])
}
