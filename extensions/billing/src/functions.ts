import { ActionResult, type Reader, readerOf } from '@imperal/sdk'
import * as z from 'zod'
import { chat } from './extension.ts'

export const credits = (amount: number, reader: Reader): string =>
  `${reader.number(amount)} ${amount === 1 ? 'credit' : 'credits'}`

export const getBalance = chat.function(
  'get_balance',
  {
    description: 'Show how many credits the wallet holds, and the plan that it belongs to.',
    params: z.object({}),
    returns: z.object({
      balance: z.number().int(),
      currency: z.literal('token'),
      updated_at: z.string(),
      plan: z.string(),
      status: z.string(),
      cap: z.number().int(),
    }),
  },
  async (ctx) => {
    const [{ balance, plan, cap }, { status }, [last]] = await Promise.all([
      ctx.billing.getBalance(),
      ctx.billing.getSubscription(),
      ctx.billing.listEntries(1),
    ])
    const updated_at = last?.createdAt ?? ctx.time.nowUtc
    return ActionResult.success(
      { balance, currency: 'token' as const, updated_at, plan, status, cap },
      `${credits(balance, readerOf(ctx))}.`,
    )
  },
)

const Entry = z.object({
  id: z.number().int(),
  transaction_id: z.string(),
  amount: z.number().int(),
  reason: z.string(),
  app_id: z.string().nullable(),
  description: z.string().nullable(),
  created_at: z.string().nullable(),
})

export const listRecent = chat.function(
  'list_recent',
  {
    description: 'List the latest movements of the wallet, newest first.',
    params: z.object({ limit: z.number().int().min(1).max(200).default(20).describe('How many at most.') }),
    returns: z.object({ entries: z.array(Entry), total: z.number().int() }),
  },
  async (ctx, { limit }) => {
    const entries = (await ctx.billing.listEntries(limit)).map((entry) => ({
      id: entry.id,
      transaction_id: entry.transactionId,
      amount: entry.amount,
      reason: entry.reason,
      app_id: entry.appId,
      description: entry.description,
      created_at: entry.createdAt,
    }))
    const said = entries.length === 0 ? 'The wallet has not moved yet.' : `The last ${entries.length} movements.`
    return ActionResult.success({ entries, total: entries.length }, said)
  },
)

export const listPlans = chat.function(
  'list_plans',
  {
    description: 'List the plans that the platform offers, with their prices and limits.',
    params: z.object({}),
    returns: z.object({
      plans: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          price: z.number(),
          interval: z.string(),
          features: z.record(z.string(), z.json()),
          limits: z.record(z.string(), z.number()),
        }),
      ),
    }),
  },
  async (ctx) => {
    const plans = (await ctx.billing.listPlans()).map(({ id, name, price, interval, features, limits }) => ({
      ...{ id, name, price, interval },
      features: { ...features },
      limits: { ...limits },
    }))
    const { locale } = readerOf(ctx)
    const dollars = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: 'USD',
    })
    const said = plans.map(({ name, price, interval }) =>
      price === 0 ? `${name}, free` : `${name}, ${dollars.format(price)} a ${interval}`,
    )
    return ActionResult.success({ plans }, said.length === 0 ? 'No plans are on offer.' : `${said.join('; ')}.`)
  },
)
