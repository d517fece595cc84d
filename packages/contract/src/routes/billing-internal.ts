import { z } from 'zod'
import { Timestamp } from '../identifiers.ts'
import { defineRoute } from '../route.ts'
import { LimitsResponse, PaymentMethod, PaymentResponse, SubscriptionResponse } from './billing.ts'

const tag = 'Billing (internal)'
const amount = (most: number) => z.number().int().min(0).max(most)
const userId = z.string().min(1).max(64)
const byUser = z.object({ user_id: userId })
const byModel = z.object({ model: z.string().min(1).max(200) })
const byHold = z.object({ hold_id: z.string().min(1).max(64) })
const page = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
})

/** Credits per call by the tier of the model. */
export const PlatformFees = z.object({
  economy: amount(100_000),
  standard: amount(100_000),
  premium: amount(100_000),
})
/** Credits for a dollar. */
export const TokenRate = z.object({ token_rate: z.number().int().min(1).max(1_000_000) })
/** What a call of an app with prices costs when its function has none. */
export const CategoryDefaults = z.object({
  read: amount(100_000),
  write: amount(100_000),
  destructive: amount(100_000),
})
export const CodingPricing = z.object({
  markup: z.number().min(0).max(1000),
  credits_per_dollar: z.number().int().min(1).max(1_000_000),
  min_charge: amount(100_000),
  /** Above 20,000 the server takes 20,000. */
  grace_cap: amount(1_000_000_000).transform((value) => Math.min(value, 20_000)),
  low_warn_threshold: amount(1_000_000_000),
})
export const VoiceCosts = z.object({ stt: amount(100_000), speak: amount(100_000) })
export const VoiceEnabled = z.object({ enabled: z.boolean() })

export const ModelTierName = z.enum(['economy', 'standard', 'premium'])
export const ModelRate = z.object({
  id: z.number().int(),
  model_id: z.string(),
  tier: ModelTierName,
  input_cost_per_1k: z.number(),
  output_cost_per_1k: z.number(),
  is_available: z.boolean(),
  platform_fee_default: z.number().int().nullable(),
})
export type ModelRate = z.infer<typeof ModelRate>

const Change = z.object({ model_id: z.string(), action: z.enum(['saved', 'softdeleted']) })

function figures<S extends z.ZodType>(key: string, name: string, schema: S, summary: string) {
  const path = `/v1/internal/billing/${name}`
  return {
    read: defineRoute({
      id: `billing_internal.${key}`,
      method: 'GET',
      path,
      auth: 'svc',
      tag,
      summary,
      response: schema,
    }),
    write: defineRoute({
      id: `billing_internal.set_${key}`,
      method: 'PUT',
      path,
      auth: 'svc',
      tag,
      summary: `Change: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
      body: schema,
      response: schema,
      errors: ['BILLING_ADMIN_NEEDED'],
    }),
  }
}

// It travels in a header, which takes visible ASCII only.
const StripeKey = z
  .string()
  .max(500)
  .regex(/^[\x21-\x7e]*$/, 'holds a character that no key has')

const StripeConfig = z.object({
  configured: z.boolean(),
  enabled: z.boolean(),
  mode: z.enum(['test', 'live', 'unset']),
  source: z.enum(['database', 'environment', 'none']),
  secret_key_masked: z.string(),
  publishable_key_masked: z.string(),
  webhook_secret_set: z.boolean(),
  account: z.object({ id: z.string(), charges_enabled: z.boolean(), payouts_enabled: z.boolean() }).nullable(),
  balance: z.record(z.string(), z.number().int()),
  webhook: z.object({ url: z.string(), healthy: z.boolean(), events_ok: z.boolean() }),
})

/** What services of the platform do with wallets, plans and prices (api.md 3.11). */
export const billingInternal = {
  trackUsage: defineRoute({
    id: 'billing_internal.track_usage',
    method: 'POST',
    path: '/v1/billing/internal/usage/track',
    auth: 'svc',
    tag,
    summary: 'Count something that a user has used',
    body: z.object({
      user_id: userId.optional(),
      tenant_id: z.string().min(1).max(64).optional(),
      meter: z.string().regex(/^[a-z][a-z0-9_.:-]{0,99}$/, 'a meter is lower-case letters, digits and _ . : -'),
      quantity: z.number().int().min(0).max(1_000_000_000).default(1),
      extension_id: z.string().max(64).nullish(),
    }),
    response: z.object({
      tracked: z.literal(true),
      meter: z.string(),
      used: z.number().int(),
      limit: z.number().int(),
      exceeded: z.boolean(),
    }),
    errors: ['BILLING_NO_USER', 'BILLING_USER_UNKNOWN'],
  }),
  userLimits: defineRoute({
    id: 'billing_internal.user_limits',
    method: 'GET',
    path: '/v1/billing/internal/user-limits/{user_id}',
    auth: 'svc',
    tag,
    summary: 'Usage and limits of a user',
    params: byUser,
    response: LimitsResponse,
    errors: ['BILLING_USER_UNKNOWN'],
  }),
  balance: defineRoute({
    id: 'billing_internal.balance',
    method: 'GET',
    path: '/v1/billing/internal/balance/{user_id}',
    auth: 'svc',
    tag,
    summary: 'Wallet of a user, with what is held',
    params: byUser,
    response: z.object({
      balance: z.number().int(),
      currency: z.literal('token'),
      updated_at: z.string(),
      plan: z.string(),
      status: z.string(),
      cap: z.number().int(),
      included_tokens: z.number().int(),
      held: z.number().int(),
      available: z.number().int(),
      holds: z.array(
        z.object({
          hold_id: z.string(),
          amount: z.number().int(),
          app_id: z.string().nullable(),
          created_at: Timestamp,
        }),
      ),
    }),
    errors: ['BILLING_USER_UNKNOWN'],
  }),
  subscription: defineRoute({
    id: 'billing_internal.subscription',
    method: 'GET',
    path: '/v1/billing/internal/subscription/{user_id}',
    auth: 'svc',
    tag,
    summary: 'Plan of a user',
    params: byUser,
    response: SubscriptionResponse,
    errors: ['BILLING_USER_UNKNOWN'],
  }),
  paymentMethods: defineRoute({
    id: 'billing_internal.payment_methods',
    method: 'GET',
    path: '/v1/billing/internal/payment-methods/{user_id}',
    auth: 'svc',
    tag,
    summary: 'Cards of a user',
    params: byUser,
    response: z.array(PaymentMethod),
    errors: ['BILLING_USER_UNKNOWN'],
  }),
  payments: defineRoute({
    id: 'billing_internal.payments',
    method: 'GET',
    path: '/v1/billing/internal/payments/{user_id}',
    auth: 'svc',
    tag,
    summary: 'Payments of a user, newest first',
    params: byUser,
    query: page,
    response: z.array(PaymentResponse),
    errors: ['BILLING_USER_UNKNOWN'],
  }),
  platformFees: figures(
    'platform_fees',
    'platform-fees',
    PlatformFees,
    'Fee of a call that a model chose, by its tier',
  ),
  tokenRate: figures('token_rate', 'token-rate', TokenRate, 'Credits for a dollar'),
  categoryDefaults: figures(
    'category_defaults',
    'category-defaults',
    CategoryDefaults,
    'Price of functions that have none',
  ),
  codingPricing: figures('coding_pricing', 'coding-pricing', CodingPricing, 'Price of coding sessions'),
  voiceCosts: figures('voice_costs', 'voice-costs', VoiceCosts, 'Price of speech'),
  voiceEnabled: figures('voice_enabled', 'voice-enabled', VoiceEnabled, 'Whether speech is offered'),
  planFeature: defineRoute({
    id: 'billing_internal.plan_feature',
    method: 'PUT',
    path: '/v1/internal/billing/plan-feature',
    auth: 'svc',
    tag,
    summary: 'Switch a feature of a plan',
    body: z.object({
      plan_id: z.string().min(1).max(50),
      feature: z.enum(['voice', 'connectors', 'coding', 'connections', 'file_reader']),
      enabled: z.boolean(),
    }),
    response: z.object({ plan_id: z.string(), feature: z.string(), enabled: z.boolean() }),
    errors: ['BILLING_ADMIN_NEEDED', 'BILLING_NO_PLAN'],
  }),
  userPlan: defineRoute({
    id: 'billing_internal.user_plan',
    method: 'PUT',
    path: '/v1/internal/billing/user-plan',
    auth: 'svc',
    tag,
    summary: 'Give a user a plan without charge',
    body: z.object({ user_id: userId, plan_ref: z.string().min(1).max(50) }),
    response: z.object({ plan: z.string(), plan_id: z.string(), status: z.string() }),
    errors: ['BILLING_ADMIN_NEEDED', 'BILLING_NO_PLAN', 'BILLING_USER_UNKNOWN'],
  }),
  modelRates: defineRoute({
    id: 'billing_internal.model_rates',
    method: 'GET',
    path: '/v1/internal/billing/model-rates',
    auth: 'svc',
    tag,
    summary: 'What models cost',
    query: z.object({
      include_unavailable: z
        .enum(['true', 'false', '1', '0'])
        .default('false')
        .transform((value) => value === 'true' || value === '1'),
    }),
    response: z.array(ModelRate),
  }),
  modelRate: defineRoute({
    id: 'billing_internal.model_rate',
    method: 'GET',
    path: '/v1/internal/billing/model-rate/{model}',
    auth: 'svc',
    tag,
    summary: 'What one model costs',
    params: byModel,
    response: ModelRate,
    errors: ['BILLING_MODEL_UNKNOWN'],
  }),
  setModelRate: defineRoute({
    id: 'billing_internal.set_model_rate',
    method: 'PUT',
    path: '/v1/internal/billing/model-rates/{model}',
    auth: 'svc',
    tag,
    summary: 'Say what a model costs, in dollars for a thousand tokens',
    params: byModel,
    body: z.object({
      tier: ModelTierName,
      input_cost_per_1k: z.number().min(0).max(1000),
      output_cost_per_1k: z.number().min(0).max(1000),
      is_available: z.boolean().default(true),
      platform_fee_default: amount(100_000).nullish(),
    }),
    response: Change,
  }),
  removeModelRate: defineRoute({
    id: 'billing_internal.remove_model_rate',
    method: 'DELETE',
    path: '/v1/internal/billing/model-rates/{model}',
    auth: 'svc',
    tag,
    summary: 'Offer a model no longer; what it cost is kept',
    params: byModel,
    response: Change,
    errors: ['BILLING_MODEL_UNKNOWN'],
  }),
  stripeConfig: defineRoute({
    id: 'billing_internal.stripe_config',
    method: 'GET',
    path: '/v1/internal/billing/stripe-config',
    auth: 'svc',
    tag,
    summary: 'How Stripe is set up; keys are shown by their ends only',
    response: StripeConfig,
    errors: ['BILLING_ADMIN_NEEDED'],
  }),
  setStripeConfig: defineRoute({
    id: 'billing_internal.set_stripe_config',
    method: 'PUT',
    path: '/v1/internal/billing/stripe-config',
    auth: 'svc',
    tag,
    summary: 'Set up Stripe; what is left out stays',
    body: z.object({
      secret_key: StripeKey.min(8).optional(),
      publishable_key: StripeKey.optional(),
      webhook_secret: StripeKey.optional(),
      enabled: z.boolean().optional(),
    }),
    response: StripeConfig,
    errors: ['BILLING_ADMIN_NEEDED', 'BILLING_KEY_REJECTED'],
  }),
  adjust: defineRoute({
    id: 'billing_internal.adjust',
    method: 'POST',
    path: '/v1/internal/billing/adjust',
    auth: 'svc',
    tag,
    summary: 'Give credits to a user, or take some',
    body: z.object({
      user_id: userId,
      amount: z
        .number()
        .int()
        .min(-1_000_000_000)
        .max(1_000_000_000)
        .refine((value) => value !== 0, { error: 'the amount must not be 0' }),
      reason: z.string().trim().min(1).max(500),
    }),
    response: z.object({
      user_id: z.string(),
      balance: z.number().int(),
      adjustment: z.number().int(),
      reason: z.string(),
    }),
    errors: ['BILLING_ADMIN_NEEDED', 'BILLING_USER_UNKNOWN', 'BILLING_BELOW_ZERO'],
  }),
  hold: defineRoute({
    id: 'billing_internal.hold',
    method: 'POST',
    path: '/v1/internal/billing/holds',
    auth: 'svc',
    tag,
    summary: 'Keep credits of a user back for work that begins',
    body: z.object({
      user_id: userId,
      amount: z.number().int().min(1).max(1_000_000_000),
      app_id: z.string().max(64).nullish(),
      trace_id: z.string().max(64).nullish(),
    }),
    response: z.object({ hold_id: z.string(), available: z.number().int() }),
    errors: ['BILLING_USER_UNKNOWN', 'BILLING_INSUFFICIENT'],
  }),
  settle: defineRoute({
    id: 'billing_internal.settle',
    method: 'POST',
    path: '/v1/internal/billing/holds/{hold_id}/settle',
    auth: 'svc',
    tag,
    summary: 'Charge what was really used of a hold, and give back the rest',
    params: byHold,
    body: z.object({ amount: z.number().int().min(0).max(1_000_000_000) }),
    response: z.object({ charged: z.number().int(), balance: z.number().int() }),
    errors: ['BILLING_HOLD_UNKNOWN', 'BILLING_HOLD_CLOSED', 'BILLING_MORE_THAN_HELD'],
  }),
  release: defineRoute({
    id: 'billing_internal.release',
    method: 'POST',
    path: '/v1/internal/billing/holds/{hold_id}/release',
    auth: 'svc',
    tag,
    summary: 'Give everything of a hold back',
    params: byHold,
    body: z.object({}),
    response: z.object({ charged: z.number().int(), balance: z.number().int() }),
    errors: ['BILLING_HOLD_UNKNOWN', 'BILLING_HOLD_CLOSED'],
  }),
  pendingPayments: defineRoute({
    id: 'admin.payments',
    platformOnly: true,
    method: 'GET',
    path: '/v1/admin/payments',
    auth: 'admin',
    surface: 'client',
    tag: 'admin',
    summary: 'Payments that wait for the operator, or those that a dispute withdrew and that are owed, oldest first',
    query: z.object({ standing: z.enum(['waiting', 'owed']).default('waiting') }),
    response: z.array(
      z.object({
        payment_intent_id: z.string(),
        user_id: z.string(),
        tenant_id: z.string(),
        email: z.string(),
        type: z.string(),
        plan: z.string().nullable(),
        tokens: z.number().int(),
        amount_cents: z.number().int(),
        currency: z.string(),
        created_at: Timestamp,
        status: z.string(),
        owed_credits: z.number().int().describe('Spent before a dispute took their money back.'),
      }),
    ),
  }),
  approvePayment: defineRoute({
    id: 'admin.approve_payment',
    platformOnly: true,
    method: 'POST',
    path: '/v1/admin/payments/{payment_id}/approve',
    auth: 'admin',
    surface: 'client',
    tag: 'admin',
    summary: 'The money has arrived: credit what was paid for',
    params: z.object({ payment_id: z.string().min(1).max(64) }),
    body: z.object({}),
    response: z.object({ payment_intent_id: z.string(), status: z.literal('completed') }),
    errors: ['BILLING_PAYMENT_UNKNOWN', 'BILLING_PAYMENT_CLOSED'],
  }),
  rejectPayment: defineRoute({
    id: 'admin.reject_payment',
    platformOnly: true,
    method: 'POST',
    path: '/v1/admin/payments/{payment_id}/reject',
    auth: 'admin',
    surface: 'client',
    tag: 'admin',
    summary: 'The money will not come',
    params: z.object({ payment_id: z.string().min(1).max(64) }),
    body: z.object({ note: z.string().max(500).default('') }),
    response: z.object({ payment_intent_id: z.string(), status: z.literal('failed') }),
    errors: ['BILLING_PAYMENT_UNKNOWN', 'BILLING_PAYMENT_CLOSED'],
  }),
} as const
