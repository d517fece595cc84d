import type { CallToPrice } from '../../billing/index.ts'
import type { KernelParts } from '../parts.ts'
import { type AuthorizedCall, type FundedCall, type RefusedCall, refuse } from './stages.ts'

const PRICED: ReadonlySet<string> = new Set(['function', 'tool', 'expose'])

const toPrice = ({ pass, use, handler }: AuthorizedCall): CallToPrice => ({
  callId: pass.callId,
  traceId: pass.traceId,
  tenantId: pass.actor.tenantId,
  userId: pass.actor.userId,
  app: use.app,
  functionName: handler.functionName,
  actionType: handler.actionType,
  isPriced: PRICED.has(handler.kind) && pass.actor.kind === 'user',
  model: pass.intent.model ?? null,
})

/**
 * G5, money: keeps the price of the call back before anything runs (K10.10). A free call, which most are, is known from
 * memory and asks the database nothing.
 */
export async function reserveCredits(parts: KernelParts, call: AuthorizedCall): Promise<FundedCall | RefusedCall> {
  const funded = (charge: FundedCall['charge']) => ({ ...call, stage: 'funded', charge }) as unknown as FundedCall // the only place that may say so
  const asked = toPrice(call)
  const price = parts.billing.price(asked)
  if (price === null) return funded(null)
  const charge = await parts.billing.reserve(asked, price)
  if (charge !== null || price.isWaivable) return funded(charge)
  const cost = price.base + price.fee
  return refuse(call, {
    ledger: 'denied',
    code: 'INSUFFICIENT_CREDITS',
    message: `This costs ${cost} ${cost === 1 ? 'credit' : 'credits'}, and your wallet does not hold as many. Top it up to go on.`,
    data: { price: cost, base_price: price.base, platform_fee: price.fee, link: '/wallet/credits' },
  })
}
