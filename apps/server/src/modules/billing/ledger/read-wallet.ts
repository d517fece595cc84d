import type { Selectable } from 'kysely'
import type { Clock } from '../../../foundation/clock.ts'
import type { Database } from '../../../foundation/db/index.ts'
import type { WalletTable } from '../tables.ts'
import type { Wallet } from '../types.ts'
import { booking, PLATFORM_ACCOUNT, userAccount } from './book.ts'

const READ = `select balance, held, plan_credits, plan, status, cap, included_tokens, updated_at
from billing.wallet where tenant_id = $1 and user_id = $2`

const OPEN = `insert into billing.wallet (tenant_id, user_id, plan, status, cap, included_tokens, created_at, updated_at)
values ($1, $2, $3, 'free', $4, $4, $5, $5) on conflict (tenant_id, user_id) do nothing`

type Row = Omit<Selectable<WalletTable>, 'tenant_id' | 'user_id' | 'created_at'>

const toWallet = (row: Row): Wallet => ({
  balance: row.balance,
  held: row.held,
  available: row.balance - row.held,
  planCredits: row.plan_credits,
  plan: row.plan,
  status: row.status,
  cap: row.cap,
  includedTokens: row.included_tokens,
  updatedAt: row.updated_at.toISOString(),
})

export interface WalletOptions {
  readonly db: Database
  readonly clock: Clock
  /** The plan that every account begins with. */
  readonly freePlan: () => { readonly name: string; readonly credits: number }
}

/** Statements that open a wallet with its first credits; repeated, or ten at once, they open one with one grant. */
function opening({ clock, freePlan }: WalletOptions, tenantId: string, userId: string) {
  const { name, credits } = freePlan()
  const at = clock.iso()
  const grant = { reason: 'plan_credit', description: 'Free credits of a new account' } as const
  return [
    { text: OPEN, values: [tenantId, userId, name, credits, at] },
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
  await options.db.atomic(tenantId, opening(options, tenantId, userId))
}

/** The wallet of one user, opened with the free credits at the first look. */
export async function readWallet(options: WalletOptions, tenantId: string, userId: string): Promise<Wallet> {
  const read = { text: READ, values: [tenantId, userId] }
  const [found] = await options.db.atomic(tenantId, [read])
  if (found?.rows[0] !== undefined) return toWallet(found.rows[0] as Row)
  const results = await options.db.atomic(tenantId, [...opening(options, tenantId, userId), read])
  const row = results.at(-1)?.rows[0] as Row | undefined
  if (row === undefined) throw new Error('the wallet that was just opened is gone')
  return toWallet(row)
}
