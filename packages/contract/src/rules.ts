import { z } from 'zod'
import { AppId, EventType, ToolName } from './identifiers.ts'
import { JsonObject } from './json.ts'

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
  /** Digest that its owner sends to `resume` when a step is destructive, or an app made it, and that was not approved yet; else null (K6.13). */
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

/** Bytes of JSON that the steps of a rule may take, and likewise its trigger with the conditions. */
const MOST_BYTES = 65_536
const fits = (value: unknown): boolean => new TextEncoder().encode(JSON.stringify(value)).length <= MOST_BYTES
/** Steps of a rule as somebody sends them. */
export const RuleActions = z
  .array(RuleAction)
  .min(1)
  .max(10)
  .refine(fits, { message: `The steps of a rule take at most ${MOST_BYTES} bytes of JSON.` })
/** A trigger as somebody sends it. */
export const RuleTriggerInput = RuleTrigger.refine(fits, {
  message: `The trigger of a rule, with its conditions, takes at most ${MOST_BYTES} bytes of JSON.`,
})

const limits = {
  cooldown_seconds: z.number().int().min(0).max(86_400),
  max_per_hour: z.number().int().min(1).max(200),
  max_iterations: z.number().int().min(0).max(1_000_000),
}
/** Limits of a rule that says nothing of its own. */
export const ruleLimits = {
  cooldown_seconds: limits.cooldown_seconds.default(60),
  max_per_hour: limits.max_per_hour.default(10),
  max_iterations: limits.max_iterations.default(0),
}
/** What a person said. */
export const RulePrompt = z.string().trim().max(2_000)

/** Either words alone, which a model turns into a rule, or the rule itself beside them. */
export const RuleCreate = z
  .object({
    /** What the person said; may be empty where the rule itself is there. */
    prompt: RulePrompt,
    name: z.string().trim().max(120).optional(),
    trigger_filter: RuleTriggerInput.optional(),
    actions: RuleActions.optional(),
    interpretation: z.string().max(2_000).default(''),
    /** Unless told: `all` for a rule that only reads, whose results are what it is for; else `failures`. */
    notify_mode: NotifyMode.optional(),
    ...ruleLimits,
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
  trigger_filter: RuleTriggerInput.optional(),
  actions: RuleActions.optional(),
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
