import { expect, test } from 'vitest'
import * as z from 'zod'
import { typeText } from './type-text.ts'

const of = (schema: z.ZodType, io: 'input' | 'output' = 'input') => z.toJSONSchema(schema, { io })

test('[K2.2] a schema is a type: names, kinds, limits, defaults and descriptions, on one line', () => {
  const params = z.object({
    title: z.string().min(1).max(120).describe('What the note\nis called.'),
    limit: z.number().int().min(1).max(100).default(20),
    worth: z.number().positive().optional(),
    tags: z
      .array(z.enum(['work', 'home']))
      .max(5)
      .optional(),
    due: z.iso.datetime().nullable(),
    'content-type': z.literal('text/plain').optional(),
  })
  expect(typeText(of(params))).toBe(
    '{ title: string /* 1..120 characters; What the note is called. */, limit?: integer = 20 /* 1..100 */, worth?: number /* above 0 */, ' +
      'tags?: ("work" | "home")[] /* at most 5 entries */, due: string | null, "content-type"?: "text/plain" }',
  )
})

test('[K2.2] what a function gives is written without notes, and as deep as it is asked for', () => {
  const page = of(
    z.object({
      items: z.array(z.object({ id: z.string().max(9), owner: z.object({ name: z.string() }) })),
      total: z.int(),
    }),
    'output',
  )
  expect(typeText(page, { notes: false })).toBe('{ items: { id: string, owner: { name: string } }[], total: integer }')
  expect(typeText(page, { notes: false, depth: 2 })).toBe('{ items: { id: string, owner: object }[], total: integer }')
  expect(typeText(page, { notes: false, depth: 1 })).toBe('{ items: object[], total: integer }')
})

test('unions, intersections, records, tuples, any value and types that hold themselves', () => {
  interface Folder {
    name: string
    inside?: Folder[] | undefined
  }
  const folder: z.ZodType<Folder> = z.object({ name: z.string(), inside: z.array(z.lazy(() => folder)).optional() })
  expect(typeText(of(z.object({ folder })))).toMatch(
    /^\{ folder: \{ name: string, inside\?: (?:unknown|\{.*\})\[\] \} \}$/,
  )
  expect(typeText(of(z.object({ value: z.json() })))).toBe('{ value: JSON }')
  expect(typeText(of(z.record(z.string(), z.number())))).toBe('{ [key: string]: number }')
  expect(typeText(of(z.tuple([z.string(), z.boolean()])))).toBe('[string, boolean]')
  expect(typeText(of(z.union([z.string(), z.array(z.number())])))).toBe('string | number[]')
  expect(typeText({ type: ['string', 'null'] })).toBe('string | null')
  expect(typeText(of(z.array(z.union([z.object({ a: z.string().min(1) }), z.object({ b: z.null() })]))))).toBe(
    '({ a: string /* not empty */ } | { b: null })[]',
  )
  expect(typeText({ allOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { enum: [1, 2] }] })).toBe(
    '{ a?: string } & (1 | 2)',
  )
  for (const nothing of [{}, true, null, 'x', { $ref: '#/$defs/%zz' }, { $ref: '#/$defs/constructor' }])
    expect(typeText(nothing)).toBe('unknown')
})

test('a schema of a hostile author ends: definitions that name each other twice, notes that would end early', () => {
  const names = Array.from({ length: 60 }, (_, n) => `d${n}`)
  const twice = (name: string) => ({
    anyOf: [{ type: 'array', items: { $ref: `#/$defs/${name}` } }, { $ref: `#/$defs/${name}` }],
  })
  const $defs = Object.fromEntries(names.map((name, n) => [name, n === 59 ? { type: 'string' } : twice(`d${n + 1}`)]))
  expect(typeText({ $ref: '#/$defs/d0', $defs }).length).toBeLessThan(100_000)
  expect(typeText({ type: 'object', properties: { a: { type: 'string', description: 'x */ , b: secret' } } })).toBe(
    '{ a?: string /* x * / , b: secret */ }',
  )
})
