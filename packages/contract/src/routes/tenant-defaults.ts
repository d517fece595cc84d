import { z } from 'zod'
import { JsonObject } from '../json.ts'
import { LLM_PURPOSES } from '../llm-config.ts'
import { defineRoute } from '../route.ts'

const whole = (minimum: number, fallback: number, maximum: number) => ({
  schema: z.int().min(minimum).max(maximum),
  fallback,
})
const flag = (fallback: boolean) => ({ schema: z.boolean(), fallback })
const share = (minimum: number, maximum: number) => ({ schema: z.number().min(minimum).max(maximum), fallback: null })

const sampling = (purpose: string) => ({
  [`purpose_${purpose}_temperature`]: share(0, 2),
  [`purpose_${purpose}_top_p`]: share(0, 1),
  [`purpose_${purpose}_presence_penalty`]: share(-2, 2),
  [`purpose_${purpose}_frequency_penalty`]: share(-2, 2),
})

interface Default {
  readonly schema: z.ZodType
  readonly fallback: number | boolean | null
}

const SAMPLING: Readonly<Record<`purpose_${string}`, Default>> = Object.assign(
  {},
  ...Object.keys(LLM_PURPOSES).map(sampling),
)

const LIMITS = {
  narration_history_limit: whole(4, 12, 200),
  judge_digest_chars: whole(2000, 8000, 128_000),
  chain_prior_step_max_chars: whole(500, 8000, 128_000),
  chain_prior_total_max_chars: whole(3000, 64_000, 500_000),
  hub_dispatch_max_depth: whole(0, 6, 9),
  automation_main_max_tokens: whole(256, 4096, 32_000),
  automation_condition_max_tokens: whole(10, 50, 4096),
  intent_classifier_planner_max_tokens: whole(512, 4096, 32_000),
  prose_judge_max_tokens: whole(256, 4096, 32_000),
  system_handlers_max_tokens: whole(256, 2048, 32_000),
  default_max_response_tokens: whole(256, 1024, 32_000),
  default_max_tool_rounds: whole(1, 10, 100),
  default_routing_context: whole(4, 20, 200),
  default_kav_max_retries: whole(0, 2, 50),
  default_confirmation_enabled: flag(false),
} as const satisfies Record<string, Default>

/** What administrators may set for a tenant: the schema and the default of each (api.md 3.13, kernel 9.4a). */
export const TENANT_DEFAULTS: Readonly<Record<string, Default>> = { ...LIMITS, ...SAMPLING }

type Known = typeof LIMITS
/** Values in force for a tenant; sampling values that nobody set are null. */
export type TenantDefaults = {
  readonly [Name in keyof Known]: Known[Name]['fallback'] extends boolean ? boolean : number
} & {
  readonly [sampling: `purpose_${string}`]: number | null
}

/** Some of them; `null` goes back to the default. Unknown names are refused. */
export const TenantDefaultsUpdate: z.ZodType<Record<string, number | boolean | null | undefined>> = z.strictObject(
  Object.fromEntries(Object.entries(TENANT_DEFAULTS).map(([name, { schema }]) => [name, schema.nullish()])),
) as never // built from a table: the type of each member is in the table

const tag = 'admin'
const query = z.object({ tenant_id: z.string().max(64).default('default') })

/** Defaults of a tenant (api.md 3.13). */
export const tenantDefaults = {
  get: defineRoute({
    id: 'admin.tenant_defaults',
    method: 'GET',
    path: '/v1/admin/tenant-defaults',
    auth: 'svc-or-admin',
    tag,
    summary: 'Defaults of the tenant, each with its value in force',
    query,
    response: z.object({ settings: JsonObject }),
    errors: ['IDENTITY_TENANT_NOT_FOUND'],
  }),
  update: defineRoute({
    id: 'admin.update_tenant_defaults',
    method: 'PATCH',
    path: '/v1/admin/tenant-defaults',
    auth: 'admin',
    tag,
    summary: 'Set some defaults of the tenant, for all its users at once',
    query,
    body: TenantDefaultsUpdate,
    response: z.object({ updated: z.array(z.string()), settings: JsonObject }),
    errors: ['IDENTITY_TENANT_NOT_FOUND'],
  }),
} as const
