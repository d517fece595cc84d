import { type LedgerEntry, billing as routes } from '@imperal/contract'
import { sql } from 'kysely'
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

interface Movement extends Omit<LedgerEntry, 'created_at'> {
  readonly created_at: Date
}

/** Movements of a wallet, newest first, each with what the wallet held afterwards and the trace that it was for. */
export function readHistory({ db }: { readonly db: Database }, owner: Owner, page: Page): Promise<LedgerEntry[]> {
  const { tenantId, userId } = owner
  return db.tenant(tenantId, async (tx) => {
    // What the wallet holds now, less everything newer; one statement, so that no movement comes in between.
    const { rows } = await sql<Movement>`
      with newest as (
        select * from billing.entry where tenant_id = ${tenantId} and account = ${userAccount(userId)}
        order by seq desc limit ${page.offset + page.limit}
      ), counted as (
        select e.*, coalesce(sum(e.amount) over (order by e.seq desc rows between unbounded preceding and 1 preceding), 0) as newer
        from newest e
      )
      select e.seq as id, e.transaction_id, e.amount, e.reason, e.app_id, e.description, e.created_at,
        (w.balance - e.newer)::bigint as balance_after,
        coalesce(h.trace_id, case when e.event_id like 'fee:%' then substr(e.event_id, 5) end) as trace_id
      from counted e
      join billing.wallet w on w.tenant_id = e.tenant_id and w.user_id = ${userId}
      left join billing.hold h on h.tenant_id = e.tenant_id and h.hold_id = e.event_id
      order by e.seq desc offset ${page.offset}`.execute(tx)
    return rows.map((row) => ({ ...row, created_at: row.created_at.toISOString() }))
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
    return {
      ...shared(wallet),
      held: wallet.held,
      available: wallet.available,
      included_left: wallet.planCredits,
      debt: wallet.debt,
    }
  }),
  implement(routes.walletHistory, async (request) => {
    const { user, query } = request
    return pageOf(request, await readHistory(parts, user, query), await countHistory(parts, user))
  }),
]
