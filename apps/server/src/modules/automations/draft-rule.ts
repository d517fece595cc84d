import { JsonObject, type RuleDraft, RuleTrigger } from '@imperal/contract'
import { z } from 'zod'
import { PlatformError } from '../../foundation/errors.ts'
import type { CatalogFunction } from '../kernel/index.ts'
import { automationsErrors } from './errors.ts'
import { forbidden, groundingProblems, SCHEDULED, type Surroundings } from './ground-rule.ts'
import type { Owner, Parts } from './types.ts'

// So many fit into a prompt whole; people with more apps name the one they mean.
const MOST_FUNCTIONS = 80
const MOST_EVENTS = 80
const ATTEMPTS = 2

/** What the model answers. `args` and `value` are JSON in a string, so that strict schemas of every provider fit. */
const Answer = z.object({
  name: z.string().max(400),
  interpretation: z.string().max(2_000),
  event_type: z.string(),
  schedule: z.string().nullable(),
  conditions: z
    .array(z.object({ path: z.string(), op: z.string(), value: z.string() }))
    .max(20)
    .catch([]),
  when: z.string().max(500).nullable().catch(null),
  actions: z
    .array(
      z.object({
        app_id: z.string().nullable(),
        tool: z.string().nullable(),
        args: z.string(),
        message: z.string().nullable(),
      }),
    )
    .max(10),
  refusal: z.string().max(500).nullable().catch(null),
})

const nullable = { type: ['string', 'null'] }
const strings = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
const object = (properties: JsonObject): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
})
const SCHEMA = object({
  ...strings('name', 'interpretation', 'event_type'),
  schedule: nullable,
  conditions: { type: 'array', items: object(strings('path', 'op', 'value')) },
  when: nullable,
  actions: {
    type: 'array',
    items: object({ app_id: nullable, tool: nullable, args: { type: 'string' }, message: nullable }),
  },
  refusal: nullable,
})

const describe = (entry: CatalogFunction): string =>
  `- ${entry.appId}.${entry.name} [${entry.actionType}] ${entry.description}\n  params: ${JSON.stringify(entry.paramsSchema)}`

function promptFor({ functions, events, zone, now }: Surroundings): string {
  const usable = functions.filter((entry) => forbidden(entry) === null).slice(0, MOST_FUNCTIONS)
  return [
    'You turn what a person wants into one automation: an event or a time, then steps. You never carry it out yourself.',
    'Rules:',
    `- event_type is one of the list. For a time it is "${SCHEDULED}" with \`schedule\` as five cron fields (minute hour day month weekday) in the zone ${zone}; every other event has schedule null.`,
    '- conditions compare a path of the event such as "data.subject" by eq, neq, gt, lt, in, exists or contains; `value` is JSON text. What cannot be said so goes into `when` as a short sentence, else null.',
    '- An action names app_id and tool of the list, with `args` as JSON text and message null. Arguments may use {{event.data.field}} and {{steps.1.data.field}}.',
    '- Only where no function fits, an action has app_id and tool null, args "{}" and `message`: what to do, in words.',
    '- `interpretation` says in the language of the person, in one or two sentences, what will happen and when. `name` is a few words.',
    '- When it cannot be done with these, use no actions and say why in `refusal`.',
    `Now: ${now.toISOString()}.`,
    `Events:\n${events
      .slice(0, MOST_EVENTS)
      .map((event) => `- ${event.event_type}: ${event.description}`)
      .join('\n')}`,
    `Functions:\n${usable.map(describe).join('\n')}`,
  ].join('\n')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // a bare word is the text that it is
  }
}

function draftOf(answer: z.output<typeof Answer>): RuleDraft | null {
  const trigger = RuleTrigger.safeParse({
    event_type: answer.event_type,
    schedule: answer.schedule,
    conditions: answer.conditions.map(({ value, ...rest }) => ({ ...rest, value: parsed(value) })),
    when: answer.when === '' ? null : answer.when,
  })
  const actions = answer.actions.map(({ app_id, tool, args, message }) => {
    if (app_id === null || tool === null) return message === null || message === '' ? null : { message }
    const found = JsonObject.safeParse(parsed(args === '' ? '{}' : args))
    return found.success ? { app_id, tool, args: found.data } : null
  })
  if (!trigger.success || actions.length === 0 || actions.includes(null)) return null
  const { name, interpretation } = answer
  return {
    name: name.slice(0, 120),
    interpretation,
    trigger_filter: trigger.data,
    actions: actions.filter((action) => action !== null),
  }
}

/**
 * Words as a rule, grounded in what their owner has (K6.13). Asks the model once, and once more with what was wrong.
 * @throws AUTOMATIONS_NO_MODEL, AUTOMATIONS_NOT_UNDERSTOOD
 */
export async function draftRule(parts: Parts, owner: Owner, prompt: string, around: Surroundings): Promise<RuleDraft> {
  if (!(await parts.llm.available(owner.tenantId, owner.userId))) throw automationsErrors.NO_MODEL()
  const messages: { role: 'user' | 'assistant'; content: string }[] = [{ role: 'user', content: prompt }]
  let why: string | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const answer = Answer.safeParse((await ask(parts, owner, promptFor(around), messages)).object)
    const draft = answer.success ? draftOf(answer.data) : null
    if (answer.success && draft === null && answer.data.refusal !== null)
      throw automationsErrors.NOT_UNDERSTOOD({ why: answer.data.refusal })
    const problems =
      draft === null
        ? ['The answer did not match the schema.']
        : groundingProblems({ trigger: draft.trigger_filter, actions: draft.actions }, around)
    if (draft !== null && problems.length === 0) return draft
    why = draft === null ? undefined : problems.join(' ')
    messages.push(
      { role: 'assistant', content: answer.success ? JSON.stringify(answer.data) : '{}' },
      { role: 'user', content: `That was refused: ${problems.join(' ')} Try again for the same request.` },
    )
  }
  throw automationsErrors.NOT_UNDERSTOOD(why === undefined ? {} : { why })
}

async function ask(
  parts: Parts,
  owner: Owner,
  system: string,
  messages: { role: 'user' | 'assistant'; content: string }[],
) {
  try {
    return await parts.llm.complete({
      purpose: 'automation_main',
      ...owner,
      appId: null,
      system,
      messages,
      temperature: 0,
      maxTokens: 4_096,
      schema: SCHEMA,
    })
  } catch (error) {
    if (!(error instanceof PlatformError && error.code.startsWith('LLM_'))) throw error
    throw automationsErrors.NO_MODEL({}, error)
  }
}
