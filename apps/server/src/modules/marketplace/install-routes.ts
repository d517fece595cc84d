import { marketplace as contract } from '@imperal/contract'
import { sql } from 'kysely'
import { implement, type MountedRoute, type RouteRequest } from '../../foundation/http/index.ts'
import { appAccess, installedIds, registryErrors, type UserKey } from '../registry/index.ts'
import { marketplaceErrors } from './errors.ts'
import type { MarketplaceOptions } from './open-marketplace.ts'

type Caller = Pick<RouteRequest<unknown>, 'user' | 'ip' | 'requestId'>

/** One row of the security log about the calling user's own install. */
export function record(options: MarketplaceOptions, caller: Caller, action: string, appId: string): Promise<void> {
  return options.audit.record({
    tenantId: caller.user.tenantId,
    actorId: caller.user.userId,
    actorType: 'user',
    action,
    targetType: 'app',
    targetId: appId,
    source: caller.user.kind === 'service' ? 'service' : 'api',
    ip: caller.ip,
    requestId: caller.requestId,
  })
}

/** Installs as far as the plan allows (kernel 10.4). @throws MARKETPLACE_PLAN_LIMIT */
async function installWithin(options: MarketplaceOptions, user: UserKey, appId: string) {
  const plan = await options.billing.plan(user)
  const limit = plan.limits.extensions ?? -1
  if (limit < 0) return options.registry.install(user, appId)
  return options.db.tenant(user.tenantId, async (tx) => {
    // Two installs at once would each see room for one.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`install:${user.userId}`}, 4780))`.execute(tx)
    const had = await installedIds(tx, user)
    if (!had.includes(appId) && had.length >= limit) throw marketplaceErrors.PLAN_LIMIT({ limit, plan: plan.name })
    return options.registry.install(user, appId)
  })
}

const install = (options: MarketplaceOptions) =>
  implement(contract.install, async (request) => {
    const { user, params } = request
    const app = await options.registry.app(params.app_id)
    if (!app) throw registryErrors.APP_NOT_ACTIVE()
    if (!appAccess(app.config, user)) throw marketplaceErrors.ACCESS_DENIED()
    // What everybody has uses up nobody's plan.
    const receipt = await (app.system
      ? options.registry.install(user, params.app_id)
      : installWithin(options, user, params.app_id))
    if (receipt.created) await record(options, request, 'install.created', params.app_id)
    return {
      app_id: params.app_id,
      installed_at: receipt.install.installedAt,
      status: 'installed' as const,
      installed: true as const,
      install_count: receipt.app.installCount,
    }
  })

const uninstall = (options: MarketplaceOptions, route: typeof contract.uninstall | typeof contract.uninstallAlias) =>
  implement(route, async (request) => {
    const { user, params } = request
    const { removed, app } = await options.registry.uninstall(user, params.app_id)
    if (removed) await record(options, request, 'install.removed', params.app_id)
    return {
      app_id: params.app_id,
      status: 'uninstalled' as const,
      uninstalled_at: options.clock.iso(),
      install_count: app?.installCount ?? 0,
    }
  })

/** Installing and uninstalling for the caller. */
export const installRoutes = (options: MarketplaceOptions): readonly MountedRoute[] => [
  install(options),
  uninstall(options, contract.uninstall),
  uninstall(options, contract.uninstallAlias),
]
