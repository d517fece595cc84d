import { billingInternal as routes, type ModelRate as WireRate } from '@imperal/contract'
import { implement, type MountedRoute } from '../../../foundation/http/index.ts'
import { billingErrors } from '../errors.ts'
import type { BillingParts } from '../parts.ts'
import type { ModelRate } from '../pricing/price-book.ts'

const toRate = (rate: ModelRate): WireRate => ({
  id: rate.id,
  model_id: rate.modelId,
  tier: rate.tier,
  input_cost_per_1k: rate.inputCost,
  output_cost_per_1k: rate.outputCost,
  is_available: rate.isAvailable,
  platform_fee_default: rate.feeDefault,
})

/** @throws BILLING_MODEL_UNKNOWN */
function rateOf(parts: BillingParts, model: string): ModelRate {
  const rate = parts.book.rate(model)
  if (rate === undefined) throw billingErrors.MODEL_UNKNOWN()
  return rate
}

interface Rate {
  readonly tier: ModelRate['tier']
  readonly input_cost_per_1k: number
  readonly output_cost_per_1k: number
  readonly is_available: boolean
  readonly platform_fee_default: number | null
}

async function write(parts: BillingParts, modelId: string, rate: Rate): Promise<void> {
  const values = { ...rate, updated_at: parts.clock.iso() }
  await parts.db.everyTenant(async (tx) => {
    await tx
      .insertInto('billing.model_rate')
      .values({ model_id: modelId, ...values })
      .onConflict((conflict) => conflict.column('model_id').doUpdateSet(values))
      .execute()
    await parts.book.changed(tx)
  })
  await parts.book.refresh()
}

/** What models cost (api.md 3.11). */
export const modelRoutes = (parts: BillingParts): readonly MountedRoute[] => [
  implement(routes.modelRates, ({ query }) =>
    parts.book
      .rates()
      .filter((rate) => rate.isAvailable || query.include_unavailable)
      .map(toRate),
  ),
  implement(routes.modelRate, ({ params }) => toRate(rateOf(parts, params.model))),
  implement(routes.setModelRate, async ({ params, body }) => {
    await write(parts, params.model, { ...body, platform_fee_default: body.platform_fee_default ?? null })
    return { model_id: params.model, action: 'saved' as const }
  }),
  implement(routes.removeModelRate, async ({ params }) => {
    const { tier, input_cost_per_1k, output_cost_per_1k, platform_fee_default } = toRate(rateOf(parts, params.model))
    const kept = { tier, input_cost_per_1k, output_cost_per_1k, platform_fee_default }
    await write(parts, params.model, { ...kept, is_available: false })
    return { model_id: params.model, action: 'softdeleted' as const }
  }),
]
