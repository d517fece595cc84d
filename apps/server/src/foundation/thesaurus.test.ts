import { expect, test } from 'vitest'
import { soughtTerms } from './thesaurus.ts'
import { stem, termsOf } from './words.ts'

test('one word in its forms is one term', () => {
  for (const forms of [
    ['note', 'notes'],
    ['course', 'courses'],
    ['create', 'created', 'creating'],
    ['search', 'searches'],
    ['company', 'companies'],
    ['box', 'boxes'],
  ])
    expect(new Set(forms.map(stem)).size, forms.join()).toBe(1)
  expect([stem('status'), stem('address'), stem('bus')]).toEqual(['status', 'address', 'bus'])
  expect(termsOf('Notizen')).toEqual(termsOf('notes'))
})

test('a question is widened by what its words stand for, for less than what was said', () => {
  const sought = soughtTerms('download the notes')
  expect(sought.get('note')).toBe(1)
  expect(sought.get('export')).toBeLessThan(1)
  expect(sought.get('export')).toBeGreaterThan(0)
})

test('a phrase may have words between its parts, and its own words then say nothing else', () => {
  expect([...soughtTerms('get rid of this memo').keys()]).toEqual(expect.arrayContaining(['delet', 'note']))
  expect(soughtTerms('get rid of this memo').has('get')).toBe(false)
  expect(soughtTerms('put the light away').has('archiv')).toBe(true)
  expect(soughtTerms('put the light of the hall in the garden away').has('archiv')).toBe(false)
})
