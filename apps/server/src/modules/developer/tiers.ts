export interface Tier {
  /** Percent of the base price that the developer keeps. */
  readonly split: number
  /** Most apps; null without a limit. */
  readonly apps: number | null
  readonly analyticsDays: number
}

/** Tiers of developers (kernel 10.5). */
const TIERS: Readonly<Record<string, Tier>> = {
  explorer: { split: 70, apps: 1, analyticsDays: 7 },
  indie: { split: 80, apps: 3, analyticsDays: 30 },
  studio: { split: 85, apps: 10, analyticsDays: 90 },
  partner: { split: 95, apps: null, analyticsDays: 365 },
}
const LOWEST: Tier = { split: 70, apps: 1, analyticsDays: 7 }

export const tierOf = (name: string): Tier => TIERS[name] ?? LOWEST

/** How many apps a developer may have; `factor` is the operator's. Null without a limit. */
export function appLimit(tier: string, factor: number): number | null {
  const { apps } = tierOf(tier)
  return apps === null ? null : apps * factor
}
