import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Jobs } from '../../foundation/jobs/index.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { Log } from '../../foundation/log.ts'
import type { Post } from '../../foundation/mail/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Outbox } from '../outbox/index.ts'
import { agreeTerms } from './agree-terms.ts'
import { type Charging, KEEP_ALIVE_SECONDS, openCharging } from './charge-calls.ts'
import { codingCharges } from './charge-coding.ts'
import { beginTokens } from './charge-tokens.ts'
import { earnedByDay, readEarnings } from './developers/earnings.ts'
import { decidePayout, payoutsOf, requestPayout, waitingPayouts } from './developers/payouts.ts'
import { forgetBilling } from './forget-billing.ts'
import { modelRoutes } from './internal/model-routes.ts'
import { operatorPaymentRoutes } from './internal/payment-routes.ts'
import { settingRoutes } from './internal/setting-routes.ts'
import { stripeRoutes } from './internal/stripe-routes.ts'
import { internalUserRoutes } from './internal/user-routes.ts'
import { expireHolds } from './ledger/holds.ts'
import { readWallet } from './ledger/read-wallet.ts'
import { sellFrom } from './ledger/sell.ts'
import type { BillingParts, BillingPorts, Owner } from './parts.ts'
import { autoTopup, readAutoTopup } from './payments/auto-topup.ts'
import { chooseProviders, type Providers, STRIPE_SETTING, type StoredStripe } from './payments/choose-provider.ts'
import { methodsOf } from './payments/customers.ts'
import { reconcilePayments } from './payments/reconcile.ts'
import type { StripeKeys } from './payments/stripe-provider.ts'
import { onPlanChange, planGrants } from './plans/plan-grants.ts'
import { writePlans } from './plans/write-plans.ts'
import { readAgreement } from './pricing/agreement.ts'
import { openPriceBook, type PriceBook } from './pricing/price-book.ts'
import { basePrice } from './pricing/price-of-call.ts'
import { remindOfEnds } from './subscriptions/remind.ts'
import { renewSubscriptions } from './subscriptions/renew.ts'
import { readSubscription, toSubscription } from './subscriptions/rows.ts'
import type { Billing, Wallet } from './types.ts'
import { planOf, readUsage, trackUsage } from './usage.ts'
import { listPlans, paymentsOf, userRoutes } from './user-routes.ts'
import { readHistory, walletRoutes } from './wallet-routes.ts'
import { warnOfBalance } from './warn-of-balance.ts'
import { openWalletWatch, type WalletWatch } from './watch-wallets.ts'

export interface BillingSettings {
  /** Users pay for the models of the installation (`IMPERAL_CHARGE_MODELS`). */
  readonly chargeModels: boolean
  /** False: nobody can pay here (`IMPERAL_PAYMENTS=off`). */
  readonly payments: boolean
  /** Least credits of one payout (`IMPERAL_PAYOUT_MINIMUM`). */
  readonly payoutMinimum: number
  /** Keys of Stripe from the environment; what an administrator stores wins. */
  readonly stripe: StripeKeys | null
  /** Another address of Stripe's API, for proxies and tests. */
  readonly stripeUrl?: string | undefined
  /** A file with plans; without it those that the platform comes with. */
  readonly plansFile?: string | undefined
  readonly publicUrl: string
}

export interface BillingOptions {
  readonly db: Database
  readonly bus: Pick<Bus, 'subscribe'>
  readonly clock: Clock
  readonly log: Log
  readonly jobs: Pick<Jobs, 'every' | 'upkeep'>
  readonly outbox: Pick<Outbox, 'publishingMany'>
  readonly audit: Pick<Audit, 'recording'>
  readonly post: Pick<Post, 'post'> & Partial<Pick<Post, 'skipped'>>
  readonly keyring: Keyring
  readonly ports: BillingPorts
  readonly settings: BillingSettings
}

const SECONDS = { expireHolds: 30, renew: 60, reconcile: 300, remind: 3600 }

function openProviders(options: BillingOptions, book: PriceBook): Providers {
  const { payments, stripe, stripeUrl } = options.settings
  return chooseProviders({
    keyring: options.keyring,
    isOn: payments,
    environment: stripe,
    apiUrl: stripeUrl,
    stored: () => book.stored(STRIPE_SETTING) as StoredStripe | undefined,
  })
}

function openParts(options: BillingOptions, book: PriceBook): BillingParts {
  const { publicUrl, payoutMinimum } = options.settings
  const shared = { ...options, book, providers: openProviders(options, book), publicUrl, payoutMinimum }
  const onRead = async (owner: Owner, wallet: Wallet) => {
    await warnOfBalance(parts, owner, wallet)
    await autoTopup(parts, owner, wallet)
  }
  const watch: WalletWatch = openWalletWatch({ ...shared, onRead })
  const parts: BillingParts = { ...shared, watch }
  return parts
}

/** What goes on by itself. Each part claims its work in the database, so every node may run all of it. */
function startJobs({ jobs }: BillingOptions, parts: BillingParts, charging: Charging): () => Promise<void> {
  const { db, clock } = parts
  const stops = [
    jobs.upkeep('billing.expire_holds', SECONDS.expireHolds, () => expireHolds(db, clock.iso())),
    jobs.every('billing.keep_holds', KEEP_ALIVE_SECONDS, () => charging.keepAlive()),
    jobs.upkeep('billing.renew', SECONDS.renew, () => renewSubscriptions(parts)),
    jobs.upkeep('billing.reconcile', SECONDS.reconcile, () => reconcilePayments(parts)),
    jobs.upkeep('billing.remind', SECONDS.remind, () => remindOfEnds(parts)),
  ]
  return async () => void (await Promise.all(stops.map((stop) => stop())))
}

/** Opens wallets, prices, plans and payments. @throws PLANS_UNUSABLE */
export async function openBilling(options: BillingOptions): Promise<Billing> {
  const { db, clock, settings } = options
  await writePlans(db, settings.plansFile)
  const book = await openPriceBook({ ...options, chargesModels: () => settings.chargeModels })
  const parts = openParts(options, book)
  const charging = openCharging({ ...parts, onMoved: parts.watch.moved })
  const stop = startJobs(options, parts, charging)
  const balance: Billing['balance'] = (tenantId, userId) => readWallet(parts, tenantId, userId)
  return {
    ...charging,
    balance,
    modelRate: (model) => parts.book.rate(model) ?? null,
    coding: codingCharges(parts),
    tokens: { begin: (asked) => beginTokens(parts, asked) },
    usage: (owner) => readUsage(parts, owner),
    track: (owner, used) => trackUsage(parts, owner, used),
    plan: (owner) => planOf(parts, owner),
    planGrants: (owner, tx) => planGrants(db, owner, tx),
    onPlanChange: (listener) => onPlanChange(options.bus, listener),
    async subscription(owner) {
      const row = await readSubscription(parts, owner)
      return { ...toSubscription(parts, row), period_start: row?.period_start.toISOString() ?? null }
    },
    plans: () => listPlans(parts),
    history: (owner, page) => readHistory(parts, owner, page),
    payments: (owner, page) => paymentsOf(parts, owner, page),
    paymentMethods: (owner) => methodsOf(parts, owner),
    autoTopup: (owner) => readAutoTopup(parts, owner),
    agreeTerms: (tx, appId, terms) => agreeTerms({ book, clock }, tx, { appId, terms }),
    agreement: readAgreement,
    basePrice: (appId, functionName, actionType) =>
      basePrice(book.settings(), book.terms(appId), { functionName, actionType }),
    earnings: (userId) => readEarnings(db, userId),
    earnedByDay: (of) => earnedByDay(db, of),
    requestPayout: (owner, wish) => requestPayout(parts, owner, wish),
    payoutsOf: (userId) => payoutsOf(parts, userId),
    waitingPayouts: (withApproved) => waitingPayouts(parts, withApproved),
    decidePayout: (id, decision) => decidePayout(parts, id, decision),
    sell: (tx, owner, sale) => sellFrom(parts, tx, { ...owner, ...sale }),
    payoutMinimum: settings.payoutMinimum,
    tokenRate: () => book.settings().tokenRate,
    refreshPrices: book.refresh,
    allTold: parts.watch.settled,
    forget: (owner) => forgetBilling(parts, owner),
    routes: [
      ...walletRoutes({ db, balance }),
      ...userRoutes(parts),
      ...internalUserRoutes(parts),
      ...settingRoutes(parts),
      ...modelRoutes(parts),
      ...stripeRoutes(parts),
      ...operatorPaymentRoutes(parts),
    ],
    async close() {
      await stop()
      await parts.watch.close()
      book.close()
    },
  }
}
