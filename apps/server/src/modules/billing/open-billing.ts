import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Jobs } from '../../foundation/jobs/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Outbox } from '../outbox/index.ts'
import { agreeTerms } from './agree-terms.ts'
import { KEEP_ALIVE_SECONDS, openCharging } from './charge-calls.ts'
import { expireHolds } from './ledger/holds.ts'
import { readWallet } from './ledger/read-wallet.ts'
import { openPriceBook } from './pricing/price-book.ts'
import type { Billing } from './types.ts'
import { walletRoutes } from './wallet-routes.ts'
import { openWalletWatch } from './watch-wallets.ts'

export interface BillingOptions {
  readonly db: Database
  readonly bus: Pick<Bus, 'subscribe'>
  readonly clock: Clock
  readonly log: Log
  readonly jobs: Pick<Jobs, 'every'>
  readonly outbox: Pick<Outbox, 'publishingMany'>
  /** Credits of a new account. */
  readonly freeCredits?: number
  /** Whether users pay for the models of the installation (`IMPERAL_CHARGE_MODELS`). */
  readonly chargeModels: boolean
}

const EXPIRE_SECONDS = 30

/** Opens wallets, prices and the charging of calls. */
export async function openBilling(options: BillingOptions): Promise<Billing> {
  const { db, clock, log } = options
  const book = await openPriceBook({ ...options, chargesModels: () => options.chargeModels })
  const wallets = { db, clock, freePlan: () => ({ name: 'free', credits: options.freeCredits ?? 500 }) }
  const watch = openWalletWatch({ ...options, wallets })
  const charging = openCharging({ ...wallets, log, book, onMoved: watch.moved })
  const balance: Billing['balance'] = (tenantId, userId) => readWallet(wallets, tenantId, userId)
  const stops = [
    options.jobs.every('billing.expire_holds', EXPIRE_SECONDS, () => expireHolds(db, clock.iso())),
    options.jobs.every('billing.keep_holds', KEEP_ALIVE_SECONDS, () => charging.keepAlive()),
  ]
  return {
    ...charging,
    balance,
    agreeTerms: (tx, appId, terms) => agreeTerms({ book, clock }, tx, { appId, terms }),
    terms: (appId) => book.terms(appId) ?? null,
    refreshPrices: book.refresh,
    routes: walletRoutes({ db, balance }),
    async close() {
      await Promise.all(stops.map((stop) => stop()))
      await watch.close()
      book.close()
    },
  }
}
