import { type Database, EVERY_TENANT, type Statement } from '../../../foundation/db/index.ts'
import { openWallet, type WalletOptions } from './read-wallet.ts'

/** Seconds after which credits come back that nobody settled (K10.10). */
export const HOLD_SECONDS = 900

export interface Hold {
  /** At most 64 characters. Asking again with the same id has no effect. */
  readonly holdId: string
  readonly tenantId: string
  readonly userId: string
  readonly amount: number
  readonly appId: string | null
  readonly traceId: string | null
}

const PUT = `insert into billing.hold (hold_id, tenant_id, user_id, app_id, trace_id, amount, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (hold_id) do nothing`
const AVAILABLE = 'select balance - held as available from billing.wallet where tenant_id = $1 and user_id = $2'
const RELEASE = `update billing.hold set status = 'released', closed_at = $3
where hold_id = $1 and tenant_id = $2 and status = 'held'`
const EXTEND = `update billing.hold set expires_at = $2 where hold_id = any($1::text[]) and status = 'held'`
const EXPIRE = `update billing.hold set status = 'released', closed_at = $1 where hold_id in (
  select hold_id from billing.hold where status = 'held' and expires_at <= $1 order by expires_at limit 500 for update skip locked
) returning hold_id`
const RELEASE_MANY = `update billing.hold set status = 'released', closed_at = $2 where status = 'held' and hold_id = any($1::text[])`

const codeOf = (error: unknown) => (error as { code?: unknown } | null)?.code
const constraintOf = (error: unknown) => (error as { constraint?: unknown } | null)?.constraint
const OVERDRAWN: ReadonlySet<unknown> = new Set(['wallet_available', 'wallet_balance_check', 'wallet_plan_credits'])
/** More would be held or spent than there is. */
export const isOverdrawn = (error: unknown): boolean => codeOf(error) === '23514' && OVERDRAWN.has(constraintOf(error))
const isWithoutWallet = (error: unknown): boolean => codeOf(error) === 'P0002'

const later = (at: string, seconds: number): string => new Date(Date.parse(at) + seconds * 1000).toISOString()

/** Keeps credits back. Null: the wallet does not have them. One round trip; a wallet that is not there yet is opened. */
export async function putHold(options: WalletOptions, hold: Hold): Promise<{ available: number } | null> {
  const { holdId, tenantId, userId, appId, traceId, amount } = hold
  const at = options.clock.iso()
  const statements = [
    { text: PUT, values: [holdId, tenantId, userId, appId, traceId, amount, at, later(at, HOLD_SECONDS)] },
    { text: AVAILABLE, values: [tenantId, userId] },
  ]
  const put = async () => {
    const [, wallet] = await options.db.atomic(tenantId, statements)
    return { available: Number(wallet?.rows[0]?.available ?? 0) }
  }
  try {
    return await put()
  } catch (error) {
    if (isOverdrawn(error)) return null
    if (!isWithoutWallet(error)) throw error
  }
  await openWallet(options, tenantId, userId)
  return put().catch((error: unknown) => {
    if (isOverdrawn(error)) return null
    throw error
  })
}

/** Gives the credits of a hold back; nothing happens when it is closed already. */
export const releasing = (hold: Pick<Hold, 'holdId' | 'tenantId'>, at: string): Statement => ({
  text: RELEASE,
  values: [hold.holdId, hold.tenantId, at],
})

/** Work that takes longer than a hold lives keeps it; called by the node on which the work runs. */
export async function extendHolds(db: Database, holdIds: readonly string[], at: string): Promise<void> {
  if (holdIds.length > 0) await db.atomic(EVERY_TENANT, [{ text: EXTEND, values: [holdIds, later(at, HOLD_SECONDS)] }])
}

/** Gives back what nodes that died had held. Any number of nodes may do this at once. Returns how many. */
export async function expireHolds(db: Database, at: string): Promise<number> {
  const [expired] = await db.atomic(EVERY_TENANT, [{ text: EXPIRE, values: [at] }])
  return expired?.rowCount ?? 0
}

/** Gives back at once what was held for work that is known to be lost. */
export async function releaseHolds(db: Database, holdIds: readonly string[], at: string): Promise<void> {
  if (holdIds.length > 0) await db.atomic(EVERY_TENANT, [{ text: RELEASE_MANY, values: [holdIds, at] }])
}
