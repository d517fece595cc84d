import { registry as contract } from '@imperal/contract'
import { implement, type MountedRoute, type Principal, reply } from '../../foundation/http/index.ts'
import { appAccess, withheldFunctions } from './app-access.ts'
import { openCatalogText } from './catalog-text.ts'
import { tenantActedIn } from './key-access.ts'
import type { RouteParts } from './route-parts.ts'
import { catalogVersion, type ShownApp, toCatalogApp } from './wire.ts'

/**
 * Installed and enabled apps of the named user as far as their policies let this person have them, or all published ones when
 * nobody is named.
 */
async function appsFor(
  parts: RouteParts,
  principal: Principal | null,
  userId: string | undefined,
): Promise<ShownApp[]> {
  if (userId === undefined) {
    const live = await parts.registry.liveApps()
    return live.filter(({ app }) => app.status === 'active').map((entry) => ({ ...entry, install: null }))
  }
  const tenantId = await tenantActedIn(principal, userId, parts.tenantOf)
  const person = await parts.personOf(userId)
  if (tenantId === null || person === null) return []
  const apps = await parts.registry.appsOf({ tenantId, userId })
  return apps
    .filter(({ app, install }) => install?.isDisabled !== true && app.status !== 'suspended')
    .filter(({ app }) => appAccess(app.config, person))
    .map((mine) => ({ ...mine, withheld: withheldFunctions(mine.app, mine.version, person) }))
}

const catalog = (parts: RouteParts) => {
  const text = openCatalogText()
  return implement(contract.catalog, async ({ query, principal, headers }) => {
    const apps = await appsFor(parts, principal, query.imperal_id ?? query.user_id)
    const version = catalogVersion(apps)
    const etag = `"${version}"`
    if (headers['if-none-match'] === etag) return reply(304, Buffer.alloc(0), { etag })
    const body = text.answer(version, apps, () => parts.clock.iso())
    return reply(200, body, { etag, 'content-type': 'application/json; charset=utf-8' })
  })
}

const catalogTools = (parts: RouteParts) =>
  implement(contract.catalogTools, async ({ query, principal }) => {
    const apps = await appsFor(parts, principal, query.imperal_id ?? query.user_id)
    const tools = apps.flatMap((shown) =>
      toCatalogApp(shown).tools.map((tool) => ({ ...tool, app_id: shown.app.appId })),
    )
    return { tools, total: tools.length }
  })

/** What the kernel reads at the start of a session. */
export const catalogRoutes = (parts: RouteParts): readonly MountedRoute[] => [catalog(parts), catalogTools(parts)]
