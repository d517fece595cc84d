import { z } from 'zod'
import { billingErrors } from '../errors.ts'
import type { BillingParts, Owner } from '../parts.ts'
import { cardOf } from './customers.ts'
import { actionOf, orDeclined, pay } from './pay.ts'
import { intentIdOf } from './payment-rows.ts'

const credits = z.number().int().min(1).max(1_000_000_000)
const cents = z.number().int().min(50).max(100_000_000)

/** What credits are sold for beside the plain rate; the operator's setting `topup`, with a default. */
export const TopupOffer = z.object({
  tiers: z.array(
    z.object({
      tokens: credits,
      price_cents: cents,
      label: z.string().max(100),
      bonus_tokens: z.number().int().min(0),
    }),
  ),
  custom_min_cents: cents,
  custom_max_cents: cents,
})
export type TopupOffer = z.output<typeof TopupOffer>

const DEFAULT_OFFER: TopupOffer = {
  tiers: [
    { tokens: 10_000, price_cents: 1_000, label: '10,000 credits', bonus_tokens: 0 },
    { tokens: 50_000, price_cents: 5_000, label: '50,000 credits', bonus_tokens: 2_500 },
    { tokens: 200_000, price_cents: 20_000, label: '200,000 credits', bonus_tokens: 20_000 },
  ],
  custom_min_cents: 500,
  custom_max_cents: 100_000,
}

export function offerOf(parts: Pick<BillingParts, 'book'>): TopupOffer {
  const stored = TopupOffer.safeParse(parts.book.stored('topup'))
  return stored.success ? stored.data : DEFAULT_OFFER
}

/** Never fails: without payments there is nothing to buy. */
export async function topupConfig(parts: BillingParts) {
  const token_rate = parts.book.settings().tokenRate
  const { custom_min_cents, custom_max_cents, tiers } = offerOf(parts)
  if (!parts.providers.isOn()) return { publishable_key: '', tiers: [], custom_min_cents, custom_max_cents, token_rate }
  const { publishableKey } = await parts.providers.current()
  return { publishable_key: publishableKey, tiers, custom_min_cents, custom_max_cents, token_rate }
}

/** What so many credits cost, and how many come on top; null: as many are not sold at once. */
export function offerFor(parts: Pick<BillingParts, 'book'>, tokens: number): { cents: number; bonus: number } | null {
  const offer = offerOf(parts)
  const tier = offer.tiers.find((one) => one.tokens === tokens)
  if (tier !== undefined) return { cents: tier.price_cents, bonus: tier.bonus_tokens }
  const price = Math.ceil((tokens * 100) / parts.book.settings().tokenRate)
  return price >= offer.custom_min_cents && price <= offer.custom_max_cents ? { cents: price, bonus: 0 } : null
}

/** Credits on top for this offer. @throws BILLING_WRONG_PRICE */
export function checkPrice(parts: Pick<BillingParts, 'book'>, tokens: number, priceCents: number): number {
  const offer = offerFor(parts, tokens)
  if (offer === null) throw billingErrors.WRONG_PRICE({ tokens })
  if (offer.cents !== priceCents) throw billingErrors.WRONG_PRICE({ tokens, expected: offer.cents })
  return offer.bonus
}

export interface TopupRequest {
  readonly tokens: number
  readonly priceCents: number
  readonly saveMethod: boolean
  /** Takes the stored card. */
  readonly offSession: boolean
  /** The person sits before the panel and can answer their bank. */
  readonly isPresent: boolean
}

/**
 * Buys credits. `offSession` takes the stored card now; otherwise the browser goes on with the provider's form.
 * @throws BILLING_WRONG_PRICE, BILLING_NO_CARD, BILLING_DECLINED, BILLING_PAYMENTS_OFF
 */
export async function topup(parts: BillingParts, owner: Owner, asked: TopupRequest) {
  const bonus = checkPrice(parts, asked.tokens, asked.priceCents)
  const provider = await parts.providers.current()
  const methodId = asked.offSession && provider.takesCards ? await cardOf(parts, owner) : null
  const paid = orDeclined(
    await pay(
      parts,
      {
        ...owner,
        type: 'topup',
        amountCents: asked.priceCents,
        tokens: asked.tokens,
        purpose: bonus === 0 ? {} : { bonus_tokens: bonus },
      },
      {
        methodId,
        offSession: asked.offSession && !asked.isPresent,
        saveMethod: asked.saveMethod && methodId === null,
        description: `${asked.tokens} credits`,
      },
    ),
  )
  return {
    client_secret: paid.charge.clientSecret,
    payment_intent_id: intentIdOf(paid.payment),
    publishable_key: provider.publishableKey,
    succeeded: paid.charge.status === 'succeeded',
    requires_action: paid.charge.requiresAction,
    ...actionOf(paid.charge),
  }
}
