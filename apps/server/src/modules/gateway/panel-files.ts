import { readFile } from 'node:fs/promises'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { type MethodsAt, sendNotFound } from '../../foundation/http/index.ts'

const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  // Inline styles only: React writes style attributes for widths and colours that extensions choose.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https:",
  "media-src 'self' https: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  // One policy, and none of a library: packages/ui-kit/src/parts/trusted-html.ts.
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ')

const API = /^\/(v1|registry|openapi|reference|packages|healthz|readyz|metrics)(\/|$|\?)/

const MISSING = `<!doctype html><meta charset="utf-8"><title>Imperal</title><p>The panel is not built yet. Run <code>npm start</code>, which builds it.</p>`

// Files whose name is a hash of what is in them. What is not there belongs to a panel that was built anew since the page was loaded.
const ASSET = /^\/assets\//

/**
 * Serves the panel as it lies in `folder` at the moment of the request, so one that is built anew while the server runs
 * is served. Every other address that is not part of the API answers the panel's page, so deep links work.
 */
export async function installPanel(app: FastifyInstance, folder: string, methods: MethodsAt): Promise<void> {
  const page = path.join(folder, 'index.html')
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    decorateReply: false,
    // The build puts them beside the files; what has none is sent as it is.
    preCompressed: true,
    // Anything without an ending is a page or a folder; what begins with a dot is about the build.
    allowedPath: (name) => /\.[a-z0-9]+$/i.test(name) && !name.includes('/.'),
    setHeaders(reply, file) {
      const hashed = file.includes(`${path.sep}assets${path.sep}`)
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      // The page under its own file name as well: without the policy it could be framed there.
      if (file.endsWith('.html')) reply.header('content-security-policy', POLICY)
    },
  })
  app.setNotFoundHandler(async (request, reply) => {
    if (request.method !== 'GET' || API.test(request.url) || ASSET.test(request.url))
      return sendNotFound(request, reply, methods)
    const html = await readFile(page, 'utf8').catch(() => null) // not built yet, or being built right now
    reply.header('content-security-policy', POLICY).header('cache-control', 'no-cache').type('text/html; charset=utf-8')
    return html === null ? reply.code(503).send(MISSING) : reply.send(html)
  })
}
