import { CompiledQuery, sql } from 'kysely'
import type { Statement, Tx } from '../../../foundation/db/index.ts'
import type { Owner } from '../parts.ts'
import { booking, type Line, PLATFORM_ACCOUNT, type Reason, userAccount } from './book.ts'
import { openingWallet, type WalletOptions } from './read-wallet.ts'

/** Runs a prepared statement inside a transaction. */
export const runIn = (tx: Tx, { text, values }: Statement) => tx.executeQuery(CompiledQuery.raw(text, [...values]))

export interface Movement extends Owner {
  /** Positive: the wallet grows. */
  readonly amount: number
  readonly reason: Reason
  readonly description: string
  readonly eventId: string
  readonly appId?: string
  /** How many of the credits somebody paid for; none unless it says so. */
  readonly paid?: number
  /** The other side; the platform unless said otherwise. */
  readonly against?: string
}

/** Both sides of one movement of a wallet. */
export function linesOf(movement: Movement): Line[] {
  const { amount, reason, description, eventId, appId, paid = 0, against = PLATFORM_ACCOUNT } = movement
  const common = { reason, description, appId }
  return [
    { ...common, account: userAccount(movement.userId), amount, paid, eventId },
    { ...common, account: against, amount: -amount, eventId: `${eventId}:platform` },
  ]
}

/** Moves credits of a wallet inside a transaction; the wallet is opened if need be. Repeating an event has no effect. */
export async function moveCredits(options: WalletOptions, tx: Tx, movements: readonly Movement[]): Promise<void> {
  const [first] = movements
  if (first === undefined) return
  for (const statement of openingWallet(options, first.tenantId, first.userId)) await runIn(tx, statement)
  for (const movement of movements) {
    if (movement.amount === 0) continue
    const transactionId = `txn_${movement.eventId}`
    await runIn(
      tx,
      booking({ tenantId: movement.tenantId, transactionId, at: options.clock.iso(), lines: linesOf(movement) }),
    )
  }
}

export interface WalletFigures {
  readonly balance: number
  readonly available: number
  readonly planCredits: number
}

/** The wallet, locked until the transaction ends, so that nothing moves between looking and acting. */
export async function lockWallet(options: WalletOptions, tx: Tx, owner: Owner): Promise<WalletFigures> {
  for (const statement of openingWallet(options, owner.tenantId, owner.userId)) await runIn(tx, statement)
  const { rows } = await sql<{ balance: number; held: number; plan_credits: number }>`
    select balance, held, plan_credits from billing.wallet
    where tenant_id = ${owner.tenantId} and user_id = ${owner.userId} for update`.execute(tx)
  const { balance = 0, held = 0, plan_credits: planCredits = 0 } = rows[0] ?? {}
  return { balance, available: balance - held, planCredits }
}
