import { extensions, users } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import {
  administers,
  httpErrors,
  implement,
  type MountedRoute,
  mayAdminister,
  type Principal,
} from '../../foundation/http/index.ts'
import { type Acting, type Audit, actOf } from '../audit/index.ts'
import { type Actor, type Identity, identityErrors } from '../identity/index.ts'
import {
  accessDenial,
  countInstalls,
  type InstallNote,
  type Registry,
  registryErrors,
  type UserApp,
} from '../registry/index.ts'
import { marketplaceErrors } from './errors.ts'

export interface UserAppOptions {
  readonly db: Database
  readonly registry: Registry
  readonly audit: Pick<Audit, 'append'>
  readonly identity: Pick<Identity, 'actorFor' | 'usersOf'>
}

const principalOf = (principal: Principal | null): Principal => {
  if (principal === null) throw httpErrors.UNAUTHENTICATED()
  return principal
}

function reasonOf(mine: UserApp, denial: string | null): string {
  if (denial !== null) return denial
  if (mine.install?.isDisabled) return 'switched off by the user or an administrator'
  if (mine.app.system) return 'a system app, which everybody has'
  return mine.install === null ? 'not installed; may be installed from the marketplace' : 'installed'
}

/** Apps that the user has, and published ones that the user could have. */
async function appsFor(options: UserAppOptions, actor: Actor): Promise<UserApp[]> {
  const had = await options.registry.appsOf(actor)
  const known = new Set(had.map(({ app }) => app.appId))
  const others = (await options.registry.liveApps()).filter(
    ({ app }) => app.status === 'active' && !known.has(app.appId),
  )
  return [...had, ...others.map((live) => ({ ...live, install: null }))]
}

const list = (options: UserAppOptions) =>
  implement(users.extensions, async ({ params, principal }) => {
    const actor = await options.identity.actorFor(principalOf(principal), params.user_id)
    const apps = await appsFor(options, actor)
    return {
      extensions: apps.map((mine) => {
        const denial = accessDenial(mine.app.config, actor)
        const isInstalled = mine.app.system || mine.install !== null
        return {
          app_id: mine.app.appId,
          name: mine.app.name,
          display_name: mine.app.name,
          category: mine.app.category,
          version: mine.version.version,
          system: mine.app.system,
          has_access: denial === null,
          enabled: isInstalled && mine.install?.isDisabled !== true,
          is_installed: isInstalled,
          access_reason: reasonOf(mine, denial),
        }
      }),
    }
  })

/** The row of the log about somebody's install, in the name of who changes it. */
const noteOf =
  (
    options: UserAppOptions,
    request: Acting,
    done: { readonly actor: Actor; readonly action: string; readonly appId: string },
  ): InstallNote =>
  (tx) =>
    options.audit.append(tx, {
      ...actOf(request),
      tenantId: done.actor.tenantId,
      userId: done.actor.userId,
      action: done.action,
      targetType: 'app',
      targetId: done.appId,
    })

const disable = (options: UserAppOptions) =>
  implement(users.disableExtension, async (request) => {
    const { params, body } = request
    const actor = await options.identity.actorFor(principalOf(request.principal), params.user_id)
    const app = await options.registry.app(body.app_id)
    if (!app) throw registryErrors.APP_NOT_FOUND()
    if (app.config.essential === true) throw marketplaceErrors.ESSENTIAL_APP({ appId: app.appId })
    const note = noteOf(options, request, { actor, action: 'install.disabled', appId: body.app_id })
    await options.registry.setDisabled(actor, body.app_id, { disabled: true, note })
    return { app_id: body.app_id, disabled: true }
  })

const enable = (options: UserAppOptions) =>
  implement(users.enableExtension, async (request) => {
    const { params } = request
    const actor = await options.identity.actorFor(principalOf(request.principal), params.user_id)
    const note = noteOf(options, request, { actor, action: 'install.enabled', appId: params.app_id })
    await options.registry.setDisabled(actor, params.app_id, { disabled: false, note })
    return { app_id: params.app_id, disabled: false }
  })

/** Administrators see people; the developer of the app sees how many there are (api.md 3.8). */
const usersOfApp = (options: UserAppOptions) =>
  implement(extensions.users, async ({ params, query, principal }) => {
    const caller = principalOf(principal)
    const app = await options.registry.app(params.app_id)
    const owns = app !== null && caller.userId !== null && app.ownerId === caller.userId
    if (!mayAdminister(caller) && !owns) throw identityErrors.NOT_YOURS()
    // A draft of another tenant is none to the administrators of this one.
    const visible = app !== null && (owns || app.status === 'active' || administers(caller, app.ownerTenantId))
    if (app === null || !visible) throw registryErrors.APP_NOT_FOUND()
    if (!mayAdminister(caller))
      return { app_id: app.appId, users: [], counts: await countInstalls(options.db, app.appId) }
    const people = await options.identity.usersOf(caller.tenantId, query)
    const rows = await Promise.all(
      people.map(async ({ actor, displayName }) => {
        const denial = accessDenial(app.config, actor)
        const resolved = await options.registry.resolve(actor, app.appId)
        return {
          imperal_id: actor.userId,
          email: actor.email ?? '',
          display_name: displayName,
          role: actor.role,
          access: denial === null ? ('granted' as const) : ('denied' as const),
          reason: denial ?? (resolved === null ? 'the app is not published' : reasonOf(resolved, null)),
        }
      }),
    )
    return { app_id: app.appId, users: rows, counts: await countInstalls(options.db, app.appId, caller.tenantId) }
  })

/** Apps of a user, for the user, for administrators and for services (api.md 3.4), and users of an app (3.8). */
export const userAppRoutes = (options: UserAppOptions): readonly MountedRoute[] => [
  list(options),
  disable(options),
  enable(options),
  usersOfApp(options),
]
