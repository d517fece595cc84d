import fc from 'fast-check'
import { z } from 'zod'

type Schema = {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minItems?: number
  readonly maxItems?: number
}

/** Texts that have broken parsers, databases and logs before. */
const NASTY = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e',
  '🦀'.repeat(20),
  'x'.repeat(10_000),
  "'; drop table identity.account; --",
  '%',
  '_',
  '\\',
  '../../etc/passwd',
  '${jndi:ldap://x}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  'null',
  'NaN',
  '-0',
  '1e309',
  '9999999999999999999999',
  '2026-13-45T99:99:99Z',
  '+275760-09-13T00:00:00.001Z',
  '__proto__',
  'constructor',
  'imp_u_',
  '__system__',
  '*',
]
const NUMBERS = [0, -1, 1, 0.5, -0, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 1e-308, Number.MAX_SAFE_INTEGER]

const nastyText = fc.constantFrom(...NASTY)
const anything: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.constantFrom<unknown>(
    ...NUMBERS,
    true,
    false,
    null,
    [],
    {},
    [[[[]]]],
    { a: { b: { c: null } } },
    { __proto__: 1 },
  ),
  fc.jsonValue({ maxDepth: 3 }),
)

function text(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.format === 'email') return fc.stringMatching(/^[a-z]{1,12}$/).map((name) => `${name}@example.com`)
  if (schema.pattern !== undefined) {
    try {
      return fc.stringMatching(new RegExp(schema.pattern), { maxLength: 60 })
    } catch {
      // A pattern that the generator cannot read; other texts will do.
    }
  }
  if (schema.format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  if (schema.format === 'date') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10))
  if (schema.format === 'uuid') return fc.uuid()
  if (schema.format === 'uri') return fc.webUrl()
  const [minLength, maxLength] = [schema.minLength ?? 0, Math.min(schema.maxLength ?? 60, 400)]
  return fc.string({ minLength: Math.min(minLength, maxLength), maxLength, unit: 'grapheme' })
}

/** Values that mean something in the world of the test, by the name of the member that takes them. */
export type Hints = Readonly<Record<string, readonly unknown[]>>

function object(schema: Schema, depth: number, hints: Hints): fc.Arbitrary<unknown> {
  const known = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, inner]) => {
      const given = hints[name]
      const plain = of(inner, depth + 1, hints)
      return [name, given === undefined ? plain : fc.oneof({ arbitrary: fc.constantFrom(...given), weight: 3 }, plain)]
    }),
  )
  const required = schema.required ?? []
  const fields = fc.record(known, { requiredKeys: required.filter((name) => name in known) })
  const rest = schema.additionalProperties
  if (rest === undefined || rest === false) return fields
  const values = rest === true ? fc.jsonValue({ maxDepth: 2 }) : of(rest, depth + 1, hints)
  return fc
    .tuple(fields, fc.dictionary(fc.string({ maxLength: 12 }), values, { maxKeys: 3 }))
    .map(([a, b]) => ({ ...b, ...a }))
}

function of(schema: Schema, depth: number, hints: Hints): fc.Arbitrary<unknown> {
  if (depth > 6) return fc.constant(null)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => of(choice, depth + 1, hints)))
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  const type = types[0]
  if (type === 'string') return text(schema)
  if (type === 'integer' || type === 'number') {
    const min = Math.max(schema.minimum ?? schema.exclusiveMinimum ?? -1e6, -1e9)
    const max = Math.max(min, Math.min(schema.maximum ?? 1e6, 1e9))
    return type === 'integer'
      ? fc.integer({ min: Math.ceil(min), max: Math.floor(max) })
      : fc.double({ min, max, noNaN: true })
  }
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  if (type === 'array')
    return fc.array(of(schema.items ?? {}, depth + 1, hints), {
      minLength: schema.minItems ?? 0,
      maxLength: Math.max(schema.minItems ?? 0, 4),
    })
  if (type === 'object') return object(schema, depth, hints)
  return fc.jsonValue({ maxDepth: 2 })
}

/** Puts something odd at a random place of a value. */
function spoil(value: unknown, odd: unknown, at: number): unknown {
  if (Array.isArray(value))
    return value.length === 0
      ? [odd]
      : value.map((entry, index) => (index === at % value.length ? spoil(entry, odd, at >> 2) : entry))
  if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value)
    const name = names[at % Math.max(1, names.length)]
    if (name === undefined) return { [(JSON.stringify(odd) ?? 'odd').slice(0, 20)]: odd }
    return { ...value, [name]: spoil((value as Record<string, unknown>)[name], odd, at >> 2) }
  }
  return odd
}

/** Inputs of a schema: mostly valid ones, some spoilt in one place, some that are anything at all. */
export function inputsOf(schema: z.ZodType, hints: Hints): fc.Arbitrary<unknown> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as unknown as Schema
  const valid = of(json, 0, hints)
  return fc.oneof(
    { arbitrary: valid, weight: 5 },
    { arbitrary: fc.tuple(valid, anything, fc.nat(1000)).map(([value, odd, at]) => spoil(value, odd, at)), weight: 4 },
    { arbitrary: anything, weight: 1 },
  )
}

const SEED = 20_261_130
const MOST_TRIES = 200

/**
 * One input that the schema takes, the same in every run: what has to be there, as generated, and every member of `hints`
 * that it knows with the first value of the hint.
 * @throws when nothing valid was found
 */
export function validInput(schema: z.ZodType, hints: Hints): unknown {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as unknown as Schema
  const [known, required] = [propertiesOf(json), requiredOf(json)]
  const hinted = Object.fromEntries(
    Object.entries(hints).flatMap(([name, [first]]) => (name in known ? [[name, first] as const] : [])),
  )
  const values = of(json, 0, hints)
  for (let at = 0; at < MOST_TRIES; at++) {
    const [value] = fc.sample(values, { seed: SEED + at, numRuns: 1 })
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    const whole = { ...(isObject ? value : {}), ...hinted }
    const least = Object.fromEntries(Object.entries(whole).filter(([name]) => required.has(name) || name in hinted))
    const found = (isObject ? [least, whole, value] : [value]).find((one) => schema.safeParse(one).success)
    if (found !== undefined) return found
  }
  throw new Error(`no valid input found for ${JSON.stringify(json).slice(0, 300)}`)
}

const variantsOf = (schema: Schema): readonly Schema[] =>
  (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.flatMap(variantsOf) ?? [schema]
const propertiesOf = (schema: Schema) => Object.assign({}, ...variantsOf(schema).map(({ properties }) => properties))
const requiredOf = (schema: Schema) => new Set(variantsOf(schema).flatMap(({ required = [] }) => required))

/** Texts for a path: mostly ids that mean something, some that are odd. */
export const pathTexts = (known: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: fc.constantFrom(...known), weight: 4 },
    {
      arbitrary: fc.constantFrom(
        ...NASTY.filter((one) => one !== '' && one.isWellFormed()).map((one) => one.slice(0, 3_000)),
      ),
      weight: 2,
    },
    {
      arbitrary: fc
        .string({ minLength: 1, maxLength: 30 })
        .filter((one) => one.isWellFormed() && !/^\.{1,2}$/.test(one)),
      weight: 1,
    },
  )
