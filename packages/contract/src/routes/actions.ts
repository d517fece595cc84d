import { z } from 'zod'
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

const Filter = z.object({
  app_id: z.string().max(64).optional(),
  action_type: z.enum(['read', 'write', 'destructive']).optional(),
  status: z.string().max(32).optional(),
  search: z.string().max(200).optional(),
  source: z.string().max(200).optional().describe('Where calls came from, separated by commas: `chat,panel,api`.'),
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).max(200).default(50),
})

/** Reading the action ledger (api.md 3.18). */
export const actions = {
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
    response: Action.extend({ calls: z.array(Action) }),
    errors: ['KERNEL_ACTION_NOT_FOUND'],
  }),
}
