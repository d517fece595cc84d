import type { JsonObject } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import type { CallOutcome, CatalogFunction } from '../../kernel/index.ts'
import type { CallRecord } from '../plan/records.ts'
import { groundsOf, resultsOf, verifyNarration } from './narration.ts'
import { presenceOf } from './presence.ts'

/** A result with one field of every type that a person can check with the eye. */
const DATA: JsonObject = {
  title: 'Quarterly review',
  total: 1234.5,
  due: '2026-12-24T09:30:00Z',
  owner: { name: 'Anna Keller', email: 'anna@example.com' },
  link: 'https://example.com/review/7',
  invoice_id: 'inv_a81fz92k',
  rows: [{ name: 'Berlin' }, { name: 'Lisbon' }, { name: 'Oslo' }],
  is_open: true,
}
const record: CallRecord = {
  step: {
    stepId: 's1',
    function: { appId: 'office', appName: 'Office', name: 'get_review', actionType: 'read' } as CatalogFunction,
    args: {},
    dependsOn: [],
  },
  stepNo: 0,
  itemNo: 0,
  state: 'done',
  callId: 'c',
  args: {},
  outcome: { status: 'success', response: { data: DATA, summary: null } } as unknown as CallOutcome,
  reason: null,
  told: false,
}
const verdict = { call_index: 0, name: 'get_review', status: 'success' as const, user_phrasing: '' }
const told = (prose: string) =>
  verifyNarration(
    {
      mode: 'narrative',
      prose,
      per_call_verdicts: [verdict],
      task_targets: { expected: null, succeeded: 1 },
      identifiers_used: [],
    },
    {
      ...{ mode: 'narrative', records: [record], message: 'show me the review', language: 'en' },
      presence: presenceOf({ skeletons: '', catalog: [], facts: [], read: resultsOf([record]), said: '' }),
    },
  )

describe('[I-CLAIM-GROUNDING-TYPES] fields of a result are found in the words about them, and nothing beside them', () => {
  test.each([
    ['a text', 'It is the “Quarterly review”.', 'It is the “Yearly review”.'],
    ['a number', 'The total is 1,234.5.', 'The total is 1,334.5.'],
    ['a day', 'It is due on December 24, 2026.', 'It is due on December 25, 2026.'],
    ['a time of day', 'It is due at 9:30.', 'It is due at 9:45.'],
    ['a nested name', 'It belongs to Anna Keller.', 'It belongs to Peter Keller.'],
    ['an address', 'Write to anna@example.com.', 'Write to info@example.com.'],
    ['a link', 'It is at https://example.com/review/7.', 'It is at https://example.com/review/8.'],
    ['an id', 'Its invoice is inv_a81fz92k.', 'Its invoice is inv_b81fz92k.'],
    ['the length of a list', 'There are three cities in it.', 'There are four cities in it.'],
    ['entries of a list', 'Among them is Lisbon.', 'Among them is Madrid.'],
  ])('%s', (_what, right, wrong) => {
    expect(told(right)).toBeNull()
    expect(told(wrong)).not.toBeNull()
  })

  test('the grounds hold every leaf of the result as it is', () => {
    const { text } = groundsOf([record], 'show me the review')
    const leaves = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value]
    for (const leaf of leaves(DATA)) expect(text).toContain(String(leaf))
  })
})
