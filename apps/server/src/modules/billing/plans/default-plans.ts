import { z } from 'zod'

const cents = z.number().int().min(0).max(100_000_000)
const credits = z.number().int().min(0).max(1_000_000_000)

// Administration is never for sale, and neither is everything.
const FEATURE = /^(?!admin(?::|$)|users:|extensions:)[a-z][a-z0-9_-]{0,62}(?::(?:\*|[a-z0-9][a-z0-9_-]{0,62}))?$/

/** A plan as the operator writes it; see the guide for operators. */
export const PlanFile = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z][a-z0-9_-]{0,49}$/, 'an id is lower-case letters, digits, - and _'),
    name: z.string().min(1).max(100),
    price_cents: cents,
    /** For a year at once; twelve months when it is left out. */
    annual_price_cents: cents.optional(),
    included_tokens: credits,
    /** Most credits that the plan fills a wallet up to; `included_tokens` when it is left out. */
    cap: credits.optional(),
    features: z
      .record(z.string(), z.boolean())
      .superRefine((features, context) => {
        for (const feature of Object.keys(features).filter((name) => !FEATURE.test(name)))
          context.addIssue(
            `“${feature}” is no feature: it is a word, or a scope such as reports:read that is not administrative`,
          )
      })
      .default({}),
    /** -1 is without a limit. */
    limits: z.record(z.string(), z.number().int().min(-1)).default({}),
    self_service: z.boolean().default(false),
    by_contract: z.boolean().default(false),
  }),
)
export type PlanFile = z.output<typeof PlanFile>

const NOTHING = { voice: false, connectors: false, coding: false, connections: false, file_reader: false }
const SOME = { ...NOTHING, connectors: true, file_reader: true }
const EVERYTHING = { voice: true, connectors: true, coding: true, connections: true, file_reader: true }

/**
 * The plans that the platform comes with (kernel 10.4). `free` is what every account begins with: whoever runs the platform
 * for themselves is not limited by it, only the credits for what costs some are given once.
 */
export const DEFAULT_PLANS: z.input<typeof PlanFile> = [
  {
    id: 'free',
    name: 'Free',
    price_cents: 0,
    included_tokens: 500,
    features: EVERYTHING,
    limits: { extensions: -1, actions: -1 },
  },
  {
    id: 'micro',
    name: 'Micro',
    price_cents: 0,
    included_tokens: 500,
    features: NOTHING,
    limits: { extensions: 2, actions: 500, automations: 3 },
  },
  {
    id: 'starter',
    name: 'Starter',
    price_cents: 900,
    annual_price_cents: 9000,
    included_tokens: 15_000,
    features: SOME,
    limits: { extensions: 5, actions: 5_000, automations: 10 },
  },
  {
    id: 'pro',
    name: 'Pro',
    price_cents: 2900,
    annual_price_cents: 29_000,
    included_tokens: 50_000,
    features: { ...EVERYTHING, coding: false },
    limits: { extensions: 10, actions: 20_000, automations: 50 },
    self_service: true,
  },
  {
    id: 'business',
    name: 'Business',
    price_cents: 7900,
    annual_price_cents: 79_000,
    included_tokens: 200_000,
    features: EVERYTHING,
    limits: { extensions: 25, actions: 100_000, automations: 200 },
    self_service: true,
  },
  {
    id: 'enterprise',
    name: 'Enterprise',
    price_cents: 0,
    included_tokens: 0,
    features: EVERYTHING,
    limits: { extensions: -1, actions: -1 },
    by_contract: true,
  },
]
