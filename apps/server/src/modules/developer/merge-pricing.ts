import type { JsonObject, JsonValue } from '@imperal/contract'
import { developerErrors } from './errors.ts'
import { isObject, isPrice, PRICE_RULE } from './terms.ts'

function mergedPrices(before: JsonValue | undefined, given: JsonValue, about: Known): JsonObject | null {
  if (!isObject(given)) {
    about.problems.push('tool_prices is no object')
    return null
  }
  const prices = new Map(Object.entries(isObject(before) ? before : {}))
  for (const [name, price] of Object.entries(given)) {
    if (!isPrice(price)) about.problems.push(`the price of ${name} ${PRICE_RULE}`)
    else if (price === 0) prices.delete(name)
    else if (about.functions?.has(name) === false)
      about.problems.push(`tool_prices names ${name}, which the app does not have`)
    else prices.set(name, price)
  }
  return Object.fromEntries(prices)
}

interface Known {
  /** What the app has; null before its first deploy. */
  readonly functions: ReadonlySet<string> | null
  readonly problems: string[]
}

function checkFree(given: JsonValue, { functions, problems }: Known): void {
  if (!Array.isArray(given) || given.some((name) => typeof name !== 'string'))
    problems.push('free_tools is no list of names')
  else
    for (const name of given as string[])
      if (functions?.has(name) === false) problems.push(`free_tools names ${name}, which the app does not have`)
}

/**
 * The prices of a record after a change of them: a price that is absent stays, 0 takes it away, more sets it. The other
 * members are replaced one by one; null takes one away (K10.5). `functions` is null as long as the app has no code: its
 * names are then checked at the submission.
 * @throws DEVELOPER_PRICES_INVALID with every problem; nothing is rounded or left out
 */
export function mergePricing(
  before: JsonObject,
  change: JsonObject,
  functions: ReadonlySet<string> | null,
): JsonObject {
  const about: Known = { functions, problems: [] }
  const merged = new Map<string, JsonValue>(Object.entries(before))
  for (const [name, value] of Object.entries(change)) {
    if (value === null) merged.delete(name)
    else if (name === 'tool_prices') {
      const prices = mergedPrices(before.tool_prices, value, about)
      if (prices !== null) merged.set(name, prices)
    } else if (name === 'monthly_price' && !isPrice(value)) about.problems.push(`monthly_price ${PRICE_RULE}`)
    else if (name === 'monthly_price' && value === 0) merged.delete(name)
    else {
      if (name === 'free_tools') checkFree(value, about)
      merged.set(name, value)
    }
  }
  if (about.problems.length > 0) throw developerErrors.PRICES_INVALID({ problems: about.problems.join('; ') })
  return Object.fromEntries(merged)
}
