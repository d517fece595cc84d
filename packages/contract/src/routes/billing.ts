import { z } from 'zod'
import { Timestamp } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

const Credits = z.number().int()
const Cents = z.number().int()
const Period = z.enum(['monthly', 'annual'])
/** Page of the bank on which the person finishes a payment that asks for them; absent: there is none to open. */
const ActionUrl = z.string().optional()

const Balance = z.object({
  balance: Credits,
  currency: z.literal('token'),
  updated_at: z.string(),
  plan: z.string(),
  status: z.string(),
  cap: Credits,
  included_tokens: Credits,
})

/** One movement of a wallet, newest first; positive when it grew. */
export const LedgerEntry = z.object({
  id: z.number().int(),
  transaction_id: z.string(),
  amount: Credits,
  reason: z.string(),
  app_id: z.string().nullable(),
  description: z.string().nullable(),
  created_at: Timestamp.nullable(),
  /** What the wallet held afterwards. */
  balance_after: Credits,
  /** The trace of the calls that it was paid for; null: it was for none, or that is no longer known. */
  trace_id: z.string().nullable(),
})
export type LedgerEntry = z.infer<typeof LedgerEntry>

/** Exactly these members: clients of the documented API refuse any other (api.md 3.11). */
export const PlanResponse = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Dollars. */
  price: z.number(),
  interval: z.string(),
  features: JsonObject,
  limits: JsonObject,
})
export type PlanResponse = z.infer<typeof PlanResponse>

export const SubscriptionResponse = z.object({
  plan: z.string(),
  status: z.enum(['active', 'trialing', 'past_due', 'cancelled', 'expired', 'free']),
  started_at: Timestamp.nullable(),
  expires_at: Timestamp.nullable(),
  cancel_at_period_end: z.boolean(),
  billing_mode: z.enum(['card', 'manual', 'free']),
  /** The only flag by which a client may ask for a card. */
  card_required: z.boolean(),
  contract_amount_cents: Cents.nullable(),
  billing_note: z.string().nullable(),
  pending_plan: z.string().nullable(),
  period: Period,
})
export type SubscriptionResponse = z.infer<typeof SubscriptionResponse>

/** Meters of this month against what the plan allows; -1 is without a limit. */
export const LimitsResponse = z.object({
  plan: z.string(),
  usage: z.record(z.string(), z.number().int()),
  limits: z.record(z.string(), z.number().int()),
  exceeded: z.array(z.string()),
})
export type LimitsResponse = z.infer<typeof LimitsResponse>

/** Exactly these members (api.md 3.11). */
export const PaymentResponse = z.strictObject({
  payment_intent_id: z.string(),
  amount_cents: Cents,
  currency: z.string(),
  tokens: Credits,
  status: z.string(),
  type: z.string(),
  created_at: Timestamp,
  completed_at: Timestamp.nullable(),
  receipt_url: z.string().nullable(),
})
export type PaymentResponse = z.infer<typeof PaymentResponse>

/** How a payment stands at this moment, and who has to do something next. */
export const PaymentStanding = z.object({
  payment_intent_id: z.string(),
  status: z.string(),
  /** `bank`: the person, on the page of `action_url`; `none`: nobody can, or nothing is left to do. */
  waits_for: z.enum(['bank', 'provider', 'operator', 'none']),
  action_url: z.string().nullable(),
  /** A sentence for people; set when it failed. */
  failure: z.string().nullable(),
})
export type PaymentStanding = z.infer<typeof PaymentStanding>

/** Exactly these members (api.md 3.11). */
export const PaymentMethod = z.strictObject({
  id: z.string(),
  type: z.string(),
  brand: z.string(),
  last4: z.string(),
  exp_month: z.number().int(),
  exp_year: z.number().int(),
  is_default: z.boolean(),
})
export type PaymentMethod = z.infer<typeof PaymentMethod>

/** Exactly these members (api.md 3.11). */
export const AutoTopUpSettings = z.strictObject({
  enabled: z.boolean(),
  threshold_pct: z.number().int(),
  recharge_tokens: Credits,
  recharge_cents: Cents,
  payment_method_id: z.string(),
})
export type AutoTopUpSettings = z.infer<typeof AutoTopUpSettings>

const VAT = /^(?:[A-Z]{2}[A-Z0-9+*.]{2,13})?$/
export const BillingProfile = z.object({
  name: z.string().max(200),
  company: z.string().max(200),
  vat: z.string().max(20).regex(VAT, 'a VAT number begins with two letters, as in DE123456789'),
  country: z.string().regex(/^(?:[A-Z]{2})?$/, 'a country is two capital letters, as in DE'),
  address: z.string().max(500),
})
export type BillingProfile = z.infer<typeof BillingProfile>

const tag = 'Billing'
const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum)
const page = z.object({ limit: whole(1, 200).default(50), offset: whole(0, 1_000_000).default(0) })
const period = Period.default('monthly')
const plan_id = z.string().min(1).max(50)
const PlanState = z.object({ status: z.string(), plan: z.string(), expires_at: Timestamp.nullable() })
const oneMethod = z.object({ pm_id: z.string().min(1).max(100) })
const Acted = z.object({ message: z.string(), id: z.string() })
const noBody = z.object({})

/** Wallet, plans and payments of the caller; a service acts for the user that it names (api.md 3.11). */
export const billing = {
  balance: defineRoute({
    id: 'billing.balance',
    method: 'GET',
    path: '/v1/billing/balance',
    auth: 'user',
    tag,
    summary: 'Credits of the signed-in user; one credit is a thousandth of a dollar',
    response: Balance,
  }),
  wallet: defineRoute({
    id: 'billing.wallet',
    method: 'GET',
    path: '/v1/billing/wallet',
    auth: 'user',
    tag,
    summary: 'Credits of the signed-in user, with what is held for work that runs',
    response: Balance.extend({
      held: Credits,
      available: Credits,
      included_left: Credits.describe('Credits of the plan that are not used yet; they are used first.'),
      debt: Credits.describe(
        'Spent credits of payments that were disputed; what is bought next makes them good first.',
      ),
    }),
  }),
  walletHistory: defineRoute({
    id: 'billing.wallet_history',
    method: 'GET',
    path: '/v1/billing/wallet/history',
    auth: 'user',
    tag,
    summary: 'Movements of the wallet, newest first',
    query: page,
    response: z.array(LedgerEntry),
  }),
  plans: defineRoute({
    id: 'billing.plans',
    method: 'GET',
    path: '/v1/billing/plans',
    auth: 'none',
    tag,
    summary: 'Plans, the cheapest first',
    response: z.array(PlanResponse),
  }),
  subscription: defineRoute({
    id: 'billing.subscription',
    method: 'GET',
    path: '/v1/billing/subscription',
    auth: 'user',
    tag,
    summary: 'The plan of the caller and how it goes on',
    response: SubscriptionResponse,
  }),
  usage: defineRoute({
    id: 'billing.usage',
    method: 'GET',
    path: '/v1/billing/usage',
    auth: 'user',
    tag,
    summary: 'What was used this month, against the limits of the plan',
    response: LimitsResponse,
  }),
  subscribe: defineRoute({
    id: 'billing.subscribe',
    method: 'POST',
    path: '/v1/billing/subscribe',
    auth: 'panel',
    tag,
    summary: 'Begin a paid plan',
    body: z.object({ plan_id, period }),
    response: PlanState.extend({
      client_secret: z.string().optional(),
      requires_action: z.boolean(),
      action_url: ActionUrl,
      payment_intent_id: z.string().optional(),
    }),
    errors: [
      'BILLING_PLAN_UNKNOWN',
      'BILLING_NO_CARD',
      'BILLING_DECLINED',
      'BILLING_ALREADY_SUBSCRIBED',
      'BILLING_PAYMENTS_OFF',
    ],
  }),
  changePlan: defineRoute({
    id: 'billing.change_plan',
    method: 'POST',
    path: '/v1/billing/change-plan',
    auth: 'panel-or-svc',
    tag,
    summary: 'Move to another plan: a better one now, a smaller one at the end of the period',
    body: z.object({ plan_id, period }),
    response: z.object({
      action: z.enum(['upgrade', 'downgrade', 'none']),
      plan: z.string(),
      succeeded: z.boolean(),
      requires_action: z.boolean(),
      action_url: ActionUrl,
      client_secret: z.string(),
      effective_at: Timestamp.nullable(),
      pending: z.boolean(),
    }),
    errors: [
      'BILLING_PLAN_UNKNOWN',
      'BILLING_NO_CARD',
      'BILLING_DECLINED',
      'BILLING_ILLEGAL_STATE',
      'BILLING_PAYMENTS_OFF',
    ],
  }),
  cancel: defineRoute({
    id: 'billing.cancel',
    method: 'POST',
    path: '/v1/billing/cancel',
    auth: 'panel-or-svc',
    tag,
    summary: 'End the plan with its period',
    body: noBody,
    response: PlanState.extend({ cancel_at_period_end: z.literal(true) }),
    errors: ['BILLING_FREE_PLAN', 'BILLING_ILLEGAL_STATE'],
  }),
  resume: defineRoute({
    id: 'billing.resume',
    method: 'POST',
    path: '/v1/billing/resume',
    auth: 'panel-or-svc',
    tag,
    summary: 'Keep a plan that was to end with its period',
    body: noBody,
    response: PlanState.extend({ cancel_at_period_end: z.literal(false) }),
    errors: ['BILLING_ILLEGAL_STATE'],
  }),
  renew: defineRoute({
    id: 'billing.renew',
    method: 'POST',
    path: '/v1/billing/renew',
    auth: 'panel-or-svc',
    tag,
    summary: 'Pay for another period of a plan that has run out',
    body: noBody,
    response: PlanState.extend({ payment_intent_id: z.string(), action_url: ActionUrl }),
    errors: ['BILLING_NO_CARD', 'BILLING_DECLINED', 'BILLING_ILLEGAL_STATE', 'BILLING_PAYMENTS_OFF'],
  }),
  portal: defineRoute({
    id: 'billing.portal',
    method: 'POST',
    path: '/v1/billing/portal',
    auth: 'panel-or-svc',
    tag,
    summary: 'Address of the payment provider’s own page for this customer',
    body: noBody,
    response: z.object({ url: z.string() }),
    errors: ['BILLING_PAYMENTS_OFF'],
  }),
  payments: defineRoute({
    id: 'billing.payments',
    method: 'GET',
    path: '/v1/billing/payments',
    auth: 'user',
    tag,
    summary: 'Payments of the caller, newest first',
    query: page,
    response: z.array(PaymentResponse),
  }),
  checkPayment: defineRoute({
    id: 'billing.check_payment',
    surface: 'client',
    method: 'POST',
    path: '/v1/billing/payments/{payment_id}/check',
    auth: 'panel',
    tag,
    summary: 'Ask the provider how an own payment stands, take note of it, and name the page on which it is finished',
    params: z.object({ payment_id: z.string().min(1).max(255) }),
    body: noBody,
    response: PaymentStanding,
    errors: ['BILLING_PAYMENT_UNKNOWN', 'BILLING_PAYMENTS_OFF', 'BILLING_PROVIDER_FAILED'],
    rateLimit: { limit: 60, windowSeconds: 60, key: 'user' },
  }),
  profile: defineRoute({
    id: 'billing.profile',
    method: 'GET',
    path: '/v1/billing/profile',
    auth: 'user',
    tag,
    summary: 'Whom invoices are made out to',
    response: BillingProfile,
  }),
  updateProfile: defineRoute({
    id: 'billing.update_profile',
    method: 'PUT',
    path: '/v1/billing/profile',
    auth: 'user',
    tag,
    summary: 'Change whom invoices are made out to; what is left out stays',
    body: BillingProfile.partial(),
    response: BillingProfile,
  }),
  topupConfig: defineRoute({
    id: 'billing.topup_config',
    method: 'GET',
    path: '/v1/billing/topup-config',
    auth: 'none',
    tag,
    summary: 'What credits cost; without tiers while payments are off',
    response: z.object({
      publishable_key: z.string(),
      tiers: z.array(z.object({ tokens: Credits, price_cents: Cents, label: z.string(), bonus_tokens: Credits })),
      custom_min_cents: Cents,
      custom_max_cents: Cents,
      token_rate: z.number().int(),
    }),
  }),
  topup: defineRoute({
    id: 'billing.topup',
    method: 'POST',
    path: '/v1/billing/topup',
    auth: 'panel-or-svc',
    tag,
    summary: 'Buy credits; the price is checked here',
    body: z.object({
      tokens: z.number().int().min(1).max(1_000_000_000),
      price_cents: z.number().int().min(1).max(100_000_000),
      save_payment_method: z.boolean().default(false),
      off_session: z.boolean().default(false),
    }),
    response: z.object({
      client_secret: z.string(),
      payment_intent_id: z.string(),
      publishable_key: z.string(),
      succeeded: z.boolean(),
      requires_action: z.boolean(),
      action_url: ActionUrl,
    }),
    errors: ['BILLING_WRONG_PRICE', 'BILLING_NO_CARD', 'BILLING_DECLINED', 'BILLING_PAYMENTS_OFF'],
  }),
  confirmTopup: defineRoute({
    id: 'billing.confirm_topup',
    method: 'POST',
    path: '/v1/billing/topup/confirm',
    auth: 'svc',
    tag,
    summary: 'Credit a payment that the provider calls succeeded; repeating it changes nothing',
    body: z.object({ payment_intent_id: z.string().min(1).max(255) }),
    response: z.object({
      status: z.literal('completed'),
      tokens: Credits,
      balance: Credits,
      already_completed: z.boolean(),
    }),
    errors: ['BILLING_PAYMENT_UNKNOWN', 'BILLING_NOT_PAID', 'BILLING_PAYMENTS_OFF'],
  }),
  paymentMethods: defineRoute({
    id: 'billing.payment_methods',
    method: 'GET',
    path: '/v1/billing/payment-methods',
    auth: 'user',
    tag,
    summary: 'Cards of the caller',
    response: z.array(PaymentMethod),
  }),
  setupPaymentMethod: defineRoute({
    id: 'billing.setup_payment_method',
    method: 'POST',
    path: '/v1/billing/payment-methods/setup',
    auth: 'panel-or-svc',
    tag,
    summary: 'Begin to store a card; the card itself goes to the provider alone',
    body: noBody,
    response: z.object({ client_secret: z.string(), publishable_key: z.string() }),
    errors: ['BILLING_PAYMENTS_OFF'],
  }),
  removePaymentMethod: defineRoute({
    id: 'billing.remove_payment_method',
    method: 'DELETE',
    path: '/v1/billing/payment-methods/{pm_id}',
    auth: 'panel-or-svc',
    tag,
    summary: 'Forget a card',
    params: oneMethod,
    response: Acted,
    errors: ['BILLING_METHOD_UNKNOWN', 'BILLING_LAST_CARD', 'BILLING_PAYMENTS_OFF'],
  }),
  defaultPaymentMethod: defineRoute({
    id: 'billing.default_payment_method',
    method: 'PUT',
    path: '/v1/billing/payment-methods/{pm_id}/default',
    auth: 'panel-or-svc',
    tag,
    summary: 'Pay with this card from now on',
    params: oneMethod,
    body: noBody,
    response: Acted,
    errors: ['BILLING_METHOD_UNKNOWN', 'BILLING_PAYMENTS_OFF'],
  }),
  autoTopup: defineRoute({
    id: 'billing.auto_topup',
    method: 'GET',
    path: '/v1/billing/auto-topup',
    auth: 'user',
    tag,
    summary: 'Whether credits are bought by themselves when few are left',
    response: AutoTopUpSettings,
  }),
  updateAutoTopup: defineRoute({
    id: 'billing.update_auto_topup',
    method: 'PUT',
    path: '/v1/billing/auto-topup',
    auth: 'panel-or-svc',
    tag,
    summary: 'Buy credits automatically, or no longer',
    body: z.object({
      enabled: z.boolean(),
      threshold_pct: z.number().int().min(1).max(50),
      recharge_tokens: z.number().int().min(1).max(100_000_000),
      payment_method_id: z.string().max(100).default(''),
    }),
    response: AutoTopUpSettings,
    errors: ['BILLING_CARD_NEEDED', 'BILLING_WRONG_PRICE'],
  }),
  stripeWebhook: defineRoute({
    id: 'billing.stripe_webhook',
    method: 'POST',
    path: '/v1/webhooks/stripe',
    auth: 'none',
    tag: 'Webhooks',
    summary: 'What Stripe has to say; only signed messages count, each of them once',
    bodyKind: 'raw',
    response: z.object({ received: z.literal(true) }),
    errors: ['BILLING_SIGNATURE', 'BILLING_PAYMENTS_OFF'],
    rateLimit: { limit: 600, windowSeconds: 60, key: 'ip' },
  }),
} as const
