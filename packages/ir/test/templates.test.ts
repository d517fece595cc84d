import type { JsonValue } from '@imperal/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ABSENT, holds, RunError, resolveText, resolveValue, type Scope, scanTemplate } from '../src/index.ts'
import { templateOf } from '../src/template/resolve.ts'
import { CONDITIONS, NOTHING, TEMPLATE_TABLE, tableScope } from './tables.ts'

const scopeOf = (more: Partial<Scope> = {}): Scope => ({
  ...tableScope(),
  ...more,
})
const resolved = (text: string, more: Partial<Scope> = {}) => resolveText(text, scopeOf(more))

describe('the table of 6.7', () => {
  test.each(TEMPLATE_TABLE)('[I6.1, I6.2, I6.3] %s', (template, value) => {
    expect(resolved(template)).toEqual(value)
  })

  test.each(NOTHING)('[I6.5] %s finds nothing', (template) => {
    expect(resolved(template)).toBe(ABSENT)
  })
})

test('[I6.2] a value that contains a token is plain text, wherever it goes', () => {
  expect(resolveValue({ deep: ['{{s}}', 'and {{s}}'] }, scopeOf())).toEqual({
    deep: ['{{event.i}}', 'and {{event.i}}'],
  })
})

test('[I6.4] a param named like a root is reachable as event.<name>', () => {
  const scope = { event: { steps: 'mine' }, steps: { one: 'theirs' } }
  expect(resolved('{{event.steps}}', scope)).toBe('mine')
  expect(resolved('{{steps.one}}', scope)).toBe('theirs')
})

test.each([
  ['{{', 'malformed'],
  ['{{}}', 'malformed'],
  ['{{a b}}', 'malformed'],
  ['{{a..b}}', 'malformed'],
  ["{{'open}}", 'malformed'],
  ['{{a | default:}}', 'malformed'],
  ["{{a | format:'x'}}", 'malformed'],
  ['{{a | upper}}', 'filter'],
])('[I6.3] %s is no token: it is named, and stays as it is', (source, kind) => {
  expect(scanTemplate(source).problems.map((problem) => problem.kind)).toContain(kind)
  expect(resolved(source)).toBe(source)
})

test.each<[string, JsonValue, string]>([
  ["{{v | format:'d'}}", 2.5, '3'],
  ["{{v | format:'.1f'}}", -1.25, '-1.3'],
  ["{{v | format:'%'}}", 0.42, '42%'],
  ["{{v | format:',.1%'}}", 12.345, '1,234.5%'],
  ["{{v | format:','}}", 1234567, '1,234,567'],
  ["{{v | format:'.2f'}}", null, ''],
  ["{{v | format:'.0f'}}", -0.2, '0'],
])('[I6.3] %s of %s is %s', (template, v, text) => {
  expect(resolved(template, { event: { v } })).toBe(text)
})

test('[I6.5] a number format of something else is an error, not a guess', () => {
  expect(() => resolved("{{v | format:'.2f'}}", { event: { v: '12' } })).toThrow(
    expect.objectContaining({ code: 'IR_TEMPLATE_TYPE' }),
  )
})

test('absent entries and elements are dropped instead of written empty (6.6)', () => {
  expect(resolveValue({ kept: '{{i}}', gone: '{{nothing}}', list: ['{{nothing}}', 1] }, scopeOf())).toEqual({
    kept: 7,
    list: [1],
  })
})

test('a short template cannot make a huge text, nor keep the process busy', () => {
  const big = { text: 'x'.repeat(40_000) }
  expect(() => resolved('{{text}}{{text}}', { event: big })).toThrow(RunError)
  const list = Array.from({ length: 20_000 }, () => 'y'.repeat(50))
  const template = '{{count(l)}}{{l}}'.repeat(50)
  expect(() => resolved(template, { event: { l: list } })).toThrow(expect.objectContaining({ code: 'IR_LIMIT' }))
})

describe('conditions', () => {
  const values: JsonValue[] = [0, 1, 2.5, '', 'a', '1', ' 2.5 ', true, false, null, [], [1, 'a'], {}, { a: 1 }]
  const holdsFor = (field: string, comparator: string, value: JsonValue, v: JsonValue | undefined) =>
    holds({ field, [comparator]: value }, scopeOf({ event: v === undefined ? {} : { v } }))

  test('[I7.2, I7.3] neq is the opposite of eq, for every pair of kinds and for nothing', () => {
    for (const field of [...values, undefined])
      for (const value of values)
        expect(holdsFor('{{v}}', 'neq', value, field)).toBe(!holdsFor('{{v}}', 'eq', value, field))
  })

  test.each(CONDITIONS)('[I7.2] %j %s %j is %s', (v, comparator, value, expected) => {
    expect(holdsFor('{{v}}', comparator, value, v)).toBe(expected)
  })

  test('[I7.2] with several comparators the first of the fixed order counts; with none it is false', () => {
    const scope = scopeOf({ event: { v: 5 } })
    expect(holds({ field: '{{v}}', exists: false, gt: 1, eq: 5 }, scope)).toBe(true)
    expect(holds({ field: '{{v}}', gt: 1, neq: 5 }, scope)).toBe(false)
    expect(holds({ field: '{{v}}' }, scope)).toBe(false)
  })

  test('comparator values are templates too', () => {
    expect(holds({ field: '{{n}}', lt: '{{i}}' }, scopeOf())).toBe(true)
  })
})

test('100,000 random texts neither crash the scanner nor reach anything but the scope', { timeout: 120_000 }, () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '{{',
      '}}',
      '{',
      '}',
      '|',
      'event',
      'steps',
      '.',
      '__proto__',
      'constructor',
      ' ',
      "'",
      '"',
      'count(',
    ),
    fc.constantFrom('default:', "format:'.2f'", 'toString', 'prototype', '0', 'ctx', 'prev', '-', ':'),
    fc.string({ maxLength: 6 }),
  )
  const text = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, (source) => {
      const scanned = scanTemplate(source)
      let value: unknown
      try {
        value = resolveText(source, scopeOf())
      } catch (error) {
        expect(error).toBeInstanceOf(RunError)
        return
      }
      expect(typeof value).not.toBe('function')
      if (scanned.parts.every((part) => typeof part === 'string')) expect(value).toBe(source)
    }),
    { numRuns: 100_000 },
  )
})

test('short templates are read once, long ones are not kept, and all that are kept stay within some megabytes', () => {
  const first = templateOf('Hello {{name}}')
  expect(templateOf('Hello {{name}}')).toBe(first)
  const long = `${'x'.repeat(3000)}{{name}}`
  expect(templateOf(long)).not.toBe(templateOf(long))
  // Each is some 50 KB of parts, so that far fewer than the texts' own length would allow push out the first one.
  for (let index = 0; index < 100; index += 1) templateOf(`${index}${'{{a}}'.repeat(400)}`)
  expect(templateOf('Hello {{name}}')).not.toBe(first)
})

test('a text full of broken tokens has a problem for each of them, up to the size of a document', () => {
  expect(scanTemplate('{{'.repeat(250_000)).problems).toHaveLength(250_000)
  const filters = scanTemplate('{{a | upper}}{{'.repeat(20_000)).problems
  expect(filters.slice(0, 2)).toEqual([{ kind: 'filter', name: 'upper' }, { kind: 'malformed' }])
})
