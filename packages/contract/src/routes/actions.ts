import { z } from 'zod'
import { Moment } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

export const ActionStatus = z.enum([
  'success',
  'failed',
  'validation_rejected',
  'cancelled',
  'denied',
  'intercepted',
  'skipped',
  'timed_out',
  'unknown',
])
export type ActionStatus = z.infer<typeof ActionStatus>

/** One row of the action ledger: one pass of one call through the kernel (kernel 11.1). Arguments are masked. */
export const Action = z.object({
  id: z.string(),
  call_id: z.string(),
  trace_id: z.string(),
  chain_id: z.string().nullable(),
  step_id: z.string().nullable(),
  parent_task_id: z.string().nullable(),
  user_id: z.string(),
  tenant_id: z.string(),
  agency_id: z.string().nullable(),
  actor_kind: z.string(),
  source: z.string(),
  app_id: z.string(),
  tool_name: z.string(),
  action_type: z.string(),
  intent_type: z.string().nullable(),
  status: ActionStatus,
  args: JsonObject,
  masked: z.literal(true),
  error: z.string().nullable(),
  message_preview: z.string().nullable(),
  result_preview: z.string().nullable(),
  confirmation: z.string(),
  confirmation_id: z.string().nullable(),
  event_type: z.string().nullable(),
  event_id: z.string().nullable(),
  retention_class: z.string(),
  duration_ms: z.number().int(),
  facts: JsonObject,
  tokens_used: z.number().int(),
  charged_credits: z.number(),
  llm_steps: z.array(JsonObject),
  created_at: z.string(),
  completed_at: z.string(),
})
export type Action = z.infer<typeof Action>

const Stats = z.object({
  used: z.number().int(),
  total_actions: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  limit: z.number().int().nullable(),
  period: z.string(),
  llm_total_calls: z.number().int(),
  llm_total_tokens: z.number().int(),
  llm_by_model: z.array(z.object({ model: z.string(), calls: z.number().int(), tokens: z.number().int() })),
  by_app: z.array(
    z.object({ app_id: z.string(), total: z.number().int(), completed: z.number().int(), failed: z.number().int() }),
  ),
})

const Text = (longest: number) => z.string().max(longest)
const Count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const Price = z.number().min(0).max(1e12)

/** A finished action that a service of the platform tells the ledger of. `completed` is an older word for success. */
export const ActionCreateRequest = z.object({
  trace_id: z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, 'a trace id is 8 to 64 letters, digits, _ and -'),
  chain_id: Text(128).nullish(),
  parent_task_id: Text(128).nullish(),
  user_id: z.string().min(1).max(64),
  tenant_id: z.string().min(1).max(64).default('default'),
  app_id: z.string().min(1).max(64),
  tool_name: z.string().min(1).max(256),
  action_type: z.enum(['read', 'write', 'destructive']),
  intent_type: Text(64).nullish(),
  status: z.union([ActionStatus, z.literal('completed')]),
  message_preview: Text(10_000).nullish(),
  result_preview: Text(10_000).nullish(),
  error: Text(10_000).nullish(),
  duration_ms: Count.max(2_147_483_647).nullish(),
  tokens_used: Count.default(0),
  heartbeat_count: Count.default(0),
  action_price: Price.default(0),
  extension_price: Price.default(0),
  platform_fee: Price.default(0),
  worker_id: Text(128).nullish(),
  llm_provider: Text(64).nullish(),
  llm_model: Text(200).nullish(),
  llm_steps: z.array(JsonObject).max(200).nullish(),
  llm_total_calls: Count.default(0),
  llm_total_tokens: Count.default(0),
  completed_at: Moment.nullish(),
  source: z.enum(['chat', 'panel', 'mcp', 'webhook', 'automation', 'schedule', 'api']).default('api'),
  args_masked: JsonObject.default({}),
  retention_class: z.enum(['federal_7y', 'standard_90d', 'security_forever']).optional(),
})
export type ActionCreateRequest = z.infer<typeof ActionCreateRequest>

const ExtensionStats = z.object({
  app_id: z.string(),
  total_actions: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  unique_users: z.number().int(),
  success_rate: z.number(),
  avg_duration_ms: z.number().int(),
  period: z.string(),
  by_tool: z.array(
    z.object({ tool: z.string(), total: z.number().int(), completed: z.number().int(), failed: z.number().int() }),
  ),
})

const byApp = z.object({ app_id: z.string().max(64) })

const Filter = z.object({
  app_id: z.string().max(64).optional(),
  action_type: z.enum(['read', 'write', 'destructive']).optional(),
  status: z.string().max(32).optional(),
  search: z.string().max(200).optional(),
  source: z.string().max(200).optional().describe('Where calls came from, separated by commas: `chat,panel,api`.'),
  surfaces: z
    .stringbool()
    .default(true)
    .describe('`false` leaves out calls that only draw: panels, trays, menus and widgets.'),
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).max(200).default(50),
})

/** The action ledger (api.md 3.18). */
export const actions = {
  record: defineRoute({
    id: 'actions.record',
    method: 'POST',
    path: '/v1/actions',
    auth: 'svc',
    tag: 'actions',
    summary: 'Record a finished action of a service; the same one again changes nothing',
    body: ActionCreateRequest,
    response: z.object({ recorded: z.literal(true), trace_id: z.string() }),
    errors: ['KERNEL_ACTION_DIFFERS', 'KERNEL_USER_NOT_FOUND', 'KERNEL_NOT_YOURS'],
  }),
  extensionStats: defineRoute({
    id: 'actions.extension_stats',
    method: 'GET',
    path: '/v1/actions/stats/extension/{app_id}',
    auth: 'dev',
    tag: 'actions',
    summary: 'Counts of all calls to an own app in the current month',
    params: byApp,
    response: ExtensionStats,
    errors: ['KERNEL_APP_NOT_FOUND'],
  }),
  marketplaceStats: defineRoute({
    id: 'actions.marketplace_stats',
    method: 'GET',
    path: '/v1/actions/stats/marketplace/{app_id}',
    auth: 'svc',
    tag: 'actions',
    summary: 'What the marketplace shows of the use of an app; up to an hour old',
    params: byApp,
    response: z.object({
      app_id: z.string(),
      total_actions: z.number().int(),
      active_users: z.number().int(),
      success_rate: z.number(),
      avg_duration_ms: z.number().int(),
    }),
    errors: ['KERNEL_APP_NOT_FOUND'],
  }),
  internalList: defineRoute({
    id: 'actions.internal_list',
    method: 'GET',
    path: '/v1/internal/actions',
    auth: 'svc',
    tag: 'actions',
    summary: 'Actions of one user, newest first',
    query: Filter.extend({ user_id: z.string().min(1).max(64) }),
    response: z.object({
      actions: z.array(Action),
      total: z.number().int(),
      page: z.number().int(),
      per_page: z.number().int(),
    }),
    errors: ['KERNEL_USER_NOT_FOUND'],
  }),
  internalStats: defineRoute({
    id: 'actions.internal_stats',
    method: 'GET',
    path: '/v1/internal/actions/stats',
    auth: 'svc',
    tag: 'actions',
    summary: 'Counts of one user, or with `admin=true` of the whole platform',
    query: z
      .object({
        user_id: z.string().min(1).max(64).optional(),
        admin: z.stringbool().default(false),
        from: Moment.optional(),
        to: Moment.optional(),
      })
      .refine((query) => query.admin || query.user_id !== undefined, {
        path: ['user_id'],
        message: 'Name a user, or ask for admin=true.',
      }),
    response: Stats,
    errors: ['KERNEL_USER_NOT_FOUND'],
  }),
  internalExtensionStats: defineRoute({
    id: 'actions.internal_extension_stats',
    method: 'GET',
    path: '/v1/internal/actions/stats/extension/{app_id}',
    auth: 'svc',
    tag: 'actions',
    summary: 'Counts of all calls to an app in the current month',
    params: byApp,
    response: ExtensionStats,
    errors: ['KERNEL_APP_NOT_FOUND'],
  }),
  list: defineRoute({
    id: 'actions.list',
    method: 'GET',
    path: '/v1/actions',
    auth: 'user',
    tag: 'actions',
    summary: 'Own actions, newest first',
    query: Filter,
    response: z.object({
      actions: z.array(Action),
      total: z.number().int(),
      page: z.number().int(),
      per_page: z.number().int(),
    }),
  }),
  stats: defineRoute({
    id: 'actions.stats',
    method: 'GET',
    path: '/v1/actions/stats',
    auth: 'user',
    tag: 'actions',
    summary: 'Counts of own actions in the current month',
    response: Stats,
  }),
  get: defineRoute({
    id: 'actions.get',
    method: 'GET',
    path: '/v1/actions/{trace_id}',
    auth: 'user',
    tag: 'actions',
    summary: 'Everything that happened under one trace',
    params: z.object({ trace_id: z.string().max(64) }),
    response: Action.extend({
      calls: z.array(Action),
      story: z
        .array(z.string())
        .describe('What happened, in sentences: message, plan, calls with gates, narration, price.'),
    }),
    errors: ['KERNEL_ACTION_NOT_FOUND'],
  }),
}
