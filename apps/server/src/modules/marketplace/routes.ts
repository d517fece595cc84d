import { CATEGORY_CATALOG, marketplace as contract } from '@imperal/contract'
import { administers, implement, type MountedRoute, type Principal, reply } from '../../foundation/http/index.ts'
import type { UserKey } from '../registry/index.ts'
import { toCards, toDetail } from './cards.ts'
import { marketplaceErrors } from './errors.ts'
import { iconOf, iconTag } from './icons.ts'
import type { MarketplaceOptions } from './open-marketplace.ts'
import { averageOf } from './reviews/read-reviews.ts'

const DEFAULT_LIMIT = 20
const DAY_S = 86_400

const userOf = (principal: Principal | null): UserKey | null =>
  principal?.userId == null ? null : { tenantId: principal.tenantId, userId: principal.userId }

interface Paging {
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly page?: number | undefined
  readonly per_page?: number | undefined
}

/** `limit` and `offset` win over `page` and `per_page` when both are given (api.md 1.11). */
export function pageOf(query: Paging): { limit: number; offset: number; dialect: 'offset' | 'page' } {
  const byPage = query.page !== undefined || query.per_page !== undefined
  if (query.limit !== undefined || query.offset !== undefined || !byPage) {
    return { limit: query.limit ?? DEFAULT_LIMIT, offset: query.offset ?? 0, dialect: 'offset' }
  }
  const limit = query.per_page ?? DEFAULT_LIMIT
  return { limit, offset: ((query.page ?? 1) - 1) * limit, dialect: 'page' }
}

/** `Link` with `rel="next"`, in the dialect of the request; empty on the last page. */
function nextLink(
  publicUrl: string,
  query: Paging & { search: string; category: string; sort: string },
  total: number,
): Record<string, string> {
  const { limit, offset, dialect } = pageOf(query)
  if (offset + limit >= total) return {}
  const next = new URLSearchParams()
  for (const name of ['search', 'category'] as const) if (query[name] !== '') next.set(name, query[name])
  next.set('sort', query.sort)
  if (dialect === 'offset') {
    next.set('limit', String(limit))
    next.set('offset', String(offset + limit))
  } else {
    next.set('page', String((query.page ?? 1) + 1))
    next.set('per_page', String(limit))
  }
  return { link: `<${publicUrl}/v1/marketplace/apps?${next}>; rel="next"` }
}

const browse = (options: MarketplaceOptions) =>
  implement(contract.browse, async ({ query, principal }) => {
    const { limit, offset } = pageOf(query)
    const { search, category, sort } = query
    const { apps, total } = await options.registry.browse({ search, category, sort, limit, offset })
    const cards = await toCards(options, apps, userOf(principal))
    return reply(200, cards, { 'x-total-count': String(total), ...nextLink(options.publicUrl, query, total) })
  })

/** From memory: icons are asked for often. System apps have icons as well. */
async function livingApp(options: MarketplaceOptions, appId: string) {
  const [app, version] = await Promise.all([options.registry.app(appId), options.registry.liveVersion(appId)])
  if (!app || !version || app.status !== 'active') throw marketplaceErrors.APP_NOT_FOUND()
  return { app, version }
}

const detail = (options: MarketplaceOptions) =>
  implement(contract.detail, async ({ params, principal }) => {
    const published = await options.registry.published(params.app_id)
    if (!published) throw marketplaceErrors.APP_NOT_FOUND()
    return toDetail(options, published, userOf(principal))
  })

const icon = (options: MarketplaceOptions) =>
  implement(contract.icon, async ({ params, headers }) => {
    const { app, version } = await livingApp(options, params.app_id)
    const svg = iconOf(app, version)
    const sent = {
      etag: `"${iconTag(svg)}"`,
      'cache-control': `public, max-age=${DAY_S}`,
      'content-type': 'image/svg+xml',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
    }
    return headers['if-none-match'] === sent.etag ? reply(304, '', sent) : reply(200, svg, sent)
  })

const webhooks = (options: MarketplaceOptions) =>
  implement(contract.webhooks, async ({ params, principal }) => {
    const [app, version] = await Promise.all([
      options.registry.app(params.app_id),
      options.registry.liveVersion(params.app_id),
    ])
    const owner = app?.ownerId != null && app.ownerId === principal?.userId
    if (!app || !version || !(owner || administers(principal, app.ownerTenantId)))
      throw marketplaceErrors.APP_NOT_FOUND()
    // The name of the secret header is nobody's business but the app's.
    return (version.manifest.webhooks ?? []).map(({ path, method }) => ({ path, method }))
  })

const featured = (options: MarketplaceOptions) =>
  implement(contract.featured, async ({ query, principal }) => {
    const { apps, total } = await options.registry.featured(query.limit)
    return reply(200, await toCards(options, apps, userOf(principal)), { 'x-total-count': String(total) })
  })

const categories = (options: MarketplaceOptions) =>
  implement(contract.categories, async () => {
    const counts = await options.registry.categoryCounts()
    return { categories: Object.keys(counts), counts }
  })

const developer = (options: MarketplaceOptions) =>
  implement(contract.developer, async ({ params, principal }) => {
    const page = await options.developers.publicProfile(params.developer_id)
    if (!page) throw marketplaceErrors.DEVELOPER_NOT_FOUND()
    const owned = await options.registry.ownedBy(page.developerId)
    const found = await Promise.all(owned.map((app) => options.registry.published(app.appId)))
    const shown = found.filter((each) => each !== null)
    return {
      developer_id: page.developerId,
      nickname: page.nickname,
      display_name: page.displayName,
      website: page.website,
      description: page.description,
      tier: page.tier,
      registered_at: page.registeredAt,
      apps: await toCards(options, shown, userOf(principal)),
      total_installs: shown.reduce((sum, { app }) => sum + app.installCount, 0),
      avg_rating: averageOf(
        shown.reduce((sum, { app }) => sum + app.ratingTotal, 0),
        shown.reduce((sum, { app }) => sum + app.reviewCount, 0),
      ),
    }
  })

/** Looking around in the marketplace; nothing here changes anything. */
export const browseRoutes = (options: MarketplaceOptions): readonly MountedRoute[] => [
  browse(options),
  detail(options),
  icon(options),
  webhooks(options),
  featured(options),
  categories(options),
  implement(contract.catalog, () => CATEGORY_CATALOG),
  developer(options),
]
