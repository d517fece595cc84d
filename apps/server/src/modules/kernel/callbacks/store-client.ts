import { CollectionName, type JsonObject, type JsonValue } from '@imperal/contract'
import type { StoreScope } from '../../../foundation/scope.ts'
import type { DocumentWire, PageWire, StoreQuery } from '../../store/index.ts'
import { type CallbackArguments, numberOf, objectAt, optionalObjectAt, textAt, textOf, wholeOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { connectableApp } from './oauth-client.ts'
import { refusedCallback, toCallbackError } from './refuse-callback.ts'
import { type CallSession, isSystemCall, scopeOf } from './session.ts'

function collectionAt(args: CallbackArguments): string {
  const name = textAt(args, 0, 'collection')
  if (!CollectionName.safeParse(name).success)
    throw refusedCallback('validation_error', `'${name.slice(0, 128)}' is not a collection name.`, {
      field: 'collection',
    })
  return name
}

/** `deals` → `deal`, `stories` → `story`: how a missing document is named (sdk.md D32). */
function singular(collection: string): string {
  if (collection.endsWith('ies')) return `${collection.slice(0, -3)}y`
  return /[^sui]s$/.test(collection) ? collection.slice(0, -1) : collection
}

function queryOf(args: CallbackArguments): StoreQuery {
  const options = optionalObjectAt(args, 1, 'query') ?? {}
  const limit = numberOf(options.limit)
  return {
    where: optionalObjectAt([options.where ?? null], 0, 'where'),
    order_by: textOf(options.order_by) ?? null,
    cursor: textOf(options.cursor) ?? null,
    ...(limit === undefined ? {} : { limit }),
  }
}

/** Only system handlers look across users; everybody else who tries is counted (K3.37). */
function requireSystem(session: CallSession, method: string, asUser: string | null): void {
  if (isSystemCall(session) && asUser === null) return
  session.parts.threats.count(`store.${method}`, session.call)
  throw refusedCallback(
    'context_unavailable',
    `store.${method} is for schedules and signals; this call acts for ${asUser ?? session.call.pass.actor.userId}.`,
    { member: `store.${method}`, handler_kind: session.kind },
  )
}

const json = (value: unknown): JsonValue => value as JsonValue // wire forms of the store are JSON

/** Tokens of connected accounts lie sealed in the app's own documents: opened and sealed on its way to them. */
function opened(session: CallSession, document: DocumentWire | null): JsonValue {
  if (document === null) return null
  const tenant = { tenantId: document.tenant_id }
  const data = session.parts.connections.open(connectableApp(session), tenant, document.collection, document.data)
  return json(data === document.data ? document : { ...document, data })
}
const openedPage = (session: CallSession, page: PageWire<DocumentWire>): JsonValue =>
  json({ ...page, data: page.data.map((document) => opened(session, document)) })
const sealed = (session: CallSession, scope: StoreScope, collection: string, data: JsonObject): JsonObject =>
  session.parts.connections.seal(connectableApp(session), scope, collection, data)

/** `ctx.store` (sdk.md 3.3). Writes go through the call's own writer. */
export const storeClient: ClientTable<'store'> = {
  async create(session, args, asUser) {
    const scope = await scopeOf(session, asUser)
    const collection = collectionAt(args)
    const data = sealed(session, scope, collection, objectAt(args, 1, 'data'))
    return opened(session, await session.parts.store.create(session.writer.documents, scope, collection, data))
  },
  async get(session, args, asUser) {
    const scope = await scopeOf(session, asUser)
    return opened(session, await session.parts.store.get(scope, collectionAt(args), textAt(args, 1, 'id')))
  },
  async query(session, args, asUser) {
    const scope = await scopeOf(session, asUser)
    return openedPage(session, await session.parts.store.query(scope, collectionAt(args), queryOf(args)))
  },
  async update(session, args, asUser) {
    const scope = await scopeOf(session, asUser)
    const [collection, id] = [collectionAt(args), textAt(args, 1, 'id')]
    const expected = textOf(optionalObjectAt(args, 3, 'options')?.if_match) ?? null
    try {
      const patch = sealed(session, scope, collection, objectAt(args, 2, 'patch'))
      return opened(
        session,
        await session.parts.store.update(session.writer.documents, scope, collection, id, patch, expected),
      )
    } catch (error) {
      throw toCallbackError(error, { resource: singular(collection), id, doc_id: id, expected_etag: expected ?? '' })
    }
  },
  async set(session, args, asUser) {
    const scope = await scopeOf(session, asUser)
    const [collection, id] = [collectionAt(args), textAt(args, 1, 'id')]
    const expected = textOf(optionalObjectAt(args, 3, 'options')?.if_match) ?? null
    const data = sealed(session, scope, collection, objectAt(args, 2, 'data'))
    try {
      return opened(
        session,
        await session.parts.store.set(session.writer.documents, scope, collection, id, data, expected),
      )
    } catch (error) {
      throw toCallbackError(error, { resource: singular(collection), id, doc_id: id, expected_etag: expected ?? '' })
    }
  },
  async delete(session, args, asUser) {
    const scope = await scopeOf(session, asUser)
    return session.parts.store.delete(session.writer.documents, scope, collectionAt(args), textAt(args, 1, 'id'))
  },
  async count(session, args, asUser) {
    const scope = await scopeOf(session, asUser)
    return session.parts.store.count(scope, collectionAt(args), optionalObjectAt(args, 1, 'where'))
  },
  async list_users(session, args, asUser) {
    requireSystem(session, 'list_users', asUser)
    const options = optionalObjectAt(args, 1, 'options') ?? {}
    const pageSize = wholeOf(options.page_size, { least: 1, most: 10_000, otherwise: 500 })
    const cursor = textOf(options.cursor) ?? null
    if (args[0] === null || args[0] === undefined) return installedUsers(session, pageSize, cursor)
    const { tenantId } = session.call.pass.actor
    const { appId } = session.call.use.app
    return json(await session.parts.store.listUsers(tenantId, appId, collectionAt(args), { pageSize, cursor }))
  },
  async query_all(session, args, asUser) {
    requireSystem(session, 'query_all', asUser)
    const options = optionalObjectAt(args, 1, 'options') ?? {}
    const { tenantId } = session.call.pass.actor
    const { appId } = session.call.use.app
    const where = optionalObjectAt([options.where ?? null], 0, 'where')
    const limit = wholeOf(options.limit, { least: 1, most: 10_000, otherwise: 500 })
    return openedPage(
      session,
      await session.parts.store.queryAll(tenantId, appId, collectionAt(args), { where, limit }),
    )
  },
}

/** Without a collection the users are those who have the app installed (sdk.md D10). */
async function installedUsers(session: CallSession, pageSize: number, cursor: string | null): Promise<JsonValue> {
  const users = await session.parts.registry.usersOf(session.call.use.app.appId, {
    tenantId: session.call.pass.actor.tenantId,
    limit: pageSize,
    ...(cursor === null ? {} : { after: cursor }),
  })
  const last = users.at(-1)?.userId ?? null
  const truncated = users.length === pageSize
  return { user_ids: users.map((user) => user.userId), next_cursor: truncated ? last : null, truncated }
}
