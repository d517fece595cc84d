import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT, type Statement } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { bookingOfHold, developerAccount, type Line, PLATFORM_ACCOUNT, userAccount } from './ledger/book.ts'
import { extendHolds, HOLD_SECONDS, putHold, releaseHolds, releasing } from './ledger/holds.ts'
import type { WalletOptions } from './ledger/read-wallet.ts'
import type { PriceBook } from './pricing/price-book.ts'
import { priceOfCall } from './pricing/price-of-call.ts'
import type { CallPrice, CallToPrice } from './pricing/types.ts'

/** Credits that are kept back for one call. */
export interface Reservation {
  readonly holdId: string
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  readonly traceId: string
  readonly functionName: string
  readonly price: CallPrice
}

/** How a call ended, as far as its price goes: `failed` says that the handler ran and reported a failure (K10.4). */
export type CallEnding = 'succeeded' | 'failed' | 'not_done'

/** What a call cost in the end, in its parts. */
export function costOf({ price }: Reservation, ending: CallEnding): { readonly base: number; readonly fee: number } {
  if (ending === 'not_done') return { base: 0, fee: 0 }
  return { base: ending === 'succeeded' ? price.base : 0, fee: price.fee }
}

/** Charging of calls (kernel 10). A free call costs one look into memory. */
export interface Charging {
  /** Null: the call is free, and nothing else is to be done. */
  price(call: CallToPrice): CallPrice | null
  /** Keeps the price back before the call runs. Null: the wallet does not have it. Idempotent by call. */
  reserve(call: CallToPrice, price: CallPrice): Promise<Reservation | null>
  /** Statements that end a reservation, for the transaction that records the call. Repeating them has no effect. */
  settling(reservation: Reservation, ending: CallEnding): Statement[]
  /** After that transaction: the wallet's owner hears of it. */
  settled(reservation: Reservation, ending: CallEnding): void
  /** Gives everything back at once, for a call whose record could not be written. Never throws. */
  giveUp(reservation: Reservation): Promise<void>
  /** Gives back what was held for calls that died with their node. */
  lost(callIds: readonly string[]): Promise<void>
  /** Keeps the reservations of calls that still run here; to be called more often than they expire. */
  keepAlive(): Promise<void>
}

export interface ChargingOptions extends WalletOptions {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly book: PriceBook
  readonly onMoved: (user: { tenantId: string; userId: string }, reason: string, delta: number) => void
}

const transactionOf = (callId: string): string => `txn_${callId.slice(-32)}`

/** The lines of one charge; they add up to zero (K10.11). */
function linesOf(
  reservation: Reservation,
  amounts: { base: number; fee: number; share: number },
  eventId: string,
): Line[] {
  const { appId, userId, functionName, price } = reservation
  const cost = amounts.base + amounts.fee
  const common = { appId, description: `${appId}.${functionName}` }
  const developer: Line[] =
    price.developerId === null
      ? []
      : [
          {
            ...common,
            account: developerAccount(price.developerId),
            amount: amounts.share,
            base: amounts.base,
            reason: 'commission',
            eventId: `${eventId}:developer`,
          },
        ]
  return [
    { ...common, account: userAccount(userId), amount: -cost, reason: 'action', eventId },
    ...developer,
    {
      ...common,
      account: PLATFORM_ACCOUNT,
      amount: cost - amounts.share,
      reason: 'commission',
      eventId: `${eventId}:platform`,
    },
  ]
}

export function openCharging(options: ChargingOptions): Charging {
  const { db, clock, book } = options
  // Of calls that run on this node, so that long ones keep what is held for them.
  const running = new Set<string>()

  const settling = (reservation: Reservation, ending: CallEnding): Statement[] => {
    const { price, holdId, tenantId, traceId } = reservation
    const at = clock.iso()
    const book = (amounts: { base: number; fee: number; share: number }, eventId: string) =>
      bookingOfHold(
        { tenantId, transactionId: transactionOf(holdId), at, lines: linesOf(reservation, amounts, eventId) },
        reservation,
      )
    if (ending === 'succeeded') return [book(price, holdId)]
    // The model has worked for the turn whatever came of it; that is paid once (K10.4).
    if (ending === 'failed' && price.fee > 0)
      return [book({ base: 0, fee: price.fee, share: 0 }, `fee:${traceId.slice(0, 40)}`)]
    return [releasing(reservation, at)]
  }

  return {
    price: (call) => priceOfCall(book, call),
    async reserve(call, price) {
      const { callId, tenantId, userId, app, traceId, functionName } = call
      const reservation = { holdId: callId, tenantId, userId, appId: app.appId, traceId, functionName, price }
      const hold = { ...reservation, amount: price.base + price.fee }
      if ((await putHold(options, hold)) === null) return null
      running.add(callId)
      return reservation
    },
    settling,
    settled(reservation, ending) {
      running.delete(reservation.holdId)
      const { base, fee } = costOf(reservation, ending)
      if (base + fee > 0) options.onMoved(reservation, 'action', -(base + fee))
    },
    async giveUp(reservation) {
      running.delete(reservation.holdId)
      try {
        await db.atomic(EVERY_TENANT, [releasing(reservation, clock.iso())])
      } catch (error) {
        // Then it expires.
        options.log.warn({ err: error, call: reservation.holdId }, 'credits stay held until they expire')
      }
    },
    lost: (callIds) => releaseHolds(db, callIds, clock.iso()),
    keepAlive: () => extendHolds(db, [...running], clock.iso()),
  }
}

/** How often reservations of running calls are renewed. */
export const KEEP_ALIVE_SECONDS = HOLD_SECONDS / 3
