import { z } from 'zod'
import { AppId, Timestamp } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

const ConfirmationPolicy = z.enum(['enforced', 'default_on', 'default_off', 'disabled'])
const ScopeList = z.array(z.string().trim().min(1).max(200)).max(500)

/** A role: what its users may, and how they are treated. Roles of the tenant `_platform_` exist in every tenant. */
export const RoleResponse = z.object({
  id: z.uuid(),
  tenant_id: z.string(),
  name: z.string(),
  display_name: z.string(),
  default_scopes: z.array(z.string()),
  denied_scopes: z.array(z.string()),
  default_attributes: JsonObject,
  default_extensions: z.array(z.string()),
  confirmation_policy: ConfirmationPolicy,
  max_concurrent_tasks: z.number().int(),
  monthly_action_limit: z.number().int(),
  context_window: z.number().int(),
  is_system: z.boolean(),
  created_at: Timestamp,
})
export type RoleResponse = z.infer<typeof RoleResponse>

const Members = {
  display_name: z.string().trim().max(255),
  default_scopes: ScopeList,
  denied_scopes: ScopeList,
  default_attributes: JsonObject,
  default_extensions: z.array(AppId).max(100).describe('Apps that a new user with the role gets.'),
  confirmation_policy: ConfirmationPolicy,
  max_concurrent_tasks: z.int().min(1).max(50),
  monthly_action_limit: z.int().min(0).max(1_000_000_000),
  context_window: z.int().min(1).max(200),
}

const byRole = z.object({ role_id: z.string().max(64) })
const tag = 'roles'

/** Roles (api.md 3.5). */
export const roles = {
  list: defineRoute({
    id: 'roles.list',
    method: 'GET',
    path: '/v1/roles',
    auth: 'svc-or-admin',
    tag,
    summary: 'Roles of the platform and of the tenant',
    response: z.array(RoleResponse),
  }),
  create: defineRoute({
    id: 'roles.create',
    method: 'POST',
    path: '/v1/roles',
    auth: 'admin',
    tag,
    summary: 'Create a role of the tenant',
    body: z.object({
      name: z
        .string()
        .trim()
        .regex(/^[a-z][a-z0-9_-]{1,62}$/, 'a role is 2 to 63 lower-case letters, digits, _ and -'),
      display_name: Members.display_name.default(''),
      default_scopes: Members.default_scopes.default([]),
      denied_scopes: Members.denied_scopes.default([]),
      default_attributes: Members.default_attributes.default({}),
      default_extensions: Members.default_extensions.default([]),
      confirmation_policy: Members.confirmation_policy.default('default_off'),
      max_concurrent_tasks: Members.max_concurrent_tasks.default(3),
      monthly_action_limit: Members.monthly_action_limit.default(500),
      context_window: Members.context_window.default(20),
    }),
    status: 201,
    response: RoleResponse,
    errors: ['IDENTITY_ROLE_EXISTS', 'IDENTITY_BAD_SCOPES'],
  }),
  update: defineRoute({
    id: 'roles.update',
    method: 'PATCH',
    path: '/v1/roles/{role_id}',
    auth: 'admin',
    tag,
    summary: 'Change a role; `cascade` gives its users exactly its scopes',
    params: byRole,
    query: z.object({ cascade: z.stringbool().default(false) }),
    body: z.object({
      name: z.string().max(64).nullish(),
      display_name: Members.display_name.nullish(),
      default_scopes: Members.default_scopes.nullish(),
      denied_scopes: Members.denied_scopes.nullish(),
      default_attributes: Members.default_attributes.nullish(),
      default_extensions: Members.default_extensions.nullish(),
      confirmation_policy: Members.confirmation_policy.nullish(),
      max_concurrent_tasks: Members.max_concurrent_tasks.nullish(),
      monthly_action_limit: Members.monthly_action_limit.nullish(),
      context_window: Members.context_window.nullish(),
    }),
    response: RoleResponse.extend({ cascaded_count: z.number().int() }),
    errors: [
      'IDENTITY_ROLE_NOT_FOUND',
      'IDENTITY_ROLE_NAME_FIXED',
      'IDENTITY_ADMIN_ROLE',
      'IDENTITY_SYSTEM_ROLE',
      'IDENTITY_BAD_SCOPES',
    ],
  }),
  remove: defineRoute({
    id: 'roles.delete',
    method: 'DELETE',
    path: '/v1/roles/{role_id}',
    auth: 'admin',
    tag,
    summary: 'Remove a role that nobody has',
    params: byRole,
    response: z.object({ message: z.string(), id: z.string() }),
    errors: ['IDENTITY_ROLE_NOT_FOUND', 'IDENTITY_SYSTEM_ROLE', 'IDENTITY_ROLE_IN_USE'],
  }),
} as const
