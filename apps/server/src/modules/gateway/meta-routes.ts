import { createHash, timingSafeEqual } from 'node:crypto'
import { meta } from '@imperal/contract'
import { httpErrors, implement, type MountedRoute, reply, runsInstallation } from '../../foundation/http/index.ts'
import { openDocuments } from './documents.ts'
import type { GatewayOptions } from './types.ts'

async function passes(check: () => Promise<boolean>): Promise<boolean> {
  try {
    return await check()
  } catch {
    // A failing check is the answer, not an error of this request.
    return false
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Compared in a time that tells nothing about where they differ. */
const isToken = (authorization: string | string[] | undefined, token: string): boolean =>
  typeof authorization === 'string' && timingSafeEqual(digest(authorization), digest(`Bearer ${token}`))

/** Health, readiness and the machine-readable description of the API. */
export function metaRoutes(options: GatewayOptions): MountedRoute[] {
  const started = Date.now()
  const documents = openDocuments(options)
  const named = (name: string) => {
    const document = documents(name)
    if (document === null) throw httpErrors.NOT_FOUND()
    return document
  }
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
    implement(meta.metrics, async ({ headers, ip }) => {
      const text = await options.telemetry.exposition()
      if (text === null) throw httpErrors.NOT_FOUND()
      const isScraper = options.metricsToken !== null && isToken(headers.authorization, options.metricsToken)
      if (!isScraper && !runsInstallation(await options.identity.authenticate(headers, { ip })))
        throw httpErrors.UNAUTHENTICATED()
      return reply(200, text, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        'cache-control': 'no-store',
      })
    }),
    implement(meta.openapi, () => named('auth-gateway')),
    implement(meta.openapiGateway, () => named('auth-gateway')),
    implement(meta.openapiRegistry, () => named('registry')),
    implement(meta.openapiSurface, ({ params }) => named(params.document.replace(/\.json$/, ''))),
  ]
}
