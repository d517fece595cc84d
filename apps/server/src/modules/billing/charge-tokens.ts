import { EVERY_TENANT } from '../../foundation/db/index.ts'
import { randomId } from '../../foundation/ids.ts'
import { billingErrors } from './errors.ts'
import { bookingOfHold } from './ledger/book.ts'
import { putHold, releasing } from './ledger/holds.ts'
import { linesOf } from './ledger/move-credits.ts'
import type { BillingParts, Owner } from './parts.ts'
import type { ModelRate } from './pricing/price-book.ts'

export interface TokensAsked extends Owner {
  readonly appId: string
  readonly traceId: string | null
  readonly model: string
  readonly maxTokens: number
  readonly promptBytes: number
}

export interface TokenCharge {
  end(usage: { readonly input_tokens: number; readonly output_tokens: number } | null): Promise<void>
}

/** Credits for so many tokens, rounded up: what the model costs, at the operator's rate of credits for a dollar. */
export function creditsFor(rate: ModelRate, tokenRate: number, usage: { input: number; output: number }): number {
  const dollars = (usage.input * rate.inputCost + usage.output * rate.outputCost) / 1000
  // Sums of decimal fractions miss whole numbers by a hair.
  return Math.ceil(Number((dollars * tokenRate).toFixed(6)))
}

/** No text has more tokens than this for its bytes in the vocabularies of today's models. */
const BYTES_PER_TOKEN = 2

/**
 * Keeps back what a request of an app to a model of the installation may cost its user (api.md 5.9, `ctx.ai.complete`).
 * Null: it costs nothing, because the operator does not charge for models or has entered no rate, or because nobody is
 * behind it. @throws BILLING_INSUFFICIENT
 */
export async function beginTokens(parts: BillingParts, asked: TokensAsked): Promise<TokenCharge | null> {
  const rate = parts.book.rate(asked.model)
  if (!parts.book.chargesModels() || rate === undefined || asked.userId.startsWith('__')) return null
  const { tokenRate } = parts.book.settings()
  const most = { input: Math.ceil(asked.promptBytes / BYTES_PER_TOKEN), output: asked.maxTokens }
  const amount = creditsFor(rate, tokenRate, most)
  if (amount === 0) return null
  const { tenantId, userId, appId, traceId } = asked
  const holdId = randomId('ai')
  if ((await putHold(parts, { holdId, tenantId, userId, appId, traceId, amount })) === null)
    throw billingErrors.INSUFFICIENT()
  return {
    async end(usage) {
      const used =
        usage === null ? 0 : creditsFor(rate, tokenRate, { input: usage.input_tokens, output: usage.output_tokens })
      const cost = Math.min(used, amount)
      const at = parts.clock.iso()
      const movement = { tenantId, userId, appId, amount: -cost, reason: 'action', eventId: holdId } as const
      const lines = linesOf({ ...movement, description: `Model ${asked.model}` })
      const closing =
        cost === 0
          ? releasing({ holdId, tenantId }, at)
          : bookingOfHold({ tenantId, transactionId: `txn_${holdId}`, at, lines }, { holdId, userId })
      try {
        await parts.db.atomic(EVERY_TENANT, [closing])
        if (cost > 0) parts.watch.moved(asked, 'action', -cost)
      } catch (error) {
        // The hold expires and the platform bears the cost.
        parts.log.error({ err: error, userId, model: asked.model }, 'tokens of a model could not be charged')
      }
    },
  }
}
