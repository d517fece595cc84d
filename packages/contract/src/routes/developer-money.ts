import { z } from 'zod'
import { AppId, Timestamp } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

export const DeveloperTier = z.enum(['explorer', 'indie', 'studio', 'partner'])
export type DeveloperTier = z.infer<typeof DeveloperTier>

export const PayoutStatus = z.enum(['pending', 'approved', 'paid', 'rejected'])
/** Credits that a developer asked to be paid; the dollars were fixed at the request (api.md 5.7). */
export const PayoutResponse = z.object({
  id: z.number().int(),
  developer_id: z.string(),
  amount_tokens: z.number().int(),
  amount_usd: z.string().describe('Dollars as a decimal number.'),
  status: PayoutStatus,
  method: z.string(),
  notes: z.string(),
  admin_note: z.string().nullable(),
  requested_at: Timestamp,
  processed_at: Timestamp.nullable(),
  paid_at: Timestamp.nullable(),
})
export type PayoutResponse = z.infer<typeof PayoutResponse>

const byApp = z.object({ app_id: AppId })
const byPayout = z.object({ payout_id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })
const Note = z.object({ note: z.string().trim().max(500).default('') })
const owned = ['DEVELOPER_APP_NOT_FOUND'] as const
const tag = 'developer'

const requesting = {
  method: 'POST',
  auth: 'dev',
  tag,
  body: z
    .object({
      amount_tokens: z
        .number()
        .int()
        .min(1)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .describe('At least what the installation has as its minimum (payout_min_tokens).'),
      amount: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional().describe('As amount_tokens.'),
      payout_method: z.string().trim().max(100).default('manual'),
      notes: z.string().trim().max(500).default(''),
    })
    .refine((body) => body.amount_tokens !== undefined || body.amount !== undefined, {
      path: ['amount_tokens'],
      error: 'say how many credits are to be paid',
    })
    .refine(
      ({ amount_tokens, amount }) => amount_tokens === undefined || amount === undefined || amount_tokens === amount,
      { path: ['amount'], error: 'differs from amount_tokens' },
    ),
  response: PayoutResponse,
  errors: [
    'DEVELOPER_NOT_REGISTERED',
    'DEVELOPER_TIER_WITHOUT_PAYOUT',
    'BILLING_NOT_EARNED',
    'BILLING_EARNINGS_DISPUTED',
    'BILLING_PAYOUT_PENDING',
    'BILLING_PAYOUT_TOO_SMALL',
  ],
} as const

/** What developers earn, what they have paid out, and what the tiers cost (api.md 3.12, 3.13). */
export const developerMoney = {
  analytics: defineRoute({
    id: 'developer.analytics',
    method: 'GET',
    path: '/v1/developer/apps/{app_id}/analytics',
    auth: 'dev',
    tag,
    summary: 'How an own app is used, and what it earns, by day and by function',
    params: byApp,
    query: z.object({ days: z.coerce.number().int().min(1).max(365).optional() }),
    response: z.object({
      app_id: z.string(),
      days: z.number().int(),
      total_actions: z.number().int(),
      unique_users: z.number().int(),
      success_rate: z.number().describe('0 to 1, of the calls that ran.'),
      avg_duration_ms: z.number().int(),
      earnings: z.number().int(),
      by_day: z.array(z.object({ date: z.string(), actions: z.number().int(), earnings: z.number().int() })),
      by_tool: z.array(z.object({ tool: z.string(), actions: z.number().int(), errors: z.number().int() })),
    }),
    errors: [...owned, 'DEVELOPER_ANALYTICS_WINDOW'],
  }),
  earnings: defineRoute({
    id: 'developer.earnings',
    method: 'GET',
    path: '/v1/developer/earnings',
    auth: 'dev',
    tag,
    summary: 'What all own apps have earned, in credits',
    response: z.object({
      total_earnings: z.number().int(),
      total_platform_share: z.number().int(),
      pending_payout: z.number().int().describe('Asked for and not paid yet.'),
      paid_out: z.number().int(),
      of_given_credits: z
        .number()
        .int()
        .describe('Of total_earnings: rests on credits that nobody paid for; it is not paid out.'),
      disputed: z
        .number()
        .int()
        .describe('Of calls whose payment was disputed, while it is owed; it is not payable until then.'),
      payable: z.number().int().describe('What can be asked for now.'),
      payout_min_tokens: z.number().int().describe('Least credits of one payout in this installation.'),
    }),
  }),
  earningsOfApp: defineRoute({
    id: 'developer.app_earnings',
    method: 'GET',
    path: '/v1/developer/earnings/{app_id}',
    auth: 'dev',
    tag,
    summary: 'What one own app has earned, by month',
    params: byApp,
    response: z.object({
      app_id: z.string(),
      total_earnings: z.number().int(),
      action_count: z.number().int(),
      by_period: z.array(z.object({ period: z.string(), earned: z.number().int(), actions: z.number().int() })),
    }),
    errors: owned,
  }),
  payouts: defineRoute({
    id: 'developer.list_payouts',
    method: 'GET',
    path: '/v1/developer/payouts',
    auth: 'dev',
    tag,
    summary: 'Payouts that the caller asked for, newest first',
    response: z.array(PayoutResponse),
  }),
  requestPayout: defineRoute({
    ...requesting,
    id: 'developer.request_payout',
    path: '/v1/developer/payouts/request',
    summary: 'Ask for earned credits to be paid in dollars',
  }),
  requestPayoutAlias: defineRoute({
    ...requesting,
    id: 'developer.request_payout_alias',
    surface: 'alias',
    path: '/v1/developer/payouts',
    summary: 'Older spelling of asking for a payout',
  }),
  setTier: defineRoute({
    id: 'developer.set_tier',
    method: 'PUT',
    path: '/v1/developer/tier',
    auth: 'dev',
    tag,
    summary: 'Move to another tier; a paid one is bought from the wallet for a year',
    body: z.object({ tier: DeveloperTier }),
    response: z.object({
      tier: DeveloperTier,
      revenue_split_dev: z.number().int(),
      expires_at: Timestamp.nullable(),
    }),
    errors: [
      'DEVELOPER_NOT_REGISTERED',
      'DEVELOPER_TIER_UNAVAILABLE',
      'DEVELOPER_TOO_MANY_APPS',
      'BILLING_INSUFFICIENT',
    ],
  }),
  pendingPayouts: defineRoute({
    id: 'admin.pending_payouts',
    method: 'GET',
    path: '/v1/admin/payouts/pending',
    auth: 'svc-or-admin',
    platformOnly: true,
    tag: 'admin',
    summary: 'Payouts that wait for a decision, oldest first',
    query: z.object({
      include_approved: z.stringbool().default(false).describe('Those as well that are agreed to and not paid yet.'),
    }),
    response: z.array(PayoutResponse.extend({ developer_email: z.string(), nickname: z.string().nullable() })),
  }),
  approvePayout: defineRoute({
    id: 'admin.approve_payout',
    method: 'POST',
    path: '/v1/admin/payouts/{payout_id}/approve',
    auth: 'svc-or-admin',
    platformOnly: true,
    tag: 'admin',
    summary: 'Agree to a payout',
    params: byPayout,
    body: Note,
    response: PayoutResponse,
    errors: ['BILLING_PAYOUT_UNKNOWN', 'BILLING_OWN_PAYOUT', 'BILLING_PAYOUT_STATE', 'BILLING_EARNINGS_DISPUTED'],
  }),
  rejectPayout: defineRoute({
    id: 'admin.reject_payout',
    method: 'POST',
    path: '/v1/admin/payouts/{payout_id}/reject',
    auth: 'svc-or-admin',
    platformOnly: true,
    tag: 'admin',
    summary: 'Turn a payout down; the credits go back to what was earned',
    params: byPayout,
    body: Note,
    response: PayoutResponse,
    errors: ['BILLING_PAYOUT_UNKNOWN', 'BILLING_PAYOUT_STATE'],
  }),
  payPayout: defineRoute({
    id: 'admin.pay_payout',
    surface: 'client',
    method: 'POST',
    path: '/v1/admin/payouts/{payout_id}/paid',
    auth: 'svc-or-admin',
    platformOnly: true,
    tag: 'admin',
    summary: 'Note that the money of an approved payout was sent',
    params: byPayout,
    body: Note,
    response: PayoutResponse,
    errors: ['BILLING_PAYOUT_UNKNOWN', 'BILLING_OWN_PAYOUT', 'BILLING_PAYOUT_STATE', 'BILLING_EARNINGS_DISPUTED'],
  }),
  config: defineRoute({
    id: 'admin.developer_config',
    method: 'GET',
    path: '/v1/admin/developer/config',
    auth: 'svc-or-admin',
    tag: 'admin',
    summary: 'Tiers of developers and the figures of payouts',
    response: z.object({
      tiers: z.record(
        z.string(),
        z.object({
          split: z.number().int(),
          app_limit: z.number().int().nullable(),
          analytics_days: z.number().int(),
          rate_limit: z.number().int().describe('Calls of an app in a minute.'),
          price: z.number().int().describe('Credits a year.'),
        }),
      ),
      payout_min_tokens: z.number().int(),
      token_rate: z.number().int(),
    }),
  }),
  giveTier: defineRoute({
    id: 'admin.give_tier',
    method: 'POST',
    path: '/v1/admin/developer/tier',
    auth: 'svc-or-admin',
    platformOnly: true,
    tag: 'admin',
    summary: 'Give a developer a tier without payment',
    body: z.object({ user_id: z.string().min(1).max(64), tier: DeveloperTier }),
    response: z.object({ user_id: z.string(), tier: DeveloperTier, comped_by: z.string() }),
    errors: ['DEVELOPER_NO_SUCH_DEVELOPER', 'DEVELOPER_ADMIN_NEEDED'],
  }),
}
