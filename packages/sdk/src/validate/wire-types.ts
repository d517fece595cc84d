import { NarrationEmission } from '@imperal/contract/guards'
import * as z from 'zod'

const Json = z.record(z.string(), z.unknown())
const Counters = z.record(z.string(), z.number())

const ACTION_RESULT_KEYS = {
  summary: z.string().default(''),
  data: Json.default({}),
  ui: Json.optional(),
  refresh_panels: z.array(z.string()).optional(),
}

/** Success carries no error; an error carries a sentence and no data. */
const ActionResult = z
  .strictObject({
    status: z.enum(['success', 'error']),
    ...ACTION_RESULT_KEYS,
    error: z.string().regex(/\S/).optional(),
    error_code: z.string().optional(),
    retryable: z.boolean().optional(),
  })
  .refine(({ status, error }) => (status === 'error') === (error !== undefined), {
    path: ['error'],
    error: 'an error has a sentence, a success has none',
  })
  .refine(({ status, data }) => status === 'success' || Object.keys(data).length === 0, {
    path: ['data'],
    error: 'an error has no data',
  })

const Event = z.strictObject({
  event_type: z.string().regex(/^[a-z][a-z0-9_-]*(?:[.:][a-z0-9_-]+)+$/),
  timestamp: z.union([z.literal(''), z.iso.datetime()]),
  user_id: z.string().regex(/^(?:|__system__|imp_u_[A-Za-z0-9_-]+)$/),
  tenant_id: z.string().regex(/^(?:|default|imp_t_.+|[a-z0-9_-]+)$/),
  data: Json,
  event_id: z.string().optional(),
  schema_version: z.number().int().min(1).optional(),
  source: z.enum(['user', 'system', 'automation', 'rbac', 'mcp', 'webhook']).optional(),
})

const FunctionCall = z.strictObject({
  name: z.string().min(1),
  params: Json.default({}),
  action_type: z.enum(['read', 'write', 'destructive']),
  success: z.boolean(),
  intercepted: z.boolean().default(false),
  event: z.string().default(''),
  result: Json.nullish(),
})

const ChatResult = z.strictObject({
  response: z.string(),
  _handled: z.boolean().default(false),
  _functions_called: z.array(FunctionCall).default([]),
  _had_successful_action: z.boolean().default(false),
  _message_type: z.string().default('text'),
  _action_meta: Json.default({}),
  _intercepted: z.boolean().default(false),
  _task_cancelled: z.boolean().default(false),
  _narration_emission: NarrationEmission.nullable().default(null),
})

const Document = z.strictObject({
  id: z.string().min(1),
  collection: z.string().min(1),
  data: Json.default({}),
  extension_id: z.string().default(''),
  tenant_id: z.string().default('default'),
  created_at: z.string().default(''),
  updated_at: z.string().default(''),
  user_id: z.string().default(''),
  etag: z.string().default(''),
})

const CompletionResult = z.strictObject({
  text: z.string(),
  model: z.string().default(''),
  usage: Counters.default({}),
  stop_reason: z.string().default(''),
})

const LimitsResult = z.strictObject({
  allowed: z.boolean().default(true),
  balance: z.number().default(0),
  plan: z.string().default(''),
  usage: Counters.default({}),
  limits: Counters.default({}),
  exceeded: z.array(z.string()).default([]),
  message: z.string().default(''),
})

const SubscriptionInfo = z.strictObject({
  plan_id: z.string().default(''),
  plan_name: z.string().default(''),
  plan: z.string().optional(),
  status: z.string().default(''),
  period: z.string().default('monthly'),
  current_period_start: z.string().default(''),
  current_period_end: z.string().default(''),
  started_at: z.string().optional(),
  expires_at: z.string().optional(),
  cancel_at_period_end: z.boolean().optional(),
  billing_mode: z.enum(['card', 'manual', 'free']).optional(),
  card_required: z.boolean().optional(),
})

const BalanceInfo = z.strictObject({
  balance: z.number().default(0),
  plan: z.string().default(''),
  cap: z.number().default(0),
})

const FileInfo = z.strictObject({
  path: z.string().min(1),
  size: z.number().int().min(0).default(0),
  content_type: z.string().default(''),
  created_at: z.string().default(''),
  url: z.string().default(''),
})

const HttpResponse = z.strictObject({
  status_code: z.number().int().min(100).max(599),
  body: z.union([Json, z.array(z.unknown()), z.string()]),
  headers: z.record(z.string(), z.string()).default({}),
})

/** The closed objects of sdk.md 4 with the prefix of their rules. */
export const WIRE_TYPES = {
  ActionResult: { prefix: 'AR', schema: ActionResult },
  Event: { prefix: 'EV', schema: Event },
  FunctionCall: { prefix: 'FC', schema: FunctionCall },
  ChatResult: { prefix: 'CR', schema: ChatResult },
  Document: { prefix: 'DOC', schema: Document },
  CompletionResult: { prefix: 'CPL', schema: CompletionResult },
  LimitsResult: { prefix: 'LIM', schema: LimitsResult },
  SubscriptionInfo: { prefix: 'SUB', schema: SubscriptionInfo },
  BalanceInfo: { prefix: 'BAL', schema: BalanceInfo },
  FileInfo: { prefix: 'FIL', schema: FileInfo },
  HttpResponse: { prefix: 'HRS', schema: HttpResponse },
} as const
export type WireTypeName = keyof typeof WIRE_TYPES
