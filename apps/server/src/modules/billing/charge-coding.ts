import type { Tx } from '../../foundation/db/index.ts'
import { creditsFor } from './charge-tokens.ts'
import { lockWallet, moveCredits } from './ledger/move-credits.ts'
import type { BillingParts, Owner } from './parts.ts'

/** What a model was used for in one turn of a coding session so far. */
export interface CodingUse {
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What administrators chose for coding sessions (api.md 3.11), in whole credits. */
export interface CodingTerms {
  /** Most that a turn may owe, so that a step under way is not cut. */
  readonly graceCap: number
  /** The person is told when less than this is left. */
  readonly lowWarnThreshold: number
}

export interface CodingSpending extends Owner {
  readonly amount: number
  readonly description: string
  /** At most 55 characters, unique in the tenant. */
  readonly eventId: string
}

/** Prices and charges of coding sessions (api.md 5.9). */
export interface CodingCharges {
  terms(): CodingTerms
  /** Whether anybody pays for models here at all. */
  charges(): boolean
  /**
   * Whole credits for the uses of one turn: what the models cost, marked up, and not less than the smallest charge. 0 where
   * the operator does not charge for models or has entered no rate.
   */
  cost(uses: readonly CodingUse[]): number
  /** Takes as much of an amount as the wallet has; answers what was taken and what is left. Commits with `tx`. */
  spend(tx: Tx, spending: CodingSpending): Promise<{ readonly taken: number; readonly available: number }>
  /** After the commit: the owner of the wallet hears of it. */
  spent(owner: Owner, amount: number): void
}

export function codingCharges(parts: BillingParts): CodingCharges {
  const setting = () => parts.book.setting('coding_pricing')
  return {
    terms: () => ({ graceCap: setting().grace_cap, lowWarnThreshold: setting().low_warn_threshold }),
    charges: () => parts.book.chargesModels() && parts.book.rates().length > 0,
    cost(uses) {
      if (!parts.book.chargesModels()) return 0
      const { markup, credits_per_dollar: perDollar, min_charge: least } = setting()
      const rated = uses.flatMap((use) => {
        const rate = parts.book.rate(use.model)
        return rate === undefined ? [] : [{ rate, use }]
      })
      if (rated.length === 0) return 0
      const exact = rated.map(({ rate, use }) =>
        creditsFor(rate, perDollar * markup, { input: use.inputTokens, output: use.outputTokens }),
      )
      return Math.max(
        least,
        exact.reduce((sum, one) => sum + one, 0),
      )
    },
    async spend(tx, { amount, description, eventId, ...owner }) {
      const { tenantId, userId } = owner
      const { available } = await lockWallet(parts, tx, owner)
      const taken = Math.max(0, Math.min(amount, available))
      const movement = { tenantId, userId, amount: -taken, reason: 'action', description, eventId } as const
      await moveCredits(parts, tx, [movement])
      return { taken, available: available - taken }
    },
    spent: (owner, amount) => {
      if (amount > 0) parts.watch.moved(owner, 'action', -amount)
    },
  }
}
