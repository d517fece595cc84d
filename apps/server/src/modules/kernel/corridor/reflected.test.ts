import { expect, test } from 'vitest'
import { notReflected } from './reflected.ts'

test('[K3.50] [I-EXT-VERIFY-WRITE-REFLECTS-INTENT] a value that comes back as another one is named, in the data or in its record', () => {
  expect(notReflected({ title: 'New', pinned: true }, { id: 'n1', title: 'Old', pinned: true })).toEqual(['title'])
  expect(notReflected({ title: 'New' }, { note: { title: 'Old' } })).toEqual(['title'])
  expect(notReflected({ enabled: false }, { enabled: true })).toEqual(['enabled'])
  expect(notReflected({ limit: 5 }, { limit: 50 })).toEqual(['limit'])
  expect(notReflected({ tags: ['a', 'b'] }, { tags: ['a'] })).toEqual(['tags'])
  expect(notReflected({ at: '2026-12-24T18:00:00+01:00' }, { at: '2026-12-24T18:00:00Z' })).toEqual(['at'])
  expect(notReflected({ due: '2026-12-24' }, { due: '2026-12-25' })).toEqual(['due'])
})

test.each([
  ['what is not in the answer', { title: 'New', body: 'long' }, { id: 'n1' }],
  [
    'blanks and case',
    { name: '  Ada  Lovelace ', email: 'Ada@Example.com' },
    { name: 'Ada Lovelace', email: 'ada@example.com' },
  ],
  ['order, repeats and # of tags', { tags: ['#B', 'a', 'a'] }, { tags: ['a', 'b'] }],
  ['the same moment elsewhere', { at: '2026-12-24T18:00:00+01:00' }, { at: '2026-12-24T17:00:00.000Z' }],
  ['a day that becomes a moment', { start: '2026-12-24' }, { start: '2026-12-24T00:00:00.000Z' }],
  ['words for a day', { due: 'tomorrow' }, { due: '2026-12-24' }],
  ['a text that is shortened', { text: 'one two three four' }, { text: 'one two…' }],
  ['an empty wish', { folder: '', note: null }, { folder: 'inbox', note: 'x' }],
  ['values of different kinds', { to: 'ada@example.com' }, { to: ['ada@example.com'] }],
  [
    'several records, for which of them was asked is not known',
    { name: 'x' },
    { before: { name: 'y' }, after: { name: 'x' } },
  ],
  ['an answer that is no record', { name: 'x' }, ['y']],
])('[K3.50] %s is no contradiction', (_what, params, data) => {
  expect(notReflected(params, data)).toEqual([])
})
