import { type Manifest, type ManifestTool, SYNTHETIC_PREFIX } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { Agreement } from '../billing/index.ts'
import type { AppRecord, StoredVersion } from '../registry/index.ts'
import type { DeveloperParts } from './open-developer.ts'
import { type Agreed, readTerms, splitOf } from './terms.ts'

/** Functions that people call, and what pays for nothing when it says no kind of action. */
export const callable = (manifest: Manifest): ManifestTool[] =>
  manifest.tools.filter((tool) => tool.action_type !== undefined && !tool.name.startsWith(SYNTHETIC_PREFIX))

/**
 * What of an app would cost more than its users agreed to. A function that is new may cost what its kind of action costs
 * without a price of its own.
 * @param agreement what is agreed on, read under the app's lock
 * @param app.held what the users have now: it says of what kind a function was when its price was agreed on
 */
export function raisedPrices(
  agreement: Agreement,
  app: { readonly held: Manifest; readonly next: Manifest },
  terms: Agreed,
): string[] {
  const agreed = agreement.terms
  const heldTypes = new Map(callable(app.held).map((tool) => [tool.name, tool.action_type]))
  const raised = callable(app.next).flatMap(({ name, action_type: type = 'destructive' }) => {
    const before = agreement.priceUnder(agreed, name, heldTypes.get(name) ?? type)
    const after = agreement.priceUnder(terms, name, type)
    return after > before ? [`a price of ${after} for ${name} (was ${before})`] : []
  })
  const month = terms.model === 'subscription' ? terms.monthlyPrice : 0
  const monthBefore = agreed?.model === 'subscription' ? agreed.monthlyPrice : 0
  return month > monthBefore ? [...raised, `a monthly price of ${month} (was ${monthBefore})`] : raised
}

/**
 * Agrees on the prices of a version that asks nobody for more than before; the developer's part stays as it was. Prices
 * that cannot be used change nothing: the next submission names them. The app has to be locked.
 */
export async function agreeUnraised(
  parts: Pick<DeveloperParts, 'billing' | 'identity'>,
  tx: Tx,
  about: { readonly app: AppRecord; readonly version: Pick<StoredVersion, 'manifest'> },
): Promise<void> {
  const agreed = (await parts.billing.agreement(tx, about.app.appId)).terms
  const split = agreed?.split ?? (await splitOf(parts, about.app))
  const { terms, problems } = readTerms(about.app, about.version, split)
  if (problems.length === 0) await parts.billing.agreeTerms(tx, about.app.appId, terms)
}
