import type { JsonObject } from '@imperal/contract'
import { MAX_PRICE, type Terms } from '../billing/index.ts'
import type { AppRecord, StoredVersion } from '../registry/index.ts'
import { developerErrors } from './errors.ts'

type Agreed = Omit<Terms, 'appId'>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isPrice = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_PRICE

function pricesIn(config: JsonObject, functions: ReadonlySet<string>, problems: string[]): Record<string, number> {
  const given = config.tool_prices ?? {}
  if (!isObject(given)) {
    problems.push('tool_prices is no object')
    return {}
  }
  const prices: Record<string, number> = {}
  for (const [name, price] of Object.entries(given)) {
    if (!functions.has(name)) problems.push(`tool_prices names ${name}, which the app does not have`)
    else if (!isPrice(price)) problems.push(`the price of ${name} is no whole number from 0 to ${MAX_PRICE}`)
    else prices[name] = price
  }
  return prices
}

function freeIn(config: JsonObject, functions: ReadonlySet<string>, problems: string[]): string[] {
  const given = config.free_tools ?? []
  if (!Array.isArray(given) || given.some((name) => typeof name !== 'string')) {
    problems.push('free_tools is no list of names')
    return []
  }
  const names = given as string[]
  for (const name of names)
    if (!functions.has(name)) problems.push(`free_tools names ${name}, which the app does not have`)
  return names.filter((name) => functions.has(name))
}

/** What the prices of an app come to, and everything that is wrong with them (K10.5). */
export function readTerms(
  app: Pick<AppRecord, 'ownerId' | 'pricingModel' | 'pricingConfig'>,
  version: Pick<StoredVersion, 'manifest'>,
  split: number,
): { readonly terms: Agreed; readonly problems: string[] } {
  const problems: string[] = []
  const functions = new Set(version.manifest.tools.map(({ name }) => name))
  // What the record says wins: it can be changed without a deploy.
  const config = { ...version.manifest.pricing, ...app.pricingConfig } as JsonObject
  const toolPrices = pricesIn(config, functions, problems)
  const freeTools = freeIn(config, functions, problems)
  const monthly = config.monthly_price ?? 0
  if (!isPrice(monthly)) problems.push(`monthly_price is no whole number from 0 to ${MAX_PRICE}`)
  const monthlyPrice = isPrice(monthly) ? monthly : 0
  if (app.pricingModel === 'subscription' && monthlyPrice === 0) problems.push('a subscription needs a monthly_price')
  return {
    terms: { ownerId: app.ownerId, model: app.pricingModel, toolPrices, freeTools, monthlyPrice, split },
    problems,
  }
}

/** The terms to agree on. @throws DEVELOPER_PRICES_INVALID */
export function termsOf(app: AppRecord, version: StoredVersion, split: number): Agreed {
  const { terms, problems } = readTerms(app, version, split)
  if (problems.length > 0) throw developerErrors.PRICES_INVALID({ problems: problems.join('; ') })
  return terms
}
