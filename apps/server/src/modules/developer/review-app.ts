import { CATEGORIES, type Check, Manifest } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { AppRecord, StoredVersion } from '../registry/index.ts'
import { publishAppEvent, tellOwner } from './announce-app.ts'
import { contentHash } from './content-hash.ts'
import { developerErrors } from './errors.ts'
import type { DeveloperParts } from './open-developer.ts'
import { lockedApp, portalApp, savePortalApp } from './own-app.ts'
import { agreeUnraised, raisedPrices } from './raised-prices.ts'
import type { Note } from './record-audit.ts'
import { isReserved } from './reserved-ids.ts'
import { tellReview } from './review-mails.ts'
import { pricingOf, readTerms, splitOf, termsOf } from './terms.ts'

const SHORTEST_DESCRIPTION = 40

const check = (name: string, ok: boolean, problem: string): Check => ({ check: name, ok, message: ok ? 'ok' : problem })

function functionChecks(version: StoredVersion): Check {
  const lacking = version.manifest.tools
    .filter((tool) => tool.owner_chat_tool !== undefined)
    .filter((tool) => tool.description.trim() === '' || tool.action_type === undefined)
    .map((tool) => tool.name)
  return check('functions', lacking.length === 0, `Give a description and an action type to: ${lacking.join(', ')}.`)
}

/** Content of an app as a reviewer's first look would judge it: the manifest first, the app record second (api.md 5.3). */
export function contentChecks(app: AppRecord, version: StoredVersion, platformNames: ReadonlySet<string>): Check[] {
  const { manifest } = version
  const description = manifest.description || app.longDescription || app.shortDescription
  const longEnough = description.trim().length >= SHORTEST_DESCRIPTION
  const category = manifest.category ?? app.category
  const prices = pricingOf(app, version)
  const priced = app.pricingModel === 'free' || Object.keys(prices).length > 0
  const { problems } = readTerms(app, version, 0)
  const impersonates = isReserved(app.appId) || platformNames.has(app.name.trim().toLowerCase())
  return [
    check('description', longEnough, `Describe the app in at least ${SHORTEST_DESCRIPTION} characters.`),
    check('icon', version.iconSvg !== null, 'Deploy the app with an SVG icon.'),
    check('category', CATEGORIES.has(category), `There is no category ${category} in the catalog.`),
    check('manifest', Manifest.safeParse(manifest).success, 'The manifest does not match the schema.'),
    functionChecks(version),
    check(
      'pricing',
      priced && problems.length === 0,
      priced ? `The prices cannot be used: ${problems.join('; ')}.` : 'Set prices, or make the app free.',
    ),
    check('name', !impersonates, 'The name or id belongs to an app of the platform.'),
  ]
}

async function platformNames(parts: DeveloperParts): Promise<ReadonlySet<string>> {
  const live = await parts.registry.liveApps()
  return new Set(live.filter(({ app }) => app.firstParty).map(({ app }) => app.name.trim().toLowerCase()))
}

export async function changeStatus(
  parts: DeveloperParts,
  tx: Tx,
  change: { app: AppRecord; status: AppRecord['status']; reason?: string },
) {
  const { app, status } = change
  await parts.registry.updateApp(tx, app.appId, { status })
  const reason = change.reason ?? null
  await tellOwner(parts, tx, { app, type: 'app_status', payload: { app_id: app.appId, status, reason } })
}

async function tellReviewers(parts: DeveloperParts, appId: string): Promise<void> {
  const app = await parts.registry.app(appId)
  await parts.tellAdministrators({
    title: 'An app waits for your review',
    body: `${app?.name ?? appId}${app?.liveVersion ? ` ${app.liveVersion}` : ''} was submitted for the marketplace.`,
    link: '/admin/reviews',
  })
}

const SUBMITTABLE = new Set(['draft', 'rejected', 'suspended'])

export type Submission =
  | { readonly status: 'failed'; readonly checks: Check[] }
  | { readonly status: 'pending_review' | 'active'; readonly submittedAt: string; readonly checks: Check[] }

/** Whether a paused app is what was approved: the same content, for no higher price. */
async function isAsApproved(
  parts: DeveloperParts,
  tx: Tx,
  { app, version, approvedHash }: { app: AppRecord; version: StoredVersion; approvedHash: string | null },
): Promise<boolean> {
  if (app.status !== 'suspended' || approvedHash !== contentHash(version)) return false
  const agreement = await parts.billing.agreement(tx, app.appId)
  const same = { held: version.manifest, next: version.manifest }
  return raisedPrices(agreement, same, readTerms(app, version, 0).terms).length === 0
}

/**
 * Asks for publication. Failed content checks change nothing; an app that its developer paused is published again at once
 * when its content is the approved one and nothing of it costs more.
 * @throws DEVELOPER_NO_SUCCESSFUL_DEPLOY, DEVELOPER_ILLEGAL_STATE
 */
export async function submitApp(parts: DeveloperParts, appId: string, note: Note): Promise<Submission> {
  const names = await platformNames(parts)
  const submission = await parts.db.everyTenant(async (tx): Promise<Submission> => {
    const app = await lockedApp(parts.registry, tx, appId)
    if (!SUBMITTABLE.has(app.status)) {
      throw developerErrors.ILLEGAL_STATE({ appId, status: app.status, wanted: 'a draft, rejected or suspended' })
    }
    // Deploys wait for the row's lock, so what is read here is what is judged.
    const version = await parts.registry.storedVersion(appId)
    if (app.liveVersion === null || !version?.artefactHash) throw developerErrors.NO_SUCCESSFUL_DEPLOY()
    const portal = await portalApp(tx, app)
    if (portal.suspended_by === 'admin') {
      throw developerErrors.ILLEGAL_STATE({ appId, status: 'suspended by an administrator', wanted: 'released by one' })
    }
    const checks = contentChecks(app, version, names)
    if (checks.some((each) => !each.ok)) return { status: 'failed', checks }
    const submittedAt = parts.clock.iso()
    const known = { app, version, approvedHash: portal.approved_hash }
    const status = (await isAsApproved(parts, tx, known)) ? 'active' : 'pending_review'
    if (status === 'active') await agreeUnraised(parts, tx, { app, version })
    const facts = { submitted_at: submittedAt, checks: JSON.stringify(checks), reject_reason: null, suspended_by: null }
    await savePortalApp(tx, app, facts)
    await changeStatus(parts, tx, { app, status })
    await publishAppEvent(parts, tx, { app, type: 'app.submitted', data: { version: version.version } })
    await note(tx, { version: version.version })
    return { status, submittedAt, checks }
  })
  parts.registry.forget(appId)
  if (submission.status === 'pending_review') await tellReviewers(parts, appId)
  if (submission.status === 'active') await parts.billing.refreshPrices()
  return submission
}

/** Pauses a published app of its developer. @throws DEVELOPER_ILLEGAL_STATE */
export async function suspendApp(parts: DeveloperParts, appId: string, note: Note): Promise<void> {
  await parts.db.everyTenant(async (tx) => {
    const app = await lockedApp(parts.registry, tx, appId)
    if (app.status !== 'active') {
      throw developerErrors.ILLEGAL_STATE({ appId, status: app.status, wanted: 'active' })
    }
    await savePortalApp(tx, app, { suspended_by: 'developer' })
    await changeStatus(parts, tx, { app, status: 'suspended' })
    await publishAppEvent(parts, tx, { app, type: 'app.suspended', data: {} })
    await note(tx)
  })
  parts.registry.forget(appId)
}

async function pendingApp(parts: DeveloperParts, tx: Tx, appId: string): Promise<AppRecord> {
  const app = await lockedApp(parts.registry, tx, appId)
  if (app.status === 'pending_review') return app
  throw developerErrors.ILLEGAL_STATE({ appId, status: app.status, wanted: 'waiting for review' })
}

/**
 * Publishes an app that waits for review. What its calls cost, and which part of it is the developer's, is agreed on now and
 * stays until the next approval (K10.30).
 * `seen` is the version that the reviewer looked at: its developer may have deployed another since.
 * @throws DEVELOPER_APP_NOT_FOUND, DEVELOPER_ILLEGAL_STATE, DEVELOPER_PRICES_INVALID, DEVELOPER_CHANGED_SINCE
 */
export async function approveApp(
  parts: DeveloperParts,
  verdict: { readonly appId: string; readonly reviewerId: string; readonly seen?: string | undefined },
  note: Note,
): Promise<{ approvedAt: string }> {
  const { appId, reviewerId, seen } = verdict
  const approvedAt = parts.clock.iso()
  const approved = await parts.db.everyTenant(async (tx) => {
    const app = await pendingApp(parts, tx, appId)
    const version = await parts.registry.storedVersion(appId)
    if (!version) throw developerErrors.NO_SUCCESSFUL_DEPLOY()
    if (seen !== undefined && seen !== version.version)
      throw developerErrors.CHANGED_SINCE({ version: version.version })
    await parts.billing.agreeTerms(tx, appId, termsOf(app, version, await splitOf(parts, app)))
    const facts = { reviewed_at: approvedAt, reviewed_by: reviewerId, approved_hash: contentHash(version) }
    await savePortalApp(tx, app, facts)
    await changeStatus(parts, tx, { app, status: 'active' })
    await publishAppEvent(parts, tx, { app, type: 'app.approved', data: { version: version.version } })
    await note(tx, { version: version.version })
    return app
  })
  parts.registry.forget(appId)
  await tellReview(parts, approved, { kind: 'app_approved' })
  await parts.billing.refreshPrices()
  return { approvedAt }
}

/** Sends an app that waits for review back with a reason. @throws DEVELOPER_APP_NOT_FOUND, DEVELOPER_ILLEGAL_STATE */
export async function rejectApp(
  parts: DeveloperParts,
  verdict: { appId: string; reviewerId: string; reason: string },
  note: Note,
): Promise<void> {
  const { appId, reviewerId, reason } = verdict
  const rejected = await parts.db.everyTenant(async (tx) => {
    const app = await pendingApp(parts, tx, appId)
    await savePortalApp(tx, app, {
      reviewed_at: parts.clock.iso(),
      reviewed_by: reviewerId,
      reject_reason: reason,
    })
    await changeStatus(parts, tx, { app, status: 'rejected', reason })
    await publishAppEvent(parts, tx, { app, type: 'app.rejected', data: { reason } })
    await note(tx)
    return app
  })
  parts.registry.forget(appId)
  await tellReview(parts, rejected, { kind: 'app_rejected', reason })
}
