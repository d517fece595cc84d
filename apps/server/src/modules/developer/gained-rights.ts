import { type DeployIssue, hasScope, type Manifest } from '@imperal/contract'
import type { AppRecord } from '../registry/index.ts'
import type { DeveloperParts } from './open-developer.ts'

const spaceOf = (name: string): string => name.split(/[:.]/, 1)[0] ?? ''

/** What of other apps a version may reach or hear that the one before it did not: its users agreed to that one. */
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
  return [
    ...[...new Set(capabilities)].map((scope) => `the capability ${scope}`),
    ...[...new Set(events)].map((type) => `the event ${type}`),
  ]
}

/**
 * A published app gains no rights behind the back of its users: such a version needs a review first. Null when it may
 * go live as it is. The app has to be locked.
 */
export async function reviewNeeded(
  parts: DeveloperParts,
  app: AppRecord,
  manifest: Manifest,
): Promise<DeployIssue | null> {
  if (app.status !== 'active' || app.liveVersion === null) return null
  const live = await parts.registry.storedVersion(app.appId, app.liveVersion)
  const gained = live === null ? [] : rightsGained(live.manifest, manifest)
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
