import type { JsonObject } from '@imperal/contract'
import { branchesOf, itemsOf, type Members, membersOf, type Schema, typesOf, valuesOf } from './served.ts'

/** What a published document says about one value. */
export interface PublishedField {
  /** `string`, `integer`, `object`, `string[]`, `string|null`, … */
  readonly type: string
  readonly required?: true
  /** Named members of an object. */
  readonly fields?: Fields
  /** The entries of a list, where there is more to say than their type. */
  readonly items?: PublishedField
  /** The members of a map. */
  readonly values?: PublishedField
  readonly [limit: string]: unknown
}
type Fields = Readonly<Record<string, PublishedField>>

/** One operation of a published document, condensed to what callers can tell apart. */
export interface PublishedOperation {
  /** Parameters of the path that are not plain texts. */
  readonly path?: Fields
  readonly query?: Fields
  readonly headers?: readonly string[]
  readonly body?: PublishedField
  readonly media?: string
  readonly status?: number
  readonly answer?: PublishedField
}

export interface ServedOperation {
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
  readonly security: readonly Readonly<Record<string, unknown>>[]
  readonly 'x-service-token'?: boolean
}

const LIMITS = [
  'minimum',
  'exclusiveMinimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'format',
  'enum',
  'default',
] as const

/** Where a text, a list or a number ends is no part of what was published: here each has an end, as every request has. */
const ENDS: ReadonlySet<string> = new Set(['maxLength', 'maxItems', 'maximum', 'default'])

function limitOf(schema: Schema, limit: string): unknown {
  const own = schema[limit] ?? branchesOf(schema).find((branch) => branch[limit] !== undefined)?.[limit]
  if (limit === 'minimum' && own === undefined) {
    const beyond = schema.exclusiveMinimum
    return typeof beyond === 'number' && typesOf(schema).has('integer') ? beyond + 1 : undefined
  }
  return own
}

/** Bounds that a schema library writes for every whole number say nothing. */
const isEmptyBound = (value: unknown): boolean =>
  value === undefined || (typeof value === 'number' && Math.abs(value) >= Number.MAX_SAFE_INTEGER)

/** `^(a|b)$` says the same as the choice of a and b. */
const choiceOf = (pattern: unknown): readonly string[] | null =>
  /^\^\(([\w|-]+)\)\$$/.exec(String(pattern))?.[1]?.split('|').sort() ?? null

/** A limit as published, where another word says the same: a choice that is served as such, `> 0` of whole numbers. */
function publishedLimit(limit: string, field: PublishedField, served: Schema): unknown {
  const { exclusiveMinimum: beyond } = field
  if (field[limit] === undefined && typeof beyond === 'number' && /\binteger\b/.test(field.type))
    if (limit === 'minimum') return beyond + 1
  if (limit === 'enum' && limitOf(served, 'enum') !== undefined)
    return field.enum ?? choiceOf(field.pattern) ?? undefined
  return field[limit]
}

const inOrder = (value: unknown) => (Array.isArray(value) ? [...value].filter((one) => one !== null).sort() : value)
const written = (value: unknown): string => JSON.stringify(inOrder(value)) ?? 'none'

/** Limits that say nothing more than what was published, or than another word that is compared by itself. */
function isImplied(limit: string, field: PublishedField, served: Schema): boolean {
  const [published, ours] = [publishedLimit(limit, field, served), limitOf(served, limit)]
  if (limit === 'exclusiveMinimum') return /\binteger\b/.test(field.type)
  // The choice is compared, and so is the format.
  if (limit === 'pattern' && ours === undefined)
    return choiceOf(published) !== null && limitOf(served, 'enum') !== undefined
  if (published !== undefined) return false
  if (limit === 'pattern' && limitOf(served, 'format') !== undefined) return true
  // A pattern says how short a text may be; and an empty one says nothing, unless it stands for one that is left out.
  if (limit === 'minLength') return isEmptyBound(ours) || ours === 1 || limitOf(served, 'pattern') !== undefined
  // Nobody counts below none.
  if (limit === 'minimum') return isEmptyBound(ours) || Number(ours) <= 0
  return isEmptyBound(ours) || ENDS.has(limit)
}

function limitsThatDiffer(where: string, field: PublishedField, served: Schema): string[] {
  return LIMITS.flatMap((limit) => {
    const [published, ours] = [publishedLimit(limit, field, served), limitOf(served, limit)]
    if (written(published) === written(ours) || isImplied(limit, field, served)) return []
    return [`${where} ${limit}: ${written(published)} there, ${isEmptyBound(ours) ? 'none' : written(ours)} here`]
  })
}

/** Whether what clients may send instead of leaving a member out, its published default, is taken. */
function defaultDiffers(where: string, field: PublishedField, served: Schema): string[] {
  const { default: value } = field
  if (typeof value !== 'string') return []
  const takes = branchesOf(served).some((branch) => {
    const { minLength = 0, pattern, enum: choice, const: only } = branch
    if (only !== undefined) return only === value
    return (
      value.length >= Number(minLength) &&
      (pattern === undefined || new RegExp(String(pattern)).test(value)) &&
      (choice === undefined || choice.includes(value))
    )
  })
  return takes ? [] : [`${where}: its default ${JSON.stringify(value)} is refused here`]
}

interface Kinds {
  readonly types: ReadonlySet<string>
  /** What the entries of a published list are. */
  readonly items: PublishedField | undefined
}

function kindsOf(field: PublishedField): Kinds {
  const types = field.type === 'any' ? [] : field.type.split('|')
  const list = types.find((type) => type.endsWith('[]'))
  return {
    types: new Set(types.map((type) => (type.endsWith('[]') ? 'array' : type))),
    items: field.items ?? (list === undefined ? undefined : { type: list.slice(0, -2) }),
  }
}

/** Types of the first that the second does not let through; whole numbers are numbers. */
function beyond(types: ReadonlySet<string>, allowed: ReadonlySet<string>): string[] {
  if (allowed.size === 0) return []
  return [...types].filter((type) => !allowed.has(type) && !(type === 'integer' && allowed.has('number')))
}

type Direction = 'sent' | 'answered'

/** What is published has to be taken as it is; what is answered has to be as it was published. */
function typesThatDiffer(where: string, field: PublishedField, served: Schema, direction: Direction): string[] {
  const [published, ours] = [kindsOf(field).types, typesOf(served)]
  const differs = direction === 'sent' ? beyond(published, ours) : beyond(ours, published)
  // A schema without a type takes anything; as an answer it promises less than a type does.
  const vague = direction === 'answered' && ours.size === 0 && published.size > 0
  return differs.length > 0 || vague ? [`${where}: ${field.type} there, ${[...ours].join('|') || 'anything'} here`] : []
}

function valueDiffers(where: string, field: PublishedField, served: Schema, direction: Direction): string[] {
  const { items } = kindsOf(field)
  const [ourItems, ourValues] = [itemsOf(served), valuesOf(served)]
  const inside = (at: string, inner: PublishedField | undefined, ours: Schema | undefined) =>
    inner === undefined || ours === undefined ? [] : valueDiffers(at, inner, ours, direction)
  const isMap = field.values !== undefined && ourValues === undefined && membersOf(served).open
  return [
    ...typesThatDiffer(where, field, served, direction),
    ...(direction === 'sent' ? limitsThatDiffer(where, field, served) : []),
    ...(direction === 'sent' ? defaultDiffers(where, field, served) : []),
    ...membersDiffer(where, field.fields, served, direction),
    ...inside(`${where}[]`, items, ourItems),
    ...inside(`${where}{}`, field.values, ourValues),
    ...(isMap && direction === 'answered' ? [`${where}{}: ${field.values?.type} there, anything here`] : []),
  ]
}

function membersDiffer(where: string, published: Fields = {}, served: Schema, direction: Direction): string[] {
  return fieldsDiffer(where, published, membersOf(served), direction)
}

function requirednessDiffers(where: string, wanted: boolean, here: boolean, direction: Direction): string[] {
  if (wanted === here || (direction === 'answered' && !wanted)) return []
  return [`${where}: ${wanted ? 'required there, optional here' : 'optional there, required here'}`]
}

function fieldsDiffer(place: string, published: Fields, served: Members, direction: Direction): string[] {
  const at = (name: string) =>
    /^(query|body|answer|path)(\[\]|\{\})*$/.test(place) ? `${place} ${name}` : `${place}.${name}`
  const found = Object.entries(published).flatMap(([name, field]) => {
    const ours = served.fields[name]
    if (ours === undefined) return [`${at(name)}: ${direction === 'sent' ? 'not taken' : 'missing'} here`]
    return [
      ...requirednessDiffers(at(name), field.required === true, served.required.has(name), direction),
      ...valueDiffers(at(name), field, ours, direction),
    ]
  })
  if (direction === 'answered') return found
  const onlyHere = [...served.required].filter((name) => published[name] === undefined)
  return [...found, ...onlyHere.map((name) => `${at(name)}: only required here`)]
}

/** Parameters of one place as the members of an object. */
function parametersOf({ parameters }: ServedOperation, place: string): Members {
  const own = parameters.filter((one) => one.in === place)
  return {
    fields: Object.fromEntries(own.map(({ name, schema }) => [name, schema])),
    required: new Set(own.filter(({ required }) => required).map(({ name }) => name)),
    open: true,
  }
}

/** An address has no way to say null; a parameter that may be null may be left out. */
const withoutNull = (fields: Fields = {}): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, { ...field, type: field.type.replace('|null', '') }]),
  )

function pathDiffers(published: Fields = {}, served: ServedOperation): string[] {
  const { fields } = parametersOf(served, 'path')
  return Object.entries(published).flatMap(([name, field]) => {
    const ours = fields[name]
    if (ours === undefined) return [`path ${name}: called ${Object.keys(fields).join(', ')} here`]
    return typesThatDiffer(`path ${name}`, field, ours, 'sent')
  })
}

/** Which way in a header of the published document stands for. */
const SCHEMES: Readonly<Record<string, string>> = {
  authorization: 'bearer',
  'x-api-key': 'api_key',
  'x-service-token': 'service_token',
}

function headersDiffer({ headers = [] }: PublishedOperation, served: ServedOperation): string[] {
  const ways = served.security.map((one) => Object.keys(one))
  return headers
    .filter((name) => {
      const scheme = SCHEMES[name]
      return scheme !== undefined && !ways.some((way) => way.includes(scheme))
    })
    .map((name) => `header ${name}: asked for there, not taken here`)
}

/**
 * How a served operation differs from the published one, a line each: in every member, of every depth. Members and
 * parameters that only we have are no difference unless they are required: the documents of an earlier version allow them
 * (api.md, superset rule).
 */
export function differencesOf(published: PublishedOperation, served: ServedOperation): string[] {
  const [[media, body] = [undefined, undefined]] = Object.entries(served.requestBody?.content ?? {})
  const [status, answer] = Object.entries(served.responses).find(([code]) => code !== 'default') ?? ['none', {}]
  const answered = Object.values(answer.content ?? {})[0]?.schema
  const wanted = published.media ?? 'application/json'
  return [
    ...pathDiffers(published.path, served),
    ...fieldsDiffer('query', withoutNull(published.query), parametersOf(served, 'query'), 'sent'),
    ...(published.body !== undefined && media !== wanted ? [`body: ${wanted} there, ${media ?? 'none'} here`] : []),
    ...valueDiffers('body', published.body ?? { type: 'any' }, body?.schema ?? {}, 'sent'),
    ...(status === String(published.status ?? 200) ? [] : [`status: ${published.status ?? 200} there, ${status} here`]),
    ...(published.answer === undefined ? [] : valueDiffers('answer', published.answer, answered ?? {}, 'answered')),
    ...headersDiffer(published, served),
  ]
}

export type Documents = Readonly<Record<string, Readonly<Record<string, ServedOperation>>>>
/** Operations of a served document by `METHOD /path`, parameters of the path without their names. */
export function operationsOf(document: JsonObject): ReadonlyMap<string, ServedOperation> {
  const { paths } = document as unknown as { paths: Documents }
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [bare(`${method.toUpperCase()} ${path}`), operation] as const,
      ),
    ),
  )
}
export const bare = (operation: string): string => operation.replace(/\{[^}]*\}/g, '{}')
