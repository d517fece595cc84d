import { type DeployIssue, hasScope, type Manifest } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { AppRecord } from '../registry/index.ts'
import type { DeveloperParts } from './open-developer.ts'
import { callable, raisedPrices } from './raised-prices.ts'
import { readTerms } from './terms.ts'

const spaceOf = (name: string): string => name.split(/[:.]/, 1)[0] ?? ''

const destructive = (manifest: Manifest): string[] =>
  callable(manifest).flatMap((tool) => (tool.action_type === 'destructive' ? [tool.name] : []))

/**
 * What a version may do that the one before it did not, to which its users agreed: reach or hear something of other apps,
 * and destroy.
 */
export function rightsGained(before: Manifest, after: Manifest): string[] {
  const held = before.capabilities
  // A pattern is asked for by itself: one of its members is not all of it.
  const isHeld = (scope: string) =>
    held.includes(scope) || held.includes('*') || (!scope.includes('*') && hasScope(held, scope))
  const capabilities = after.capabilities.filter((scope) => spaceOf(scope) !== after.app_id && !isHeld(scope))
  const heard = new Set((before.events?.subscribes ?? []).map(({ type }) => type))
  const events = (after.events?.subscribes ?? [])
    .map(({ type }) => type)
    .filter((type) => spaceOf(type) !== after.app_id && !heard.has(type))
  const destroyed = new Set(destructive(before))
  const destructions = destructive(after).filter((name) => !destroyed.has(name))
  return [
    ...[...new Set(capabilities)].map((scope) => `the capability ${scope}`),
    ...[...new Set(events)].map((type) => `the event ${type}`),
    ...destructions.map((name) => `the destructive function ${name}`),
  ]
}

/**
 * A published app gains neither rights nor prices behind the back of its users: such a version needs a review first
 * (api.md 5.3). Empty when it may go live as it is. The app has to be locked.
 */
export async function gainedBy(parts: DeveloperParts, tx: Tx, app: AppRecord, manifest: Manifest): Promise<string[]> {
  if (app.status !== 'active' || app.liveVersion === null) return []
  const live = await parts.registry.storedVersion(app.appId, app.liveVersion)
  if (live === null) return []
  const change = { held: live.manifest, next: manifest }
  const { terms } = readTerms(app, { manifest }, 0)
  return [
    ...rightsGained(live.manifest, manifest),
    ...raisedPrices(await parts.billing.agreement(tx, app.appId), change, terms),
  ]
}

/** What a deploy reports that would give a published app more; null when it may go live. */
export async function reviewNeeded(
  parts: DeveloperParts,
  tx: Tx,
  app: AppRecord,
  manifest: Manifest,
): Promise<DeployIssue | null> {
  const gained = await gainedBy(parts, tx, app, manifest)
  if (gained.length === 0) return null
  return {
    rule: 'DEPLOY-RIGHTS',
    level: 'ERROR',
    message: `The users of this app agreed to less. New: ${gained.join(', ')}.`,
    file: 'imperal.json',
    line: 0,
    fix: 'Pause the app, deploy this version and submit it for review; or drop what is new.',
  }
}
