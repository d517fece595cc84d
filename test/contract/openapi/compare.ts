import type { JsonObject, JsonValue } from '@imperal/contract'

/** What a published document says about one field. */
export interface PublishedField {
  /** `string`, `integer`, `object`, `string[]`, `string|null`, … */
  readonly type: string
  readonly required?: true
  readonly [limit: string]: unknown
}
type Fields = Readonly<Record<string, PublishedField>>

/** One operation of a published document, condensed to what callers can tell apart. */
export interface PublishedOperation {
  readonly query?: Fields
  readonly headers?: readonly string[]
  readonly body?: Fields
  readonly media?: string
  readonly status?: number
  readonly answer?: string
  readonly response?: Fields
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly JsonValue[]
  readonly const?: JsonValue
  readonly [member: string]: unknown
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
  readonly 'x-service-token'?: boolean
}

const branchesOf = (schema: Schema): readonly Schema[] =>
  [schema.anyOf, schema.oneOf, schema.allOf].find((list) => list !== undefined)?.flatMap(branchesOf) ?? [schema]

const kindOfValue = (value: JsonValue): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value

/** Types that a schema lets through; empty: any. */
function typesOf(schema: Schema): ReadonlySet<string> {
  const types = branchesOf(schema).map((branch) => {
    if (branch.type !== undefined) return [branch.type].flat()
    if (branch.const !== undefined) return [kindOfValue(branch.const)]
    return branch.enum?.map(kindOfValue) ?? null
  })
  return types.includes(null) ? new Set() : new Set(types.flatMap((list) => list ?? []))
}

/** Whether a value of the published type could be one of the served schema. */
function fits(published: string, served: Schema): boolean {
  const types = typesOf(served)
  if (published === 'any' || types.size === 0) return true
  return published.split('|').some((one) => {
    const base = one.endsWith('[]') ? 'array' : one
    return types.has(base) || (base === 'integer' && types.has('number')) || (base === 'number' && types.has('integer'))
  })
}

const LIMITS = [
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'enum',
  'default',
] as const

function limitOf(schema: Schema, limit: string): unknown {
  const own = schema[limit] ?? branchesOf(schema).find((branch) => branch[limit] !== undefined)?.[limit]
  if (limit === 'minimum' && own === undefined) {
    const beyond = schema.exclusiveMinimum
    return typeof beyond === 'number' ? beyond + 1 : undefined
  }
  return own
}

/** Bounds that a schema library writes for every whole number say nothing. */
const isEmptyBound = (value: unknown): boolean =>
  typeof value === 'number' && Math.abs(value) >= Number.MAX_SAFE_INTEGER

/** `^(a|b)$` says the same as the choice of a and b. */
const choiceOf = (pattern: unknown): readonly string[] | null =>
  /^\^\(([\w|-]+)\)\$$/.exec(String(pattern))?.[1]?.split('|').sort() ?? null

function isSame(limit: string, field: PublishedField, served: Schema): boolean {
  const [published, ours] = [field[limit], limitOf(served, limit)]
  if (JSON.stringify(published) === JSON.stringify(ours)) return true
  const choices = limit === 'pattern' ? limitOf(served, 'enum') : undefined
  return Array.isArray(choices) && JSON.stringify([...choices].sort()) === JSON.stringify(choiceOf(published))
}

function limitsThatDiffer(where: string, field: PublishedField, served: Schema): string[] {
  return LIMITS.flatMap((limit) => {
    const [published, ours] = [field[limit], limitOf(served, limit)]
    if (published === undefined || isEmptyBound(ours)) return []
    return isSame(limit, field, served)
      ? []
      : [`${where} ${limit}: ${JSON.stringify(published)} there, ${JSON.stringify(ours) ?? 'none'} here`]
  })
}

interface Served {
  readonly fields: Readonly<Record<string, Schema>>
  readonly required: ReadonlySet<string>
}

function fieldsOf(schema: Schema | undefined): Served {
  if (schema === undefined) return { fields: {}, required: new Set() }
  const branches = branchesOf(schema).filter((branch) => branch.properties !== undefined)
  const fields = Object.assign({}, ...branches.map(({ properties }) => properties)) as Record<string, Schema>
  const always = Object.keys(fields).filter((name) => branches.every(({ required }) => required?.includes(name)))
  return { fields, required: new Set(always) }
}

function sent(place: string, published: Fields, served: Served): string[] {
  const found: string[] = []
  for (const [name, field] of Object.entries(published)) {
    const where = `${place} ${name}`
    const ours = served.fields[name]
    if (ours === undefined) {
      found.push(`${where}: not taken here`)
      continue
    }
    if (!fits(field.type, ours)) found.push(`${where}: ${field.type} there, ${[...typesOf(ours)].join('|')} here`)
    if (served.required.has(name) !== (field.required === true))
      found.push(
        `${where}: ${field.required === true ? 'required there, optional here' : 'optional there, required here'}`,
      )
    found.push(...limitsThatDiffer(where, field, ours))
  }
  for (const name of served.required)
    if (published[name] === undefined) found.push(`${place} ${name}: only required here`)
  return found
}

function answered(published: PublishedOperation, schema: Schema | undefined): string[] {
  if (published.answer === undefined) return []
  const types = typesOf(schema ?? {})
  if (published.answer !== 'any' && types.size > 0 && !types.has(published.answer))
    return [`answer: ${published.answer} there, ${[...types].join('|')} here`]
  const inner =
    published.answer === 'array' ? branchesOf(schema ?? {}).find(({ items }) => items !== undefined)?.items : schema
  const { fields } = fieldsOf(inner)
  return Object.entries(published.response ?? {}).flatMap(([name, field]) => {
    const ours = fields[name]
    if (ours === undefined) return [`answer ${name}: missing here`]
    return fits(field.type, ours) ? [] : [`answer ${name}: ${field.type} there, ${[...typesOf(ours)].join('|')} here`]
  })
}

const GATES: Readonly<Record<string, keyof ServedOperation>> = { 'x-service-token': 'x-service-token' }

/**
 * How a served operation differs from the published one, a line each. Members and parameters that only we have are no
 * difference unless they are required: the documents of an earlier version allow them (api.md, superset rule).
 */
export function differencesOf(published: PublishedOperation, served: ServedOperation): string[] {
  const query: Served = {
    fields: Object.fromEntries(
      served.parameters.filter((one) => one.in === 'query').map(({ name, schema }) => [name, schema]),
    ),
    required: new Set(served.parameters.filter((one) => one.in === 'query' && one.required).map(({ name }) => name)),
  }
  const [[media, body] = [undefined, undefined]] = Object.entries(served.requestBody?.content ?? {})
  const [status, answer] = Object.entries(served.responses).find(([code]) => code !== 'default') ?? ['none', {}]
  const gated = (published.headers ?? []).filter((name) => GATES[name] !== undefined)
  return [
    ...sent('query', published.query ?? {}, query),
    ...(published.body !== undefined && media !== (published.media ?? 'application/json')
      ? [`body: ${published.media ?? 'application/json'} there, ${media ?? 'none'} here`]
      : []),
    ...sent('body', published.body ?? {}, fieldsOf(body?.schema)),
    ...(status === String(published.status ?? 200) ? [] : [`status: ${published.status ?? 200} there, ${status} here`]),
    ...answered(published, Object.values(answer.content ?? {})[0]?.schema),
    ...gated.flatMap((name) =>
      served[GATES[name] as keyof ServedOperation] === true ? [] : [`header ${name}: asked for there, not here`],
    ),
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
