import { z } from 'zod'
import { Timestamp } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

const Credits = z.number().int()

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
})
export type LedgerEntry = z.infer<typeof LedgerEntry>

const tag = 'Billing'

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
    response: Balance.extend({ held: Credits, available: Credits }),
  }),
  walletHistory: defineRoute({
    id: 'billing.wallet_history',
    method: 'GET',
    path: '/v1/billing/wallet/history',
    auth: 'user',
    tag,
    summary: 'Movements of the wallet, newest first',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
    response: z.array(LedgerEntry),
  }),
} as const
