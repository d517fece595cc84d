import { ActionResult, readerOf } from '@imperal/sdk'
import { type PlatformAnswer, platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { chat, PlanChanged, TokensBought } from './extension.ts'
import { credits } from './functions.ts'

/**
 * What moves money. The platform stops each of these calls until a person has released it at the panel; only then its
 * routes let this app through.
 */

const refused = (answer: PlatformAnswer<unknown>) =>
  ActionResult.error(answer.problem, { code: 'PLATFORM_REFUSED', retryable: answer.status >= 500 })

const Price = z.object({ tokens: z.number().int(), price_cents: z.number().int(), label: z.string() })
interface TopupConfig {
  readonly tiers: { readonly tokens: number; readonly price_cents: number; readonly label: string }[]
  readonly custom_min_cents: number
  readonly custom_max_cents: number
  readonly token_rate: number
}

export const listPrices = chat.function(
  'list_prices',
  {
    description: 'List what credits cost: the offers, and the rate for every other amount. Look here before buying.',
    params: z.object({}),
    returns: z.object({
      offers: z.array(Price),
      tokens_per_dollar: z.number().int(),
      least_cents: z.number().int(),
      most_cents: z.number().int(),
    }),
  },
  async (ctx) => {
    const answer = await platform(ctx).request<TopupConfig>('GET', '/v1/billing/topup-config')
    if (!answer.ok) return refused(answer)
    const { tiers, token_rate, custom_min_cents, custom_max_cents } = answer.body
    const reader = readerOf(ctx)
    const offers = tiers.map(({ tokens, price_cents, label }) => ({ tokens, price_cents, label }))
    const said = offers.map(
      ({ tokens, price_cents }) => `${credits(tokens, reader)} for $${(price_cents / 100).toFixed(2)}`,
    )
    return ActionResult.success(
      { offers, tokens_per_dollar: token_rate, least_cents: custom_min_cents, most_cents: custom_max_cents },
      said.join(', ') || 'Credits are not for sale here.',
    )
  },
)

export const buyTokens = chat.function(
  'buy_tokens',
  {
    description:
      'Buy credits with the saved card. The price is the one of list_prices and is checked before anything is paid.',
    actionType: 'write',
    event: TokensBought,
    effects: ['create:payment'],
    params: z.object({
      tokens: z.number().int().min(1).max(1_000_000_000).describe('How many credits.'),
      price_cents: z.number().int().min(1).max(100_000_000).describe('What they cost, in cents, as list_prices says.'),
    }),
    returns: z.object({
      tokens: z.number().int(),
      price_cents: z.number().int(),
      payment_id: z.string(),
      paid: z.boolean(),
    }),
  },
  async (ctx, { tokens, price_cents }) => {
    const body = { tokens, price_cents, off_session: true }
    const answer = await platform(ctx).request<{ payment_intent_id: string; succeeded: boolean }>(
      'POST',
      '/v1/billing/topup',
      { body },
    )
    if (!answer.ok) return refused(answer)
    const { payment_intent_id: payment_id, succeeded: paid } = answer.body
    const sum = credits(tokens, readerOf(ctx))
    const said = paid ? `${sum} were added.` : `The payment for ${sum} was started; they are added when it has arrived.`
    return ActionResult.success({ tokens, price_cents, payment_id, paid }, said)
  },
)

const Plan = z.object({ plan: z.string(), status: z.string(), effective_at: z.string().nullable() })
const planParams = z.object({
  plan_id: z.string().min(1).max(50).describe('Id from list_plans.'),
  period: z.enum(['monthly', 'annual']).default('monthly').describe('How long is paid for at once.'),
})
type PlanParams = z.infer<typeof planParams>

interface Changed {
  readonly action: 'upgrade' | 'downgrade' | 'none'
  readonly plan: string
  readonly effective_at: string | null
  readonly pending: boolean
}

async function moveTo(ctx: object, body: PlanParams) {
  const client = platform(ctx)
  const now = await client.request<{ plan: string; status: string }>('GET', '/v1/billing/subscription')
  if (!now.ok) return refused(now)
  if (now.body.plan === 'free' || now.body.status === 'expired') {
    const begun = await client.request<{ plan: string; status: string }>('POST', '/v1/billing/subscribe', { body })
    if (!begun.ok) return refused(begun)
    const { plan, status } = begun.body
    const said =
      status === 'active'
        ? `The plan ${plan} has begun.`
        : `The plan ${body.plan_id} begins when its payment has arrived.`
    return ActionResult.success({ plan, status, effective_at: null }, said)
  }
  const answer = await client.request<Changed>('POST', '/v1/billing/change-plan', { body })
  if (!answer.ok) return refused(answer)
  const { plan, pending, effective_at } = answer.body
  const said = pending ? `The plan ${plan} begins with the next period.` : `The plan is ${plan} now.`
  return ActionResult.success({ plan, status: pending ? 'pending' : 'active', effective_at }, said)
}

/** What every function that changes the plan says of itself. */
const PLAN_CHANGE = {
  actionType: 'write',
  event: PlanChanged,
  effects: ['update:subscription'],
  returns: Plan,
} as const

const planFunction = (name: string, description: string) =>
  chat.function(
    name,
    {
      description,
      ...PLAN_CHANGE,
      params: planParams,
    },
    moveTo,
  )

export const changePlan = planFunction(
  'change_plan',
  'Move to another plan: a better one begins now and costs the difference, a smaller one with the next period.',
)
export const upgradePlan = planFunction('upgrade_plan', 'Move to a better plan now; the difference is paid at once.')
export const downgradePlan = planFunction('downgrade_plan', 'Move to a smaller plan with the next period.')

const subscriptionFunction = (name: string, step: 'cancel' | 'resume' | 'renew', description: string, said: string) =>
  chat.function(
    name,
    {
      description,
      ...PLAN_CHANGE,
      params: z.object({}),
    },
    async (ctx) => {
      const answer = await platform(ctx).request<{ plan: string; status: string; expires_at: string | null }>(
        'POST',
        `/v1/billing/${step}`,
        { body: {} },
      )
      if (!answer.ok) return refused(answer)
      const { plan, status, expires_at: effective_at } = answer.body
      return ActionResult.success({ plan, status, effective_at }, said)
    },
  )

export const cancelSubscription = subscriptionFunction(
  'cancel_subscription',
  'cancel',
  'End the paid plan with the period that is paid for.',
  'The plan ends with its period.',
)
export const resumeSubscription = subscriptionFunction(
  'resume_subscription',
  'resume',
  'Keep a paid plan that was to end with its period.',
  'The plan goes on.',
)
export const renewSubscription = subscriptionFunction(
  'renew_subscription',
  'renew',
  'Pay for another period of a plan that has run out.',
  'Another period is paid for.',
)
