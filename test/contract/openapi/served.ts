import type { JsonValue } from '@imperal/contract'

/** A JSON Schema of an operation that is served. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly JsonValue[]
  readonly const?: JsonValue
  readonly [member: string]: unknown
}

export const branchesOf = (schema: Schema): readonly Schema[] =>
  [schema.anyOf, schema.oneOf, schema.allOf].find((list) => list !== undefined)?.flatMap(branchesOf) ?? [schema]

const kindOfValue = (value: JsonValue): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value

/** Types that a schema lets through; empty: any. */
export function typesOf(schema: Schema): ReadonlySet<string> {
  const types = branchesOf(schema).map((branch) => {
    if (branch.type !== undefined) return [branch.type].flat()
    if (branch.const !== undefined) return [kindOfValue(branch.const)]
    return branch.enum?.map(kindOfValue) ?? null
  })
  return types.includes(null) ? new Set() : new Set(types.flatMap((list) => list ?? []))
}

/** What the entries of a list are; undefined: anything. */
export const itemsOf = (schema: Schema): Schema | undefined =>
  branchesOf(schema).find(({ items }) => items !== undefined)?.items

/** What the members of a map are; undefined: anything, or it has named ones alone. */
export const valuesOf = (schema: Schema): Schema | undefined =>
  branchesOf(schema)
    .map(({ additionalProperties }) => additionalProperties)
    .find((values) => typeof values === 'object')

export interface Members {
  readonly fields: Readonly<Record<string, Schema>>
  readonly required: ReadonlySet<string>
  /** Members without a name are let through as well. */
  readonly open: boolean
}

/** The named members of an object; one that every variant demands is required. */
export function membersOf(schema: Schema | undefined): Members {
  if (schema === undefined) return { fields: {}, required: new Set(), open: true }
  const branches = branchesOf(schema).filter((branch) => branch.properties !== undefined)
  const fields = Object.assign({}, ...branches.map(({ properties }) => properties)) as Record<string, Schema>
  const always = Object.keys(fields).filter((name) => branches.every(({ required }) => required?.includes(name)))
  const open = branches.length === 0 || branches.some((one) => one.additionalProperties !== false)
  return { fields, required: new Set(always), open }
}
