import { type JsonValue, serviceState as routes, SYSTEM_USER } from '@imperal/contract'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { skeletonSections } from '../registry/index.ts'
import type { SkeletonRow } from '../state/index.ts'
import { servicesErrors } from './errors.ts'
import { type Named, scopeOf } from './subject.ts'
import type { ServiceParts } from './types.ts'

// An area of its own in the cache; whoever reads there is the same app for the same user.
const keyOf = (hash: string): string => `hash:${hash}`

const sectionOf = (row: SkeletonRow) => ({
  section: row.section,
  data: row.data ?? {},
  ttl: row.ttl,
  updated_at: row.refreshedAt === null ? null : new Date(row.refreshedAt * 1000).toISOString(),
})

interface OfCall extends Pick<Named, 'principal' | 'headers'> {
  readonly params: { readonly app_id: string; readonly user_id: string }
}

/** Seconds between refreshes that the live version declares. @throws SERVICES_SECTION_NOT_DECLARED */
async function declaredTtl(parts: ServiceParts, appId: string, section: string): Promise<number> {
  const [app, version] = await Promise.all([parts.registry.app(appId), parts.registry.liveVersion(appId)])
  const sections = app === null || version === null ? [] : skeletonSections(version.manifest, app.settings)
  const found = sections.find((one) => one.section_name === section)
  if (found === undefined) throw servicesErrors.SECTION_NOT_DECLARED()
  return found.ttl
}

/** Skeletons and cached values for runtimes outside the platform (api.md 3.25). */
export function stateRoutes(parts: ServiceParts): MountedRoute[] {
  const { state } = parts
  // The call token fits the path; what the headers say besides must as well.
  const ofPath = ({ params, principal, headers }: OfCall): Promise<StoreScope> =>
    scopeOf(parts, { principal, headers, userId: params.user_id, appId: params.app_id })
  return [
    implement(routes.readSkeleton, async (request) => {
      const row = await state.skeletonGet(await ofPath(request), request.params.section)
      if (row === null || row.data === null) throw servicesErrors.NO_SNAPSHOT()
      return sectionOf(row)
    }),
    implement(routes.readSkeletonOld, async ({ params, query, principal, headers }) => {
      const appId = query.extension_id ?? query.app_id
      if (appId === undefined) return { section: params.section, data: {}, ttl: -1, updated_at: null }
      const scope = await scopeOf(parts, { principal, headers, userId: params.user_id, appId })
      const row = await state.skeletonGet(scope, params.section)
      return row === null || row.data === null
        ? { section: params.section, data: {}, ttl: -1, updated_at: null }
        : sectionOf(row)
    }),
    implement(routes.writeSkeleton, async ({ params, body, principal, headers }) => {
      const scope = await scopeOf(parts, { principal, headers, userId: params.user_id, appId: body.extension_id })
      if (scope.userId === SYSTEM_USER) throw servicesErrors.USER_NEEDED()
      const declared = await declaredTtl(parts, scope.appId, params.section)
      await state.skeletonEnsure([{ ...scope, section: params.section, ttl: body.ttl ?? declared }])
      await state.skeletonPut(scope, params.section, body.data)
      return { section: params.section, status: 'updated' as const }
    }),
    implement(routes.readCache, async (request) => {
      const { params } = request
      const found: JsonValue | null = await state.cacheGet(await ofPath(request), keyOf(params.key_hash), params.model)
      if (found === null) throw servicesErrors.NOT_CACHED()
      return found
    }),
    implement(routes.writeCache, async (request) => {
      const { params, body } = request
      const scope = await ofPath(request)
      await state.cacheSet(scope, keyOf(params.key_hash), params.model, body.envelope, body.ttl_seconds)
      return { ok: true as const }
    }),
    implement(routes.dropCache, async (request) => {
      const { params } = request
      await state.cacheDelete(await ofPath(request), keyOf(params.key_hash), params.model)
      return { deleted: true as const }
    }),
  ]
}
