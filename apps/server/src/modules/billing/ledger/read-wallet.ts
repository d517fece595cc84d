import type { Clock } from '../../../foundation/clock.ts'
import type { Database, Statement } from '../../../foundation/db/index.ts'
import { type BillingPeriod, creditsOf, type Plan } from '../plans/types.ts'
import type { Wallet } from '../types.ts'
import { booking, PLATFORM_ACCOUNT, userAccount } from './book.ts'

const READ = `select w.balance, w.held, w.plan_credits, w.updated_at, s.plan_id, s.status, s.period,
  (select coalesce(sum(p.owed_credits), 0)::bigint from billing.payment p
    where p.tenant_id = w.tenant_id and p.user_id = w.user_id and p.owed_credits > 0) as debt
from billing.wallet w left join billing.subscription s using (tenant_id, user_id)
where w.tenant_id = $1 and w.user_id = $2`

const OPEN = `insert into billing.wallet (tenant_id, user_id, created_at, updated_at)
values ($1, $2, $3, $3) on conflict (tenant_id, user_id) do nothing`

interface Row {
  readonly balance: number
  readonly held: number
  readonly debt: number
  readonly plan_credits: number
  readonly updated_at: Date
  readonly plan_id: string | null
  readonly status: string | null
  readonly period: BillingPeriod | null
}

export interface WalletOptions {
  readonly db: Database
  readonly clock: Clock
  readonly book: {
    plan(planId: string): Plan | undefined
    /** The plan that every account begins with. */
    freePlan(): Plan
  }
}

function toWallet({ book }: WalletOptions, row: Row): Wallet {
  const own = row.status === 'expired' || row.plan_id === null ? undefined : book.plan(row.plan_id)
  const plan = own ?? book.freePlan()
  const period = own === undefined ? 'monthly' : (row.period ?? 'monthly')
  return {
    balance: row.balance,
    held: row.held,
    available: row.balance - row.held,
    debt: row.debt,
    planCredits: row.plan_credits,
    plan: row.plan_id ?? plan.planId,
    status: row.status ?? 'free',
    cap: plan.cap * (period === 'annual' ? 12 : 1),
    includedTokens: creditsOf(plan, period),
    updatedAt: row.updated_at.toISOString(),
  }
}

/** Statements that open a wallet with its first credits; repeated, or ten at once, they open one with one grant. */
export function openingWallet({ clock, book }: WalletOptions, tenantId: string, userId: string): Statement[] {
  const credits = book.freePlan().includedTokens
  const at = clock.iso()
  const grant = { reason: 'plan_credit', description: 'Free credits of a new account' } as const
  return [
    { text: OPEN, values: [tenantId, userId, at] },
    booking({
      tenantId,
      transactionId: `grant:${userId}`,
      at,
      lines: [
        { ...grant, account: userAccount(userId), amount: credits, eventId: `grant:${userId}` },
        { ...grant, account: PLATFORM_ACCOUNT, amount: -credits, eventId: `grant:${userId}:platform` },
      ],
    }),
  ]
}

/** Makes sure that there is a wallet. Idempotent. */
export async function openWallet(options: WalletOptions, tenantId: string, userId: string): Promise<void> {
  await options.db.atomic(tenantId, openingWallet(options, tenantId, userId))
}

/** The wallet of one user, opened with the free credits at the first look. */
export async function readWallet(options: WalletOptions, tenantId: string, userId: string): Promise<Wallet> {
  const read = { text: READ, values: [tenantId, userId] }
  const [found] = await options.db.atomic(tenantId, [read])
  if (found?.rows[0] !== undefined) return toWallet(options, found.rows[0] as Row)
  const results = await options.db.atomic(tenantId, [...openingWallet(options, tenantId, userId), read])
  const row = results.at(-1)?.rows[0] as Row | undefined
  if (row === undefined) throw new Error('the wallet that was just opened is gone')
  return toWallet(options, row)
}
