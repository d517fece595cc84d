import { z } from 'zod'
import { LlmConfig, LlmProvider } from '../llm-config.ts'
import { defineRoute } from '../route.ts'

export const ModelTest = z.object({
  ok: z.boolean(),
  latency_ms: z.number(),
  model: z.string(),
  text: z.string(),
  /** In words for people; null when it answered. */
  error: z.string().nullable(),
})
export type ModelTest = z.infer<typeof ModelTest>

/**
 * A model that is to be tried. Without an address that of the stored configuration of its provider, null: the provider's own;
 * without a key the stored one, where the address is the stored one, too.
 */
export const ModelTestRequest = z.object({
  config: z.object({
    provider: LlmProvider,
    model: z.string().trim().min(1).max(200),
    api_key: z.string().max(1000).nullish(),
    base_url: z.string().trim().max(500).nullish(),
  }),
})

const Count = z.number().int()
export const UsageLine = z.object({
  /** UTC day, `YYYY-MM-DD`. */
  date: z.string(),
  purpose: z.string(),
  provider: z.string(),
  model: z.string(),
  is_own_key: z.boolean(),
  calls: Count,
  failed_calls: Count,
  failover_calls: Count,
  input_tokens: Count,
  output_tokens: Count,
  /** Dollars by the operator's rates; null: there is no rate for the model, or the key is the user's own. */
  cost: z.number().nullable(),
})
export type UsageLine = z.infer<typeof UsageLine>

export const UsageReport = z.object({
  from: z.string(),
  to: z.string(),
  lines: z.array(UsageLine),
  /** Of the current month, with the installation's models. */
  month: z.object({ tokens: Count, cap: Count.nullable() }),
})
export type UsageReport = z.infer<typeof UsageReport>

/** A UTC day; empty: today. */
const Day = z.union([z.iso.date(), z.literal('')]).default('')
const UsageQuery = z.object({ days: z.coerce.number().int().min(1).max(92).default(30) })
const DayUsage = z.object({
  date: z.string(),
  calls: Count,
  byollm_calls: Count,
  input_tokens: Count,
  output_tokens: Count,
  failover_calls: Count,
  total_latency_ms: Count,
  by_model: z.record(z.string(), Count),
})
const tag = 'models'
const Settings = z.record(z.string(), z.unknown())
const admin = { auth: 'admin', platformOnly: true, tag, surface: 'client' } as const
const service = { auth: 'svc', tag } as const
const test = { body: ModelTestRequest, rateLimit: { limit: 20, windowSeconds: 60, key: 'user' } } as const

/** Which models answer, what they may use and what they used (kernel 9, api.md 3.23). */
export const models = {
  readConfig: defineRoute({
    ...admin,
    id: 'models.read_config',
    method: 'GET',
    path: '/v1/admin/llm',
    summary: 'Models of the installation and limits of the assistant; keys are masked',
    response: z.object({ config: Settings, environment: Settings }),
  }),
  changeConfig: defineRoute({
    ...admin,
    id: 'models.change_config',
    method: 'PATCH',
    path: '/v1/admin/llm',
    summary:
      'Change models and limits: objects are merged, null goes back to the environment; in effect within a minute',
    body: LlmConfig,
    response: z.object({ config: Settings, environment: Settings }),
    errors: ['LLM_BAD_ADDRESS'],
  }),
  testModel: defineRoute({
    ...admin,
    ...test,
    id: 'models.test',
    method: 'POST',
    path: '/v1/admin/llm/test',
    summary: 'Ask a model for one word',
    response: ModelTest,
    errors: ['LLM_BAD_ADDRESS'],
  }),
  usage: defineRoute({
    ...admin,
    id: 'models.usage',
    method: 'GET',
    path: '/v1/admin/llm/usage',
    summary: 'Requests, tokens and cost by day, purpose and model, of everybody',
    query: UsageQuery,
    response: UsageReport,
  }),
  ownTest: defineRoute({
    ...test,
    id: 'models.own_test',
    method: 'POST',
    path: '/v1/me/llm/test',
    auth: 'user',
    tag,
    surface: 'client',
    summary:
      'Ask a model of one’s own for one word; without a key the stored one of the same provider and address is used',
    response: ModelTest,
    errors: ['LLM_BAD_ADDRESS'],
  }),
  ownUsage: defineRoute({
    id: 'models.own_usage',
    method: 'GET',
    path: '/v1/me/llm/usage',
    auth: 'user',
    tag,
    surface: 'client',
    summary: 'One’s own requests to models, tokens and cost by day, purpose and model',
    query: UsageQuery,
    response: UsageReport,
  }),
  serviceConfig: defineRoute({
    ...service,
    id: 'models.service_config',
    method: 'GET',
    path: '/v1/internal/config/llm',
    summary: 'Models of the installation; keys are masked',
    response: Settings,
    errors: ['HTTP_FORBIDDEN'],
  }),
  changeServiceConfig: defineRoute({
    ...service,
    id: 'models.change_service_config',
    method: 'PUT',
    path: '/v1/internal/config/llm',
    summary: 'Change models of the installation; a masked key means unchanged',
    body: z.object({ config: LlmConfig }),
    response: Settings,
    errors: ['LLM_BAD_ADDRESS', 'HTTP_FORBIDDEN'],
  }),
  providers: defineRoute({
    ...service,
    id: 'models.providers',
    method: 'GET',
    path: '/v1/internal/config/llm/providers',
    summary: 'Providers that have a key',
    response: z.array(
      z.object({ id: z.string(), name: z.string(), models: z.array(z.string()), has_key: z.boolean() }),
    ),
    errors: ['HTTP_FORBIDDEN'],
  }),
  serviceTest: defineRoute({
    ...service,
    id: 'models.service_test',
    method: 'POST',
    path: '/v1/internal/config/llm/test',
    summary: 'Ask a model for one word',
    body: ModelTestRequest,
    response: ModelTest,
    errors: ['LLM_BAD_ADDRESS', 'HTTP_FORBIDDEN'],
  }),
  serviceToolTest: defineRoute({
    ...service,
    id: 'models.service_tool_test',
    method: 'POST',
    path: '/v1/internal/config/llm/test-tools',
    summary: 'Ask a model to call a tool',
    body: ModelTestRequest,
    response: z.object({
      ok: z.boolean(),
      tool_use_supported: z.boolean(),
      latency_ms: z.number(),
      error: z.string().nullable(),
    }),
    errors: ['LLM_BAD_ADDRESS', 'HTTP_FORBIDDEN'],
  }),
  serviceUsage: defineRoute({
    ...service,
    id: 'models.service_usage',
    method: 'GET',
    path: '/v1/internal/config/llm/usage',
    summary: 'Requests and tokens of one day',
    query: z.object({ date: Day }),
    response: DayUsage,
    errors: ['HTTP_FORBIDDEN'],
  }),
  serviceUserUsage: defineRoute({
    ...service,
    id: 'models.service_user_usage',
    method: 'GET',
    path: '/v1/internal/config/llm/usage/{user_id}',
    summary: 'Requests and tokens of one user on one day',
    params: z.object({ user_id: z.string().max(128) }),
    query: z.object({ date: Day }),
    response: DayUsage,
    errors: ['HTTP_FORBIDDEN'],
  }),
  invalidate: defineRoute({
    ...service,
    id: 'models.invalidate',
    method: 'POST',
    path: '/v1/internal/config/llm/invalidate/{user_id}',
    summary: 'Forget what is remembered of the model of a user',
    params: z.object({ user_id: z.string().max(128) }),
    body: z.object({}).default({}),
    response: z.object({ ok: z.literal(true) }),
    errors: ['HTTP_FORBIDDEN'],
  }),
} as const
