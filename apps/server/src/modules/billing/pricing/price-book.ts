import { type Kysely, sql } from 'kysely'
import type { Bus } from '../../../foundation/bus.ts'
import type { Database, Tables } from '../../../foundation/db/index.ts'
import type { Log } from '../../../foundation/log.ts'
import { FREE, type Plan } from '../plans/types.ts'
import { toTerms } from './agreement.ts'
import { type BillingFigures, type SettingKey, type SettingValue, settingOf } from './billing-settings.ts'
import type { ModelTier, Terms } from './types.ts'

export interface ModelRate {
  readonly id: number
  readonly modelId: string
  readonly tier: ModelTier
  /** Dollars for a thousand tokens. */
  readonly inputCost: number
  readonly outputCost: number
  readonly isAvailable: boolean
  readonly feeDefault: number | null
}

/** Terms, figures and rates in memory. Every node hears of a change at once, and looks again every minute. */
export interface PriceBook {
  terms(appId: string): Terms | undefined
  settings(): BillingFigures
  setting<K extends SettingKey>(key: K): SettingValue<K>
  /** A stored value that is none of the figures; undefined when it is not set. */
  stored(key: string): unknown
  rates(): readonly ModelRate[]
  rate(modelId: string): ModelRate | undefined
  /** Platform fee of a call that this model chose. */
  feeOf(modelId: string): number
  /** Plans, in the order in which they are offered. */
  plans(): readonly Plan[]
  plan(planId: string): Plan | undefined
  /** What everybody has who has no other plan. */
  freePlan(): Plan
  /** Whether users pay for the models of the installation. */
  chargesModels(): boolean
  /** Reads everything again; resolves when this node has it. */
  refresh(): Promise<void>
  /** Tells every node; visible with the transaction. */
  changed(tx: Kysely<Tables>): Promise<void>
  close(): void
}

const CHANNEL = 'billing_prices'
const EVERY_MS = 60_000
/** What a model costs as long as nobody said otherwise. */
const UNKNOWN_TIER: ModelTier = 'standard'

interface Page {
  readonly terms: ReadonlyMap<string, Terms>
  readonly rates: ReadonlyMap<string, ModelRate>
  readonly plans: ReadonlyMap<string, Plan>
  readonly values: ReadonlyMap<string, unknown>
  readonly figures: BillingFigures
}

async function read(db: Database): Promise<Page> {
  return db.everyTenant(async (tx) => {
    const terms = await tx.selectFrom('billing.terms').selectAll().execute()
    const rates = await tx.selectFrom('billing.model_rate').selectAll().orderBy('model_id').execute()
    const plans = await tx.selectFrom('billing.plan').selectAll().orderBy('position').orderBy('plan_id').execute()
    const settings = await tx.selectFrom('billing.setting').select(['key', 'value']).execute()
    const values = new Map<string, unknown>(settings.map(({ key, value }) => [key, value]))
    return {
      values,
      figures: {
        platformFees: settingOf(values, 'platform_fees'),
        tokenRate: settingOf(values, 'token_rate').token_rate,
        categoryDefaults: settingOf(values, 'category_defaults'),
      },
      plans: new Map(
        plans.map((row) => [
          row.plan_id,
          {
            planId: row.plan_id,
            name: row.name,
            priceCents: row.price_cents,
            annualPriceCents: row.annual_price_cents,
            includedTokens: row.included_tokens,
            cap: row.cap,
            features: row.features,
            limits: row.limits,
            selfService: row.self_service,
            byContract: row.by_contract,
          },
        ]),
      ),
      terms: new Map(terms.map((row) => [row.app_id, toTerms(row)])),
      rates: new Map(
        rates.map((row) => [
          row.model_id,
          {
            id: row.id,
            modelId: row.model_id,
            tier: row.tier,
            inputCost: row.input_cost_per_1k,
            outputCost: row.output_cost_per_1k,
            isAvailable: row.is_available,
            feeDefault: row.platform_fee_default,
          },
        ]),
      ),
    }
  })
}

export async function openPriceBook(options: {
  readonly db: Database
  readonly bus: Pick<Bus, 'subscribe'>
  readonly log: Log
  readonly chargesModels: () => boolean
}): Promise<PriceBook> {
  let page = await read(options.db)
  let isClosed = false
  // One reading after the other, so that an older one never replaces a newer one.
  let reading: Promise<void> = Promise.resolve()
  const refresh = (): Promise<void> => {
    const next = reading
      .catch(() => undefined)
      .then(async () => {
        if (!isClosed) page = await read(options.db)
      })
    reading = next
    return next
  }
  const look = () =>
    void refresh().catch((error: unknown) => {
      if (!isClosed) options.log.warn({ err: error }, 'the prices could not be read, those of before go on')
    })
  const unsubscribe = options.bus.subscribe(CHANNEL, look)
  const timer = setInterval(look, EVERY_MS)
  timer.unref()
  return {
    terms: (appId) => page.terms.get(appId),
    settings: () => page.figures,
    setting: (key) => settingOf(page.values, key),
    stored: (key) => page.values.get(key),
    rates: () => [...page.rates.values()],
    rate: (modelId) => page.rates.get(modelId),
    feeOf(modelId) {
      const rate = page.rates.get(modelId)
      return rate?.feeDefault ?? page.figures.platformFees[rate?.tier ?? UNKNOWN_TIER]
    },
    plans: () => [...page.plans.values()],
    plan: (planId) => page.plans.get(planId),
    freePlan() {
      const free = page.plans.get(FREE)
      if (free === undefined) throw new Error('the free plan is missing in the database')
      return free
    },
    chargesModels: options.chargesModels,
    refresh,
    async changed(tx) {
      await sql`select pg_notify(${CHANNEL}, '')`.execute(tx)
    },
    close() {
      isClosed = true
      clearInterval(timer)
      unsubscribe()
    },
  }
}
