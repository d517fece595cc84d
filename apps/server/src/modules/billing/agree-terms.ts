import type { Clock } from '../../foundation/clock.ts'
import type { Tx } from '../../foundation/db/index.ts'
import type { PriceBook } from './pricing/price-book.ts'
import type { Terms } from './pricing/types.ts'

/** Writes or removes the terms of an app inside the transaction that decided about it. */
export async function agreeTerms(
  parts: { readonly book: PriceBook; readonly clock: Clock },
  tx: Tx,
  agreed: { readonly appId: string; readonly terms: Omit<Terms, 'appId'> | null },
): Promise<void> {
  const { appId, terms } = agreed
  if (terms === null) {
    await tx.deleteFrom('billing.terms').where('app_id', '=', appId).execute()
  } else {
    const values = {
      owner_id: terms.ownerId,
      model: terms.model,
      tool_prices: JSON.stringify(terms.toolPrices),
      free_tools: JSON.stringify(terms.freeTools),
      monthly_price: terms.monthlyPrice,
      split: terms.split,
      agreed_at: parts.clock.iso(),
    }
    await tx
      .insertInto('billing.terms')
      .values({ app_id: appId, ...values })
      .onConflict((conflict) => conflict.column('app_id').doUpdateSet(values))
      .execute()
  }
  await parts.book.changed(tx)
}
