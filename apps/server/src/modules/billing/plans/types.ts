export type BillingPeriod = 'monthly' | 'annual'

export interface Plan {
  readonly planId: string
  readonly name: string
  readonly priceCents: number
  readonly annualPriceCents: number
  /** Credits of a month. */
  readonly includedTokens: number
  /** Most credits that it fills a wallet up to. */
  readonly cap: number
  readonly features: Readonly<Record<string, boolean>>
  /** By meter; -1 is without a limit. */
  readonly limits: Readonly<Record<string, number>>
  readonly selfService: boolean
  readonly byContract: boolean
}

/** What everybody has who has no other plan. */
export const FREE = 'free'

export const priceOf = (plan: Plan, period: BillingPeriod): number =>
  period === 'annual' ? plan.annualPriceCents : plan.priceCents

/** Credits that a whole period gives. */
export const creditsOf = (plan: Plan, period: BillingPeriod): number =>
  plan.includedTokens * (period === 'annual' ? 12 : 1)
