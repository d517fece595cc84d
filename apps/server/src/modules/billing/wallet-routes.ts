import { type LedgerEntry, billing as routes } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import { implement, type MountedRoute, pageOf } from '../../foundation/http/index.ts'
import { userAccount } from './ledger/book.ts'
import type { Owner } from './parts.ts'
import type { Billing, Page, Wallet } from './types.ts'

/** What balance and wallet have in common. */
export const shared = (wallet: Wallet) => ({
  balance: wallet.balance,
  currency: 'token' as const,
  updated_at: wallet.updatedAt,
  plan: wallet.plan,
  status: wallet.status,
  cap: wallet.cap,
  included_tokens: wallet.includedTokens,
})

/** Movements of a wallet, newest first. */
export function readHistory({ db }: { readonly db: Database }, owner: Owner, page: Page): Promise<LedgerEntry[]> {
  return db.tenant(owner.tenantId, async (tx) => {
    const rows = await tx
      .selectFrom('billing.entry')
      .select(['seq', 'transaction_id', 'amount', 'reason', 'app_id', 'description', 'created_at'])
      .where('tenant_id', '=', owner.tenantId)
      .where('account', '=', userAccount(owner.userId))
      .orderBy('seq', 'desc')
      .limit(page.limit)
      .offset(page.offset)
      .execute()
    return rows.map(({ seq, created_at, ...row }) => ({ id: seq, ...row, created_at: created_at.toISOString() }))
  })
}

const countHistory = async ({ db }: { readonly db: Database }, owner: Owner): Promise<number> => {
  const { total } = await db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('billing.entry')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('tenant_id', '=', owner.tenantId)
      .where('account', '=', userAccount(owner.userId))
      .executeTakeFirstOrThrow(),
  )
  return Number(total)
}

/** What the caller has and what became of it. */
export const walletRoutes = (parts: {
  readonly db: Database
  readonly balance: Billing['balance']
}): readonly MountedRoute[] => [
  implement(routes.balance, async ({ user }) => shared(await parts.balance(user.tenantId, user.userId))),
  implement(routes.wallet, async ({ user }) => {
    const wallet = await parts.balance(user.tenantId, user.userId)
    return { ...shared(wallet), held: wallet.held, available: wallet.available, debt: wallet.debt }
  }),
  implement(routes.walletHistory, async (request) => {
    const { user, query } = request
    return pageOf(request, await readHistory(parts, user, query), await countHistory(parts, user))
  }),
]
