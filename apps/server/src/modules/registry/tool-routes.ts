import { registry as contract, type JsonObject } from '@imperal/contract'
import { implement, type MountedRoute, runsInstallation } from '../../foundation/http/index.ts'
import { deepMerge } from './deep-merge.ts'
import { registryErrors } from './errors.ts'
import { noteAct } from './note-act.ts'
import { pushTools } from './push-tools.ts'
import { refuseLooserTools } from './refuse-looser-tools.ts'
import { skeletonSections, toRegistryTools } from './registry-tools.ts'
import { appFor, type RouteParts } from './route-parts.ts'
import { toRegistryStatus } from './wire.ts'

const getTools = (parts: RouteParts) =>
  implement(contract.getTools, async ({ params, principal }) => {
    const app = await appFor(parts, principal, params.app_id)
    const version = await parts.registry.storedVersion(app.appId)
    return {
      app_id: app.appId,
      version: version?.version ?? null,
      tools: version ? toRegistryTools(version) : [],
      skeleton_sections: version ? skeletonSections(version.manifest, app.settings) : [],
      updated_at: version?.updatedAt ?? app.updatedAt,
    }
  })

const putTools = (parts: RouteParts) =>
  implement(contract.putTools, async (request) => {
    const { params, body, principal } = request
    const { appId } = await appFor(parts, principal, params.app_id)
    const isOperator = runsInstallation(principal)
    const current = await parts.registry.storedVersion(appId)
    if (!isOperator && current !== null) refuseLooserTools(current, body.tools)
    const [app, version] = await parts.db.everyTenant(async (tx) => {
      const locked = await parts.registry.lockApp(tx, appId)
      if (!locked) throw registryErrors.APP_NOT_FOUND()
      const stored = await pushTools(tx, locked, {
        current,
        tools: body.tools,
        version: body.version ?? undefined,
        now: parts.clock.iso(),
      })
      const sections = body.skeleton_sections as unknown as JsonObject[]
      const settings = deepMerge(locked.settings, { skeleton: { sections } })
      // A push from a service is how an app begins its life; one from its developer is no way around the review.
      const begins = locked.status === 'draft' && isOperator
      const updated = await parts.registry.updateApp(tx, appId, { settings, ...(begins ? { status: 'active' } : {}) })
      const metadata = { version: stored.version, tools: body.tools.length }
      await noteAct(parts, tx, request, { action: 'app.tools_pushed', appId, metadata })
      return [updated, stored] as const
    })
    parts.registry.forget(appId)
    return {
      app_id: appId,
      tools_registered: body.tools.length,
      tools_count: toRegistryTools(version).length,
      skeleton_sections_count: skeletonSections(version.manifest, app.settings).length,
      status: toRegistryStatus(app.status),
      domains: [...new Set(body.tools.flatMap((tool) => tool.domains))],
      version: version.version,
    }
  })

/** Reading and pushing the tool manifest of an app. */
export const toolRoutes = (parts: RouteParts): readonly MountedRoute[] => [getTools(parts), putTools(parts)]
