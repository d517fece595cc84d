import { z } from 'zod'
import { AppId, Timestamp, UserId } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

/** A user as administrators see one; `scopes` are those granted to the user alone. */
export const UserDetailResponse = z.object({
  id: UserId,
  imperal_id: UserId,
  email: z.string(),
  tenant_id: z.string(),
  agency_id: z.string().nullable(),
  org_id: z.string().nullable(),
  role: z.string(),
  scopes: z.array(z.string()),
  denied_scopes: z.array(z.string()),
  attributes: JsonObject,
  is_active: z.boolean(),
  status: z.enum(['pending_verification', 'active', 'inactive', 'erased']),
  auth_method: z.string(),
  created_at: Timestamp,
  last_login: Timestamp.nullable(),
  display_name: z.string(),
  full_name: z.string(),
  role_confirmation_policy: z.enum(['enforced', 'default_on', 'default_off', 'disabled']),
  max_concurrent_tasks: z.number().int(),
})
export type UserDetailResponse = z.infer<typeof UserDetailResponse>

const Email = z
  .string()
  .trim()
  .max(255)
  .meta({ format: 'email' })
  .pipe(z.email())
  .transform((email) => email.toLowerCase())
const ScopeList = z.array(z.string().trim().min(1).max(200)).max(500)
const GivenName = z.string().trim().max(100).nullish()
const RoleName = z.string().trim().min(1).max(64)
const AgencyId = z.string().max(50).nullish()

const byUser = z.object({ user_id: z.string().min(1).max(64) })
const flag = z.stringbool().optional()
const tag = 'users'
const notFound = ['IDENTITY_USER_NOT_FOUND', 'IDENTITY_NOT_YOURS'] as const

const Disabling = z.object({ app_id: z.string(), disabled: z.boolean() })

/** Users and their apps (api.md 3.4). */
export const users = {
  list: defineRoute({
    id: 'users.list',
    method: 'GET',
    path: '/v1/users',
    auth: 'svc-or-admin',
    tag,
    summary: 'Users of the tenant, newest first',
    query: z.object({
      role: z.string().max(64).optional(),
      include_inactive: flag,
      search: z.string().max(200).optional().describe('Part of the e-mail address, the name or the id.'),
      scope: z.string().max(200).optional().describe('Users that have it through their role or by themselves.'),
      is_active: flag,
      tenant_id: z.string().max(64).optional().describe('Another tenant; for administrators of the platform.'),
      limit: z.coerce.number().int().min(1).max(1000).optional().describe('50, and 200 at most; for services 1000.'),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
    response: z.object({
      items: z.array(UserDetailResponse),
      total: z.number().int(),
      limit: z.number().int(),
      offset: z.number().int(),
    }),
    errors: ['IDENTITY_TENANT_NOT_FOUND'],
  }),
  create: defineRoute({
    id: 'users.create',
    method: 'POST',
    path: '/v1/users',
    auth: 'admin',
    tag,
    summary: 'Create a user who is active at once',
    body: z.object({
      email: Email,
      password: z.string().min(8).max(128),
      role: RoleName.default('user'),
      scopes: ScopeList.nullish(),
      attributes: JsonObject.nullish(),
      agency_id: AgencyId,
      first_name: GivenName,
      last_name: GivenName,
      tenant_id: z.string().max(64).optional().describe('Another tenant; for administrators of the platform.'),
    }),
    status: 201,
    response: UserDetailResponse,
    errors: [
      'IDENTITY_EMAIL_TAKEN',
      'IDENTITY_ROLE_UNKNOWN',
      'IDENTITY_AGENCY_NOT_FOUND',
      'IDENTITY_TENANT_NOT_FOUND',
      'IDENTITY_FOREIGN_TENANT',
      'IDENTITY_PASSWORD_TOO_SHORT',
      'IDENTITY_BAD_SCOPES',
      'IDENTITY_NICKNAME_TAKEN',
    ],
  }),
  get: defineRoute({
    id: 'users.get',
    method: 'GET',
    path: '/v1/users/{user_id}',
    auth: 'svc-or-user',
    tag,
    summary: 'One user; everybody sees oneself, administrators everybody of their tenant',
    params: byUser,
    response: UserDetailResponse,
    errors: notFound,
  }),
  update: defineRoute({
    id: 'users.update',
    method: 'PATCH',
    path: '/v1/users/{user_id}',
    auth: 'admin',
    tag,
    summary: 'Change a user; `attributes` are merged, and `null` removes one of them',
    params: byUser,
    body: z.object({
      role: RoleName.nullish(),
      scopes: ScopeList.nullish(),
      denied_scopes: ScopeList.nullish(),
      attributes: JsonObject.nullish(),
      is_active: z.boolean().nullish(),
      agency_id: AgencyId.describe('An empty text or null takes the user out of the agency.'),
      first_name: GivenName,
      last_name: GivenName,
    }),
    response: UserDetailResponse,
    errors: [
      ...notFound,
      'IDENTITY_LAST_ADMIN',
      'IDENTITY_ROLE_UNKNOWN',
      'IDENTITY_AGENCY_NOT_FOUND',
      'IDENTITY_BAD_SCOPES',
      'IDENTITY_ATTRIBUTES_TOO_LARGE',
      'IDENTITY_TIER_UNKNOWN',
    ],
  }),
  remove: defineRoute({
    id: 'users.delete',
    method: 'DELETE',
    path: '/v1/users/{user_id}',
    auth: 'admin',
    tag,
    summary: 'Deactivate a user, or erase everything of the user but ledger and log',
    params: byUser,
    query: z.object({ permanent: z.stringbool().default(false) }),
    response: z.object({ message: z.string(), user_id: z.string(), permanent: z.boolean() }),
    errors: [...notFound, 'IDENTITY_LAST_ADMIN', 'IDENTITY_ONESELF'],
  }),
  resetConversation: defineRoute({
    id: 'users.reset_conversation',
    method: 'POST',
    path: '/v1/users/{user_id}/reset-conversation',
    auth: 'svc-or-user',
    tag,
    summary: 'The assistant forgets what was said to this user, and what it does for the user stops',
    params: byUser,
    body: z.looseObject({}),
    response: z.object({
      /** Messages that the assistant no longer looks at. */
      redis_keys_deleted: z.number().int(),
      workflow_terminated: z.boolean(),
    }),
    errors: notFound,
  }),
  extensions: defineRoute({
    id: 'users.extensions',
    method: 'GET',
    path: '/v1/users/{user_id}/extensions',
    auth: 'svc-or-user',
    tag,
    summary: 'Every app that the user has or could have, and why',
    params: byUser,
    response: z.object({
      extensions: z.array(
        z.object({
          app_id: z.string(),
          name: z.string(),
          display_name: z.string(),
          category: z.string(),
          version: z.string(),
          system: z.boolean(),
          has_access: z.boolean(),
          enabled: z.boolean(),
          is_installed: z.boolean(),
          access_reason: z.string(),
        }),
      ),
    }),
    errors: notFound,
  }),
  disableExtension: defineRoute({
    id: 'users.disable_extension',
    method: 'POST',
    path: '/v1/users/{user_id}/extensions/disable',
    auth: 'svc-or-user',
    tag,
    summary: 'Switch an app of the user off',
    params: byUser,
    body: z.object({ app_id: AppId }),
    response: Disabling,
    errors: [...notFound, 'REGISTRY_APP_NOT_FOUND', 'MARKETPLACE_ESSENTIAL_APP'],
  }),
  enableExtension: defineRoute({
    id: 'users.enable_extension',
    method: 'DELETE',
    path: '/v1/users/{user_id}/extensions/disable/{app_id}',
    auth: 'svc-or-user',
    tag,
    summary: 'Switch an app of the user on again',
    params: byUser.extend({ app_id: AppId }),
    response: Disabling,
    errors: [...notFound, 'REGISTRY_APP_NOT_FOUND'],
  }),
} as const
