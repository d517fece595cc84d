import { z } from 'zod'
import { AppId } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

export const ConfigScope = z.enum(['platform', 'tenant', 'app', 'user'])
export type ConfigScope = z.infer<typeof ConfigScope>

/** One layer of the cascade as it is stored; empty objects where nothing was. */
export const ConfigResponse = z.object({
  scope: ConfigScope,
  scope_id: z.string(),
  tenant_id: z.string().nullable(),
  app_id: z.string().nullable(),
  config: JsonObject,
  /** Of a tenant: wins over everything. */
  enforced: JsonObject,
  /** Of a tenant: by the name of a role. */
  role_defaults: JsonObject,
})
export type ConfigResponse = z.infer<typeof ConfigResponse>

const Layer = JsonObject.nullish()
export const ConfigUpdateRequest = z.object({
  config: Layer,
  enforced: Layer,
  role_defaults: Layer,
  updated_by: z.string().max(128).nullish(),
})

const tag = 'Configuration'
const one = {
  path: '/v1/internal/config/{scope}/{scope_id}',
  auth: 'svc',
  tag,
  params: z.object({ scope: ConfigScope, scope_id: z.string().min(1).max(64) }),
  query: z.object({
    tenant_id: z.string().min(1).max(64).optional().describe('Of a user; the one of the user unless it is named.'),
    app_id: AppId.optional().describe('What holds for this app alone; absent: for all apps.'),
  }),
  response: ConfigResponse,
} as const
const foreign = ['KERNEL_USER_NOT_FOUND', 'KERNEL_TENANT_NOT_FOUND', 'KERNEL_NO_SUCH_APP', 'KERNEL_NOT_YOURS'] as const

/** The configuration of apps in its layers (api.md 3.23, kernel K8.35). */
export const config = {
  resolve: defineRoute({
    id: 'config.resolve',
    method: 'GET',
    path: '/v1/internal/config/resolve',
    auth: 'svc',
    tag,
    summary: 'What `ctx.config` of an app holds for somebody',
    query: z.object({
      tenant_id: z.string().min(1).max(64),
      app_id: AppId,
      role: z.string().min(1).max(64).default('user').describe('Counts where no user is named.'),
      user_id: z.string().max(64).default(''),
    }),
    response: JsonObject,
    errors: foreign,
  }),
  get: defineRoute({
    ...one,
    id: 'config.get',
    method: 'GET',
    summary: 'One layer; empty when nothing was stored',
    errors: foreign,
  }),
  update: defineRoute({
    ...one,
    id: 'config.update',
    method: 'PUT',
    summary: 'Change one layer: objects are merged, lists replaced, `null` deletes',
    body: ConfigUpdateRequest,
    errors: [...foreign, 'KERNEL_CONFIG_OF_TENANTS_ONLY', 'KERNEL_CONFIG_TOO_LARGE', 'KERNEL_CONFIG_HOLDS_SECRET'],
  }),
} as const
