import { z } from 'zod'
import { Timestamp } from '../identifiers.ts'
import { JsonObject, JsonValue } from '../json.ts'
import { defineRoute } from '../route.ts'

/** One finding about a declarative document: rule, place and what to do (ir 10.1). */
export const DocumentIssue = z.object({
  rule: z.string(),
  level: z.enum(['ERROR', 'WARN']),
  message: z.string(),
  path: z.string().optional(),
  fix: z.string().optional(),
})
export type DocumentIssue = z.infer<typeof DocumentIssue>

/** What a deploy or a rollback answers (ir 13.3). `ir_version` is the document's own version label. */
export const DeployReceipt = z.object({
  app_id: z.string(),
  deployed_at: Timestamp,
  steps_registered: z.number().int(),
  ir_version: z.string(),
  format_version: z.string(),
  functions_registered: z.number().int(),
  functions: z.array(z.string()),
  revision: z.number().int(),
  previous_revision: z.number().int().nullable(),
  sha256: z.string(),
  unchanged: z.boolean(),
  status: z.literal('deployed'),
  validation: z.literal('ok'),
  commit: z.string(),
  tools_synced: z.number().int(),
  panels_synced: z.boolean(),
  icon_synced: z.boolean(),
  manifest_synced: z.boolean(),
  migrations_applied: z.array(z.string()).nullable(),
  dev_mode: z.boolean(),
  submitted: z.boolean(),
  review: z.enum(['none', 'submitted', 'required']),
  warnings: z.array(DocumentIssue),
  id: z.string(),
  title: z.string(),
  kind: z.literal('deploy'),
})
export type DeployReceipt = z.infer<typeof DeployReceipt>

/** One stored deploy of a declarative app, without its document. */
export const DocumentRevision = z.object({
  revision: z.number().int(),
  active: z.boolean(),
  version: z.string(),
  format_version: z.string(),
  sha256: z.string(),
  steps: z.number().int(),
  functions: z.array(z.string()),
  /** The revision whose content a rollback brought back. */
  content_of: z.number().int().nullable(),
  created_by: z.string(),
  created_at: Timestamp,
  warnings: z.array(DocumentIssue),
})
export type DocumentRevision = z.infer<typeof DocumentRevision>

/** What one call of a declarative function did: ids, never values. Kept for failures and changes, and for some reads. */
export const DocumentRunRecord = z.object({
  revision: z.number().int().nullable(),
  function: z.string(),
  status: z.enum(['success', 'error']),
  error_code: z.string().nullable(),
  step: z.string().nullable(),
  path: z.array(z.string()),
  affected: z.array(z.string()),
  /** What was left out because nobody was there to be led anywhere. */
  notes: z.array(z.string()),
  duration_ms: z.number().int(),
  trace_id: z.string(),
  created_at: Timestamp,
})
export type DocumentRunRecord = z.infer<typeof DocumentRunRecord>

const tag = 'ir'
const surface = 'client'
// Wider than an app's id: what is no id of an app is answered by a rule of its own (I3.1).
const byApp = z.object({
  app_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "Invalid app_id (allowed: letters, digits, '_' and '-'; max 64 chars)."),
})
const Revision = z.coerce.number().int().min(1).max(2_147_483_647)
const LARGEST = 1024 * 1024
const owned = ['IR_APP_NOT_FOUND', 'IR_DEVELOPER_REQUIRED'] as const
const deploying = [
  ...owned,
  'IR_DOCUMENT_INVALID',
  'IR_DEPLOY_LIMIT',
  'IR_REVISION_CONFLICT',
  'IR_REVIEW_REQUIRED',
  'DEVELOPER_REVIEW_NEEDED',
  'DEVELOPER_DEPLOY_RUNNING',
  'DEVELOPER_SUSPENDED_BY_ADMIN',
  'REGISTRY_ICON_INVALID',
] as const

/** Declarative apps: documents instead of code (ir 13 to 15). */
export const ir = {
  schema: defineRoute({
    id: 'ir.schema',
    surface,
    method: 'GET',
    path: '/v1/ir/schema',
    auth: 'none',
    tag,
    summary: 'JSON Schema of a declarative document, for editors',
    response: JsonObject,
  }),
  validate: defineRoute({
    id: 'ir.validate',
    surface,
    method: 'POST',
    path: '/v1/ir/validate',
    auth: 'user',
    reads: true,
    tag,
    summary: 'Check a document; every problem comes with its place and a fix',
    body: z.object({ ir_dict: JsonValue, app_id: z.string().max(64).optional() }),
    bodyLimit: LARGEST,
    response: z.object({
      valid: z.boolean(),
      issues: z.array(DocumentIssue),
      /** What the document would register; null when it is not valid. */
      manifest: JsonObject.nullable(),
    }),
    rateLimit: { limit: 120, windowSeconds: 60, key: 'user' },
  }),
  smoke: defineRoute({
    id: 'ir.smoke',
    surface,
    method: 'POST',
    path: '/v1/ir/smoke',
    auth: 'user',
    reads: true,
    tag,
    summary: 'Run one function of a document in an empty store that is thrown away',
    body: z.object({
      ir_dict: JsonValue,
      function: z.string().min(1).max(128),
      args: JsonObject.default({}),
    }),
    bodyLimit: LARGEST,
    response: z.object({
      ok: z.boolean(),
      result: JsonValue.optional(),
      summary: z.string().optional(),
      ui: JsonValue.optional(),
      trace: JsonObject.optional(),
      error_code: z.string().optional(),
      error: z.string().optional(),
      issues: z.array(DocumentIssue).optional(),
    }),
    errors: ['IR_SMOKE_BUSY'],
    rateLimit: { limit: 60, windowSeconds: 60, key: 'user' },
  }),
  deploy: defineRoute({
    id: 'ir.deploy',
    surface,
    method: 'POST',
    path: '/v1/developer/apps/{app_id}/ir',
    auth: 'user',
    tag,
    summary: 'Deploy a document: validate, store a revision, make it live',
    params: byApp,
    body: z.object({
      ir_dict: JsonValue,
      dev_mode: z.boolean().default(false),
      expected_revision: Revision.nullish(),
    }),
    bodyLimit: LARGEST,
    status: 201,
    response: DeployReceipt,
    errors: deploying,
  }),
  revisions: defineRoute({
    id: 'ir.revisions',
    surface,
    method: 'GET',
    path: '/v1/developer/apps/{app_id}/ir',
    auth: 'user',
    tag,
    summary: 'Revisions of a declarative app, newest first',
    params: byApp,
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    response: z.object({
      app_id: z.string(),
      active_revision: z.number().int().nullable(),
      revisions: z.array(DocumentRevision),
    }),
    errors: owned,
  }),
  document: defineRoute({
    id: 'ir.document',
    surface,
    method: 'GET',
    path: '/v1/developer/apps/{app_id}/ir/document',
    auth: 'user',
    tag,
    summary: 'The source document of a revision; without one that of the active revision',
    params: byApp,
    query: z.object({ revision: Revision.optional() }),
    response: z.object({ app_id: z.string(), revision: z.number().int(), version: z.string(), ir_dict: JsonObject }),
    errors: [...owned, 'IR_REVISION_NOT_FOUND'],
  }),
  rollback: defineRoute({
    id: 'ir.rollback',
    surface,
    method: 'POST',
    path: '/v1/developer/apps/{app_id}/ir/rollback',
    auth: 'user',
    tag,
    summary: 'Bring back the content of an earlier revision as a new one; data stays as it is',
    params: byApp,
    body: z.object({ to_revision: Revision.nullish() }),
    response: DeployReceipt,
    errors: [...deploying, 'IR_REVISION_NOT_FOUND', 'IR_REVISION_INVALID'],
  }),
  runs: defineRoute({
    id: 'ir.runs',
    surface,
    method: 'GET',
    path: '/v1/developer/apps/{app_id}/ir/runs',
    auth: 'user',
    tag,
    summary: 'What calls of a declarative app did lately, step by step, newest first',
    params: byApp,
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    response: z.object({ app_id: z.string(), runs: z.array(DocumentRunRecord) }),
    errors: owned,
  }),
}
