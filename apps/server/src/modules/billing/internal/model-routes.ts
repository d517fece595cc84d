import { billingInternal as routes, type ModelRate as WireRate } from '@imperal/contract'
import { implement, type MountedRoute } from '../../../foundation/http/index.ts'
import { type Acting, actOf } from '../../audit/index.ts'
import { billingErrors } from '../errors.ts'
import { runIn } from '../ledger/move-credits.ts'
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

async function write(
  parts: BillingParts,
  { modelId, rate, request, action }: { modelId: string; rate: Rate; request: Acting; action: string },
): Promise<void> {
  const values = { ...rate, updated_at: parts.clock.iso() }
  await parts.db.everyTenant(async (tx) => {
    await tx
      .insertInto('billing.model_rate')
      .values({ model_id: modelId, ...values })
      .onConflict((conflict) => conflict.column('model_id').doUpdateSet(values))
      .execute()
    await runIn(
      tx,
      parts.audit.recording({
        ...actOf(request),
        action,
        targetType: 'model_rate',
        targetId: modelId,
        afterState: { ...rate },
      }),
    )
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
  implement(routes.setModelRate, async (request) => {
    const { params, body } = request
    const rate = { ...body, platform_fee_default: body.platform_fee_default ?? null }
    await write(parts, { modelId: params.model, rate, request, action: 'billing.model_rate_saved' })
    return { model_id: params.model, action: 'saved' as const }
  }),
  implement(routes.removeModelRate, async (request) => {
    const { params } = request
    const { tier, input_cost_per_1k, output_cost_per_1k, platform_fee_default } = toRate(rateOf(parts, params.model))
    const kept = { tier, input_cost_per_1k, output_cost_per_1k, platform_fee_default }
    const rate = { ...kept, is_available: false }
    await write(parts, { modelId: params.model, rate, request, action: 'billing.model_rate_removed' })
    return { model_id: params.model, action: 'softdeleted' as const }
  }),
]
