import type { JsonObject, JsonValue } from '@imperal/contract'
import type { FieldChoices } from '@imperal/ui-kit'
import { newId } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import type { App, AppFunction } from './apps.ts'
import { sendCall } from './send-call.ts'

const NO_CHOICES: FieldChoices = {}
/** As many things as one list is asked for. */
const MOST_CHOICES = 200
/** What a thing is called, by the first member that it has. */
const NAMES = ['title', 'name', 'display_name', 'label', 'subject', 'email'] as const

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const propertiesOf = (schema: JsonObject): JsonObject => (isObject(schema.properties) ? schema.properties : {})

const asksForNothing = ({ actionType, schema }: AppFunction): boolean => {
  const needed = Array.isArray(schema.required) ? schema.required.map(String) : []
  return (
    actionType === 'read' && needed.every((name) => isObject(propertiesOf(schema)[name]) && hasDefault(schema, name))
  )
}
const hasDefault = (schema: JsonObject, name: string): boolean => {
  const member = propertiesOf(schema)[name]
  return isObject(member) && member.default !== undefined
}

/** The function that lists what an id stands for: one that its description names, else `list_<things>`. */
export function listFor(app: Pick<App, 'functions'>, name: string, description: string): AppFunction | undefined {
  const stem = name.replace(/_id$/, '')
  const many = [`list_${stem}s`, `list_${stem}es`, `list_${stem.replace(/y$/, 'ies')}`]
  const lists = app.functions.filter(asksForNothing)
  const isNamed = (one: AppFunction) => new RegExp(`\\b${one.name}\\b`).test(description)
  return lists.find(isNamed) ?? lists.find((one) => many.includes(one.name))
}

/** The fields of a form that take an id which a person cannot know, each with the function that lists what there is. */
export function idFields(app: Pick<App, 'functions'>, schema: JsonObject): ReadonlyMap<string, AppFunction> {
  const found = Object.entries(propertiesOf(schema)).flatMap(([name, member]) => {
    if (!name.endsWith('_id') || !isObject(member) || member.type !== 'string' || Array.isArray(member.enum)) return []
    const list = listFor(app, name, textOf(member.description))
    return list === undefined ? [] : [[name, list] as const]
  })
  return new Map(found)
}

/** What a list answered, as choices; rows carry their id under the name that other functions take. */
export function choicesIn(data: JsonValue | undefined, name: string): FieldChoices[string] {
  const rows = (isObject(data) ? Object.values(data) : []).find(
    (value): value is JsonObject[] => Array.isArray(value) && value.some((row) => isObject(row) && name in row),
  )
  return (rows ?? []).flatMap((row) => {
    const value = isObject(row) ? textOf(row[name]) : ''
    const called = NAMES.map((key) => textOf(row[key])).find((text) => text !== '')
    return value === '' ? [] : [{ value, label: called ?? value }]
  })
}

/** What a person knows the thing behind an argument by; undefined for arguments that are no id of the lists. */
export function nameOf(choices: FieldChoices, name: string, value: unknown): string | undefined {
  const found = choices[name]?.find((choice) => choice.value === value)
  return found === undefined || found.label === found.value ? undefined : found.label
}

/** The part of a schema that speaks of the arguments of one call, so that no list is read for the others. */
export function onlyGiven(schema: JsonObject, args: JsonObject): JsonObject {
  const given = Object.entries(propertiesOf(schema)).filter(([name]) => Object.hasOwn(args, name))
  return { ...schema, properties: Object.fromEntries(given) }
}

/** The thing that a sentence names in its own words; the longest name where several occur. */
export function namedIn(text: string, choices: FieldChoices[string]): string | undefined {
  const said = text.toLowerCase()
  const named = choices.filter(({ label }) => label !== '' && said.includes(label.toLowerCase()))
  return named.sort((one, other) => other.label.length - one.label.length)[0]?.value
}

const limitOf = ({ schema }: AppFunction): JsonObject => {
  const limit = propertiesOf(schema).limit
  const maximum = isObject(limit) ? limit.maximum : undefined
  return typeof maximum === 'number' ? { limit: Math.min(maximum, MOST_CHOICES) } : {}
}

async function readChoices(app: App, fields: ReadonlyMap<string, AppFunction>): Promise<FieldChoices> {
  const read = [...fields].map(async ([name, list]) => {
    const call = { function: list.name, params: limitOf(list) }
    const response = await sendCall(app.appId, call, newId())
    return [name, response.status === 'success' ? choicesIn(response.data as JsonValue, name) : []] as const
  })
  return Object.fromEntries((await Promise.all(read)).filter(([, choices]) => choices.length > 0))
}

/** Choices for the ids that a function takes; null while they are read. Where a list fails, its id is typed. */
export function useIdChoices(app: App, schema: JsonObject): FieldChoices | null {
  const fields = idFields(app, schema)
  const query = useQuery({
    queryKey: ['id-choices', app.appId, app.revision, [...fields].map(([name, list]) => [name, list.name])],
    queryFn: () => readChoices(app, fields),
    enabled: fields.size > 0,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
  if (fields.size === 0 || query.isError) return NO_CHOICES
  return query.data ?? null
}
