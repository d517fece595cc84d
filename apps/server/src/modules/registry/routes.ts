import { type AnyRoute, registry as contract, DEFAULT_TENANT } from '@imperal/contract'
import { administers, implement, type MountedRoute, runsInstallation } from '../../foundation/http/index.ts'
import { aliasRoutes } from './alias-routes.ts'
import { catalogRoutes } from './catalog-routes.ts'
import { deepMerge } from './deep-merge.ts'
import { DEFAULT_SETTINGS } from './default-settings.ts'
import { registryErrors } from './errors.ts'
import { installRoutes } from './install-routes.ts'
import { mayDoAll } from './key-access.ts'
import { noteAct } from './note-act.ts'
import { appFor, type RouteParts } from './route-parts.ts'
import { APP_COLUMNS, toApp } from './rows.ts'
import { toolRoutes } from './tool-routes.ts'
import { fromRegistryStatus, statesOf, toRegistryApp } from './wire.ts'
import { purgeApp } from './write-app.ts'

const listApps = (parts: RouteParts) =>
  implement(contract.listApps, async ({ query, principal }) => {
    const tenantId = principal?.tenantId ?? ''
    const owner = administers(principal, tenantId) ? query.owner_id : (principal?.userId ?? '')
    const { status } = query
    return parts.db.everyTenant(async (tx) => {
      const rows = await tx
        .selectFrom('registry.app')
        .select(APP_COLUMNS)
        .$if(status !== 'all', (some) => some.where('status', 'in', status === 'all' ? [] : statesOf(status)))
        .$if(!runsInstallation(principal), (some) => some.where('owner_tenant_id', '=', tenantId))
        .$if(principal?.appKey !== undefined, (some) => some.where('app_id', '=', principal?.appKey?.appId ?? ''))
        .$if(owner !== undefined && principal?.appKey === undefined, (some) => some.where('owner_id', '=', owner ?? ''))
        .orderBy('app_id')
        .execute()
      return rows.map((row) => toRegistryApp(toApp(row)))
    })
  })

const getApp = (parts: RouteParts) =>
  implement(contract.getApp, async ({ params, principal }) => {
    const app = await appFor(parts, principal, params.app_id)
    const version = await parts.registry.storedVersion(app.appId)
    return {
      ...toRegistryApp(app),
      version: version?.version ?? null,
      tools_count: version?.manifest.tools.length ?? 0,
    }
  })

const createApp = (parts: RouteParts) =>
  implement(contract.createApp, async (request) => {
    const { body, principal } = request
    mayDoAll(principal)
    const ownerTenant = body.owner_id == null ? null : await parts.tenantOf(body.owner_id)
    const app = await parts.db.everyTenant(async (tx) => {
      const created = await parts.registry.createApp(tx, {
        appId: body.app_id,
        name: body.display_name,
        ownerId: body.owner_id,
        ownerTenantId: ownerTenant ?? principal?.tenantId ?? DEFAULT_TENANT,
        config: body.config ?? {},
        status: fromRegistryStatus(body.status ?? 'provisioning'),
      })
      await noteAct(parts, tx, request, { action: 'app.created', appId: created.appId })
      return created
    })
    parts.registry.forget(app.appId)
    return toRegistryApp(app)
  })

const updateApp = (parts: RouteParts) =>
  implement(contract.updateApp, async (request) => {
    const { params, body, principal } = request
    const app = await appFor(parts, principal, params.app_id)
    // Operators alone decide about state and policy (api.md 7.1).
    if (body.status !== undefined || body.config !== undefined) mayDoAll(principal)
    if (body.version !== undefined && body.version !== app.liveVersion) {
      throw registryErrors.VERSION_NOT_DEPLOYED({ appId: app.appId, version: body.version })
    }
    const updated = await parts.db.everyTenant(async (tx) => {
      const metadata = { members: Object.keys(body) }
      await noteAct(parts, tx, request, { action: 'app.updated', appId: app.appId, metadata })
      return parts.registry.updateApp(tx, app.appId, {
        ...(body.display_name === undefined ? {} : { name: body.display_name }),
        ...(body.description === undefined ? {} : { shortDescription: body.description }),
        ...(body.category === undefined ? {} : { category: body.category }),
        ...(body.icon === undefined ? {} : { icon: body.icon }),
        ...(body.config === undefined ? {} : { config: body.config }),
        ...(body.status === undefined ? {} : { status: fromRegistryStatus(body.status) }),
      })
    })
    parts.registry.forget(app.appId)
    return toRegistryApp(updated)
  })

const deleteApp = (parts: RouteParts) =>
  implement(contract.deleteApp, async (request) => {
    const { params, query, principal } = request
    const app = await appFor(parts, principal, params.app_id)
    if (query.hard) mayDoAll(principal)
    const removed = await parts.db.everyTenant(async (tx) => {
      const installs = await parts.registry.deleteApp(tx, app.appId)
      if (query.hard) await purgeApp(tx, app.appId)
      const action = query.hard ? 'app.purged' : 'app.deleted'
      await noteAct(parts, tx, request, { action, appId: app.appId, metadata: { installs } })
      return installs
    })
    parts.registry.forget(app.appId)
    const kept = query.hard ? 'It is gone for good.' : 'It is kept for 30 days.'
    return { app_id: app.appId, status: 'deleted' as const, message: `${removed} installs removed. ${kept}` }
  })

const getSettings = (parts: RouteParts) =>
  implement(contract.getSettings, async ({ params, principal }) => {
    const app = await appFor(parts, principal, params.app_id)
    return deepMerge(DEFAULT_SETTINGS, app.settings)
  })

const putSettings = (parts: RouteParts) =>
  implement(contract.putSettings, async (request) => {
    const { params, body, principal } = request
    const { appId } = await appFor(parts, principal, params.app_id)
    await parts.db.everyTenant(async (tx) => {
      const locked = await parts.registry.lockApp(tx, appId)
      if (!locked) throw registryErrors.APP_NOT_FOUND()
      await parts.registry.updateApp(tx, appId, { settings: deepMerge(locked.settings, body) })
      const metadata = { sections: Object.keys(body) }
      await noteAct(parts, tx, request, { action: 'app.settings_saved', appId, metadata })
    })
    parts.registry.forget(appId)
    const sections = Object.keys(body)
    return { message: 'Settings saved.', updated_sections: sections, skeleton_reloaded: sections.includes('skeleton') }
  })

const health = (parts: RouteParts) =>
  implement(contract.health, async () => {
    const live = await parts.registry.liveApps()
    const tools = live.reduce((sum, { version }) => sum + version.manifest.tools.length, 0)
    return { status: 'ok' as const, apps: live.length, tools }
  })

/** The fifteen operations of the registry (api.md 4.1), and their older spellings (4.3). */
export function registryRoutes(parts: RouteParts): readonly MountedRoute[] {
  const operations = [
    listApps(parts),
    getApp(parts),
    createApp(parts),
    updateApp(parts),
    deleteApp(parts),
    ...toolRoutes(parts),
    getSettings(parts),
    putSettings(parts),
    ...catalogRoutes(parts),
    ...installRoutes(parts),
    health(parts),
  ]
  const handlers = new Map(operations.map(({ route, handle }) => [route.id, handle]))
  return [...operations, ...aliasRoutes(parts, (route) => handlers.get(route.id) ?? noHandler(route))]
}

function noHandler(route: AnyRoute): never {
  throw new Error(`the registry does not implement ${route.id}`)
}
