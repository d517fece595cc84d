import { developer as contract, type DeployReport, type DeveloperApp, type JsonObject } from '@imperal/contract'
import { administers, implement, type MountedRoute, type Principal } from '../../foundation/http/index.ts'
import { type AppRecord, type StoredVersion, toRegistryTools } from '../registry/index.ts'
import { createDraft } from './create-app.ts'
import { developerErrors } from './errors.ts'
import { toReport } from './examine-upload.ts'
import { mergePricing } from './merge-pricing.ts'
import type { DeveloperParts } from './open-developer.ts'
import { lockedApp, ownApp, portalApp, savePortalApp, toDeveloperApp } from './own-app.ts'
import { noteOf } from './record-audit.ts'

async function tierNameOf(parts: DeveloperParts, app: AppRecord): Promise<string> {
  const record = app.ownerId === null ? null : await parts.identity.developer(app.ownerTenantId, app.ownerId)
  return record?.tier ?? 'explorer'
}

const show = async (parts: DeveloperParts, app: AppRecord): Promise<DeveloperApp> => {
  const [portal, tier] = await Promise.all([
    parts.db.tenant(app.ownerTenantId, (tx) => portalApp(tx, app)),
    tierNameOf(parts, app),
  ])
  return toDeveloperApp(app, portal, tier)
}

const listApps = (parts: DeveloperParts) =>
  implement(contract.listApps, async ({ user }) => {
    const owned = await parts.registry.ownedBy(user.userId)
    return Promise.all(owned.map((app) => show(parts, app)))
  })

const createApp = (parts: DeveloperParts) =>
  implement(contract.createApp, async (request) => {
    const about = { action: 'app.created', targetType: 'app', targetId: request.body.app_id } as const
    return createDraft(parts, { caller: request.user, body: request.body }, noteOf(parts, request, about))
  })

/** The reduced record of an app that the caller has installed; a draft of somebody else does not exist. */
async function installedApp(parts: DeveloperParts, caller: Principal & { userId: string }, appId: string) {
  const found = await parts.registry.resolve(caller, appId)
  if (!found || (found.install === null && !found.app.system)) throw developerErrors.APP_NOT_FOUND()
  const { app, version } = found
  return {
    app_id: app.appId,
    name: app.name,
    display_name: app.name,
    status: app.status,
    owner: false as const,
    tools_json: toRegistryTools(version),
  }
}

/** The stored version under the rules of today: it runs on, and its next deploy meets them. */
async function todaysReport(parts: DeveloperParts, version: StoredVersion | null): Promise<DeployReport | null> {
  if (version === null || version.format !== 'bundle') return null
  const manifest = version.manifest as unknown as JsonObject
  return toReport(await parts.validate(manifest, { iconSvg: version.iconSvg }))
}

const getApp = (parts: DeveloperParts) =>
  implement(contract.getApp, async ({ user, params }) => {
    const app = await parts.registry.app(params.app_id)
    if (!app) throw developerErrors.APP_NOT_FOUND()
    if (app.ownerId !== user.userId && !administers(user, app.ownerTenantId))
      return installedApp(parts, user, params.app_id)
    const version = await parts.registry.storedVersion(app.appId)
    return {
      ...(await show(parts, app)),
      owner: true as const,
      tools_json: version ? toRegistryTools(version) : [],
      manifest_json: (version?.manifest as unknown as JsonObject | undefined) ?? null,
      report: await todaysReport(parts, version),
    }
  })

/** A rejected app may have been rejected for its prices (api.md 5.3). */
const PRICING_OPEN = new Set(['draft', 'rejected', 'suspended'])

/** The record's prices after the change, with the code of now as the judge of names. */
async function nextPricing(parts: DeveloperParts, app: AppRecord, change: JsonObject): Promise<JsonObject> {
  const version = await parts.registry.storedVersion(app.appId)
  const functions = version && new Set(version.manifest.tools.map(({ name }) => name))
  return mergePricing(app.pricingConfig as JsonObject, change, functions)
}

const updateApp = (parts: DeveloperParts) =>
  implement(contract.updateApp, async (request) => {
    const { params, body, user } = request
    await ownApp(parts.registry, user, params.app_id)
    const updated = await parts.db.everyTenant(async (tx) => {
      const app = await lockedApp(parts.registry, tx, params.app_id)
      const priced = body.pricing_model != null || body.pricing_config != null
      if (priced && !PRICING_OPEN.has(app.status)) throw developerErrors.PRICING_LOCKED()
      if (body.git_url != null) await savePortalApp(tx, app, { git_url: body.git_url })
      const patch = {
        name: body.name ?? body.display_name,
        shortDescription: body.short_description,
        longDescription: body.long_description ?? body.description,
        category: body.category,
        icon: body.icon,
        homepage: body.homepage,
        license: body.license,
        tags: body.tags,
        pricingModel: body.pricing_model,
        pricingConfig: body.pricing_config && (await nextPricing(parts, app, body.pricing_config)),
      }
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value != null))
      const about = { action: 'app.updated', targetType: 'app', targetId: app.appId } as const
      await noteOf(parts, request, about)(tx, { members: Object.keys(given) })
      return parts.registry.updateApp(tx, app.appId, given as Partial<AppRecord>)
    })
    parts.registry.forget(params.app_id)
    return show(parts, updated)
  })

const DELETABLE = new Set(['draft', 'rejected', 'suspended'])

const deleteApp = (parts: DeveloperParts) =>
  implement(contract.deleteApp, async (request) => {
    const { params, body, user } = request
    await ownApp(parts.registry, user, params.app_id)
    const purged = await parts.db.everyTenant(async (tx) => {
      const app = await lockedApp(parts.registry, tx, params.app_id)
      if (body.confirm_name !== app.appId && body.confirm_name !== app.name) throw developerErrors.CONFIRM_NAME()
      if (!DELETABLE.has(app.status)) {
        const wanted = 'a draft, rejected or suspended'
        throw developerErrors.ILLEGAL_STATE({ appId: app.appId, status: app.status, wanted })
      }
      await tx
        .updateTable('developer.deploy')
        .set({ status: 'cancelled', stage: null, finished_at: parts.clock.iso(), updated_at: parts.clock.iso() })
        .where('app_id', '=', app.appId)
        .where('status', 'in', ['pending', 'validating'])
        .execute()
      const about = { action: 'app.deleted', targetType: 'app', targetId: app.appId } as const
      await noteOf(parts, request, about)(tx)
      return parts.registry.deleteApp(tx, app.appId)
    })
    parts.registry.forget(params.app_id)
    return { app_id: params.app_id, status: 'deleted' as const, installs_purged: purged }
  })

/** Own apps: list, create, look, change, delete. */
export const appRoutes = (parts: DeveloperParts): readonly MountedRoute[] => [
  listApps(parts),
  createApp(parts),
  getApp(parts),
  updateApp(parts),
  deleteApp(parts),
]
