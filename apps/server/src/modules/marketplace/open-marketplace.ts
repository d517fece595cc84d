import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Jobs } from '../../foundation/jobs/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Audit } from '../audit/index.ts'
import type { Billing } from '../billing/index.ts'
import type { Kernel } from '../kernel/index.ts'
import type { InstallDoor, Registry, UserKey } from '../registry/index.ts'
import { noteBack, noteLeft, purgeLeft } from './former-installs.ts'
import { installRoutes } from './install-routes.ts'
import { startLifecycleRunner } from './lifecycle-runner.ts'
import { meRoutes } from './me-routes.ts'
import { refreshFigures } from './refresh-figures.ts'
import { reviewRoutes } from './reviews/routes.ts'
import { forgetReviews } from './reviews/write-reviews.ts'
import { browseRoutes } from './routes.ts'
import './tables.ts'
import type { DeveloperPages, LifecyclePorts, Marketplace } from './types.ts'

export interface MarketplaceOptions {
  readonly db: Database
  readonly jobs: Pick<Jobs, 'upkeep'>
  readonly registry: Registry
  /** The way in and out of installs; see `openInstallDoor`. */
  readonly installs: InstallDoor
  readonly audit: Pick<Audit, 'append' | 'record'>
  readonly log: Log
  readonly clock: Clock
  /** Base address of the platform, without a slash at the end. */
  readonly publicUrl: string
  /** Whether lifecycle hooks run in this process; some process of the installation has to run them. On when absent. */
  readonly runsHooks?: boolean | undefined
  readonly developers: DeveloperPages
  /** Functions that a user may call now, scopes and policies applied. */
  readonly catalog: Kernel['catalog']
  readonly lifecycle: LifecyclePorts
  readonly billing: Pick<Billing, 'plan' | 'basePrice'>
  /** Handles under which users are known in public. */
  nicknamesOf(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** How often somebody has used an app with success, counted up to `most`. */
  usesOf(user: UserKey, appId: string, most: number): Promise<number>
  /** Uses of every app since a moment. */
  usesByApp(since: Date): Promise<ReadonlyMap<string, number>>
}

const FIGURES_SECONDS = 3600
const PURGE_SECONDS = 3600

/** Reviews of an app that was removed for good would show up again under its id. */
function followRemovals(options: MarketplaceOptions): () => void {
  const forget = async (appId: string) => {
    if ((await options.registry.app(appId)) === null) await forgetReviews(options, appId)
  }
  return options.registry.onChange(({ appId, userId }) => {
    if (appId === null || userId !== undefined) return
    forget(appId).catch((error) => options.log.warn({ err: error, appId }, 'reviews of an app could not be removed'))
  })
}

/** Opens the marketplace and runs the lifecycle hooks of installs and deploys on this node. */
export function openMarketplace(options: MarketplaceOptions): Marketplace {
  const ports: LifecyclePorts = {
    ...options.lifecycle,
    async ensureSkeletons(user, appId) {
      await noteBack(options, user, appId)
      await options.lifecycle.ensureSkeletons(user, appId)
    },
    async forgetData(user, appId) {
      // Who installed it again meanwhile keeps what they have stored since.
      if (((await options.registry.resolve(user, appId))?.install ?? null) !== null) return
      await noteLeft(options, user, appId)
      await options.lifecycle.forgetData(user, appId)
    },
  }
  const runner =
    options.runsHooks === false ? null : startLifecycleRunner({ registry: options.registry, ports, log: options.log })
  const unfollow = followRemovals(options)
  const stop = options.jobs.upkeep('marketplace.figures', FIGURES_SECONDS, () => refreshFigures(options))
  const stopPurging = options.jobs.upkeep('marketplace.purge', PURGE_SECONDS, () => purgeLeft(options))
  return {
    routes: [...browseRoutes(options), ...installRoutes(options), ...meRoutes(options), ...reviewRoutes(options)],
    async close() {
      unfollow()
      await stop()
      await stopPurging()
      await runner?.close()
    },
  }
}
