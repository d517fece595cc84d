import { z } from 'zod'
import { Moment } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

export const RetentionClass = z.enum(['federal_7y', 'standard_90d', 'security_forever'])
export type RetentionClass = z.infer<typeof RetentionClass>

export const AuditRow = z.object({
  id: z.string(),
  created_at: z.string(),
  tenant_id: z.string(),
  actor_id: z.string(),
  actor_type: z.enum(['user', 'service', 'system', 'anonymous']),
  user_id: z.string().nullable(),
  action: z.string(),
  target_type: z.string().nullable(),
  target_id: z.string().nullable(),
  source: z.string(),
  ip_address: z.string().nullable(),
  changes: JsonObject.nullable(),
  metadata: JsonObject.nullable(),
  before_state: JsonObject.nullable(),
  after_state: JsonObject.nullable(),
  details: JsonObject.nullable(),
  status: z.string(),
  request_id: z.string().nullable(),
  retention_class: RetentionClass,
})
export type AuditRow = z.infer<typeof AuditRow>

export const AuditEntry = z.object({
  tenant_id: z.string().min(1).max(64).default('default'),
  actor_id: z.string().min(1).max(128),
  actor_type: z.enum(['user', 'service', 'system', 'anonymous']).default('user'),
  action: z.string().min(1).max(128),
  target_type: z.string().min(1).max(128),
  target_id: z.string().min(1).max(256),
  changes: JsonObject.nullish(),
  metadata: JsonObject.nullish(),
  source: z.string().max(64).default('api'),
  ip_address: z.string().max(64).nullish(),
})

export const audit = {
  append: defineRoute({
    id: 'audit.append',
    method: 'POST',
    path: '/v1/internal/audit',
    auth: 'svc',
    tag: 'Audit',
    summary: 'Append a row to the security and administration log',
    body: AuditEntry,
    status: 201,
    response: z.object({ id: z.string(), recorded: z.literal(true) }),
  }),
  list: defineRoute({
    id: 'audit.list',
    method: 'GET',
    path: '/v1/audit',
    auth: 'svc-or-admin',
    tag: 'Audit',
    summary: 'Rows of the security and administration log, newest first; reading it is recorded too',
    query: z.object({
      actor_id: z.string().max(128).optional(),
      target_type: z.string().max(128).optional(),
      target_id: z.string().max(256).optional(),
      action: z.string().max(128).optional(),
      source: z.string().max(128).optional(),
      from: Moment.optional(),
      to: Moment.optional(),
      page: z.coerce.number().int().min(1).default(1),
      per_page: z.coerce.number().int().min(1).max(200).default(50),
      since: Moment.optional(),
      hours: z.coerce.number().positive().max(87_600).optional(),
      actor: z.string().max(128).optional(),
      target: z.string().max(256).optional(),
      limit: z.coerce.number().int().min(1).max(500).optional(),
    }),
    response: z.object({
      entries: z.array(AuditRow),
      total: z.number().int(),
      page: z.number().int(),
      per_page: z.number().int(),
    }),
  }),
} as const
