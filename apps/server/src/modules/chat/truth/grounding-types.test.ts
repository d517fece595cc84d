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
const recordOf = (name: string, actionType: 'read' | 'write' | 'destructive', data: JsonObject): CallRecord => ({
  step: {
    stepId: 's1',
    function: { appId: 'office', appName: 'Office', name, actionType } as CatalogFunction,
    args: {},
    dependsOn: [],
  },
  stepNo: 0,
  itemNo: 0,
  state: 'done',
  callId: 'c',
  args: {},
  outcome: { status: 'success', response: { data, summary: null } } as unknown as CallOutcome,
  reason: null,
  told: false,
})
const record = recordOf('get_review', 'read', DATA)
const toldOf = (
  prose: string,
  records: readonly CallRecord[],
  { message = 'show me the review', language = 'en' } = {},
) =>
  verifyNarration(
    {
      mode: 'narrative',
      prose,
      per_call_verdicts: records.map(({ step }, call_index) => ({
        ...{ call_index, name: step.function.name, status: 'success' as const, user_phrasing: '' },
      })),
      task_targets: { expected: null, succeeded: records.length },
      identifiers_used: [],
    },
    {
      ...{ mode: 'narrative', records, message, language },
      presence: presenceOf({ skeletons: '', catalog: [], facts: [], read: resultsOf(records), said: message }),
    },
  )
const told = (prose: string) => toldOf(prose, [record])

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

test('[I-AH-2] what a change returned is nothing that was found: only reads say what is there', () => {
  const created = recordOf('create_note', 'write', { note: { title: 'milk' } })
  const message = 'make a note about milk unless there is one'
  const search = (notes: JsonObject[]) => recordOf('search_notes', 'read', { notes })
  const text = 'There were no notes about milk, so I created one.'
  expect(toldOf(text, [search([]), created], { message })).toBeNull()
  expect(toldOf(text, [search([{ title: 'milk' }]), created], { message })).toMatchObject({ gate: 'I-AH-2' })

  const deleted = recordOf('delete_note', 'destructive', { note: { title: 'milk' } })
  const list = (notes: JsonObject[]) => recordOf('list_notes', 'read', { notes })
  const left = (notes: JsonObject[]) =>
    toldOf('You have no notes left.', [deleted, list(notes)], { message: 'delete the note about milk' })
  expect(left([])).toBeNull()
  expect(left([{ title: 'bread' }])).toMatchObject({ gate: 'I-AH-2' })
})

test.each([
  ['de', '2026-03-12T15:00', 'Der Termin ist am 12. März um 15:00.', 'Der Termin ist am 13. März um 15:00.'],
  [
    'de',
    '2026-03-12T15:00',
    'Es gibt einen Termin am 12. März um 15:00.',
    'Es gibt einen Termin am 12. April um 16:00.',
  ],
  ['en', '2026-12-03T10:00', 'It is on Dec. 3 at 10:00.', 'It is on Dec. 4 at 10:00.'],
  ['en', '2026-12-03T10:00', 'There is a review on Dec. 3 at 10:00.', 'There is a review on Dec. 5 at 10:00.'],
  ['fr', '2026-12-03T10:00', 'C’est le 3 déc. 2026 à 10:00.', 'C’est le 4 déc. 2026 à 10:00.'],
])('[I-AH-2] %s: the point inside of a date ends no sentence (%s)', (language, due, right, wrong) => {
  const dated = recordOf('get_review', 'read', { title: 'review', due })
  expect(toldOf(right, [dated], { language })).toBeNull()
  expect(toldOf(wrong, [dated], { language })).not.toBeNull()
})

test('[I-AH-2] how many calls there were is no count of what is there, whatever stands before it', () => {
  const notes = ['Milk', 'Rent', 'Taxes', 'Trip', 'Bread', 'Ideas', 'Garden'].map((title) => ({ title }))
  const records = [recordOf('list_notes', 'read', { notes }), recordOf('get_review', 'read', { title: 'x' })]
  expect(toldOf('You have seven notes.', records)).toBeNull()
  expect(toldOf('It took 2 calls.', records)).toBeNull()
  for (const lie of [
    'You have 2 notes.',
    'You have 1 note.',
    'I read 7. You have 1 note.',
    'I read 7. You have 2 notes.',
  ])
    expect(toldOf(lie, records), lie).toMatchObject({ gate: 'I-AH-2' })
})

test('[I-AH-2] “not found” is the error of a failed call, and says nothing of what is there', () => {
  const created = recordOf('create_note', 'write', { note: { title: 'Alpha' } })
  const failed: CallRecord = {
    ...recordOf('append_to_note', 'write', {}),
    outcome: { status: 'error', response: { data: null, summary: null } } as unknown as CallOutcome,
  }
  const skeletons = '- office.notes (fresh): notes=12'
  const tell = (phrasing: readonly [string, string]) =>
    verifyNarration(
      {
        ...{ mode: 'audit', prose: '', task_targets: { expected: null, succeeded: 1 }, identifiers_used: [] },
        per_call_verdicts: [
          { call_index: 0, name: 'create_note', status: 'success', user_phrasing: phrasing[0] },
          { call_index: 1, name: 'append_to_note', status: 'error', user_phrasing: phrasing[1] },
        ],
      },
      {
        ...{ mode: 'audit', records: [created, failed], message: 'note Alpha, and add to the other', language: 'en' },
        presence: presenceOf({ skeletons, catalog: [], facts: [], read: resultsOf([created, failed]), said: '' }),
      },
    )
  expect(tell(['Created the note Alpha.', 'The other notes were not found.'])).toBeNull()
  expect(tell(['The other notes were not found.', 'That did not work.'])).toMatchObject({ gate: 'I-AH-2' })
})
