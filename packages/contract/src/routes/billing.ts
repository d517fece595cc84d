import { z } from 'zod'
import { defineRoute } from '../route.ts'

export const billing = {
  balance: defineRoute({
    id: 'billing.balance',
    method: 'GET',
    path: '/v1/billing/balance',
    auth: 'user',
    tag: 'Billing',
    summary: 'Credits of the signed-in user; one credit is a thousandth of a dollar',
    response: z.object({
      balance: z.number().int(),
      currency: z.literal('token'),
      updated_at: z.string(),
      plan: z.string(),
      status: z.string(),
      cap: z.number().int(),
      included_tokens: z.number().int(),
    }),
  }),
} as const
