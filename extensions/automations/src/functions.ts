import { ActionResult } from '@imperal/sdk'
import { type PlatformAnswer, platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { chat, RulesChanged } from './extension.ts'

const Json = z.record(z.string(), z.json())
export const Rule = z.object({
  rule_id: z.number().int(),
  name: z.string(),
  interpretation: z.string(),
  status: z.string(),
  status_reason: z.string().nullable(),
  trigger_filter: Json,
  actions: z.array(Json),
  next_run_at: z.string().nullable(),
  approval_needed: z.string().nullable(),
  cooldown_seconds: z.number().int(),
  max_per_hour: z.number().int(),
  max_iterations: z.number().int(),
  trigger_count: z.number().int(),
  failure_count: z.number().int(),
  last_triggered_at: z.string().nullable(),
  last_error: z.string().nullable(),
})
export type Rule = z.infer<typeof Rule>
const RuleId = z.coerce.number().int().min(1).describe('Id from list_automations.')

export const refused = (answer: PlatformAnswer<unknown>) => {
  const error = (answer.body as { error?: unknown } | null)?.error
  const code = typeof error === 'string' ? error.toUpperCase() : ''
  return ActionResult.error(answer.problem, {
    code: /^[A-Z][A-Z0-9_]{2,63}$/.test(code) ? code : 'PLATFORM_REFUSED',
    retryable: answer.status >= 500,
  })
}
const rulePath = (ruleId: number, rest = '') => `/v1/automations/${ruleId}${rest}`
const PAGE = 500

/** All rules of the user, newest first. */
export async function readRules(ctx: object): Promise<PlatformAnswer<unknown[]>> {
  const rules: unknown[] = []
  for (let before: number | null = null; ; ) {
    const query: Record<string, number> = before === null ? {} : { limit: PAGE, before }
    const answer: PlatformAnswer<unknown[]> = await platform(ctx).request('GET', '/v1/automations', { query })
    if (!answer.ok) return answer
    rules.push(...answer.body)
    if (answer.body.length < PAGE) return { ...answer, body: rules }
    before = Rule.parse(answer.body.at(-1)).rule_id
  }
}

async function findRule(ctx: object, ruleId: number) {
  const answer = await readRules(ctx)
  if (!answer.ok) return { failure: refused(answer) }
  const rule = answer.body.map((row) => Rule.parse(row)).find((one) => one.rule_id === ruleId)
  return rule === undefined
    ? { failure: ActionResult.error('There is no such rule.', { code: 'RULE_NOT_FOUND' }) }
    : { rule }
}

const said = (rule: Rule): string =>
  rule.approval_needed === null
    ? `${rule.name}: ${rule.status}.`
    : `${rule.name} waits, because a step of it destroys something. Approve it with approve_automation.`

export const listAutomations = chat.function(
  'list_automations',
  {
    description: 'List your rules, newest first, with their state and how often they ran.',
    params: z.object({}),
    returns: z.object({ automations: z.array(Rule), total: z.number().int() }),
  },
  async (ctx) => {
    const answer = await readRules(ctx)
    if (!answer.ok) return refused(answer)
    const automations = answer.body.map((row) => Rule.parse(row))
    return ActionResult.success(
      { automations, total: automations.length },
      automations.map(said).join('\n') || 'You have no rules.',
    )
  },
)

export const getAutomation = chat.function(
  'get_automation',
  {
    description: 'Show one rule: what it waits for, what it does, and what came of it.',
    params: z.object({ rule_id: RuleId }),
    returns: Rule,
  },
  async (ctx, { rule_id }) => {
    const found = await findRule(ctx, rule_id)
    return 'failure' in found && found.failure
      ? found.failure
      : ActionResult.success(found.rule as Rule, said(found.rule as Rule))
  },
)

const Trigger = z.object({
  event_type: z.string().min(1).max(200).describe('Such as tasks.completed; system.scheduled for a time.'),
  schedule: z.string().max(120).nullable().default(null).describe('Five cron fields, with system.scheduled.'),
  conditions: z
    .array(
      z.object({
        path: z.string(),
        op: z.enum(['eq', 'neq', 'gt', 'lt', 'in', 'exists', 'contains']),
        value: z.json().default(null),
      }),
    )
    .max(20)
    .default([]),
  when: z.string().max(500).nullable().default(null).describe('A condition in words.'),
})
const Action = z.union([
  z.object({ app_id: z.string().min(1), tool: z.string().min(1), args: Json.default({}) }),
  z.object({ message: z.string().trim().min(1).max(2000) }),
])

/** How often a rule may run; what is left out is the platform's default. */
const limits = {
  cooldown_seconds: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .optional()
    .describe('Least time between two runs; 60 unless told.'),
  max_per_hour: z.number().int().min(1).max(200).optional().describe('Most runs an hour; 10 unless told.'),
  max_iterations: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('Runs until it ends; 0, the default, never.'),
}

export const createAutomation = chat.function(
  'create_automation',
  {
    description: 'Make a rule, from words such as “when a task is done, note it”, or from a trigger and actions.',
    actionType: 'write',
    effects: ['create:automation'],
    event: RulesChanged,
    params: z.object({
      prompt: z.string().trim().max(2000).default('').describe('What should happen, in words.'),
      name: z.string().trim().max(120).optional(),
      trigger_filter: Trigger.optional(),
      actions: z.array(Action).min(1).max(10).optional(),
      notify_mode: z.enum(['all', 'failures', 'off']).default('failures'),
      ...limits,
    }),
    returns: Rule,
  },
  async (ctx, body) => {
    const answer = await platform(ctx).request('POST', '/v1/automations', { body })
    if (!answer.ok) return refused(answer)
    const rule = Rule.parse(answer.body)
    return ActionResult.success(rule, `Made the rule. ${said(rule)}`)
  },
)

export const updateAutomation = chat.function(
  'update_automation',
  {
    description: 'Change a rule: its name, trigger, actions, how often it may run, or of what it tells you.',
    actionType: 'write',
    effects: ['update:automation'],
    event: RulesChanged,
    params: z.object({
      rule_id: RuleId,
      name: z.string().trim().min(1).max(120).optional(),
      trigger_filter: Trigger.optional(),
      actions: z.array(Action).min(1).max(10).optional(),
      notify_mode: z.enum(['all', 'failures', 'off']).optional(),
      ...limits,
    }),
    returns: Rule,
  },
  async (ctx, { rule_id, ...body }) => {
    const answer = await platform(ctx).request('PATCH', rulePath(rule_id), { body })
    if (!answer.ok) return refused(answer)
    const rule = Rule.parse(answer.body)
    return ActionResult.success(rule, `Changed the rule. ${said(rule)}`)
  },
)

const State = z.object({ rule_id: z.number().int(), status: z.string() })
const stated = (answer: PlatformAnswer<unknown>, word: string) => {
  if (!answer.ok) return refused(answer)
  return ActionResult.success(State.parse(answer.body), `The rule is ${word}.`)
}

export const pauseAutomation = chat.function(
  'pause_automation',
  {
    description: 'Pause a rule; it does nothing until it is resumed.',
    actionType: 'write',
    effects: ['update:automation'],
    event: RulesChanged,
    params: z.object({ rule_id: RuleId }),
    returns: State,
  },
  async (ctx, { rule_id }) =>
    stated(await platform(ctx).request('POST', rulePath(rule_id, '/pause'), { body: {} }), 'paused'),
)

export const resumeAutomation = chat.function(
  'resume_automation',
  {
    description: 'Let a paused rule run again.',
    actionType: 'write',
    effects: ['update:automation'],
    event: RulesChanged,
    params: z.object({ rule_id: RuleId }),
    returns: State,
  },
  async (ctx, { rule_id }) =>
    stated(await platform(ctx).request('POST', rulePath(rule_id, '/resume'), { body: {} }), 'active'),
)

// Agreeing to destruction is destructive itself: the card that the kernel shows is where the person agrees.
export const approveAutomation = chat.function(
  'approve_automation',
  {
    description: 'Agree that a rule may destroy things by itself whenever it runs, and let it run.',
    actionType: 'destructive',
    effects: ['update:automation'],
    event: RulesChanged,
    params: z.object({ rule_id: RuleId }),
    returns: State,
  },
  async (ctx, { rule_id }) => {
    const found = await findRule(ctx, rule_id)
    if (found.rule === undefined) return found.failure
    const { approval_needed: approve } = found.rule
    const body = approve === null ? {} : { approve }
    return stated(await platform(ctx).request('POST', rulePath(rule_id, '/resume'), { body }), 'approved and active')
  },
)

export const deleteAutomation = chat.function(
  'delete_automation',
  {
    description: 'Delete a rule; what it did stays in your activity.',
    actionType: 'destructive',
    effects: ['delete:automation'],
    event: RulesChanged,
    params: z.object({ rule_id: RuleId }),
    returns: z.object({ rule_id: z.number().int() }),
  },
  async (ctx, { rule_id }) => {
    const answer = await platform(ctx).request('DELETE', rulePath(rule_id))
    return answer.ok ? ActionResult.success({ rule_id }, 'Deleted.') : refused(answer)
  },
)

const Execution = z.object({
  execution_id: z.string(),
  status: z.string(),
  result: z.string().nullable(),
  error_text: z.string().nullable(),
  created_at: z.string(),
})
export const readExecutions = (ctx: object, ruleId: number, limit: number) =>
  platform(ctx).request<{ executions: unknown[] }>('GET', rulePath(ruleId, '/executions'), { query: { limit } })

export const listExecutions = chat.function(
  'list_executions',
  {
    description: 'List the latest runs of a rule and what came of them.',
    params: z.object({ rule_id: RuleId, limit: z.number().int().min(1).max(100).default(20) }),
    returns: z.object({ executions: z.array(Execution), total: z.number().int() }),
  },
  async (ctx, { rule_id, limit }) => {
    const answer = await readExecutions(ctx, rule_id, limit)
    if (!answer.ok) return refused(answer)
    const executions = answer.body.executions.map((row) => Execution.parse(row))
    return ActionResult.success(
      { executions, total: executions.length },
      executions.length === 0 ? 'It has not run yet.' : `${executions.length} run(s).`,
    )
  },
)
