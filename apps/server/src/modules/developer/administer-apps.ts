import type { Tx } from '../../foundation/db/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { publishAppEvent } from './announce-app.ts'
import { contentHash } from './content-hash.ts'
import { developerErrors } from './errors.ts'
import type { DeveloperParts } from './open-developer.ts'
import { lockedApp, savePortalApp } from './own-app.ts'
import { raisedPrices } from './raised-prices.ts'
import type { Note } from './record-audit.ts'
import { changeStatus } from './review-app.ts'
import { type Agreed, splitOf, termsOf } from './terms.ts'

async function publish(parts: DeveloperParts, tx: Tx, app: AppRecord, by: string): Promise<void> {
  const version = await parts.registry.storedVersion(app.appId)
  if (app.liveVersion === null || !version?.artefactHash) throw developerErrors.NO_SUCCESSFUL_DEPLOY()
  await parts.billing.agreeTerms(tx, app.appId, termsOf(app, version, await splitOf(parts, app)))
  const facts = { reviewed_at: parts.clock.iso(), reviewed_by: by, approved_hash: contentHash(version) }
  await savePortalApp(tx, app, { ...facts, reject_reason: null, suspended_by: null })
}

/**
 * Puts an app into a state without a review. An app that an administrator suspended is released by one only.
 * @throws DEVELOPER_APP_NOT_FOUND, DEVELOPER_ILLEGAL_STATE, DEVELOPER_NO_SUCCESSFUL_DEPLOY, DEVELOPER_PRICES_INVALID
 */
export async function setStatus(
  parts: DeveloperParts,
  change: { appId: string; status: 'active' | 'suspended' | 'draft'; reason: string; by: string },
  note: Note,
): Promise<void> {
  const { appId, status, reason, by } = change
  await parts.db.everyTenant(async (tx) => {
    const app = await lockedApp(parts.registry, tx, appId)
    if (app.status === status)
      throw developerErrors.ILLEGAL_STATE({ appId, status, wanted: `something other than ${status}` })
    if (status === 'active') await publish(parts, tx, app, by)
    else await savePortalApp(tx, app, { suspended_by: status === 'suspended' ? 'admin' : null })
    await changeStatus(parts, tx, { app, status, reason })
    const type = { active: 'app.approved', suspended: 'app.suspended', draft: 'app.withdrawn' }[status]
    await publishAppEvent(parts, tx, { app, type, data: reason === '' ? {} : { reason } })
    await note(tx, { before: app.status })
  })
  parts.registry.forget(appId)
  await parts.billing.refreshPrices()
}

/**
 * Removes an app for good: installs, versions, what the portal knows and what its calls cost. Ledger and log stay.
 * @throws DEVELOPER_APP_NOT_FOUND, DEVELOPER_CONFIRM_NAME, DEVELOPER_ILLEGAL_STATE
 */
export async function purgeApp(
  parts: DeveloperParts,
  wanted: { appId: string; confirmName: string; force: boolean },
  note: Note,
): Promise<number> {
  const { appId, confirmName, force } = wanted
  const purged = await parts.db.everyTenant(async (tx) => {
    const app = await lockedApp(parts.registry, tx, appId)
    if (confirmName !== appId) throw developerErrors.CONFIRM_NAME()
    if (app.firstParty) {
      const wanted = 'an app of a developer: what the platform comes with would be there again at its next start'
      throw developerErrors.ILLEGAL_STATE({ appId, status: 'part of the platform', wanted })
    }
    if (app.status === 'active' && !force)
      throw developerErrors.ILLEGAL_STATE({ appId, status: 'active', wanted: 'suspended, or `force` to be sent' })
    await tx.deleteFrom('developer.deploy').where('app_id', '=', appId).execute()
    await tx.deleteFrom('developer.portal_app').where('app_id', '=', appId).execute()
    await parts.billing.agreeTerms(tx, appId, null)
    const installs = await parts.registry.purgeApp(tx, appId)
    await note(tx, { installs })
    return installs
  })
  parts.registry.forget(appId)
  parts.hosts.drain(appId, null)
  await parts.billing.refreshPrices()
  return purged
}

/**
 * Writes the prices of a published app into what its calls cost, and answers them; the developer's part stays as it was agreed. Higher
 * prices are a decision about one app (`mayRaise`), never the by-product of a change to all.
 * @throws DEVELOPER_APP_NOT_FOUND, DEVELOPER_ILLEGAL_STATE, DEVELOPER_PRICES_INVALID, DEVELOPER_PRICES_RAISED
 */
export async function syncPricing(
  parts: DeveloperParts,
  { appId, mayRaise }: { readonly appId: string; readonly mayRaise: boolean },
  note: Note,
): Promise<Agreed> {
  const agreed = await parts.db.everyTenant(async (tx) => {
    const app = await lockedApp(parts.registry, tx, appId)
    const version = await parts.registry.storedVersion(appId)
    if (app.status !== 'active' || !version)
      throw developerErrors.ILLEGAL_STATE({ appId, status: app.status, wanted: 'active' })
    const agreement = await parts.billing.agreement(tx, appId)
    const split = agreement.terms?.split ?? (await splitOf(parts, app))
    const terms = termsOf(app, version, split)
    const same = { held: version.manifest, next: version.manifest }
    const raised = mayRaise ? [] : raisedPrices(agreement, same, terms)
    if (raised.length > 0) throw developerErrors.PRICES_RAISED({ raised: raised.join(', ') })
    await parts.billing.agreeTerms(tx, appId, terms)
    await note(tx, { model: terms.model, tool_prices: { ...terms.toolPrices } })
    return terms
  })
  await parts.billing.refreshPrices()
  return agreed
}
