import { ActionResult } from '@imperal/sdk'
import { platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { chat, RulesChanged } from './extension.ts'
import { findRule, Json, Rule, RuleId, readRules, refused, rulePath, said } from './rules.ts'

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
    description:
      'Make a rule, such as “when a task is done, note it”, from a trigger and actions that the user spelled out. What is only said in words is shown first, with draft_automation.',
    actionType: 'write',
    effects: ['create:automation'],
    event: RulesChanged,
    params: z.object({
      prompt: z.string().trim().max(2000).default('').describe('What was said of it.'),
      name: z.string().trim().max(120).optional(),
      trigger_filter: Trigger,
      actions: z.array(Action).min(1).max(10),
      notify_mode: z
        .enum(['all', 'failures', 'off'])
        .optional()
        .describe('What of its runs is told; unless told, failures, and the results of a rule that only reads.'),
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
