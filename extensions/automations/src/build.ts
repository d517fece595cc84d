import { ActionResult } from '@imperal/sdk'
import { platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { argumentFrom, argumentsOf, type Choice, choiceOf, readChoices, SCHEDULED, valueFrom } from './choices.ts'
import { chat, RulesChanged } from './extension.ts'
import { findRule, Rule, RuleId, refused, rulePath, said } from './rules.ts'
import { cronOf, timeParams } from './times.ts'
import { eventInWords, inWords, timeInWords } from './words.ts'

// A form has one level: its fields are numbered, and find the arguments of the function by their place.
const Argument = z.string().max(4_000).default('')
const fields = {
  ...{ arg_0: Argument, arg_1: Argument, arg_2: Argument, arg_3: Argument, arg_4: Argument },
  ...{ arg_5: Argument, arg_6: Argument, arg_7: Argument, arg_8: Argument, arg_9: Argument },
}
const Step = {
  function: z.string().min(3).max(200).describe('App and function, such as notes/create_note.'),
  ...fields,
}
type StepFields = { readonly function: string } & { readonly [Field in keyof typeof fields]: string }

/** The name of a rule to which nobody gave one, such as "Every day at nine: create note". */
const nameFor = (when: string, tool: string): string =>
  `${when.slice(0, 1).toUpperCase()}${when.slice(1)}: ${inWords(tool).toLowerCase()}`.slice(0, 120)

const noFunction = () => ActionResult.error('You have no such function any more.', { code: 'UNKNOWN_TOOL' })

function stepOf(choice: Choice, given: StepFields) {
  const filled = argumentsOf(choice).flatMap(({ name, property }, n) => {
    const text = given[`arg_${n}` as keyof typeof fields]
    return text === '' ? [] : [[name, argumentFrom(text, property)] as const]
  })
  return { app_id: choice.app_id, tool: choice.tool, args: Object.fromEntries(filled) }
}

async function actionOf(ctx: object, given: StepFields) {
  const choices = await readChoices(ctx)
  if (!choices.ok) return { failure: refused(choices) }
  const choice = choiceOf(choices.body, given.function)
  return choice === undefined ? { failure: noFunction() } : { action: stepOf(choice, given) }
}

async function saved(ctx: object, ruleId: number, actions: readonly unknown[], word: string) {
  const answer = await platform(ctx).request('PATCH', rulePath(ruleId), { body: { actions } })
  if (!answer.ok) return refused(answer)
  const rule = Rule.parse(answer.body)
  return ActionResult.success(rule, `${word} ${said(rule)}`)
}

export const buildAutomation = chat.function(
  'build_automation',
  {
    description: 'Make a rule from the fields of the form in the panel; from words, draft_automation shows one.',
    actionType: 'write',
    effects: ['create:automation'],
    event: RulesChanged,
    params: z.object({
      name: z.string().trim().max(120).default(''),
      event_type: z.string().min(1).max(200),
      ...timeParams,
      path: z.string().trim().max(256).default('').describe('Where a condition looks, such as data.title.'),
      op: z.enum(['contains', 'eq', 'neq', 'gt', 'lt', 'in', 'exists']).default('contains'),
      value: z.string().max(1_000).default(''),
      notify_mode: z.enum(['all', 'failures', 'off']).default('failures'),
      ...Step,
    }),
    returns: Rule,
  },
  async (ctx, given) => {
    const { name, event_type, path, op, value, notify_mode } = given
    const schedule = cronOf(given)
    const { action, failure } = await actionOf(ctx, given)
    if (action === undefined) return failure
    const isTime = event_type === SCHEDULED
    const body = {
      prompt: '',
      name: name === '' ? nameFor(isTime ? timeInWords(schedule) : eventInWords(event_type), action.tool) : name,
      trigger_filter: {
        event_type,
        ...(isTime ? { schedule } : {}),
        conditions: path === '' ? [] : [{ path, op, value: valueFrom(value) }],
      },
      actions: [action],
      notify_mode,
    }
    const answer = await platform(ctx).request('POST', '/v1/automations', { body })
    if (!answer.ok) return refused(answer)
    const rule = Rule.parse(answer.body)
    return ActionResult.success(rule, `Made the rule. ${said(rule)}`)
  },
)

export const addStep = chat.function(
  'add_automation_step',
  {
    description: 'Add a step to the end of a rule, from the fields of the form in the panel.',
    actionType: 'write',
    effects: ['update:automation'],
    event: RulesChanged,
    params: z.object({ rule_id: RuleId, ...Step }),
    returns: Rule,
  },
  async (ctx, given) => {
    const found = await findRule(ctx, given.rule_id)
    if (found.rule === undefined) return found.failure
    const { action, failure } = await actionOf(ctx, given)
    return action === undefined
      ? failure
      : saved(ctx, given.rule_id, [...found.rule.actions, action], 'Added the step.')
  },
)

export const removeStep = chat.function(
  'remove_automation_step',
  {
    description: 'Take one step out of a rule that has several.',
    actionType: 'write',
    effects: ['update:automation'],
    event: RulesChanged,
    params: z.object({ rule_id: RuleId, step: z.coerce.number().int().min(1).max(10).describe('Its number, from 1.') }),
    returns: Rule,
  },
  async (ctx, { rule_id, step }) => {
    const found = await findRule(ctx, rule_id)
    if (found.rule === undefined) return found.failure
    const left = found.rule.actions.filter((_, index) => index !== step - 1)
    if (left.length === 0)
      return ActionResult.error('A rule has one step at least. Delete the rule instead.', { code: 'LAST_STEP' })
    return saved(ctx, rule_id, left, 'Removed the step.')
  },
)
