import { marketplace as contract, type JsonObject } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { implement, type MountedRoute, type RouteRequest } from '../../foundation/http/index.ts'
import { actOf } from '../audit/index.ts'
import type { MarketplaceOptions } from './open-marketplace.ts'

type Caller = Pick<RouteRequest<unknown>, 'user' | 'ip' | 'requestId'>

/** The row of the security log about the calling user's own install or review, in the transaction that changes it. */
export const noteOf =
  (
    options: Pick<MarketplaceOptions, 'audit'>,
    caller: Caller,
    { action, appId, metadata }: { action: string; appId: string; metadata?: JsonObject },
  ) =>
  (tx: Tx): Promise<void> =>
    options.audit.append(tx, {
      ...actOf({ principal: caller.user, ip: caller.ip, requestId: caller.requestId }),
      action,
      targetType: 'app',
      targetId: appId,
      ...(metadata === undefined ? {} : { metadata }),
    })

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
