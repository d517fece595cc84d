import type { DeveloperTier } from '@imperal/contract'

export interface Tier {
  /** Percent of the base price that the developer keeps. */
  readonly split: number
  /** Most apps; null without a limit. */
  readonly apps: number | null
  readonly analyticsDays: number
  /** Calls of an app in a minute. */
  readonly rateLimit: number
  /** Credits for a year. */
  readonly price: number
  readonly paysOut: boolean
}

/** Tiers of developers (kernel 10.5), the lowest first. */
export const TIERS: Readonly<Record<DeveloperTier, Tier>> = {
  explorer: { split: 70, apps: 1, analyticsDays: 7, rateLimit: 100, price: 0, paysOut: false },
  indie: { split: 80, apps: 3, analyticsDays: 30, rateLimit: 500, price: 9_000, paysOut: true },
  studio: { split: 85, apps: 10, analyticsDays: 90, rateLimit: 2_000, price: 29_000, paysOut: true },
  partner: { split: 95, apps: null, analyticsDays: 365, rateLimit: 5_000, price: 79_000, paysOut: true },
}

export const isTier = (name: string): name is DeveloperTier => Object.hasOwn(TIERS, name)

export const tierOf = (name: string): Tier => (isTier(name) ? TIERS[name] : TIERS.explorer)

/** How many apps a developer may have; `factor` is the operator's. Null without a limit. */
export function appLimit(tier: string, factor: number): number | null {
  const { apps } = tierOf(tier)
  return apps === null ? null : apps * factor
}
