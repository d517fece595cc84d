import { type JsonObject, meta, type Surface, surfaceOf } from '@imperal/contract'
import { httpErrors, implement, type MountedRoute, openApi, reply } from '../../foundation/http/index.ts'
import type { GatewayOptions } from './types.ts'

async function passes(check: () => Promise<boolean>): Promise<boolean> {
  try {
    return await check()
  } catch {
    // A failing check is the answer, not an error of this request.
    return false
  }
}

const TITLES: ReadonlyMap<string, readonly [Surface, string]> = new Map([
  ['internal.json', ['internal', 'Auth Gateway: for services of the platform']],
  ['client.json', ['client', 'Auth Gateway: for the panel, the terminal and packages of the platform']],
  ['alias.json', ['alias', 'Auth Gateway: older spellings']],
  ['meta.json', ['meta', 'Auth Gateway: health and descriptions']],
])

/** Health, readiness and the machine-readable description of the API. */
export function metaRoutes(options: GatewayOptions): MountedRoute[] {
  const started = Date.now()
  const ofSurface = (surface: Surface) =>
    [...options.routes.map(({ route }) => route), ...Object.values(meta)].filter(
      (route) => surfaceOf(route) === surface,
    )
  // Routes do not change while the process lives, and making their schemas takes a while.
  const made = new Map<Surface, JsonObject>()
  const document = (surface: Surface, title: string): JsonObject => {
    const known = made.get(surface)
    if (known !== undefined) return known
    const fresh = openApi(ofSurface(surface), { title, version: options.version, server: options.publicUrl })
    made.set(surface, fresh)
    return fresh
  }
  const gateway = () => document('public', 'Auth Gateway')
  const registry = () =>
    openApi(
      options.registryRoutes.map((mounted) => mounted.route),
      { title: 'Registry', version: options.version, server: `${options.publicUrl}/registry` },
    )
  return [
    implement(meta.healthz, () => ({
      status: 'ok' as const,
      version: options.version,
      uptime_s: Math.floor((Date.now() - started) / 1000),
    })),
    implement(meta.readyz, async () => {
      const names = Object.keys(options.checks)
      const results = await Promise.all(Object.values(options.checks).map(passes))
      const checks = Object.fromEntries(
        names.map((name, index) => [name, results[index] ? ('ok' as const) : ('failed' as const)]),
      )
      const ready = results.every(Boolean)
      return reply(ready ? 200 : 503, { status: ready ? ('ready' as const) : ('not_ready' as const), checks })
    }),
    implement(meta.openapi, gateway),
    implement(meta.openapiSurface, ({ params }) => {
      const title = TITLES.get(params.document)
      if (title === undefined) throw httpErrors.NOT_FOUND()
      return document(...title)
    }),
    implement(meta.openapiGateway, gateway),
    implement(meta.openapiRegistry, registry),
  ]
}
