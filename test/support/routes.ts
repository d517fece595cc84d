import type { AnyRoute } from '@imperal/contract'
import * as contract from '@imperal/contract'

const isRoute = (value: unknown): value is AnyRoute =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'auth' in value

function routesIn(value: unknown, depth = 0): AnyRoute[] {
  if (isRoute(value)) return [value]
  if (depth > 3 || typeof value !== 'object' || value === null) return []
  return Object.getPrototypeOf(value) === Object.prototype
    ? Object.values(value).flatMap((entry) => routesIn(entry, depth + 1))
    : []
}

/** Every operation of the contract, once. */
export const ROUTES: readonly AnyRoute[] = [
  ...new Map(
    Object.values(contract as Record<string, unknown>)
      .flatMap((area) => routesIn(area))
      .map((route) => [route.id, route]),
  ).values(),
]
