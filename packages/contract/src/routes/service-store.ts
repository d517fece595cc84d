import { z } from 'zod'
import { AppId, CollectionName, TenantId, Timestamp } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

const tag = 'Store (internal)'

/** Whose data a service means. `default` stands for the tenant of the user (api.md 7.1). */
export const SERVICE_ERRORS = [
  'SERVICES_NOT_THAT_USER',
  'SERVICES_NOT_THAT_TENANT',
  'SERVICES_NOT_THAT_APP',
  'SERVICES_USER_NEEDED',
  'SERVICES_USER_NOT_FOUND',
  'SERVICES_APP_NOT_FOUND',
] as const
export const ServiceUser = z.string().min(1).max(64)
/** The empty text, which an older client sends of a user or an app that it does not name, is none. */
export const NotNamed = z.literal('').transform(() => undefined)
export const ServiceTenant = TenantId.default('default')

/** A document as services see it (api.md 3.24). */
export const StoredDocument = z.object({
  id: z.string(),
  collection: z.string(),
  data: JsonObject,
  created_at: Timestamp,
  updated_at: Timestamp,
  etag: z.string(),
  user_id: z.string(),
  extension_id: z.string(),
  tenant_id: z.string(),
})

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Older spellings of a body, which count where the new one is absent. */
const spelt = <S extends z.ZodType>(names: Readonly<Record<string, string>>, schema: S) =>
  z.preprocess((given) => {
    if (!isObject(given)) return given
    const body = { ...given }
    for (const [old, name] of Object.entries(names)) if (body[name] === undefined && old in body) body[name] = body[old]
    return body
  }, schema)

const OLD = { app_id: 'extension_id', filter: 'where', sort: 'order_by' }
const ByCollection = z.object({ collection: CollectionName })
const ByDocument = z.object({ collection: CollectionName, doc_id: z.string().min(1).max(128) })
const Place = { extension_id: AppId, tenant_id: ServiceTenant }
const OfOne = z.object({ ...Place, user_id: ServiceUser.or(NotNamed).optional() })
const BAD = ['STORE_BAD_NAME', 'STORE_BAD_DATA', 'STORE_TOO_LARGE']
const FOUND = ['STORE_NOT_FOUND', 'STORE_AMBIGUOUS']
const whole = (least: number, fallback: number, most: number) =>
  z.coerce.number().int().min(least).max(most).default(fallback)

/** Documents of apps, for services of the platform that act for a user (api.md 3.24). */
export const serviceStore = {
  create: defineRoute({
    id: 'service_store.create',
    method: 'POST',
    path: '/v1/internal/store',
    auth: 'svc',
    tag,
    summary: 'Make a document of an app for a user',
    body: spelt(
      OLD,
      z.object({
        ...Place,
        collection: CollectionName,
        data: JsonObject,
        user_id: ServiceUser.or(NotNamed).optional(),
        id: z.string().min(1).max(128).optional(),
      }),
    ),
    bodyLimit: 2 * 1024 * 1024,
    status: 201,
    response: StoredDocument,
    errors: [...SERVICE_ERRORS, ...BAD, 'STORE_EXISTS'],
  }),
  all: defineRoute({
    id: 'service_store.all',
    method: 'GET',
    path: '/v1/internal/store/{collection}/all',
    auth: 'svc',
    tag,
    summary: 'Documents of every user of a tenant; only without an acting user',
    params: ByCollection,
    query: z.object({ ...Place, extension_id: AppId.default('mail'), limit: whole(1, 500, 10_000) }),
    response: z.array(StoredDocument),
    errors: [...SERVICE_ERRORS, 'SERVICES_SYSTEM_ONLY'],
  }),
  listUsers: defineRoute({
    id: 'service_store.list_users',
    method: 'GET',
    path: '/v1/internal/store/{collection}/list_users',
    auth: 'svc',
    tag,
    summary: 'Users who have documents in a collection; only without an acting user',
    params: ByCollection,
    query: z.object({ ...Place, cursor: z.string().max(128).default('0'), limit: whole(1, 500, 10_000) }),
    response: z.object({
      user_ids: z.array(z.string()),
      next_cursor: z.string().nullable(),
      truncated: z.literal(false),
    }),
    errors: [...SERVICE_ERRORS, 'SERVICES_SYSTEM_ONLY'],
  }),
  get: defineRoute({
    id: 'service_store.get',
    method: 'GET',
    path: '/v1/internal/store/{collection}/{doc_id}',
    auth: 'svc',
    tag,
    summary: 'One document',
    params: ByDocument,
    query: OfOne,
    response: StoredDocument,
    errors: [...SERVICE_ERRORS, ...FOUND],
  }),
  update: defineRoute({
    id: 'service_store.update',
    method: 'PATCH',
    path: '/v1/internal/store/{collection}/{doc_id}',
    auth: 'svc',
    tag,
    summary: 'Merge members into a document',
    params: ByDocument,
    query: z.object({ user_id: ServiceUser.or(NotNamed).optional() }),
    body: spelt(OLD, z.object({ ...Place, data: JsonObject, if_match: z.string().max(128).nullish() })),
    bodyLimit: 2 * 1024 * 1024,
    response: StoredDocument,
    errors: [...SERVICE_ERRORS, ...BAD, ...FOUND, 'STORE_CONFLICT'],
  }),
  remove: defineRoute({
    id: 'service_store.remove',
    method: 'DELETE',
    path: '/v1/internal/store/{collection}/{doc_id}',
    auth: 'svc',
    tag,
    summary: 'Delete a document',
    params: ByDocument,
    query: OfOne,
    response: z.object({ id: z.string(), deleted: z.literal(true), deleted_at: Timestamp }),
    errors: [...SERVICE_ERRORS, ...FOUND],
  }),
  query: defineRoute({
    id: 'service_store.query',
    method: 'POST',
    path: '/v1/internal/store/{collection}/query',
    auth: 'svc',
    reads: true,
    tag,
    summary: 'Documents of a user that match',
    params: ByCollection,
    body: spelt(
      OLD,
      z.object({
        ...Place,
        user_id: ServiceUser.or(NotNamed).optional(),
        where: JsonObject.default({}),
        order_by: z.string().max(256).nullish(),
        limit: z.number().int().min(1).max(1000).default(100),
        cursor: z.string().max(2048).nullish(),
      }),
    ),
    response: z.object({
      data: z.array(StoredDocument),
      cursor: z.string().nullable(),
      has_more: z.boolean(),
      total: z.number().int(),
    }),
    errors: [...SERVICE_ERRORS, 'STORE_BAD_QUERY', 'STORE_BAD_CURSOR'],
  }),
  count: defineRoute({
    id: 'service_store.count',
    method: 'POST',
    path: '/v1/internal/store/{collection}/count',
    auth: 'svc',
    reads: true,
    tag,
    summary: 'How many documents of a user match',
    params: ByCollection,
    body: spelt(
      OLD,
      z.object({ ...Place, user_id: ServiceUser.or(NotNamed).optional(), where: JsonObject.default({}) }),
    ),
    response: z.object({ count: z.number().int() }),
    errors: [...SERVICE_ERRORS, 'STORE_BAD_QUERY'],
  }),
} as const
