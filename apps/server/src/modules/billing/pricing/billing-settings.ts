import { z } from 'zod'

const amount = z.number().int().min(0).max(100_000)

/** Figures that the operator may change while the platform runs (api.md 3.11), with the documented defaults. */
export const BILLING_SETTINGS = {
  platform_fees: z
    .object({ economy: amount, standard: amount, premium: amount })
    .default({ economy: 60, standard: 250, premium: 2200 }),
  token_rate: z.object({ token_rate: z.number().int().min(1).max(1_000_000) }).default({ token_rate: 1000 }),
  category_defaults: z
    .object({ read: amount, write: amount, destructive: amount })
    .default({ read: 1, write: 5, destructive: 10 }),
  coding_pricing: z
    .object({
      markup: z.number().min(0).max(1000),
      credits_per_dollar: z.number().int().min(1).max(1_000_000),
      min_charge: amount,
      grace_cap: z.number().int().min(0).max(20_000),
      low_warn_threshold: amount,
    })
    .default({ markup: 1, credits_per_dollar: 1000, min_charge: 1, grace_cap: 2000, low_warn_threshold: 500 }),
  voice_costs: z.object({ stt: amount, speak: amount }).default({ stt: 0, speak: 0 }),
  voice_enabled: z.object({ enabled: z.boolean() }).default({ enabled: false }),
} as const

export type SettingKey = keyof typeof BILLING_SETTINGS
export type SettingValue<K extends SettingKey> = z.output<(typeof BILLING_SETTINGS)[K]>

/** A stored figure, or its default where none is stored. */
export function settingOf<K extends SettingKey>(values: ReadonlyMap<string, unknown>, key: K): SettingValue<K> {
  const parsed = BILLING_SETTINGS[key].safeParse(values.get(key))
  // A figure that an older version wrote differently counts as not set.
  return (parsed.success ? parsed.data : BILLING_SETTINGS[key].parse(undefined)) as SettingValue<K>
}

/** All figures of one moment. */
export interface BillingFigures {
  readonly platformFees: SettingValue<'platform_fees'>
  /** Credits for a dollar. */
  readonly tokenRate: number
  readonly categoryDefaults: SettingValue<'category_defaults'>
}
