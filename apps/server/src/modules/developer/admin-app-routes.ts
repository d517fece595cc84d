import { type AdminApp, adminApps as contract } from '@imperal/contract'
import { PlatformError } from '../../foundation/errors.ts'
import { implement, type MountedRoute, requireInstallation } from '../../foundation/http/index.ts'
import type { Acting } from '../audit/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { purgeApp, setStatus, syncPricing } from './administer-apps.ts'
import type { DeveloperParts } from './open-developer.ts'
import { lockedApp, portalApp, toDeveloperApp } from './own-app.ts'
import { noteOf } from './record-audit.ts'

async function show(parts: DeveloperParts, apps: readonly AppRecord[]): Promise<AdminApp[]> {
  const ids = [...new Set(apps.flatMap(({ ownerId }) => (ownerId === null ? [] : [ownerId])))]
  const owners = new Map((await parts.identity.developersOf(ids)).map((record) => [record.userId, record]))
  return parts.db.everyTenant(async (tx) => {
    const rows = await tx.selectFrom('developer.portal_app').selectAll().execute()
    const portals = new Map(rows.map((row) => [row.app_id, row]))
    return Promise.all(
      apps.map(async (app) => {
        const owner = app.ownerId === null ? undefined : owners.get(app.ownerId)
        return {
          ...toDeveloperApp(app, portals.get(app.appId) ?? (await portalApp(tx, app)), owner?.tier ?? 'explorer'),
          system: app.system,
          featured: app.featured,
          developer_email: owner?.email ?? '',
        }
      }),
    )
  })
}

const list = (parts: DeveloperParts) =>
  implement(contract.list, async ({ principal, query }) => {
    requireInstallation(principal)
    return show(parts, await parts.registry.list(query))
  })

const remove = (parts: DeveloperParts) =>
  implement(contract.remove, async (request) => {
    const { principal, params, body } = request
    requireInstallation(principal)
    const appId = params.app_id
    const note = noteOf(parts, request, { action: 'app.purged', targetType: 'app', targetId: appId })
    const purged = await purgeApp(parts, { appId, confirmName: body.confirm_name, force: body.force }, note)
    return { app_id: appId, status: 'deleted' as const, installs_purged: purged }
  })

const status = (parts: DeveloperParts) =>
  implement(contract.setStatus, async (request) => {
    const { principal, params, body } = request
    requireInstallation(principal)
    const by = principal?.userId ?? '__system__'
    const about = {
      action: 'app.status_set',
      targetType: 'app',
      targetId: params.app_id,
      metadata: { ...body },
    } as const
    await setStatus(parts, { appId: params.app_id, ...body, by }, noteOf(parts, request, about))
    return { app_id: params.app_id, status: body.status }
  })

const metadata = (parts: DeveloperParts) =>
  implement(contract.setMetadata, async (request) => {
    const { principal, params, body } = request
    requireInstallation(principal)
    const patch = {
      name: body.display_name,
      category: body.category,
      featured: body.featured,
      system: body.system,
      tags: body.tags,
    }
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value != null))
    const about = { action: 'app.metadata_set', targetType: 'app', targetId: params.app_id } as const
    const note = noteOf(parts, request, { ...about, metadata: { members: Object.keys(given) } })
    const updated = await parts.db.everyTenant(async (tx) => {
      const app = await lockedApp(parts.registry, tx, params.app_id)
      await note(tx)
      return parts.registry.updateApp(tx, app.appId, given as Partial<AppRecord>)
    })
    parts.registry.forget(params.app_id)
    const [shown] = await show(parts, [updated])
    if (shown === undefined) throw new Error('the app that was just written is gone')
    return shown
  })

const noteSync = (parts: DeveloperParts, request: Acting, appId: string) =>
  noteOf(parts, request, { action: 'app.pricing_synced', targetType: 'app', targetId: appId })

const sync = (parts: DeveloperParts) =>
  implement(contract.syncPricing, async (request) => {
    const { principal, params } = request
    requireInstallation(principal)
    await syncPricing(parts, { appId: params.app_id, mayRaise: true }, noteSync(parts, request, params.app_id))
    return { app_id: params.app_id, synced: true as const }
  })

const syncAll = (parts: DeveloperParts) =>
  implement(contract.syncAllPricing, async (request) => {
    requireInstallation(request.principal)
    const failed: { app_id: string; problem: string }[] = []
    let synced = 0
    for (const app of await parts.registry.list({ status: 'active' })) {
      if (app.firstParty || app.liveVersion === null) continue
      try {
        await syncPricing(parts, { appId: app.appId, mayRaise: false }, noteSync(parts, request, app.appId))
        synced++
      } catch (error) {
        // One app with wrong or higher prices keeps no other from theirs; it is named in the answer.
        if (!(error instanceof PlatformError)) throw error
        failed.push({ app_id: app.appId, problem: error.message })
      }
    }
    return { synced, failed }
  })

/** What administrators do with apps beside reviewing them. */
export const adminAppRoutes = (parts: DeveloperParts): readonly MountedRoute[] => [
  list(parts),
  remove(parts),
  status(parts),
  metadata(parts),
  sync(parts),
  syncAll(parts),
]
