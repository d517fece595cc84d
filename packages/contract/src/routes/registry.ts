import { z } from 'zod'
import { SemanticVersion, Timestamp } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

/** Id of an app on the registry's own surface, which also takes `_` from its older clients. */
export const RegistryAppId = z
  .string()
  .min(2)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'an app id is lower-case letters, digits, _ and -')

/** What the registry calls the state of an app; states before the first approval are `provisioning`. */
export const RegistryStatus = z.enum(['provisioning', 'active', 'suspended', 'deleted'])
export type RegistryStatus = z.infer<typeof RegistryStatus>

export const RegistryApp = z.object({
  app_id: z.string(),
  display_name: z.string(),
  name: z.string(),
  description: z.string(),
  version: z.string().nullable(),
  category: z.string(),
  icon: z.string(),
  owner_id: z.string().nullable(),
  status: RegistryStatus,
  namespace: z.string(),
  config: JsonObject,
  system: z.boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type RegistryApp = z.infer<typeof RegistryApp>

/** A tool as the registry stores and gives it; members that it does not know are kept as they came. */
export const RegistryTool = z.looseObject({
  name: z.string().min(1).max(200).optional(),
  activity: z.string().min(1).max(200).optional(),
  description: z.string().default(''),
  action_type: z.enum(['read', 'write', 'destructive']).nullish(),
  params_schema: JsonObject.nullish(),
  return_schema: JsonObject.nullish(),
  domains: z.array(z.string()).default([]),
  required_scopes: z.array(z.string()).default([]),
  chain_callable: z.boolean().nullish(),
  effects: z.array(z.string()).nullish(),
  event: z.string().nullish(),
  id_projection: z.string().nullish(),
  background: z.boolean().nullish(),
  idempotent: z.boolean().nullish(),
})
export type RegistryTool = z.infer<typeof RegistryTool>

export const SkeletonDescriptor = z.looseObject({
  section_name: z.string(),
  name: z.string(),
  refresh_activity: z.string(),
  alert_activity: z.string().nullable(),
  /** Seconds. */
  ttl: z.number().int(),
  alert_on_change: z.boolean(),
})
export type SkeletonDescriptor = z.infer<typeof SkeletonDescriptor>

const SkeletonPush = z
  .looseObject({
    section_name: z.string().min(1).max(128).optional(),
    name: z.string().min(1).max(128).optional(),
    refresh_activity: z.string().optional(),
    alert_activity: z.string().nullish(),
    ttl: z.number().int().min(1).max(86_400).default(300),
    alert_on_change: z.boolean().default(false),
  })
  .refine((section) => section.section_name !== undefined || section.name !== undefined, 'a section needs a name')

export const RegistryCatalog = z.object({
  version: z.string(),
  generated_at: Timestamp,
  apps: z.array(
    z.object({
      app_id: z.string(),
      name: z.string(),
      description: z.string(),
      version: z.string(),
      category: z.string(),
      system: z.boolean(),
      tools: z.array(RegistryTool),
      skeleton_sections: z.array(SkeletonDescriptor),
      panels: z.array(JsonObject),
      emits: z.array(z.string()),
    }),
  ),
})
export type RegistryCatalog = z.infer<typeof RegistryCatalog>

const tag = 'registry'
const auth = 'regkey'
const byApp = z.object({ app_id: RegistryAppId })
const byUser = z.object({ user_id: z.string().min(1).max(64) })
const whose = z.object({ imperal_id: z.string().max(64).optional(), user_id: z.string().max(64).optional() })
const bodyLimit = 2 * 1024 * 1024
const notFound = ['REGISTRY_APP_NOT_FOUND', 'REGISTRY_KEY_FORBIDDEN'] as const

/** The fifteen operations of the registry (api.md 4.1); the gateway mounts them under `/registry` and on its own port. */
export const registry = {
  listApps: defineRoute({
    id: 'registry.list_apps',
    appKey: true,
    method: 'GET',
    path: '/v1/apps',
    auth,
    tag,
    summary: 'All published apps',
    query: z.object({ status: RegistryStatus.or(z.literal('all')).default('active'), owner_id: z.string().optional() }),
    response: z.array(RegistryApp),
  }),
  getApp: defineRoute({
    id: 'registry.get_app',
    appKey: true,
    method: 'GET',
    path: '/v1/apps/{app_id}',
    auth,
    tag,
    summary: 'Name, description, version and category of an app',
    params: byApp,
    response: RegistryApp.extend({ tools_count: z.number().int() }),
    errors: notFound,
  }),
  createApp: defineRoute({
    id: 'registry.create_app',
    method: 'POST',
    path: '/v1/apps',
    auth,
    tag,
    summary: 'Register an app',
    body: z.object({
      app_id: RegistryAppId,
      display_name: z.string().min(1).max(255),
      owner_id: z
        .union([z.string().min(1).max(50), z.number().int()])
        .nullish()
        .transform((value) => (value == null ? null : String(value))),
      config: JsonObject.nullish(),
      status: RegistryStatus.optional(),
    }),
    status: 201,
    response: RegistryApp,
    errors: ['REGISTRY_APP_EXISTS', 'REGISTRY_KEY_FORBIDDEN'],
  }),
  updateApp: defineRoute({
    id: 'registry.update_app',
    appKey: true,
    method: 'PUT',
    path: '/v1/apps/{app_id}',
    auth,
    tag,
    summary: 'Change metadata of an app',
    params: byApp,
    body: z.object({
      display_name: z.string().min(1).max(255).optional(),
      description: z.string().max(2000).optional(),
      version: SemanticVersion.optional(),
      category: z.string().min(1).max(50).optional(),
      icon: z.string().max(200).optional(),
      status: RegistryStatus.optional(),
      config: JsonObject.optional(),
    }),
    response: RegistryApp,
    errors: [...notFound, 'REGISTRY_VERSION_NOT_DEPLOYED'],
  }),
  deleteApp: defineRoute({
    id: 'registry.delete_app',
    method: 'DELETE',
    path: '/v1/apps/{app_id}',
    auth,
    tag,
    summary: 'Remove an app; its rows are kept for 30 days unless `hard` is set',
    params: byApp,
    query: z.object({ hard: z.stringbool().default(false) }),
    response: z.object({ app_id: z.string(), status: z.literal('deleted'), message: z.string() }),
    errors: notFound,
  }),
  getTools: defineRoute({
    id: 'registry.get_tools',
    appKey: true,
    method: 'GET',
    path: '/v1/apps/{app_id}/tools',
    auth,
    tag,
    summary: 'Full tool manifest with skeleton sections',
    params: byApp,
    response: z.object({
      app_id: z.string(),
      version: z.string().nullable(),
      tools: z.array(RegistryTool),
      skeleton_sections: z.array(SkeletonDescriptor),
      updated_at: Timestamp,
    }),
    errors: notFound,
  }),
  putTools: defineRoute({
    id: 'registry.put_tools',
    appKey: true,
    method: 'PUT',
    path: '/v1/apps/{app_id}/tools',
    auth,
    tag,
    summary: 'Replace the tool manifest of an app in one step',
    params: byApp,
    body: z.object({
      tools: z
        .array(
          RegistryTool.refine((tool) => tool.name !== undefined || tool.activity !== undefined, 'a tool needs a name'),
        )
        .max(2000)
        .default([]),
      skeleton_sections: z.array(SkeletonPush).max(500).default([]),
      version: SemanticVersion.nullish(),
    }),
    bodyLimit,
    response: z.object({
      app_id: z.string(),
      tools_registered: z.number().int(),
      tools_count: z.number().int(),
      skeleton_sections_count: z.number().int(),
      status: RegistryStatus,
      domains: z.array(z.string()),
      version: z.string(),
    }),
    errors: [...notFound, 'REGISTRY_VERSION_NOT_DEPLOYED', 'REGISTRY_MANIFEST_INVALID'],
  }),
  getSettings: defineRoute({
    id: 'registry.get_settings',
    appKey: true,
    method: 'GET',
    path: '/v1/apps/{app_id}/settings',
    auth,
    tag,
    summary: 'Runtime settings of an app, merged over the defaults',
    params: byApp,
    response: JsonObject,
    errors: notFound,
  }),
  putSettings: defineRoute({
    id: 'registry.put_settings',
    appKey: true,
    method: 'PUT',
    path: '/v1/apps/{app_id}/settings',
    auth,
    tag,
    summary: 'Merge runtime settings of an app',
    params: byApp,
    body: JsonObject,
    response: z.object({
      message: z.string(),
      updated_sections: z.array(z.string()),
      skeleton_reloaded: z.boolean(),
    }),
    errors: notFound,
  }),
  catalog: defineRoute({
    id: 'registry.catalog',
    method: 'GET',
    path: '/v1/catalog',
    auth,
    tag,
    summary: 'Apps with their tools: of one user, or all published ones',
    query: whose,
    response: RegistryCatalog,
    errors: ['REGISTRY_KEY_FORBIDDEN'],
  }),
  catalogTools: defineRoute({
    id: 'registry.catalog_tools',
    method: 'GET',
    path: '/v1/catalog/tools',
    auth,
    tag,
    summary: 'All tool definitions of the catalog in one list',
    query: whose,
    response: z.object({ tools: z.array(RegistryTool.extend({ app_id: z.string() })), total: z.number().int() }),
    errors: ['REGISTRY_KEY_FORBIDDEN'],
  }),
  userExtensions: defineRoute({
    id: 'registry.user_extensions',
    method: 'GET',
    path: '/v1/users/{user_id}/extensions',
    auth,
    tag,
    summary: 'Installs of a user',
    params: byUser,
    query: z.object({ status: z.enum(['enabled', 'disabled', 'active', 'all']).default('all') }),
    response: z.object({
      extensions: z.array(
        z.object({
          app_id: z.string(),
          installed_at: Timestamp,
          enabled: z.boolean(),
          version: z.string().nullable(),
          config: JsonObject,
          needs_attention: z.boolean(),
        }),
      ),
    }),
    errors: ['REGISTRY_KEY_FORBIDDEN'],
  }),
  addUserExtension: defineRoute({
    id: 'registry.add_user_extension',
    method: 'POST',
    path: '/v1/users/{user_id}/extensions',
    auth,
    tag,
    summary: 'Record an install; 200 when it was there already',
    params: byUser,
    body: z
      .object({
        app_id: RegistryAppId.optional(),
        extension_id: RegistryAppId.optional(),
        config: JsonObject.nullish(),
      })
      .refine((body) => body.app_id !== undefined || body.extension_id !== undefined, {
        path: ['app_id'],
        error: 'name the app',
      }),
    status: 201,
    response: z.object({
      app_id: z.string(),
      user_id: z.string(),
      installed_at: Timestamp,
      enabled: z.boolean(),
    }),
    errors: [
      ...notFound,
      'REGISTRY_APP_NOT_ACTIVE',
      'REGISTRY_USER_NOT_FOUND',
      'MARKETPLACE_ACCESS_DENIED',
      'MARKETPLACE_PLAN_LIMIT',
    ],
  }),
  removeUserExtension: defineRoute({
    id: 'registry.remove_user_extension',
    method: 'DELETE',
    path: '/v1/users/{user_id}/extensions/{app_id}',
    auth,
    tag,
    summary: 'Remove an install',
    params: byUser.extend({ app_id: RegistryAppId }),
    response: z.object({ app_id: z.string(), user_id: z.string(), removed: z.literal(true) }),
    errors: ['REGISTRY_KEY_FORBIDDEN', 'REGISTRY_SYSTEM_APP', 'REGISTRY_USER_NOT_FOUND'],
  }),
  health: defineRoute({
    id: 'registry.health',
    method: 'GET',
    path: '/v1/health',
    auth: 'none',
    tag,
    summary: 'Does the registry answer',
    response: z.object({ status: z.literal('ok'), apps: z.number().int(), tools: z.number().int() }),
  }),
}
