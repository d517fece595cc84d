import { z } from 'zod'
import { AppId, EventType, ToolName } from '../identifiers.ts'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

/** Where a condition looks in the event (`data.subject`), and what it wants to find there (kernel K6.12). */
export const RuleCondition = z.strictObject({
  path: z
    .string()
    .max(256)
    .regex(/^[\p{L}\p{Nd}_-]+(?:\.[\p{L}\p{Nd}_-]+)*$/u, 'a path looks like data.subject'),
  op: z.enum(['eq', 'neq', 'gt', 'lt', 'in', 'exists', 'contains']),
  value: z.json().default(null),
})
export type RuleCondition = z.infer<typeof RuleCondition>

/** `schedule` belongs to `system.scheduled` alone: five cron fields or a keyword, in the time zone of the rule (K6.10). */
export const RuleTrigger = z.strictObject({
  event_type: EventType.max(200),
  schedule: z.string().max(120).nullable().default(null),
  conditions: z.array(RuleCondition).max(20).default([]),
  /** A condition in words, which a model answers with yes or no. */
  when: z.string().max(500).nullable().default(null),
})
export type RuleTrigger = z.infer<typeof RuleTrigger>

/** A function with its arguments, in which `{{event.data.…}}` and `{{steps.1.data.…}}` are filled in at each run (K6.20). */
export const StructuredAction = z.strictObject({ app_id: AppId, tool: ToolName, args: JsonObject.default({}) })
/** Words that are understood anew at each run; they can only read, and use the functions that the rule names elsewhere. */
export const FreeTextAction = z.strictObject({ message: z.string().trim().min(1).max(2_000) })
export const RuleAction = z.union([StructuredAction, FreeTextAction])
export type RuleAction = z.infer<typeof RuleAction>

export const NotifyMode = z.enum(['all', 'failures', 'off'])
export type NotifyMode = z.infer<typeof NotifyMode>
export const RuleStatus = z.enum(['active', 'paused', 'error'])
export type RuleStatus = z.infer<typeof RuleStatus>

/** Why a rule did not run although its event came; `missed` is a time that passed while nothing ran. */
export const RuleSkip = z.enum([
  'cooldown',
  'max_per_hour',
  'loop',
  'depth',
  'condition',
  'no_model',
  'missed',
  'user_limit',
])
export type RuleSkip = z.infer<typeof RuleSkip>

/** A stored rule: if this happens, then do that (kernel 6.4). */
export const Rule = z.object({
  id: z.number().int(),
  rule_id: z.number().int(),
  user_id: z.string(),
  tenant_id: z.string(),
  name: z.string(),
  prompt: z.string(),
  interpretation: z.string(),
  status: RuleStatus,
  /** Why it is paused or in error, as a sentence; null while it is active or was paused by its owner. */
  status_reason: z.string().nullable(),
  trigger_filter: RuleTrigger,
  /** IANA name of the zone in which `schedule` is meant. */
  timezone: z.string(),
  next_run_at: z.string().nullable(),
  actions: z.array(RuleAction),
  cooldown_seconds: z.number().int(),
  max_per_hour: z.number().int(),
  max_iterations: z.number().int(),
  notify_mode: NotifyMode,
  /** Digest that its owner sends to `resume` when a step is destructive and was not approved yet; else null (K6.13). */
  approval_needed: z.string().nullable(),
  trigger_count: z.number().int(),
  success_count: z.number().int(),
  failure_count: z.number().int(),
  skipped: z.partialRecord(RuleSkip, z.number().int()),
  last_skipped_at: z.string().nullable(),
  last_triggered_at: z.string().nullable(),
  last_error: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
})
export type Rule = z.infer<typeof Rule>

export const ExecutionStatus = z.enum(['triggered', 'running', 'completed', 'failed', 'cancelled'])
export type ExecutionStatus = z.infer<typeof ExecutionStatus>

/** One step of an execution: its call is the ledger row `call_id`, where the (masked) arguments are. */
export const ExecutionStep = z.object({
  index: z.number().int(),
  app_id: z.string().nullable(),
  tool: z.string().nullable(),
  action_type: z.enum(['read', 'write', 'destructive']),
  status: z.enum(['running', 'success', 'failed']),
  summary: z.string().nullable(),
  error: z.string().nullable(),
  call_id: z.string().nullable(),
})
export type ExecutionStep = z.infer<typeof ExecutionStep>

/** One run of a rule (kernel 6.5). Its calls share the chain `execution_id` in the ledger. */
export const Execution = z.object({
  execution_id: z.string(),
  rule_id: z.number().int(),
  tenant_id: z.string(),
  status: ExecutionStatus,
  attempt: z.number().int(),
  parent_execution_id: z.string().nullable(),
  timeout_at: z.string().nullable(),
  event_data: JsonObject,
  result: z.string().nullable(),
  error: z.string().nullable(),
  error_text: z.string().nullable(),
  trace_id: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  created_at: z.string(),
  steps: z.array(ExecutionStep),
})
export type Execution = z.infer<typeof Execution>

const RULE_ID = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const RulePath = z.object({ rule_id: RULE_ID })

/** Bytes of JSON that the steps of a rule may take, and likewise its trigger with the conditions. */
const MOST_BYTES = 65_536
const fits = (value: unknown): boolean => new TextEncoder().encode(JSON.stringify(value)).length <= MOST_BYTES
const Actions = z
  .array(RuleAction)
  .min(1)
  .max(10)
  .refine(fits, { message: `The steps of a rule take at most ${MOST_BYTES} bytes of JSON.` })
const Trigger = RuleTrigger.refine(fits, {
  message: `The trigger of a rule, with its conditions, takes at most ${MOST_BYTES} bytes of JSON.`,
})

const limits = {
  cooldown_seconds: z.number().int().min(0).max(86_400),
  max_per_hour: z.number().int().min(1).max(200),
  max_iterations: z.number().int().min(0).max(1_000_000),
}
const withDefaults = {
  cooldown_seconds: limits.cooldown_seconds.default(60),
  max_per_hour: limits.max_per_hour.default(10),
  max_iterations: limits.max_iterations.default(0),
}
const Prompt = z.string().trim().max(2_000)

/** Either words alone, which a model turns into a rule, or the rule itself beside them. */
export const RuleCreate = z
  .object({
    /** What the person said; may be empty where the rule itself is there. */
    prompt: Prompt,
    name: z.string().trim().max(120).optional(),
    trigger_filter: Trigger.optional(),
    actions: Actions.optional(),
    interpretation: z.string().max(2_000).default(''),
    notify_mode: NotifyMode.default('failures'),
    ...withDefaults,
  })
  .refine((rule) => (rule.trigger_filter === undefined) === (rule.actions === undefined), {
    path: ['actions'],
    message: 'trigger_filter and actions belong together.',
  })
  .refine((rule) => rule.actions !== undefined || rule.prompt !== '', {
    path: ['prompt'],
    message: 'Say what should happen, or name trigger_filter and actions.',
  })
export type RuleCreate = z.output<typeof RuleCreate>

export const RuleUpdate = z.object({
  name: z.string().trim().min(1).max(120).optional(),
  trigger_filter: Trigger.optional(),
  actions: Actions.optional(),
  cooldown_seconds: limits.cooldown_seconds.nullish(),
  max_per_hour: limits.max_per_hour.nullish(),
  max_iterations: limits.max_iterations.nullish(),
  notify_mode: NotifyMode.nullish(),
})
export type RuleUpdate = z.output<typeof RuleUpdate>

/** A rule as a model understood it, for its person to look at before it is saved (K6.13). */
export const RuleDraft = z.object({
  name: z.string(),
  interpretation: z.string(),
  trigger_filter: RuleTrigger,
  actions: z.array(RuleAction),
})
export type RuleDraft = z.infer<typeof RuleDraft>

export const RuleQuota = z.object({
  cap: z.number().int(),
  used: z.number().int(),
  remaining: z.number().int(),
  unlimited: z.boolean(),
  plan: z.string(),
})
export type RuleQuota = z.infer<typeof RuleQuota>

const tag = 'automations'
const NOT_FOUND = 'AUTOMATIONS_RULE_NOT_FOUND'
const QUOTA = 'AUTOMATIONS_QUOTA_EXCEEDED'
const WRONG = ['AUTOMATIONS_INVALID', 'AUTOMATIONS_NOT_UNDERSTOOD', 'AUTOMATIONS_NO_MODEL'] as const

/** Rules: if an event or a time, then steps (api.md 3.15). Foreign rules look like none. */
export const automations = {
  create: defineRoute({
    id: 'automations.create',
    method: 'POST',
    path: '/v1/automations',
    auth: 'svc-or-user',
    tag,
    summary:
      'Make a rule, from words or as it is; a rule with a destructive step waits, paused, for its owner to approve it',
    deprecated: '/v1/extensions/automations/call',
    body: RuleCreate,
    response: Rule,
    errors: [QUOTA, ...WRONG],
  }),
  list: defineRoute({
    id: 'automations.list',
    method: 'GET',
    path: '/v1/automations',
    auth: 'user',
    tag,
    summary: 'Own rules, newest first; a full page goes on with `before`',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(500),
      before: RULE_ID.optional().describe('The last `rule_id` of the page before.'),
    }),
    response: z.array(Rule),
  }),
  remove: defineRoute({
    id: 'automations.remove',
    method: 'DELETE',
    path: '/v1/automations/{rule_id}',
    auth: 'svc-or-user',
    tag,
    summary: 'Delete a rule; what ran stays in the ledger',
    params: RulePath,
    response: z.object({ deleted: z.literal(true), rule_id: z.number().int() }),
    errors: [NOT_FOUND],
  }),
  pause: defineRoute({
    id: 'automations.pause',
    method: 'POST',
    path: '/v1/automations/{rule_id}/pause',
    auth: 'svc-or-user',
    tag,
    summary: 'Stop a rule from running until it is resumed',
    params: RulePath,
    response: z.object({ paused: z.literal(true), rule_id: z.number().int(), status: RuleStatus }),
    errors: [NOT_FOUND],
  }),
  resume: defineRoute({
    id: 'automations.resume',
    method: 'POST',
    path: '/v1/automations/{rule_id}/resume',
    auth: 'svc-or-user',
    tag,
    summary: 'Let a rule run again; its count begins anew. `approve` is how its owner agrees to destructive steps',
    params: RulePath,
    body: z.object({ approve: z.string().max(128).optional() }).default({}),
    response: z.object({ resumed: z.literal(true), rule_id: z.number().int(), status: RuleStatus }),
    errors: [NOT_FOUND, QUOTA, 'AUTOMATIONS_INVALID', 'AUTOMATIONS_APPROVAL_REQUIRED'],
  }),
  draft: defineRoute({
    id: 'automations.draft',
    surface: 'client',
    method: 'POST',
    path: '/v1/automations/draft',
    auth: 'user',
    tag,
    summary: 'Understand words as a rule, without saving it',
    body: z.object({ prompt: Prompt.min(1) }),
    response: RuleDraft,
    errors: [...WRONG],
  }),
  update: defineRoute({
    id: 'automations.update',
    surface: 'client',
    method: 'PATCH',
    path: '/v1/automations/{rule_id}',
    auth: 'user',
    tag,
    summary: 'Change a rule; new steps are approved anew where that is needed',
    params: RulePath,
    body: RuleUpdate,
    response: Rule,
    errors: [NOT_FOUND, 'AUTOMATIONS_INVALID'],
  }),
  executions: defineRoute({
    id: 'automations.executions',
    surface: 'client',
    method: 'GET',
    path: '/v1/automations/{rule_id}/executions',
    auth: 'user',
    tag,
    summary: 'Runs of a rule, newest first; they are kept for 30 days',
    params: RulePath,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(200).default(50),
      before: z.string().max(64).optional(),
    }),
    response: z.object({ executions: z.array(Execution) }),
    errors: [NOT_FOUND],
  }),
  choices: defineRoute({
    id: 'automations.choices',
    surface: 'client',
    method: 'GET',
    path: '/v1/automations/choices',
    auth: 'user',
    tag,
    summary: 'Events that a rule may wait for and functions that it may call, for whoever builds one',
    response: z.object({
      events: z.array(
        z.object({
          event_type: z.string(),
          app_id: z.string().nullable(),
          function: z.string().nullable(),
          description: z.string(),
        }),
      ),
      functions: z.array(
        z.object({
          app_id: z.string(),
          app_name: z.string(),
          tool: z.string(),
          description: z.string(),
          action_type: z.enum(['read', 'write', 'destructive']),
          params_schema: JsonObject,
        }),
      ),
      quota: RuleQuota,
    }),
  }),
  bulk: defineRoute({
    id: 'automations.bulk',
    surface: 'client',
    method: 'POST',
    path: '/v1/automations/bulk',
    auth: 'user',
    tag,
    summary: 'Pause, resume or delete many rules; says what it would do until dry_run is false (K6.15)',
    body: z
      .object({
        action: z.enum(['pause', 'resume', 'delete']),
        rule_ids: z.array(z.number().int().min(1)).min(1).max(500),
        dry_run: z.boolean().default(true),
        confirm: z.boolean().default(false),
      })
      .refine((body) => body.action !== 'delete' || body.dry_run || body.confirm, {
        path: ['confirm'],
        message: 'Deleting rules needs confirm: true.',
      }),
    response: z.object({
      dry_run: z.boolean(),
      changed: z.array(z.number().int()),
      refused: z.array(z.object({ rule_id: z.number().int(), reason: z.string() })),
    }),
  }),
  internalAll: defineRoute({
    id: 'automations.internal_all',
    method: 'GET',
    path: '/v1/automations/internal/all',
    auth: 'svc',
    tag,
    summary: 'Every rule of a tenant',
    query: z.object({
      tenant_id: z.string().max(64).default('default'),
      /** IANA name; moments are then told in its time. */
      timezone: z.string().max(64).default(''),
    }),
    response: z.array(Rule),
    errors: ['AUTOMATIONS_INVALID'],
  }),
  internalActive: defineRoute({
    id: 'automations.internal_active',
    method: 'GET',
    path: '/v1/automations/internal/active',
    auth: 'svc',
    tag,
    summary: 'Rules of a tenant that may run',
    query: z.object({ tenant_id: z.string().max(64).default('default') }),
    response: z.array(Rule),
  }),
  internalQuota: defineRoute({
    id: 'automations.internal_quota',
    method: 'GET',
    path: '/v1/automations/internal/quota',
    auth: 'svc',
    tag,
    summary: 'How many rules somebody may have, and has',
    query: z.object({ user_id: z.string().max(64), tenant_id: z.string().max(64).default('default') }),
    response: RuleQuota,
    errors: ['AUTOMATIONS_USER_NOT_FOUND'],
  }),
  internalCount: defineRoute({
    id: 'automations.internal_count',
    method: 'GET',
    path: '/v1/automations/internal/{rule_id}/count',
    auth: 'svc',
    tag,
    summary: 'How often a rule has run',
    params: RulePath,
    response: z.object({ rule_id: z.number().int(), trigger_count: z.number().int() }),
    errors: [NOT_FOUND],
  }),
  internalCreate: defineRoute({
    id: 'automations.internal_create',
    method: 'POST',
    path: '/v1/automations/internal/create',
    auth: 'svc',
    tag,
    summary: 'Make a rule for a user, without a model',
    body: z.object({
      user_id: z.string().max(64),
      tenant_id: z.string().max(64).default('default'),
      prompt: Prompt,
      name: z.string().trim().max(120).optional(),
      trigger_filter: Trigger,
      actions: Actions,
      interpretation: z.string().max(2_000).default(''),
      notify_mode: NotifyMode.default('failures'),
      ...withDefaults,
    }),
    response: Rule,
    errors: [QUOTA, 'AUTOMATIONS_INVALID', 'AUTOMATIONS_USER_NOT_FOUND'],
  }),
  internalUpdate: defineRoute({
    id: 'automations.internal_update',
    method: 'PATCH',
    path: '/v1/automations/internal/{rule_id}',
    auth: 'svc',
    tag,
    summary: 'Change a rule of anybody',
    params: RulePath,
    body: z.object({
      ...RuleUpdate.shape,
      status: RuleStatus.nullish(),
      trigger_count: z.number().int().min(0).nullish(),
    }),
    response: Rule,
    errors: [NOT_FOUND, 'AUTOMATIONS_INVALID', 'AUTOMATIONS_APPROVAL_REQUIRED'],
  }),
  internalRemove: defineRoute({
    id: 'automations.internal_remove',
    method: 'DELETE',
    path: '/v1/automations/internal/{rule_id}',
    auth: 'svc',
    tag,
    summary: 'Delete a rule of anybody',
    params: RulePath,
    response: z.object({ deleted: z.literal(true) }),
    errors: [NOT_FOUND],
  }),
  internalTriggered: defineRoute({
    id: 'automations.internal_triggered',
    method: 'POST',
    path: '/v1/automations/internal/triggered',
    auth: 'svc',
    tag,
    summary: 'Record a run that a service carries out itself, or what became of it',
    body: z.object({
      rule_id: z.number().int().min(1),
      status: z.enum(['triggered', 'running', 'completed', 'failed']).default('triggered'),
      execution_id: z.string().max(64).nullable().default(null),
      tenant_id: z.string().max(64).default('default'),
      attempt: z.number().int().min(1).max(100).default(1),
      parent_execution_id: z.string().max(64).nullable().default(null),
      timeout_at: z.iso.datetime({ offset: true }).nullable().default(null),
      /** JSON as text. */
      event_data: z.string().max(65_536).default(''),
      result: z.string().max(20_000).default(''),
      error: z.string().max(2_000).default(''),
      error_text: z.string().max(2_000).default(''),
    }),
    response: z.object({ rule_id: z.number().int(), status: ExecutionStatus, execution_id: z.string() }),
    errors: [NOT_FOUND, 'AUTOMATIONS_EXECUTION_NOT_FOUND', 'AUTOMATIONS_INVALID'],
  }),
  internalCheckTimeout: defineRoute({
    id: 'automations.internal_check_timeout',
    method: 'POST',
    path: '/v1/automations/internal/check-timeout',
    auth: 'svc',
    tag,
    summary: 'Fail the runs that are overdue',
    response: z.object({ timed_out: z.number().int(), execution_ids: z.array(z.string()) }),
  }),
  internalResult: defineRoute({
    id: 'automations.internal_result',
    method: 'POST',
    path: '/v1/automations/internal/{rule_id}/execution-result',
    auth: 'svc',
    tag,
    summary: 'Count a run that a service carried out; its owner is notified as the rule says',
    params: RulePath,
    body: z.object({ success: z.boolean(), error: z.string().max(2_000).default('') }),
    response: z.object({
      rule_id: z.number().int(),
      success_count: z.number().int(),
      failure_count: z.number().int(),
    }),
    errors: [NOT_FOUND],
  }),
} as const
