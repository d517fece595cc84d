import { type AnyRoute, type JsonObject, meta, type Surface, surfaceOf } from '@imperal/contract'
import { openApi } from '../../foundation/http/index.ts'
import type { GatewayOptions } from './types.ts'

interface Document {
  readonly title: string
  readonly surface: Surface
  readonly of: 'gateway' | 'registry'
}

/** What is described at `/openapi/<name>.json`, each with its own surface (api.md 2.4). */
const DOCUMENTS: ReadonlyMap<string, Document> = new Map([
  ['auth-gateway', { title: 'Auth Gateway', surface: 'public', of: 'gateway' }],
  ['registry', { title: 'Registry', surface: 'registry', of: 'registry' }],
  ['internal', { title: 'Auth Gateway: for services of the platform', surface: 'internal', of: 'gateway' }],
  ['client', { title: 'Auth Gateway: for the panel, the terminal and packages', surface: 'client', of: 'gateway' }],
  ['alias', { title: 'Auth Gateway: older spellings', surface: 'alias', of: 'gateway' }],
  ['meta', { title: 'Auth Gateway: health and descriptions', surface: 'meta', of: 'gateway' }],
  ['registry-alias', { title: 'Registry: older spellings', surface: 'alias', of: 'registry' }],
])

/** OpenAPI documents of everything that is mounted; null for a name that is none. */
export function openDocuments(options: GatewayOptions): (name: string) => JsonObject | null {
  const routesOf: Record<Document['of'], readonly AnyRoute[]> = {
    gateway: [...options.routes.map(({ route }) => route), ...Object.values(meta)],
    registry: options.registryRoutes.map(({ route }) => route),
  }
  // Routes do not change while the process lives, and making their schemas takes a while.
  const made = new Map<string, JsonObject>()
  return (name) => {
    const known = made.get(name)
    const document = DOCUMENTS.get(name)
    if (known !== undefined || document === undefined) return known ?? null
    const server = document.of === 'registry' ? `${options.publicUrl}/registry` : options.publicUrl
    const routes = routesOf[document.of].filter((route) => surfaceOf(route) === document.surface)
    const fresh = openApi(routes, { title: document.title, version: options.version, server })
    made.set(name, fresh)
    return fresh
  }
}
