import type { Clock } from '../../foundation/clock.ts'
import type { Log } from '../../foundation/log.ts'
import type { Audit } from '../audit/index.ts'
import type { Kernel } from '../kernel/index.ts'
import type { Registry } from '../registry/index.ts'
import { installRoutes } from './install-routes.ts'
import { startLifecycleRunner } from './lifecycle-runner.ts'
import { meRoutes } from './me-routes.ts'
import { browseRoutes } from './routes.ts'
import type { DeveloperPages, LifecyclePorts, Marketplace } from './types.ts'

export interface MarketplaceOptions {
  readonly registry: Registry
  readonly audit: Pick<Audit, 'record'>
  readonly log: Log
  readonly clock: Clock
  /** Base address of the platform, without a slash at the end. */
  readonly publicUrl: string
  readonly developers: DeveloperPages
  /** Functions that a user may call now, scopes and policies applied. */
  readonly catalog: Kernel['catalog']
  readonly lifecycle: LifecyclePorts
}

/** Opens the marketplace and runs the lifecycle hooks of installs and deploys on this node. */
export function openMarketplace(options: MarketplaceOptions): Marketplace {
  const runner = startLifecycleRunner({ registry: options.registry, ports: options.lifecycle, log: options.log })
  return {
    routes: [...browseRoutes(options), ...installRoutes(options), ...meRoutes(options)],
    close: () => runner.close(),
  }
}
