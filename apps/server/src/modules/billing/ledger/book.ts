import type { Statement } from '../../../foundation/db/index.ts'
import { orderedId } from '../../../foundation/ids.ts'

/** Why credits moved (api.md 5.9); `payout` is for accounts of developers only. */
export type Reason = 'action' | 'topup' | 'commission' | 'adjustment' | 'refund' | 'plan_credit' | 'bonus' | 'payout'

/** One side of a transaction. */
export interface Line {
  readonly account: string
  /** Whole credits; lines of 0 are left out. */
  readonly amount: number
  readonly reason: Reason
  readonly description: string
  readonly appId?: string | null | undefined
  /** Of an entry that fills a wallet: how many of the credits somebody paid for; none unless it says so (K10.31). */
  readonly paid?: number
  /** Of a developer's commission: the price that it is a part of. What may be paid out of it depends on the wallet. */
  readonly base?: number
  /** At most 64 characters, unique in the tenant: a line that is there already is not booked again. */
  readonly eventId: string
}

export interface Transaction {
  readonly tenantId: string
  readonly transactionId: string
  /** ISO 8601. */
  readonly at: string
  /** They add up to zero; the database refuses the commit otherwise. */
  readonly lines: readonly Line[]
}

/** A cent that was paid stands behind ten credits, for a developer is paid a thousandth of a dollar for each. */
const CREDITS_PER_CENT = 10

/** How many of the credits that came for a payment were paid for. */
export const paidOf = (credits: number, cents: number): number =>
  Math.max(0, Math.min(credits, cents * CREDITS_PER_CENT))

/** Accounts. `user:` ones are wallets; what is on `developer:` was earned, what is on `payout:` is asked for. */
export const userAccount = (userId: string): string => `user:${userId}`
export const developerAccount = (userId: string): string => `developer:${userId}`
export const payoutAccount = (userId: string): string => `payout:${userId}`
export const PLATFORM_ACCOUNT = 'platform'
/** Money that came from a payment provider. */
export const PAYMENTS_ACCOUNT = 'payments'
/** Money that went to developers. */
export const PAID_OUT_ACCOUNT = 'paid_out'

const COLUMNS =
  'id, tenant_id, transaction_id, account, amount, reason, app_id, description, event_id, created_at, paid'
const LINES = `json_to_recordset($4::json) as line
  (id text, account text, amount bigint, reason text, app_id text, description text, event_id text, paid bigint, base bigint)`
const PICK = 'line.id, $1, $2, line.account, line.amount, line.reason, line.app_id, line.description, line.event_id, $3'
const BOOK = `insert into billing.entry (${COLUMNS}) select ${PICK}, line.paid from ${LINES}
on conflict (tenant_id, event_id) do nothing`
// Credits that were given are spent first: a commission may be paid out as far as the price took credits that were paid for.
// The hold is taken before the wallet, as everywhere, so that nobody waits crosswise.
// The hold is closed first: its trigger runs before those of the entries, so the balance never falls below what is held.
const BOOK_CLOSING = `with closed as (
  update billing.hold set status = 'settled', closed_at = $3 where hold_id = $5 and tenant_id = $1 and status = 'held' returning 1
), wallet as (
  select greatest($7::bigint + paid_credits - balance, 0) as spent from billing.wallet
  where tenant_id = $1 and user_id = $6 and exists (select 1 from closed) for update
)
insert into billing.entry (${COLUMNS})
select ${PICK}, case when line.base > 0 then line.amount * least(line.base, wallet.spent) / line.base else line.paid end
from closed, wallet, ${LINES}
on conflict (tenant_id, event_id) do nothing`

const MOST_DESCRIBED = 500

function valuesOf({ tenantId, transactionId, at, lines }: Transaction): unknown[] {
  const rows = lines
    .filter(({ amount }) => amount !== 0)
    .map(({ appId, eventId, description, paid = 0, ...line }) => ({
      ...line,
      id: orderedId('ent'),
      app_id: appId ?? null,
      description: description.slice(0, MOST_DESCRIBED),
      event_id: eventId,
      paid,
    }))
  return [tenantId, transactionId, at, JSON.stringify(rows)]
}

/** Books a transaction. Repeating it has no effect. */
export const booking = (transaction: Transaction): Statement => ({ text: BOOK, values: valuesOf(transaction) })

/** Ends a hold as settled and books what was spent of it; books nothing when the hold is closed already. */
export function bookingOfHold(transaction: Transaction, hold: { holdId: string; userId: string }): Statement {
  const cost = transaction.lines.find(({ account }) => account === userAccount(hold.userId))?.amount ?? 0
  return { text: BOOK_CLOSING, values: [...valuesOf(transaction), hold.holdId, hold.userId, -cost] }
}
