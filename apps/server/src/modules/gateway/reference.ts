import { createRequire } from 'node:module'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The library writes style attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference</title>
<link rel="stylesheet" href="/reference/swagger-ui.css">
</head>
<body>
<main id="reference"></main>
<noscript>The descriptions themselves: <a href="/openapi/auth-gateway.json">Auth Gateway</a>, <a href="/openapi/registry.json">Registry</a>.</noscript>
<script src="/reference/swagger-ui-bundle.js"></script>
<script src="/reference/swagger-ui-standalone-preset.js"></script>
<script src="/reference/start.js"></script>
</body>
</html>
`

/** Names of the descriptions that the page offers, by their place below `/openapi/`. */
const DOCUMENTS: readonly (readonly [string, string])[] = [
  ['auth-gateway', 'Auth Gateway'],
  ['registry', 'Registry'],
  ['client', 'For panel, terminal and packages'],
  ['internal', 'For services of the platform'],
  ['alias', 'Older spellings'],
]

const START = `SwaggerUIBundle({
  urls: ${JSON.stringify(DOCUMENTS.map(([place, name]) => ({ url: `/openapi/${place}.json`, name })))},
  dom_id: '#reference',
  deepLinking: true,
  // Otherwise a validator of others on the internet is asked.
  validatorUrl: null,
  docExpansion: 'list',
  defaultModelsExpandDepth: -1,
  filter: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
})
`

/**
 * The page that shows what the API can do and lets people try it, at `/reference`: a library that comes with the platform,
 * over the same descriptions that programs read. Nothing is fetched from elsewhere, and nothing of it is loaded before.
 */
export async function installReference(app: FastifyInstance): Promise<void> {
  const folder = path.join(path.dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui')), 'static')
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/reference/',
    index: false,
    decorateReply: false,
    allowedPath: (name) => /^\/[a-z0-9-]+\.(js|css|png)$/.test(name),
    setHeaders: (reply) => void reply.header('cache-control', 'public, max-age=86400'),
  })
  app.get('/reference', (_request, reply) =>
    reply
      .header('content-security-policy', POLICY)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(PAGE),
  )
  app.get('/reference/start.js', (_request, reply) =>
    reply.header('cache-control', 'no-cache').type('text/javascript; charset=utf-8').send(START),
  )
}
