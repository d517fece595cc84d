import { type UINode, ui } from '@imperal/sdk'
import * as z from 'zod'
import { addStep, buildAutomation } from './build.ts'
import {
  argumentsOf,
  type Choice,
  type Choices,
  choiceOf,
  fieldsOf,
  nameOf,
  readChoices,
  SCHEDULED,
} from './choices.ts'
import { type EventChoice, eventChoices } from './event-choices.ts'
import { ext } from './extension.ts'
import { isRepeat, timeFields } from './times.ts'
import { eventInWords, inWords, OPERATORS } from './words.ts'

/** `very_high` reads "Very high"; what has capitals or signs of its own stays. */
const choiceInWords = (value: string): string => (/^[a-z0-9_]+$/.test(value) ? inWords(value) : value)

const LONG = /text|body|content|message|description|prompt/i

function fieldOf(argument: ReturnType<typeof argumentsOf>[number], n: number, hint: string): UINode {
  const { name, property, required } = argument
  const more = {
    ...{ label: property.title ?? inWords(name), paramName: `arg_${n}`, required },
    ...(property.description === undefined ? {} : { description: property.description.slice(0, 200) }),
  }
  if (property.enum !== undefined)
    return ui.Select(
      property.enum.map((one) => ({ value: String(one), label: choiceInWords(String(one)) })),
      more,
    )
  if (property.type === 'boolean')
    return ui.Select(
      ['true', 'false'].map((value) => ({ value, label: value === 'true' ? 'Yes' : 'No' })),
      more,
    )
  return LONG.test(name)
    ? ui.TextArea({ ...more, placeholder: hint, rows: 3 })
    : ui.Input({ ...more, placeholder: hint })
}

const argumentFields = (choice: Choice, hint: string): UINode[] =>
  argumentsOf(choice).map((argument, n) => fieldOf(argument, n, hint))

const functionSelect = ({ functions }: Choices): UINode =>
  ui.Select(
    functions.map((one) => ({ value: nameOf(one), label: `${one.app_name}: ${inWords(one.tool)}` })),
    { label: 'Do this', paramName: 'function', required: true },
  )

const warning = (choice: Choice): UINode[] =>
  choice.action_type === 'destructive'
    ? [ui.Alert('It destroys something, so the rule waits for your approval.', { type: 'warning' })]
    : []

const NOTIFY = [
  ['failures', 'when it fails'],
  ['all', 'of every run'],
  ['off', 'never'],
] as const
const options = (list: readonly (readonly [string, string])[]) => list.map(([value, label]) => ({ value, label }))

const whenOf = (choices: readonly EventChoice[], chosen: string): string => {
  const label = choices.find(({ value }) => value === chosen)?.label
  return isRepeat(chosen) ? (label ?? chosen) : `When this happens: ${label ?? eventInWords(chosen)}`
}

type Field = ReturnType<typeof fieldsOf>[number]

/** What an event must look like. */
function conditionFields(fields: readonly Field[]): UINode[] {
  const more = { label: 'Only if', paramName: 'path', description: 'Leave it empty to run for each of these events.' }
  const where =
    fields.length === 0
      ? ui.Input({ ...more, placeholder: 'data.title' })
      : ui.Select([{ value: '', label: 'Always' }, ...fields.map(fieldOption)], more)
  return [
    where,
    ui.Select(options(OPERATORS), { label: 'Compared', paramName: 'op', value: 'contains' }),
    ui.Input({ label: 'With', paramName: 'value', placeholder: 'invoice' }),
  ]
}

const fieldOption = ({ path, title }: Field) => ({ value: path, label: inWords(title) })

const MOST_TEMPLATES = 8

/** What a step may take from the event, where that is known. */
const templatesOf = (fields: readonly Field[]): UINode[] =>
  fields.length === 0
    ? []
    : [
        ui.Text(
          `From the event you can use ${fields
            .slice(0, MOST_TEMPLATES)
            .map(({ path, title }) => `{{event.${path}}} (${inWords(title).toLowerCase()})`)
            .join(', ')}.`,
          { variant: 'caption' },
        ),
      ]

ext.panel(
  'build',
  {
    slot: 'center',
    title: 'New rule',
    icon: 'Zap',
    centerOverlay: true,
    params: z.object({ event_type: z.string().default(''), function: z.string().default('') }),
  },
  async (ctx, chosen) => {
    const answer = await readChoices(ctx)
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const events = eventChoices(answer.body)
    const selected = choiceOf(answer.body, chosen.function)
    if (chosen.event_type === '' || selected === undefined) {
      const form = ui.Form(
        [
          ui.Select(events, {
            label: 'When this happens',
            paramName: 'event_type',
            required: true,
            description: 'By app; type a word to find it.',
          }),
          functionSelect(answer.body),
        ],
        { action: '__panel__build', submitLabel: 'Next' },
      )
      return ui.Page([form], { title: 'New rule' })
    }
    const repeat = isRepeat(chosen.event_type) ? chosen.event_type : null
    const fields = fieldsOf(answer.body, chosen.event_type)
    const hint = repeat === null ? `{{event.${fields[0]?.path ?? 'data.title'}}}` : ''
    const form = ui.Form(
      [
        ...(repeat === null ? conditionFields(fields) : timeFields(repeat)),
        ui.Header(inWords(selected.tool), { level: 2, subtitle: selected.description }),
        ...templatesOf(fields),
        ...argumentFields(selected, hint),
        ui.Input({ label: 'Name', paramName: 'name', placeholder: 'What you call it' }),
        ui.Select(options(NOTIFY), { label: 'Tell me', paramName: 'notify_mode', value: 'failures' }),
      ],
      {
        action: buildAutomation.functionName,
        submitLabel: 'Make the rule',
        defaults: {
          event_type: repeat === null ? chosen.event_type : SCHEDULED,
          repeat: repeat ?? '',
          function: chosen.function,
        },
      },
    )
    return ui.Page([...warning(selected), form], { title: 'New rule', subtitle: whenOf(events, chosen.event_type) })
  },
)

ext.panel(
  'step',
  {
    slot: 'center',
    title: 'Add a step',
    icon: 'Plus',
    centerOverlay: true,
    listed: false,
    params: z.object({ rule_id: z.coerce.number().int().default(0), function: z.string().default('') }),
  },
  async (ctx, { rule_id, function: chosen }) => {
    const answer = await readChoices(ctx)
    if (!answer.ok) return ui.Alert(answer.problem, { type: 'error' })
    const selected = choiceOf(answer.body, chosen)
    if (selected === undefined) {
      const form = ui.Form([functionSelect(answer.body)], {
        action: '__panel__step',
        submitLabel: 'Next',
        defaults: { rule_id },
      })
      return ui.Page([form], { title: 'Add a step' })
    }
    const form = ui.Form(argumentFields(selected, '{{steps.1.data.id}}'), {
      action: addStep.functionName,
      submitLabel: 'Add it',
      defaults: { rule_id, function: chosen },
    })
    const title = inWords(selected.tool)
    return ui.Page([...warning(selected), form], { title, subtitle: selected.description })
  },
)
