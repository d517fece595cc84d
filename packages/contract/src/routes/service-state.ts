import { z } from 'zod'
import { AppId, SkeletonSection, Timestamp } from '../identifiers.ts'
import { JsonObject, JsonValue } from '../json.ts'
import { defineRoute } from '../route.ts'
import { NotNamed, SERVICE_ERRORS, ServiceUser } from './service-store.ts'

const tag = 'Skeleton and cache (internal)'
const OfApp = z.object({ app_id: AppId, user_id: ServiceUser, section: SkeletonSection })
const OfUser = z.object({ user_id: ServiceUser, section: SkeletonSection })
/** The first 16 hexadecimal digits of the SHA-256 of the key. */
const ByHash = z.object({
  app_id: AppId,
  user_id: ServiceUser,
  model: z.string().min(1).max(128),
  key_hash: z.string().regex(/^[0-9a-f]{16}$/, 'is the first 16 hexadecimal digits of a SHA-256'),
})

const Section = z.object({
  section: z.string(),
  data: JsonObject,
  /** Seconds; -1: there is none. */
  ttl: z.number().int(),
  updated_at: Timestamp.nullable(),
})

/** Skeleton snapshots and cached values, for runtimes of extensions outside the platform (api.md 3.25). */
export const serviceState = {
  readSkeleton: defineRoute({
    id: 'service_state.skeleton',
    method: 'GET',
    path: '/v1/internal/skeleton/{app_id}/{user_id}/{section}',
    auth: 'call',
    callTool: 'skeleton',
    tag,
    summary: 'The snapshot of a skeleton section',
    params: OfApp,
    response: Section,
    errors: [...SERVICE_ERRORS, 'SERVICES_NO_SNAPSHOT'],
  }),
  readSkeletonOld: defineRoute({
    id: 'service_state.skeleton_old',
    method: 'GET',
    path: '/v1/internal/skeleton/{user_id}/{section}',
    auth: 'svc',
    deprecated: '/v1/internal/skeleton/{app_id}/{user_id}/{section}',
    tag,
    summary: 'The snapshot of a skeleton section; empty when there is none',
    params: OfUser,
    query: z.object({ extension_id: AppId.or(NotNamed).optional(), app_id: AppId.or(NotNamed).optional() }),
    response: Section,
    errors: [...SERVICE_ERRORS],
  }),
  writeSkeleton: defineRoute({
    id: 'service_state.set_skeleton',
    method: 'PUT',
    path: '/v1/internal/skeleton/{user_id}/{section}',
    auth: 'svc',
    tag,
    summary: 'Store the snapshot of a section that the app declares',
    params: OfUser,
    body: z.object({
      extension_id: z.string().max(64).default(''),
      data: JsonObject,
      ttl: z.number().int().min(30).max(86_400).optional(),
    }),
    response: z.object({ section: z.string(), status: z.literal('updated') }),
    errors: [...SERVICE_ERRORS, 'SERVICES_SECTION_NOT_DECLARED', 'STATE_BAD_SECTION', 'STATE_SKELETON_TOO_LARGE'],
  }),
  readCache: defineRoute({
    id: 'service_state.cached',
    method: 'GET',
    path: '/v1/internal/extcache/{app_id}/{user_id}/{model}/{key_hash}',
    auth: 'call',
    tag,
    summary: 'A cached value',
    params: ByHash,
    response: JsonValue,
    errors: [...SERVICE_ERRORS, 'SERVICES_NOT_CACHED'],
  }),
  writeCache: defineRoute({
    id: 'service_state.cache',
    method: 'PUT',
    path: '/v1/internal/extcache/{app_id}/{user_id}/{model}/{key_hash}',
    auth: 'call',
    tag,
    summary: 'Cache a value for 5 to 300 seconds',
    params: ByHash,
    body: z.object({ envelope: JsonObject, ttl_seconds: z.number().int().min(5).max(300) }),
    bodyLimit: 65_536,
    response: z.object({ ok: z.literal(true) }),
    errors: [...SERVICE_ERRORS, 'STATE_CACHE_TOO_LARGE'],
  }),
  dropCache: defineRoute({
    id: 'service_state.forget',
    method: 'DELETE',
    path: '/v1/internal/extcache/{app_id}/{user_id}/{model}/{key_hash}',
    auth: 'call',
    tag,
    summary: 'Forget a cached value',
    params: ByHash,
    response: z.object({ deleted: z.literal(true) }),
    errors: [...SERVICE_ERRORS],
  }),
} as const
