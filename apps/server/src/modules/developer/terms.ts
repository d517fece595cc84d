import type { JsonObject } from '@imperal/contract'
import { MAX_PRICE, type Terms } from '../billing/index.ts'
import type { AppRecord, StoredVersion } from '../registry/index.ts'
import { developerErrors } from './errors.ts'
import type { DeveloperParts } from './open-developer.ts'
import { tierOf } from './tiers.ts'

/** What calls of an app cost, and which part of it is the developer's. */
export type Agreed = Omit<Terms, 'appId'>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const isPrice = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_PRICE
/** What `isPrice` asks for, after the name of a figure. */
export const PRICE_RULE = `is no whole number from 0 to ${MAX_PRICE}`

function pricesIn(config: JsonObject, functions: ReadonlySet<string>, problems: string[]): Record<string, number> {
  const given = config.tool_prices ?? {}
  if (!isObject(given)) {
    problems.push('tool_prices is no object')
    return {}
  }
  const prices: Record<string, number> = {}
  for (const [name, price] of Object.entries(given)) {
    if (!functions.has(name)) problems.push(`tool_prices names ${name}, which the app does not have`)
    else if (!isPrice(price)) problems.push(`the price of ${name} ${PRICE_RULE}`)
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

/** Prices of manifest and record together. The record's win, each by itself: they can be changed without a deploy. */
export function pricingOf(app: Pick<AppRecord, 'pricingConfig'>, version: Pick<StoredVersion, 'manifest'>): JsonObject {
  const inManifest = (version.manifest.pricing ?? {}) as JsonObject
  const both = { ...inManifest, ...app.pricingConfig } as JsonObject
  const [before, own] = [inManifest.tool_prices, app.pricingConfig.tool_prices]
  return isObject(before) && isObject(own) ? { ...both, tool_prices: { ...before, ...own } } : both
}

/** What the prices of an app come to, and everything that is wrong with them (K10.5). */
export function readTerms(
  app: Pick<AppRecord, 'ownerId' | 'pricingModel' | 'pricingConfig'>,
  version: Pick<StoredVersion, 'manifest'>,
  split: number,
): { readonly terms: Agreed; readonly problems: string[] } {
  const problems: string[] = []
  const functions = new Set(version.manifest.tools.map(({ name }) => name))
  const config = pricingOf(app, version)
  const toolPrices = pricesIn(config, functions, problems)
  const freeTools = freeIn(config, functions, problems)
  const monthly = config.monthly_price ?? 0
  if (!isPrice(monthly)) problems.push(`monthly_price ${PRICE_RULE}`)
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

/** Percent of the base price that the owner of an app keeps: that of the tier of now (K10.30). */
export async function splitOf(parts: Pick<DeveloperParts, 'identity'>, app: AppRecord): Promise<number> {
  const owner = app.ownerId === null ? null : await parts.identity.developer(app.ownerTenantId, app.ownerId)
  return tierOf(owner?.tier ?? 'explorer').split
}
