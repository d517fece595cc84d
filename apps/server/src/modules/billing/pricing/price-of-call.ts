import type { BillingFigures } from './billing-settings.ts'
import type { PriceBook } from './price-book.ts'
import type { CallPrice, CallToPrice, Terms } from './types.ts'

/** The price of the function, else what its kind of action costs (K10.2). */
export function basePrice(
  figures: Pick<BillingFigures, 'categoryDefaults'>,
  terms: Omit<Terms, 'appId'> | undefined,
  call: Pick<CallToPrice, 'functionName' | 'actionType'>,
): number {
  if (terms?.model !== 'per_action') return 0
  if (terms.freeTools.includes(call.functionName)) return 0
  const { toolPrices } = terms
  // A function may be called `constructor`.
  const own = Object.hasOwn(toolPrices, call.functionName) ? toolPrices[call.functionName] : undefined
  return own ?? figures.categoryDefaults[call.actionType]
}

/** An app that waits for its publication is tried by its owner and the administrators, without charge. */
const baseOf = (book: PriceBook, terms: Terms | undefined, call: CallToPrice): number =>
  call.app.status !== 'active' || call.app.system ? 0 : basePrice(book.settings(), terms, call)

/** Once per call, at the tier of the model that ran; nothing for the user's own key (K10.3). */
function feeOf(book: PriceBook, call: CallToPrice): number {
  if (call.model === null || call.model.isOwn || !book.chargesModels() || call.app.status !== 'active') return 0
  return book.feeOf(call.model.name)
}

/**
 * What a call costs, from memory: null when it costs nothing, so that a free call asks the database nothing.
 * `base_price + platform_fee`; the developer gets `floor(base_price × split / 100)`, and nothing for own use (K10.30, K10.32).
 */
export function priceOfCall(book: PriceBook, call: CallToPrice): CallPrice | null {
  if (!call.isPriced) return null
  const terms = book.terms(call.app.appId)
  const base = baseOf(book, terms, call)
  const fee = feeOf(book, call)
  if (base + fee === 0) return null
  const developerId = terms?.ownerId ?? null
  const earns = developerId !== null && developerId !== call.userId
  return {
    base,
    fee,
    share: earns ? Math.floor((base * (terms?.split ?? 0)) / 100) : 0,
    developerId,
    isWaivable: call.app.firstParty && call.actionType === 'read',
  }
}
