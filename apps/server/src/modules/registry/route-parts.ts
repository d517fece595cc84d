import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import type { Audit } from '../audit/index.ts'
import type { PolicyCaller } from './app-access.ts'
import { registryErrors } from './errors.ts'
import { mayUseApp } from './key-access.ts'
import type { AppRecord, InstallDoor, Registry } from './types.ts'

/** What the handlers of the registry's surface work with. */
export interface RouteParts {
  readonly registry: Omit<Registry, 'routes'>
  readonly db: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, 'append'>
  readonly personOf: (userId: string) => Promise<(PolicyCaller & { readonly tenantId: string }) | null>
  readonly tenantOf: (userId: string) => Promise<string | null>
  readonly installs: () => InstallDoor
}

/** @throws REGISTRY_APP_NOT_FOUND, REGISTRY_KEY_FORBIDDEN */
export async function appFor(parts: RouteParts, principal: Principal | null, appId: string): Promise<AppRecord> {
  const app = await parts.registry.app(appId)
  if (!app) throw registryErrors.APP_NOT_FOUND()
  return mayUseApp(principal, app)
}
