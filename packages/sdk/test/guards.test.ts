import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  checkIdShape,
  checkPlaceholderArgs,
  checkWriteArgBleed,
  enforceOsIdentity,
  enforceResponseStyle,
  formatLedger,
  formatZodIssues,
  type LedgerEntry,
  normalizeMarkdown,
  trimToolResult,
} from '../src/index.ts'

const call = (input: Record<string, unknown>) => ({ id: 'c1', name: 'add_note', input: input as never })
const entry = (more: Partial<LedgerEntry>): LedgerEntry => ({
  name: 'add_note',
  params: {},
  actionType: 'write',
  success: true,
  intercepted: false,
  event: '',
  result: null,
  ...more,
})

describe('[9.2] guards', () => {
  test.each(['<UNKNOWN>', ' <TODO> ', '<USER_ID2>', '<A>'])('%s is a placeholder', (value) => {
    expect(checkPlaceholderArgs(call({ a: { b: [value] } }))).toMatch(/^PLACEHOLDER_ARGS rejected.*add_note.*a\.b\[0\]/)
  })
  test.each(['<unknown>', 'x <UNKNOWN>'])('%s is none', (value) => {
    expect(checkPlaceholderArgs(call({ a: value }))).toBeNull()
  })
  test('[D35] [I-WRITE-ARG-NO-BLEED] the error of an earlier failure may not become the content of a change', () => {
    const failed = [entry({ success: false, result: { error_code: 'BACKEND_TIMEOUT' } })]
    const bleeding = call({ body: 'validation_missing_field again' })
    expect(checkWriteArgBleed(bleeding, failed, 'write')).toMatch(
      /^WRITE_ARG_BLEED rejected: .*add_note.*VALIDATION_MISSING_FIELD/,
    )
    expect(checkWriteArgBleed(bleeding, [], 'write')).toBeNull()
    expect(checkWriteArgBleed(bleeding, [entry({})], 'write')).toBeNull()
    expect(checkWriteArgBleed(bleeding, failed, 'read')).toBeNull()
    expect(checkWriteArgBleed(call({ body: 'internal memo' }), failed, 'write')).toBeNull()
    expect(checkWriteArgBleed(call({ body: 'it said INTERNAL.' }), failed, 'destructive')).toContain('INTERNAL')
    const cyclic: Record<string, unknown> = { code: 'INTERNAL' }
    cyclic.self = cyclic
    expect(checkWriteArgBleed(call(cyclic), failed, 'write')).toBeNull()
  })
  test.each(['acme-gmail-4', 'a1-b2-3'])('[9.4] the id %s is invented', (value) => {
    expect(checkIdShape({ message_id: value })).toMatchObject({
      errorCode: 'FABRICATED_ID_SHAPE',
      field: 'message_id',
      value,
    })
  })
  test.each(['acme-gmail-x', 'A-b-1', 'a-b-c-1', 'abc-1', '0191d5a0-7a58-7c3e-9d0a-1b2c3d4e5f60'])(
    '[9.4] the id %s passes',
    (value) => {
      expect(checkIdShape({ message_id: value, note_id: 'a-b-1' })).toBeNull()
    },
  )
})

test('[9.5] [I-PYDANTIC-FEEDBACK-STRUCTURED] problems of arguments are told one by one', () => {
  const schema = z.strictObject({
    to: z.string(),
    subject: z.string(),
    count: z.number().int(),
    at: z.iso.datetime(),
    tags: z.array(z.string()),
    who: z.union([z.object({ id: z.string(), kind: z.string() }), z.object({ id: z.string() })]),
  })
  const wrong = { subject: 7, count: 'two', at: 'tomorrow', tags: 'a', who: { id: 1 }, colour: 'red' }
  const { error } = schema.safeParse(wrong, { reportInput: true })
  if (error === undefined) return expect.unreachable()
  const lines = formatZodIssues(error).split('\n')
  expect(lines.slice(1, -2).sort()).toEqual(
    [
      "- 'to': required field is missing — provide a value",
      "- 'subject': expected string, got number",
      `- 'count': expected integer, got "two"`,
      `- 'at': expected ISO datetime (like 2026-01-31T09:00:00Z), got "tomorrow"`,
      "- 'tags': expected list/array, got string",
      "- 'who.id': expected string, got number",
      "- 'colour': unknown field — remove it",
    ].sort(),
  )
  expect([lines.at(-2), lines.at(-1)]).toEqual(['', 'Call the function again with corrected arguments.'])
})

describe('[9.6] results for the model', () => {
  test('what is short stays as it is', () =>
    expect(trimToolResult('{"a": [1,2,3,4,5,6,7]}')).toBe('{"a": [1,2,3,4,5,6,7]}'))
  test('lists and texts are cut, ids are not', () => {
    const items = Array.from({ length: 8 }, (_, n) => ({ id: `i${n}`, body: 'x'.repeat(600), other: 'y'.repeat(600) }))
    const trimmed = JSON.parse(trimToolResult(JSON.stringify({ items, subject: 's'.repeat(900) }), { maxTokens: 2600 }))
    expect(trimmed.items).toHaveLength(6)
    expect(trimmed.items[5]).toBe('[...3 more items]')
    expect(trimmed.items[0]).toEqual({
      id: 'i0',
      body: `${'x'.repeat(500)}... [600 chars total]`,
      other: 'y'.repeat(600),
    })
    expect(trimmed.subject).toHaveLength(900)
  })
  test('what is no JSON, or still too long, is cut hard', () => {
    expect(trimToolResult('z'.repeat(100), { maxTokens: 10 })).toBe(
      `${'z'.repeat(30)}\n[...truncated, 100 chars total]`,
    )
  })
})

describe('[9.9] filters of what is said', () => {
  test('no module introduces itself, nobody is sent elsewhere', () => {
    expect(enforceOsIdentity("I'm the notes assistant. Your list has 3 items.")).toBe('Your list has 3 items.')
    expect(enforceOsIdentity('Please open the Calendar app.')).toBe('How can I help?')
    expect(enforceOsIdentity('Откройте приложение Календарь.')).toBe('Чем могу помочь?')
    expect(enforceOsIdentity('Three notes were found. All are new.')).toBe('Three notes were found. All are new.')
  })
  test('no emoji, no empty phrases', () => {
    expect(enforceResponseStyle('Saved.\nFeel free to ask.\nTotal: 3')).toBe('Saved.\nTotal: 3')
    expect(enforceResponseStyle('Let me know!')).toBe('Let me know!')
    expect(enforceResponseStyle('5 → 6')).toBe('5 → 6')
    expect(enforceResponseStyle('Done 🎉👍🏽\n\n\n\nNext 1\uFE0F\u20E3')).toBe('Done \n\nNext')
  })
  test('[I-MD-2] bold marks are tight, and doing it twice changes nothing', () => {
    expect([normalizeMarkdown('** a **'), normalizeMarkdown('** **'), normalizeMarkdown('x ** y')]).toEqual([
      '**a**',
      '',
      'x ** y',
    ])
    expect(normalizeMarkdown(normalizeMarkdown('** a ** and ** b**'))).toBe('**a** and **b**')
  })
})

test('[9.10] the list of what happened', () => {
  expect(formatLedger([])).toBe('(no operations were performed)')
  const data = { a: 1, b: 'two', c: 3, d: 4, e: 5 }
  expect(
    formatLedger([
      entry({ result: { summary: 'Saved', data: {} } }),
      entry({ name: 'list', result: { summary: '', data } }),
      entry({ name: 'send', success: false, result: { error: 'No answer.' } }),
      entry({ name: 'wipe', success: false, intercepted: true }),
    ]),
  ).toBe(`- add_note — SUCCESS: Saved
- list — SUCCESS: a=1, b=two, c=3, d=4, ...
- send — ERROR: No answer.
- wipe — CONFIRM_REQUIRED: awaiting user confirmation
(4 operations total: 2 succeeded, 1 failed, 1 awaiting confirmation)`)
  expect(formatLedger([entry({})])).toContain('(1 operation total: 1 succeeded, 0 failed)')
})
