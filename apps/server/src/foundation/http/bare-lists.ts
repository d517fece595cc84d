import type { AnyRoute } from '@imperal/contract'
import { RouteReply } from './handler.ts'

interface Asked {
  readonly query: { readonly limit: number; readonly offset: number }
  readonly http: { readonly request: { readonly url: string } }
}

/**
 * One page of a bare array, with how many there are in all and, where more follow, the address of the next page
 * (api.md 1.11).
 */
export function pageOf<T>(request: Asked, items: T[], total: number): RouteReply<T[]> {
  const { limit, offset } = request.query
  const next = new URL(request.http.request.url, 'http://here')
  next.searchParams.set('limit', String(limit))
  next.searchParams.set('offset', String(offset + limit))
  const isLast = offset + limit >= total
  return new RouteReply(200, items, {
    'x-total-count': String(total),
    ...(isLast ? {} : { link: `<${next.pathname}${next.search}>; rel="next"` }),
  })
}

/** A list that takes no limit is always whole, so it counts itself; null for any other answer. */
export function wholeCount(route: AnyRoute, body: unknown): number | null {
  if (route.method !== 'GET' || !Array.isArray(body)) return null
  const query = route.query as { readonly shape?: Readonly<Record<string, unknown>> } | undefined
  return query?.shape?.limit === undefined ? body.length : null
}
