import { type PlatformAnswer, platform } from '@imperal/sdk/platform'
import * as z from 'zod'

/** The time of a rule, as an event. */
export const SCHEDULED = 'system.scheduled'

const Property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  /** Filled in by programs; no form asks people for it. */
  readOnly: z.boolean().optional(),
  enum: z.array(z.json()).optional(),
})
export type Property = z.infer<typeof Property>
const Schema = z.looseObject({
  properties: z.record(z.string(), Property).default({}),
  required: z.array(z.string()).default([]),
})

export const Choice = z.object({
  app_id: z.string(),
  app_name: z.string(),
  tool: z.string(),
  description: z.string(),
  action_type: z.string(),
  params_schema: Schema,
})
export type Choice = z.infer<typeof Choice>
const Choices = z.object({
  events: z.array(
    z.object({
      event_type: z.string(),
      /** Null: of the platform. */
      app_id: z.string().nullable(),
      /** Which function publishes it; several may publish the same. Null: the app, or the platform, by itself. */
      function: z.string().nullable(),
      description: z.string(),
      /** What its payload is known to hold. */
      fields: z.array(z.object({ path: z.string(), title: z.string(), type: z.string() })).default([]),
    }),
  ),
  functions: z.array(Choice),
})
export type Choices = z.infer<typeof Choices>

/** Events that a rule of the user may wait for, and functions that it may call. */
export async function readChoices(ctx: object): Promise<PlatformAnswer<Choices>> {
  const answer = await platform(ctx).request<unknown>('GET', '/v1/automations/choices')
  return answer.ok ? { ...answer, body: Choices.parse(answer.body) } : (answer as PlatformAnswer<Choices>)
}

export const nameOf = ({ app_id, tool }: { readonly app_id: string; readonly tool: string }): string =>
  `${app_id}/${tool}`
export const choiceOf = ({ functions }: Choices, name: string): Choice | undefined =>
  functions.find((one) => nameOf(one) === name)

/** What is known of the payload of an event, whoever publishes it. */
export function fieldsOf({ events }: Choices, eventType: string): Choices['events'][number]['fields'] {
  const all = events.filter(({ event_type }) => event_type === eventType).flatMap(({ fields }) => fields)
  return [...new Map(all.map((field) => [field.path, field])).values()]
}

const MOST_ARGUMENTS = 10
/** Arguments that the form offers, in the order in which their fields are numbered. */
export const argumentsOf = ({ params_schema }: Choice): { name: string; property: Property; required: boolean }[] =>
  Object.entries(params_schema.properties)
    .map(([name, property]) => ({ name, property, required: params_schema.required.includes(name) }))
    .filter(({ property }) => property.readOnly !== true)
    // What must be there comes first, so that it is never among those that do not fit.
    .sort((one, other) => Number(other.required) - Number(one.required))
    .slice(0, MOST_ARGUMENTS)

const isTemplate = (text: string): boolean => text.includes('{{')

function parsed(text: string): z.core.util.JSONType {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What somebody typed, as the function wants it; templates stay as they are and are filled in at each run. */
export function argumentFrom(text: string, { type, enum: options }: Property): z.core.util.JSONType {
  if (isTemplate(text) || type === 'string') return text
  return options !== undefined || type !== undefined ? parsed(text) : text
}
/** A value to compare with: `1000` is a number, `true` is a truth, everything else is the text itself. */
export const valueFrom = (text: string): z.core.util.JSONType => parsed(text)
