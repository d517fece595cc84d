import type { ActionType } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Tables, Tx } from '../../../foundation/db/index.ts'
import { settingOf } from './billing-settings.ts'
import { basePrice } from './price-of-call.ts'
import type { Terms } from './types.ts'

/** What is agreed on for an app, and what calls cost, as the database says it and not as some node remembers it. */
export interface Agreement {
  /** Null: nothing is agreed on, calls cost nothing. */
  readonly terms: Terms | null
  /** What one call of a function costs under some terms, without a fee for a model; null: under none. */
  priceUnder(terms: Omit<Terms, 'appId'> | null, functionName: string, actionType: ActionType): number
}

export const toTerms = (row: Selectable<Tables['billing.terms']>): Terms => ({
  appId: row.app_id,
  ownerId: row.owner_id,
  model: row.model,
  toolPrices: row.tool_prices,
  freeTools: row.free_tools,
  monthlyPrice: row.monthly_price,
  split: row.split,
})

/**
 * Reads the agreement of an app for a decision about it. Terms change under the app's lock only: in the transaction that
 * holds it they stay what they are.
 */
export async function readAgreement(tx: Tx, appId: string): Promise<Agreement> {
  const row = await tx.selectFrom('billing.terms').selectAll().where('app_id', '=', appId).executeTakeFirst()
  const figure = await tx
    .selectFrom('billing.setting')
    .select('value')
    .where('key', '=', 'category_defaults')
    .executeTakeFirst()
  const categoryDefaults = settingOf(new Map([['category_defaults', figure?.value]]), 'category_defaults')
  return {
    terms: row === undefined ? null : toTerms(row),
    priceUnder: (terms, functionName, actionType) =>
      basePrice({ categoryDefaults }, terms ?? undefined, { functionName, actionType }),
  }
}
