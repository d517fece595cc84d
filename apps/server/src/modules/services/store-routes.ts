import { type JsonObject, serviceStore as routes, SYSTEM_USER } from '@imperal/contract'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import type { ConnectableApp } from '../connections/index.ts'
import type { DocumentWire } from '../store/index.ts'
import { storeErrors } from '../store/index.ts'
import { type Named, scopeOf, wholeApp, writerOf } from './subject.ts'
import type { ServiceParts } from './types.ts'

/** Tokens of connected accounts lie sealed; null: an app without a live version has none. */
async function sealingOf(parts: ServiceParts, scope: StoreScope) {
  const [app, version] = await Promise.all([parts.registry.app(scope.appId), parts.registry.liveVersion(scope.appId)])
  const known: ConnectableApp | null =
    app === null || version === null
      ? null
      : { appId: app.appId, ownerTenantId: app.ownerTenantId, manifest: version.manifest }
  return {
    seal: (collection: string, data: JsonObject): JsonObject =>
      known === null ? data : parts.connections.seal(known, scope, collection, data),
    open: (document: DocumentWire): DocumentWire =>
      known === null
        ? document
        : { ...document, data: parts.connections.open(known, scope, document.collection, document.data) },
  }
}

/** Whose document is meant: that of the user, or with `__system__` that of whoever has it. */
async function ownerOf(parts: ServiceParts, scope: StoreScope, collection: string, id: string): Promise<StoreScope> {
  if (scope.userId !== SYSTEM_USER) return scope
  const [owner, other] = await parts.store.ownersOf(scope.tenantId, scope.appId, collection, id)
  if (other !== undefined) throw storeErrors.AMBIGUOUS({ id })
  if (owner === undefined) throw storeErrors.NOT_FOUND({ collection, id })
  return { ...scope, userId: owner }
}

/** The scope of a request by id: where the operator allows it, one that names nobody is about whoever has the document. */
const byId = (parts: ServiceParts, named: Named & { readonly appId: string }): Promise<StoreScope> =>
  scopeOf(parts, {
    ...named,
    userId: named.userId ?? (parts.requireUser || named.principal?.userId != null ? undefined : SYSTEM_USER),
  })

/** Documents of apps for services (api.md 3.24). */
export function storeRoutes(parts: ServiceParts): MountedRoute[] {
  const { store } = parts
  return [
    implement(routes.create, async ({ body, principal, headers }) => {
      const scope = await scopeOf(parts, {
        ...{ principal, headers, tenantId: body.tenant_id },
        ...{ userId: body.user_id, appId: body.extension_id },
      })
      const { seal, open } = await sealingOf(parts, scope)
      const [writer, data] = [writerOf(parts, scope.tenantId), seal(body.collection, body.data)]
      const made =
        body.id === undefined
          ? store.create(writer, scope, body.collection, data)
          : store.createAs(writer, scope, body.collection, body.id, data)
      return open(await made)
    }),
    implement(routes.all, async ({ params, query, principal, headers }) => {
      const named = { principal, headers, tenantId: query.tenant_id, appId: query.extension_id }
      const scope = await wholeApp(parts, named)
      const { open } = await sealingOf(parts, scope)
      const options = { where: null, limit: query.limit }
      const page = await store.queryAll(scope.tenantId, scope.appId, params.collection, options)
      const total = page.total ?? (await store.countAll(scope.tenantId, scope.appId, params.collection))
      return reply(200, page.data.map(open), { 'x-total-count': String(total) })
    }),
    implement(routes.listUsers, async ({ params, query, principal, headers }) => {
      const named = { principal, headers, tenantId: query.tenant_id, appId: query.extension_id }
      const scope = await wholeApp(parts, named)
      const cursor = query.cursor === '0' ? null : query.cursor
      const found = await store.listUsers(scope.tenantId, scope.appId, params.collection, {
        pageSize: query.limit,
        cursor,
      })
      return { user_ids: found.user_ids, next_cursor: found.next_cursor, truncated: false as const }
    }),
    implement(routes.get, async ({ params, query, principal, headers }) => {
      const scope = await byId(parts, {
        ...{ principal, headers, tenantId: query.tenant_id },
        ...{ userId: query.user_id, appId: query.extension_id },
      })
      const [collection, id] = [params.collection, params.doc_id]
      const document = await store.get(await ownerOf(parts, scope, collection, id), collection, id)
      if (document === null) throw storeErrors.NOT_FOUND({ collection, id })
      return (await sealingOf(parts, scope)).open(document)
    }),
    implement(routes.update, async ({ params, query, body, principal, headers }) => {
      const scope = await byId(parts, {
        ...{ principal, headers, tenantId: body.tenant_id },
        ...{ userId: query.user_id, appId: body.extension_id },
      })
      const { seal, open } = await sealingOf(parts, scope)
      const [collection, id] = [params.collection, params.doc_id]
      const owner = await ownerOf(parts, scope, collection, id)
      const patch = seal(collection, body.data)
      const writer = writerOf(parts, scope.tenantId)
      return open(await store.update(writer, owner, collection, id, patch, body.if_match ?? null))
    }),
    implement(routes.remove, async ({ params, query, principal, headers }) => {
      const scope = await byId(parts, {
        ...{ principal, headers, tenantId: query.tenant_id },
        ...{ userId: query.user_id, appId: query.extension_id },
      })
      const [collection, id] = [params.collection, params.doc_id]
      const owner = await ownerOf(parts, scope, collection, id)
      if (!(await store.delete(writerOf(parts, scope.tenantId), owner, collection, id)))
        throw storeErrors.NOT_FOUND({ collection, id })
      return { id, deleted: true as const, deleted_at: parts.clock.iso() }
    }),
    implement(routes.query, async ({ params, body, principal, headers }) => {
      const scope = await scopeOf(parts, {
        ...{ principal, headers, tenantId: body.tenant_id },
        ...{ userId: body.user_id, appId: body.extension_id },
      })
      const { open } = await sealingOf(parts, scope)
      const page = await store.query(scope, params.collection, body)
      const total = page.total ?? (await store.count(scope, params.collection, body.where))
      return { ...page, data: page.data.map(open), total }
    }),
    implement(routes.count, async ({ params, body, principal, headers }) => {
      const scope = await scopeOf(parts, {
        ...{ principal, headers, tenantId: body.tenant_id },
        ...{ userId: body.user_id, appId: body.extension_id },
      })
      return { count: await store.count(scope, params.collection, body.where) }
    }),
  ]
}
