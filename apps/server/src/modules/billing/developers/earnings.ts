import { sql } from 'kysely'
import type { Database, Tx } from '../../../foundation/db/index.ts'
import { developerAccount, PLATFORM_ACCOUNT, payoutAccount } from '../ledger/book.ts'
import { withheldFrom } from '../payments/owed-credits.ts'

/** What a developer has earned, in whole credits. */
export interface Earnings {
  readonly total: number
  /** What the platform kept of the same calls. */
  readonly platformShare: number
  /** Asked for and not paid yet. */
  readonly pendingPayout: number
  readonly paidOut: number
  /** Of `total`: rests on credits that nobody paid for, and is never paid out. */
  readonly ofGiven: number
  /** May be paid out and was not asked for. */
  readonly payable: number
  /** Of calls whose payment was disputed, as long as it is owed; not payable. */
  readonly disputed: number
}

/** What is on an account and may leave it. */
export const amountOn = async (tx: Tx, account: string): Promise<number> => {
  const { total } = await tx
    .selectFrom('billing.entry')
    .select(
      sql<number>`coalesce(sum(case when reason = 'commission' and amount > 0 then paid else amount end), 0)::bigint`.as(
        'total',
      ),
    )
    .where('account', '=', account)
    .executeTakeFirstOrThrow()
  return total
}

/** Adds up the entries of a developer in all tenants. */
export function readEarnings(db: Database, userId: string): Promise<Earnings> {
  return db.everyTenant(async (tx) => {
    const earned = tx
      .selectFrom('billing.entry')
      .where('account', '=', developerAccount(userId))
      .where('reason', '=', 'commission')
    const { total, covered } = await earned
      .select(sql<number>`coalesce(sum(amount), 0)::bigint`.as('total'))
      .select(sql<number>`coalesce(sum(paid), 0)::bigint`.as('covered'))
      .executeTakeFirstOrThrow()
    const { kept } = await tx
      .selectFrom('billing.entry')
      .select(sql<number>`coalesce(sum(amount), 0)::bigint`.as('kept'))
      .where('account', '=', PLATFORM_ACCOUNT)
      .where((eb) =>
        eb(
          eb.refTuple('tenant_id', 'transaction_id'),
          'in',
          earned.select(['tenant_id', 'transaction_id']).$asTuple('tenant_id', 'transaction_id'),
        ),
      )
      .executeTakeFirstOrThrow()
    const { paid } = await tx
      .selectFrom('billing.payout')
      .select(sql<number>`coalesce(sum(amount), 0)::bigint`.as('paid'))
      .where('user_id', '=', userId)
      .where('status', '=', 'paid')
      .executeTakeFirstOrThrow()
    const disputed = await withheldFrom(tx, developerAccount(userId))
    return {
      total,
      platformShare: kept,
      ofGiven: total - covered,
      pendingPayout: await amountOn(tx, payoutAccount(userId)),
      paidOut: paid,
      payable: Math.max(0, (await amountOn(tx, developerAccount(userId))) - disputed),
      disputed,
    }
  })
}

/** Credits that one app has earned for its developer, by day (UTC), oldest first. Days without earnings are left out. */
export function earnedByDay(
  db: Database,
  of: { readonly userId: string; readonly appId: string; readonly since?: Date },
): Promise<{ date: string; earned: number; actions: number }[]> {
  return db.everyTenant((tx) =>
    tx
      .selectFrom('billing.entry')
      .select([
        sql<string>`to_char(created_at at time zone 'UTC', 'YYYY-MM-DD')`.as('date'),
        sql<number>`sum(amount)::bigint`.as('earned'),
        sql<number>`count(*)::int`.as('actions'),
      ])
      .where('account', '=', developerAccount(of.userId))
      .where('reason', '=', 'commission')
      .where('app_id', '=', of.appId)
      .$if(of.since !== undefined, (query) => query.where('created_at', '>=', of.since ?? new Date(0)))
      .groupBy('date')
      .orderBy('date')
      .execute(),
  )
}
