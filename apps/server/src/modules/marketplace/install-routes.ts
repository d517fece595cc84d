import { marketplace as contract } from '@imperal/contract'
import { implement, type MountedRoute, type RouteRequest } from '../../foundation/http/index.ts'
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

const install = (options: MarketplaceOptions) =>
  implement(contract.install, async (request) => {
    const { user, params } = request
    const receipt = await options.installs.install({ user, appId: params.app_id, by: request })
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
    const { app } = await options.installs.uninstall({ user, appId: params.app_id, by: request })
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
