import { developer as contract, type JsonObject, MAX_ICON_BYTES, MAX_MANIFEST_BYTES, Manifest } from '@imperal/contract'
import { administers, implement, type MountedRoute, type Principal } from '../../foundation/http/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { developerErrors } from './errors.ts'
import type { DeveloperParts } from './open-developer.ts'
import { lockedApp } from './own-app.ts'
import { noteOf } from './record-audit.ts'

const tooLarge = (part: string, limit: number) => developerErrors.UPLOAD_TOO_LARGE({ part, limit })

/** @throws DEVELOPER_MANIFEST_INVALID, DEVELOPER_UPLOAD_TOO_LARGE */
function readManifest(value: JsonObject, appId: string): Manifest {
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_MANIFEST_BYTES) throw tooLarge('manifest_json', MAX_MANIFEST_BYTES)
  const parsed = Manifest.safeParse(value)
  const problems = parsed.error?.issues.map((issue) => `${issue.path.join('.') || 'root'}: ${issue.message}`) ?? []
  if (parsed.success && parsed.data.app_id !== appId) problems.push(`app_id: is ${parsed.data.app_id}, not ${appId}`)
  if (!parsed.success || problems.length > 0) {
    throw developerErrors.MANIFEST_INVALID({ problems: problems.slice(0, 10).join('; ') })
  }
  return parsed.data
}

/** A service that acts for somebody changes their apps, and an administrator's those of the tenant. */
const isTheirs = (principal: Principal | null, app: Pick<AppRecord, 'ownerId' | 'ownerTenantId'>): boolean =>
  principal?.userId == null || principal.userId === app.ownerId || administers(principal, app.ownerTenantId)

/** A service replaces manifest or icon of an app's current version; there is one home for both, so all views agree. */
export const syncManifest = (parts: DeveloperParts): MountedRoute =>
  implement(contract.syncManifest, async (request) => {
    const { params, body } = request
    const manifest = body.manifest_json && readManifest(body.manifest_json, params.app_id)
    if (body.icon_svg !== undefined && Buffer.byteLength(body.icon_svg) > MAX_ICON_BYTES) {
      throw tooLarge('icon_svg', MAX_ICON_BYTES)
    }
    const given = { icon_svg: body.icon_svg, tools_json: manifest, manifest_json: manifest, system: body.system }
    const updated = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
    const about = { action: 'app.manifest_synced', targetType: 'app', targetId: params.app_id } as const
    await parts.db.everyTenant(async (tx) => {
      const app = await lockedApp(parts.registry, tx, params.app_id)
      if (!isTheirs(request.principal, app)) throw developerErrors.APP_NOT_FOUND()
      const current = await parts.registry.storedVersion(app.appId)
      const version = app.liveVersion ?? manifest?.version ?? current?.version ?? '0.0.0'
      const renamed = manifest && { ...manifest, version }
      await parts.registry.amendVersion(tx, app.appId, { version, manifest: renamed, iconSvg: body.icon_svg })
      if (body.system !== undefined) await parts.registry.updateApp(tx, app.appId, { system: body.system })
      await noteOf(parts, request, about)(tx, { updated })
    })
    parts.registry.forget(params.app_id)
    return { updated }
  })
