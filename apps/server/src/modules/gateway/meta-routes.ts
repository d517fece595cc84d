import { meta } from '@imperal/contract'
import { implement, type MountedRoute, openApi, reply } from '../../foundation/http/index.ts'
import type { GatewayOptions } from './types.ts'

async function passes(check: () => Promise<boolean>): Promise<boolean> {
  try {
    return await check()
  } catch {
    // A failing check is the answer, not an error of this request.
    return false
  }
}

/** Health, readiness and the machine-readable description of the API. */
export function metaRoutes(options: GatewayOptions): MountedRoute[] {
  const started = Date.now()
  const gateway = () =>
    openApi(
      options.routes.map((mounted) => mounted.route).filter((route) => !route.path.includes('/internal/')),
      { title: 'Auth Gateway', version: options.version, server: options.publicUrl },
    )
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
    implement(meta.openapiGateway, gateway),
    implement(meta.openapiRegistry, registry),
  ]
}
