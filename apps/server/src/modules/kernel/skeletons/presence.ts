import { readSectionRules, type UserKey } from '../../registry/index.ts'
import type { KernelOptions } from '../ports.ts'
import { calmChanges } from './calm-changes.ts'
import { sectionSettings } from './section-settings.ts'

/** Keeps snapshots of people who are here fresh, and makes them due after a change. */
export interface Presence {
  /** Ensures the sections of all apps of the user, at most every ten minutes and after a change of an app. */
  seen(user: { tenantId: string; userId: string }): void
  /** The same at once: the user has just got an app. */
  arrived(user: { tenantId: string; userId: string }): void
  /**
   * A call changed something of the app: its sections are due again (K5.6). Calls within a second count as one, and
   * whoever goes on changing has them made anew every ten seconds.
   */
  changed(scope: { tenantId: string; userId: string; appId: string }): void
  close(): void
}

const SEEN_EVERY_MS = 600_000
const MOST_REMEMBERED = 50_000

/** `rulesOf` is what a user wants of sections. */
export function createPresence(
  { db, registry, state, clock, log }: KernelOptions,
  rulesOf = (user: UserKey) => readSectionRules(db, user),
): Presence {
  const seenAt = new Map<string, number>()
  const calm = calmChanges()

  const ensure = async (user: { tenantId: string; userId: string }): Promise<void> => {
    const [apps, rules] = await Promise.all([registry.appsOf(user), rulesOf(user)])
    const lists = apps
      .filter(({ install }) => install?.isDisabled !== true)
      .map((use) =>
        sectionSettings(use, rules)
          .filter(({ isWanted }) => isWanted)
          .map(({ section, ttl, alerts }) => ({
            tenantId: user.tenantId,
            userId: user.userId,
            appId: use.app.appId,
            section,
            ttl,
            always: alerts.enabled,
          })),
      )
    // Each app alone: the odd section name of one must not cost the others their snapshots.
    const results = await Promise.allSettled(lists.map((rows) => state.skeletonEnsure(rows)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
  // Another version has other sections, another install other apps: whoever is here is looked at again.
  const off = registry.onChange(({ userId }) => {
    if (userId === undefined || userId === null) seenAt.clear()
    else seenAt.delete(userId)
  })
  const arrived: Presence['arrived'] = (user) => {
    if (seenAt.size >= MOST_REMEMBERED) seenAt.delete(seenAt.keys().next().value ?? '')
    seenAt.set(user.userId, clock.now())
    ensure(user).catch((error) => {
      seenAt.delete(user.userId)
      log.warn({ err: error, user: user.userId }, 'skeleton sections were not ensured')
    })
  }
  return {
    arrived,
    seen(user) {
      if (clock.now() - (seenAt.get(user.userId) ?? 0) >= SEEN_EVERY_MS) arrived(user)
    },
    changed(scope) {
      calm.changed(`${scope.tenantId} ${scope.userId} ${scope.appId}`, () => {
        state
          .skeletonInvalidate(scope)
          .catch((error) => log.warn({ err: error, app: scope.appId }, 'skeletons were not made due'))
      })
    },
    close() {
      off()
      calm.close()
    },
  }
}
