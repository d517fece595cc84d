import type { Principal } from '../../foundation/http/index.ts'
import { registryErrors } from './errors.ts'
import type { AppRecord } from './types.ts'

/** Services and administrators act on everything; anybody else on the own apps and the own user id (api.md 1.7). */
export const actsOnAll = (principal: Principal | null): boolean =>
  principal?.kind === 'service' || principal?.role === 'admin'

/** @throws REGISTRY_KEY_FORBIDDEN */
export function mayUseApp(principal: Principal | null, app: AppRecord): AppRecord {
  if (actsOnAll(principal)) return app
  if (app.ownerId !== null && app.ownerId === principal?.userId) return app
  throw registryErrors.KEY_FORBIDDEN()
}

/** @throws REGISTRY_KEY_FORBIDDEN */
export function mayActFor(principal: Principal | null, userId: string): void {
  if (!actsOnAll(principal) && principal?.userId !== userId) throw registryErrors.KEY_FORBIDDEN()
}

/** @throws REGISTRY_KEY_FORBIDDEN */
export function mayDoAll(principal: Principal | null): void {
  if (!actsOnAll(principal)) throw registryErrors.KEY_FORBIDDEN()
}
