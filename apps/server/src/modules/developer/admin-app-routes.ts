import { type AdminApp, adminApps as contract } from '@imperal/contract'
import { PlatformError } from '../../foundation/errors.ts'
import { implement, type MountedRoute, requireInstallation } from '../../foundation/http/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { purgeApp, setStatus, syncPricing } from './administer-apps.ts'
import type { DeveloperParts } from './open-developer.ts'
import { lockedApp, portalApp, toDeveloperApp } from './own-app.ts'
import { recordAudit } from './record-audit.ts'

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
    const purged = await purgeApp(parts, { appId, confirmName: body.confirm_name, force: body.force })
    await recordAudit(parts, request, { action: 'app.purged', targetType: 'app', targetId: appId })
    return { app_id: appId, status: 'deleted' as const, installs_purged: purged }
  })

const status = (parts: DeveloperParts) =>
  implement(contract.setStatus, async (request) => {
    const { principal, params, body } = request
    requireInstallation(principal)
    const by = principal?.userId ?? '__system__'
    await setStatus(parts, { appId: params.app_id, ...body, by })
    const metadata = { ...body }
    await recordAudit(parts, request, {
      action: 'app.status_set',
      targetType: 'app',
      targetId: params.app_id,
      metadata,
    })
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
    const updated = await parts.db.everyTenant(async (tx) => {
      const app = await lockedApp(parts.registry, tx, params.app_id)
      return parts.registry.updateApp(tx, app.appId, given as Partial<AppRecord>)
    })
    parts.registry.forget(params.app_id)
    const changed = { members: Object.keys(given) }
    await recordAudit(parts, request, {
      action: 'app.metadata_set',
      targetType: 'app',
      targetId: params.app_id,
      metadata: changed,
    })
    const [shown] = await show(parts, [updated])
    if (shown === undefined) throw new Error('the app that was just written is gone')
    return shown
  })

const sync = (parts: DeveloperParts) =>
  implement(contract.syncPricing, async (request) => {
    const { principal, params } = request
    requireInstallation(principal)
    const terms = await syncPricing(parts, params.app_id, true)
    const metadata = { model: terms.model, tool_prices: { ...terms.toolPrices } }
    await recordAudit(parts, request, {
      action: 'app.pricing_synced',
      targetType: 'app',
      targetId: params.app_id,
      metadata,
    })
    return { app_id: params.app_id, synced: true as const }
  })

const syncAll = (parts: DeveloperParts) =>
  implement(contract.syncAllPricing, async ({ principal }) => {
    requireInstallation(principal)
    const failed: { app_id: string; problem: string }[] = []
    let synced = 0
    for (const app of await parts.registry.list({ status: 'active' })) {
      if (app.firstParty || app.liveVersion === null) continue
      try {
        await syncPricing(parts, app.appId, false)
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
