import { z } from 'zod'
import { Timestamp } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

const NewTenantId = z
  .string()
  .min(2)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'a tenant id is lower-case letters, digits, _ and -')

const AuthMethods = z
  .string()
  .max(100)
  .refine(
    (list) => list.split(',').every((method) => /^(email|api_key|oidc)$/.test(method.trim())),
    'is a comma-separated list of email, api_key and oidc',
  )
  .refine((list) => /email|oidc/.test(list), 'leaves people no way in: keep email or oidc')

/** A tenant; what belongs to its database is never shown. */
export const TenantResponse = z.object({
  id: z.string(),
  tenant_id: z.string(),
  name: z.string(),
  /** Every tenant's rows lie in the platform's PostgreSQL, kept apart by row-level security. */
  db_backend: z.literal('postgres'),
  isolation: z.literal('shared'),
  allowed_auth_methods: z.string(),
  max_connections: z.number().int(),
  features: JsonObject,
  is_active: z.boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
  parent_tenant_id: z.string().nullable(),
  can_resell: z.boolean(),
  custom_pricing: JsonObject,
  ui_config: JsonObject,
  /** Scopes that every user of the tenant has. */
  default_scopes: z.array(z.string()),
})
export type TenantResponse = z.infer<typeof TenantResponse>

/** What a member sees of the own tenant; an administrator sees all of it. */
export const TenantAnswer = z.union([
  TenantResponse,
  z.object({ id: z.string(), tenant_id: z.string(), name: z.string(), is_active: z.boolean() }),
])

const ScopeList = z.array(z.string().trim().min(1).max(200)).max(500)

const Changes = {
  name: z.string().trim().min(1).max(255),
  allowed_auth_methods: AuthMethods,
  max_connections: z.int().min(1).max(1000),
  features: JsonObject.describe(
    '`signup_open` lets strangers sign up here; `signup_domains` lists the mail domains that they may have.',
  ),
  default_scopes: ScopeList,
}

const Isolation = z.string().max(32).nullish()

const byTenant = z.object({ tenant_id: z.string().min(1).max(64) })
const tag = 'tenants'

/** Tenants (api.md 3.3). */
export const tenants = {
  create: defineRoute({
    id: 'tenants.create',
    method: 'POST',
    path: '/v1/tenants',
    auth: 'admin',
    tag,
    summary: 'Create a tenant; for administrators of the platform',
    body: z.object({
      tenant_id: NewTenantId,
      name: Changes.name,
      allowed_auth_methods: Changes.allowed_auth_methods.default('email,api_key'),
      max_connections: Changes.max_connections.default(10),
      features: Changes.features.default({}),
      default_scopes: Changes.default_scopes.default([]),
      parent_tenant_id: z.string().max(64).nullish(),
      isolation: Isolation,
    }),
    status: 201,
    response: TenantResponse,
    errors: [
      'IDENTITY_TENANT_EXISTS',
      'IDENTITY_TENANT_NOT_FOUND',
      'IDENTITY_DEDICATED_TENANT',
      'IDENTITY_PLATFORM_ADMIN_ONLY',
    ],
  }),
  list: defineRoute({
    id: 'tenants.list',
    method: 'GET',
    path: '/v1/tenants',
    auth: 'svc-or-admin',
    tag,
    summary: 'All tenants; an administrator of one sees it and its children',
    response: z.array(TenantResponse),
  }),
  get: defineRoute({
    id: 'tenants.get',
    method: 'GET',
    path: '/v1/tenants/{tenant_id}',
    auth: 'svc-or-user',
    tag,
    summary: 'One tenant; its members see name and state',
    params: byTenant,
    response: TenantAnswer,
    errors: ['IDENTITY_TENANT_NOT_FOUND'],
  }),
  update: defineRoute({
    id: 'tenants.update',
    method: 'PATCH',
    path: '/v1/tenants/{tenant_id}',
    auth: 'admin',
    tag,
    summary: 'Change a tenant; deactivating one signs its users out',
    params: byTenant,
    body: z.object({
      name: Changes.name.nullish(),
      allowed_auth_methods: Changes.allowed_auth_methods.nullish(),
      max_connections: Changes.max_connections.nullish(),
      features: Changes.features.nullish(),
      default_scopes: Changes.default_scopes.nullish(),
      is_active: z.boolean().nullish(),
      isolation: Isolation,
    }),
    response: TenantResponse,
    errors: [
      'IDENTITY_TENANT_NOT_FOUND',
      'IDENTITY_DEFAULT_TENANT',
      'IDENTITY_DEDICATED_TENANT',
      'IDENTITY_PLATFORM_ADMIN_ONLY',
    ],
  }),
  remove: defineRoute({
    id: 'tenants.delete',
    method: 'DELETE',
    path: '/v1/tenants/{tenant_id}',
    auth: 'admin',
    tag,
    summary: 'Deactivate a tenant without active users; for administrators of the platform',
    params: byTenant,
    response: z.object({ message: z.string(), tenant_id: z.string() }),
    errors: [
      'IDENTITY_TENANT_NOT_FOUND',
      'IDENTITY_DEFAULT_TENANT',
      'IDENTITY_TENANT_IN_USE',
      'IDENTITY_PLATFORM_ADMIN_ONLY',
    ],
  }),
  health: defineRoute({
    id: 'tenants.health',
    method: 'GET',
    path: '/v1/tenants/{tenant_id}/health',
    auth: 'svc-or-admin',
    tag,
    summary: 'Does the database answer for this tenant',
    params: byTenant,
    response: z.object({ tenant_id: z.string(), db_backend: z.string(), healthy: z.boolean(), message: z.string() }),
    errors: ['IDENTITY_TENANT_NOT_FOUND'],
  }),
} as const
