import { serviceFiles as routes } from '@imperal/contract'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import { storageErrors } from '../storage/index.ts'
import { servicesErrors } from './errors.ts'
import { scopeOf, writerOf } from './subject.ts'
import type { ServiceParts } from './types.ts'

/** Files of apps for services (api.md 3.25). */
export function fileRoutes(parts: ServiceParts): MountedRoute[] {
  const { storage } = parts
  return [
    implement(routes.upload, async ({ body, files, principal, headers }) => {
      const named = { principal, headers, tenantId: body.tenant_id, appId: body.extension_id }
      const scope = await scopeOf(parts, named)
      const file = files.file ?? files.data
      if (file === undefined) throw servicesErrors.FILE_MISSING()
      const stored = await storage.upload(writerOf(parts, scope.tenantId), scope, body.path || file.filename, {
        content: file.content,
        type: file.mime,
      })
      return { ...stored, size_bytes: stored.size }
    }),
    implement(routes.download, async ({ query, principal, headers }) => {
      const named = { principal, headers, tenantId: query.tenant_id, appId: query.extension_id }
      const scope = await scopeOf(parts, named)
      const [content, info] = await Promise.all([storage.download(scope, query.path), storage.info(scope, query.path)])
      if (content === null || info === null) throw storageErrors.NOT_FOUND()
      const name = encodeURIComponent(info.path.split('/').at(-1) ?? 'file')
      return reply(200, content, {
        'content-type': info.content_type,
        'content-disposition': `attachment; filename*=UTF-8''${name}`,
        'x-content-type-options': 'nosniff',
      })
    }),
    implement(routes.remove, async ({ query, principal, headers }) => {
      const named = { principal, headers, tenantId: query.tenant_id, appId: query.extension_id }
      const scope = await scopeOf(parts, named)
      if (!(await storage.delete(writerOf(parts, scope.tenantId), scope, query.path))) throw storageErrors.NOT_FOUND()
      return { deleted: true as const }
    }),
    implement(routes.list, async ({ query, principal, headers }) => {
      const named = { principal, headers, tenantId: query.tenant_id, appId: query.extension_id }
      const scope = await scopeOf(parts, named)
      const page = await storage.list(scope, query.prefix, { cursor: query.cursor ?? null, limit: query.limit })
      const total = page.total ?? (await storage.count(scope, query.prefix))
      return { files: [...page.data], has_more: page.has_more, cursor: page.cursor, total }
    }),
  ]
}
