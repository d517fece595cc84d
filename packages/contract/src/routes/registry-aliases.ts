import { z } from 'zod'
import { SemanticVersion, Timestamp } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'
import { RegistryApp, RegistryAppId, RegistryStatus } from './registry.ts'

const tag = 'registry'
const auth = 'regkey'
const surface = 'alias'
const byApp = z.object({ app_id: RegistryAppId })
const byUser = z.object({ user_id: z.string().min(1).max(64) })
const notFound = ['REGISTRY_APP_NOT_FOUND', 'REGISTRY_KEY_FORBIDDEN'] as const

/** What a user wants of one skeleton section. */
export const SectionRule = z.object({
  app_id: RegistryAppId,
  section_name: z.string().min(1).max(128),
  enabled: z.boolean().default(true),
  ttl: z.int().min(30).max(86_400).nullish(),
  /** `{enabled: false}` keeps changes of the section quiet. */
  alert_config: JsonObject.default({}),
})
export type SectionRule = z.infer<typeof SectionRule>

const RuleList = z.array(SectionRule).max(500)

/** An extension as the oldest clients know one: an app and its tools in one. */
const Extension = RegistryApp.extend({ id: z.string(), manifest: JsonObject })
const ExtId = z.string().min(1).max(64)

/** Older routes of the registry, kept beside the fifteen (api.md 4.3). */
export const registryAliases = {
  patchApp: defineRoute({
    id: 'registry.patch_app',
    method: 'PATCH',
    path: '/v1/apps/{app_id}',
    ...{ auth, tag, surface },
    summary: 'The older way to change an app; `config` replaces',
    params: byApp,
    body: z.object({
      display_name: z.string().min(1).max(255).nullish(),
      status: RegistryStatus.nullish(),
      config: JsonObject.nullish(),
    }),
    response: RegistryApp,
    errors: notFound,
  }),
  createKey: defineRoute({
    id: 'registry.create_key',
    method: 'POST',
    path: '/v1/apps/{app_id}/keys',
    ...{ auth, tag, surface },
    summary: 'A key that opens one app; its text is shown once',
    params: byApp,
    body: z.object({ scope: z.enum(['full', 'readonly']).default('full') }),
    status: 201,
    response: z.object({
      key_id: z.string(),
      api_key: z.string(),
      prefix: z.string(),
      scope: z.enum(['full', 'readonly']),
      created_at: Timestamp,
      warning: z.string(),
    }),
    errors: [...notFound, 'REGISTRY_TOO_MANY_KEYS'],
    rateLimit: { limit: 5, windowSeconds: 60, key: 'user' },
  }),
  listKeys: defineRoute({
    id: 'registry.list_keys',
    method: 'GET',
    path: '/v1/apps/{app_id}/keys',
    ...{ auth, tag, surface },
    summary: 'Active keys of an app, newest first',
    params: byApp,
    response: z.object({
      keys: z.array(z.object({ key_id: z.string(), prefix: z.string(), scope: z.string(), created_at: Timestamp })),
      total: z.number().int(),
    }),
    errors: notFound,
  }),
  revokeKey: defineRoute({
    id: 'registry.revoke_key',
    method: 'DELETE',
    path: '/v1/apps/{app_id}/keys/{key_id}',
    ...{ auth, tag, surface },
    summary: 'Revoke a key of an app at once',
    params: byApp.extend({ key_id: z.string().min(1).max(64) }),
    response: z.object({ key_id: z.string(), status: z.literal('revoked') }),
    errors: [...notFound, 'REGISTRY_KEY_NOT_FOUND'],
  }),
  rules: defineRoute({
    id: 'registry.user_automations',
    method: 'GET',
    path: '/v1/users/{user_id}/automations',
    ...{ auth, tag, surface },
    summary: 'What a user wants of skeleton sections',
    params: byUser,
    response: z.object({ automations: z.array(SectionRule) }),
    errors: ['REGISTRY_KEY_FORBIDDEN', 'REGISTRY_USER_NOT_FOUND'],
  }),
  putRules: defineRoute({
    id: 'registry.put_user_automations',
    method: 'PUT',
    path: '/v1/users/{user_id}/automations',
    ...{ auth, tag, surface },
    summary: 'Say what a user wants of skeleton sections; those that are not named stay',
    params: byUser,
    body: z.union([RuleList, z.object({ automations: RuleList })]),
    response: z.object({ automations: z.array(SectionRule) }),
    errors: ['REGISTRY_KEY_FORBIDDEN', 'REGISTRY_USER_NOT_FOUND', 'REGISTRY_APP_NOT_FOUND'],
  }),
  hubMessage: defineRoute({
    id: 'registry.hub_message',
    method: 'POST',
    path: '/v1/hub/{user_id}/messages',
    ...{ auth, tag, surface },
    summary: 'Say something in the chat of a user, as the user',
    params: byUser,
    body: z.object({ content: z.string().trim().min(1).max(32_768), context: JsonObject.nullish() }),
    status: 202,
    response: z.object({
      status: z.literal('signaled'),
      namespace: z.literal('imperal-hub'),
      workflow_id: z.string(),
    }),
    errors: ['REGISTRY_KEY_FORBIDDEN', 'REGISTRY_USER_NOT_FOUND'],
  }),
  health: defineRoute({
    id: 'registry.health_root',
    method: 'GET',
    path: '/health',
    auth: 'none',
    ...{ tag, surface },
    summary: 'Does the registry answer',
    response: z.object({ status: z.literal('ok'), apps: z.number().int(), tools: z.number().int() }),
  }),
  listExtensions: defineRoute({
    id: 'registry.list_extensions',
    method: 'GET',
    path: '/extensions',
    ...{ auth, tag, surface },
    summary: 'Published apps with their manifests',
    response: z.array(Extension),
  }),
  createExtension: defineRoute({
    id: 'registry.create_extension',
    method: 'POST',
    path: '/extensions',
    ...{ auth, tag, surface },
    summary: 'Register an app together with its tools',
    body: z.object({
      id: RegistryAppId,
      display_name: z.string().min(1).max(255),
      description: z.string().max(2000).nullish(),
      version: SemanticVersion.default('1.0.0'),
      manifest: JsonObject,
    }),
    status: 201,
    response: Extension,
    errors: ['REGISTRY_APP_EXISTS', 'REGISTRY_KEY_FORBIDDEN', 'REGISTRY_MANIFEST_INVALID'],
  }),
  getExtension: defineRoute({
    id: 'registry.get_extension',
    method: 'GET',
    path: '/extensions/{ext_id}',
    ...{ auth, tag, surface },
    summary: 'An app with its manifest',
    params: z.object({ ext_id: ExtId }),
    response: Extension,
    errors: notFound,
  }),
  updateExtension: defineRoute({
    id: 'registry.update_extension',
    method: 'PUT',
    path: '/extensions/{ext_id}',
    ...{ auth, tag, surface },
    summary: 'Change an app or its tools',
    params: z.object({ ext_id: ExtId }),
    body: z.object({
      display_name: z.string().min(1).max(255).nullish(),
      description: z.string().max(2000).nullish(),
      version: SemanticVersion.nullish(),
      status: RegistryStatus.nullish(),
      manifest: JsonObject.nullish(),
    }),
    response: Extension,
    errors: [...notFound, 'REGISTRY_MANIFEST_INVALID', 'REGISTRY_VERSION_NOT_DEPLOYED'],
  }),
  deleteExtension: defineRoute({
    id: 'registry.delete_extension',
    method: 'DELETE',
    path: '/extensions/{ext_id}',
    ...{ auth, tag, surface },
    summary: 'Remove an app',
    params: z.object({ ext_id: ExtId }),
    response: z.object({ app_id: z.string(), status: z.literal('deleted'), message: z.string() }),
    errors: notFound,
  }),
  userExtensions: defineRoute({
    id: 'registry.older_user_extensions',
    method: 'GET',
    path: '/user-extensions/{user_id}',
    ...{ auth, tag, surface },
    summary: 'Installs of a user',
    params: byUser,
    response: z.object({ extensions: z.array(z.looseObject({ app_id: z.string() })) }),
    errors: ['REGISTRY_KEY_FORBIDDEN'],
  }),
  addUserExtension: defineRoute({
    id: 'registry.older_add_user_extension',
    method: 'POST',
    path: '/user-extensions',
    ...{ auth, tag, surface },
    summary: 'Record an install; 200 when it was there already',
    body: z.object({
      user_id: z.union([z.string().min(1).max(64), z.int()]).transform(String),
      extension_id: RegistryAppId,
      config: JsonObject.nullish(),
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
    id: 'registry.older_remove_user_extension',
    method: 'DELETE',
    path: '/user-extensions/{user_id}/{ext_id}',
    ...{ auth, tag, surface },
    summary: 'Remove an install',
    params: byUser.extend({ ext_id: ExtId }),
    response: z.object({ app_id: z.string(), user_id: z.string(), removed: z.literal(true) }),
    errors: ['REGISTRY_KEY_FORBIDDEN', 'REGISTRY_SYSTEM_APP', 'REGISTRY_USER_NOT_FOUND'],
  }),
} as const
