import { registry as contract } from '@imperal/contract'
import { implement, type MountedRoute, type Principal, reply } from '../../foundation/http/index.ts'
import { registryErrors } from './errors.ts'
import { tenantActedIn } from './key-access.ts'
import type { RouteParts } from './route-parts.ts'
import type { AppRecord, UserKey } from './types.ts'

/** @throws REGISTRY_KEY_FORBIDDEN, REGISTRY_USER_NOT_FOUND */
async function userFor(parts: RouteParts, principal: Principal | null, userId: string): Promise<UserKey> {
  const tenantId = await tenantActedIn(principal, userId, parts.tenantOf)
  if (tenantId === null) throw registryErrors.USER_NOT_FOUND()
  return { tenantId, userId }
}

/** Nobody but its owner knows of an app that was not published. */
const isUnheardOf = ({ status, ownerId }: AppRecord, user: UserKey): boolean =>
  status !== 'active' && status !== 'suspended' && ownerId !== user.userId

const list = (parts: RouteParts) =>
  implement(contract.userExtensions, async ({ params, query, principal }) => {
    const tenantId = await tenantActedIn(principal, params.user_id, parts.tenantOf)
    const apps = tenantId === null ? [] : await parts.registry.appsOf({ tenantId, userId: params.user_id })
    const wanted = (disabled: boolean) => query.status === 'all' || disabled === (query.status === 'disabled')
    const extensions = apps
      .filter(({ install }) => wanted(install?.isDisabled ?? false))
      .map(({ app, version, install }) => ({
        app_id: app.appId,
        installed_at: install?.installedAt ?? app.createdAt,
        enabled: !(install?.isDisabled ?? false),
        version: version.version,
        config: install?.config ?? {},
        needs_attention: install?.needsAttention ?? false,
      }))
    return { extensions }
  })

const add = (parts: RouteParts) =>
  implement(contract.addUserExtension, async (request) => {
    const { params, body, principal } = request
    const user = await userFor(parts, principal, params.user_id)
    const appId = body.app_id ?? body.extension_id ?? ''
    const app = await parts.registry.app(appId)
    if (app === null || isUnheardOf(app, user)) throw registryErrors.APP_NOT_FOUND()
    const { install, created } = await parts
      .installs()
      .install({ user, appId, config: body.config ?? undefined, by: request })
    return reply(created ? 201 : 200, {
      app_id: appId,
      user_id: user.userId,
      installed_at: install.installedAt,
      enabled: !install.isDisabled,
    })
  })

const remove = (parts: RouteParts) =>
  implement(contract.removeUserExtension, async (request) => {
    const { params, principal } = request
    const user = await userFor(parts, principal, params.user_id)
    await parts.installs().uninstall({ user, appId: params.app_id, by: request })
    return { app_id: params.app_id, user_id: user.userId, removed: true as const }
  })

/** Installs of one user. */
export const installRoutes = (parts: RouteParts): readonly MountedRoute[] => [list(parts), add(parts), remove(parts)]
