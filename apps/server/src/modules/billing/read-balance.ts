import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import type { FreePlan } from './free-plan.ts'
import type { WalletTable } from './tables.ts'
import type { Balance } from './types.ts'

const COLUMNS = 'balance, plan, status, cap, included_tokens, updated_at'
const READ = `select ${COLUMNS} from billing.wallet where tenant_id = $1 and user_id = $2`

// One statement: the wallet that this look opened, and only that one, gets the grant booked.
const OPEN = `
with opened as (
  insert into billing.wallet (tenant_id, user_id, balance, plan, status, cap, included_tokens, created_at, updated_at)
  values ($1, $2, $3, $4, 'free', $3, $3, $5, $5)
  on conflict (tenant_id, user_id) do nothing
  returning *
), booked as (
  insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at)
  select e.id, $1, $6, e.account, e.amount, 'plan_credit', 'Free credits of a new account', e.event_id, $5
    from opened, (values ($7, 'user:' || $2, $3::bigint, 'grant:' || $2),
                         ($8, 'platform', -$3::bigint, 'grant:' || $2 || ':platform')) as e (id, account, amount, event_id)
   where e.amount <> 0
)
select ${COLUMNS} from opened`

type Row = Pick<WalletTable, 'balance' | 'plan' | 'status' | 'cap' | 'included_tokens' | 'updated_at'>

const toBalance = (row: Row): Balance => ({
  balance: row.balance,
  plan: row.plan,
  status: row.status,
  cap: row.cap,
  includedTokens: row.included_tokens,
  updatedAt: row.updated_at.toISOString(),
})

/** The wallet of one user. Ten first looks at once open one wallet with one grant. */
export async function readBalance(
  options: { readonly db: Database; readonly clock: Clock; readonly plan: FreePlan },
  tenantId: string,
  userId: string,
): Promise<Balance> {
  const { db, clock, plan } = options
  const find = async (): Promise<Row | undefined> => {
    const [result] = await db.atomic(tenantId, [{ text: READ, values: [tenantId, userId] }])
    return result?.rows[0] as Row | undefined
  }
  const found = await find()
  if (found !== undefined) return toBalance(found)
  const ids = [orderedId('txn'), orderedId('ent'), orderedId('ent')]
  const values = [tenantId, userId, plan.credits, plan.name, clock.iso(), ...ids]
  const [opened] = await db.atomic(tenantId, [{ text: OPEN, values }])
  // Somebody else was first: the statement waited for that transaction, so its wallet is there now.
  const row = (opened?.rows[0] as Row | undefined) ?? (await find())
  if (row === undefined) throw new Error('the wallet that was just opened is gone')
  return toBalance(row)
}
