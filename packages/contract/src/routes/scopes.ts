import { z } from 'zod'
import { Timestamp } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

export const ScopeSource = z.enum(['platform', 'tenant', 'extension', 'role', 'user'])
export type ScopeSource = z.infer<typeof ScopeSource>

/** Through what somebody has a scope: `plan` is a feature of the plan that is paid for (K3.4). */
export const ScopeOrigin = z.enum([...ScopeSource.options, 'plan'])
export type ScopeOrigin = z.infer<typeof ScopeOrigin>

/** One scope that can be granted; those of the tenant `_platform_` exist everywhere. */
export const ScopeResponse = z.object({
  id: z.number().int(),
  name: z.string(),
  resource: z.string(),
  action: z.string(),
  display_name: z.string(),
  description: z.string(),
  source: ScopeSource,
  source_id: z.string().nullable(),
  tenant_id: z.string(),
  is_system: z.boolean(),
  created_at: Timestamp,
})
export type ScopeResponse = z.infer<typeof ScopeResponse>

const Part = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?:\*|[a-z0-9][a-z0-9_-]{0,62})$/, 'is lower-case letters, digits, _ and -, or *')

const byScope = z.object({ scope_id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })
const tag = 'scopes'

/** Scopes (api.md 3.6). */
export const scopes = {
  list: defineRoute({
    id: 'scopes.list',
    method: 'GET',
    path: '/v1/scopes',
    auth: 'svc-or-user',
    tag,
    summary: 'Scopes of the platform, of apps and of the tenant',
    query: z.object({ resource: z.string().max(64).optional(), source: ScopeSource.optional() }),
    response: z.array(ScopeResponse),
  }),
  create: defineRoute({
    id: 'scopes.create',
    method: 'POST',
    path: '/v1/scopes',
    auth: 'admin',
    tag,
    summary: 'Make a scope that roles and users can be given',
    body: z.object({
      name: z.string().trim().toLowerCase().max(200).nullish(),
      resource: Part,
      action: Part,
      display_name: z.string().trim().max(255).nullish(),
      description: z.string().trim().max(1000).nullish(),
      source: ScopeSource.default('tenant'),
      source_id: z.string().max(64).nullish(),
      tenant_id: z.string().max(64).default('_platform_'),
    }),
    status: 201,
    response: ScopeResponse,
    errors: ['IDENTITY_SCOPE_EXISTS', 'IDENTITY_BAD_SCOPES', 'IDENTITY_TENANT_NOT_FOUND'],
  }),
  effective: defineRoute({
    id: 'scopes.effective',
    method: 'GET',
    path: '/v1/scopes/effective/{user_id}',
    auth: 'svc-or-user',
    tag,
    summary: 'What a user may, and through what: role, own grants, plan, tenant, installed apps, minus what is denied',
    params: z.object({ user_id: z.string().min(1).max(64) }),
    response: z.object({
      user_id: z.string(),
      role: z.string(),
      scopes: z.array(z.object({ scope: z.string(), name: z.string(), source: ScopeOrigin })),
      denied: z.array(z.object({ scope: z.string(), source: ScopeSource, at: Timestamp })),
    }),
    errors: ['IDENTITY_USER_NOT_FOUND', 'IDENTITY_NOT_YOURS'],
  }),
  update: defineRoute({
    id: 'scopes.update',
    method: 'PATCH',
    path: '/v1/scopes/{scope_id}',
    auth: 'admin',
    tag,
    summary: 'Rename a scope for people',
    params: byScope,
    body: z.object({
      display_name: z.string().trim().max(255).nullish(),
      description: z.string().trim().max(1000).nullish(),
    }),
    response: ScopeResponse,
    errors: ['IDENTITY_SCOPE_NOT_FOUND', 'IDENTITY_SYSTEM_SCOPE'],
  }),
  remove: defineRoute({
    id: 'scopes.delete',
    method: 'DELETE',
    path: '/v1/scopes/{scope_id}',
    auth: 'admin',
    tag,
    summary: 'Remove a scope that nobody has',
    params: byScope,
    response: z.object({ message: z.string(), id: z.number().int() }),
    errors: ['IDENTITY_SCOPE_NOT_FOUND', 'IDENTITY_SYSTEM_SCOPE', 'IDENTITY_SCOPE_IN_USE'],
  }),
} as const
