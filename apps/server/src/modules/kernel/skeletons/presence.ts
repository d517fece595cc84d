import { SKELETON_REFRESH_PREFIX } from '@imperal/contract'
import type { KernelOptions } from '../ports.ts'

/** Keeps snapshots of people who are here fresh, and makes them due after a change. */
export interface Presence {
  /** Ensures the sections of all apps of the user, at most every ten minutes. */
  seen(user: { tenantId: string; userId: string }): void
  /** A call changed something of the app: its sections are due again (K5.6). Calls within a second count as one. */
  changed(scope: { tenantId: string; userId: string; appId: string }): void
}

const SEEN_EVERY_MS = 600_000
const CHANGES_WITHIN_MS = 1_000
const MOST_REMEMBERED = 50_000
const DEFAULT_TTL = 300

export function createPresence({ registry, state, clock, log }: KernelOptions): Presence {
  const seenAt = new Map<string, number>()
  const changing = new Set<string>()

  const ensure = async (user: { tenantId: string; userId: string }): Promise<void> => {
    const apps = await registry.appsOf(user)
    const rows = apps
      .filter(({ install }) => install?.isDisabled !== true)
      .flatMap(({ app, version }) =>
        version.manifest.tools
          .filter((tool) => tool.name.startsWith(SKELETON_REFRESH_PREFIX))
          .map((tool) => ({
            tenantId: user.tenantId,
            userId: user.userId,
            appId: app.appId,
            section: tool.name.slice(SKELETON_REFRESH_PREFIX.length),
            ttl: DEFAULT_TTL,
          })),
      )
    if (rows.length > 0) await state.skeletonEnsure(rows)
  }
  return {
    seen(user) {
      const key = `${user.tenantId} ${user.userId}`
      const now = clock.now()
      if (now - (seenAt.get(key) ?? 0) < SEEN_EVERY_MS) return
      if (seenAt.size >= MOST_REMEMBERED) seenAt.delete(seenAt.keys().next().value ?? '')
      seenAt.set(key, now)
      ensure(user).catch((error) => {
        seenAt.delete(key)
        log.warn({ err: error, user: user.userId }, 'skeleton sections were not ensured')
      })
    },
    changed(scope) {
      const key = `${scope.tenantId} ${scope.userId} ${scope.appId}`
      if (changing.has(key)) return
      changing.add(key)
      setTimeout(() => {
        changing.delete(key)
        state
          .skeletonInvalidate(scope)
          .catch((error) => log.warn({ err: error, app: scope.appId }, 'skeletons were not made due'))
      }, CHANGES_WITHIN_MS).unref()
    },
  }
}
