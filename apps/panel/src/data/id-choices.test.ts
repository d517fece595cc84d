// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { choicesIn, idFields, namedIn, nameOf, onlyGiven } from './id-choices.ts'

const id = (description: string) => ({ type: 'string', description })
const read = (name: string, required: string[] = []) => ({
  name,
  description: '',
  actionType: 'read' as const,
  schema: { type: 'object', required, properties: { query: { type: 'string' } } },
})
const app = {
  functions: [read('search_notes', ['query']), read('list_notes'), read('all_tags'), read('list_categories')],
}

test('[I2-ui] an id is chosen from the function that its description names, else from the list of such things', () => {
  const schema = {
    type: 'object',
    properties: {
      note_id: id('Id from search_notes or list_notes.'),
      tag_id: id('Id from all_tags.'),
      category_id: id(''),
      task_id: id('Of another app.'),
      title: { type: 'string' },
    },
  }
  expect([...idFields(app, schema)].map(([name, list]) => [name, list.name])).toEqual([
    ['note_id', 'list_notes'],
    ['tag_id', 'all_tags'],
    ['category_id', 'list_categories'],
  ])
})

test('[I2-ui] choices bear the names of things, and what a sentence names is found among them', () => {
  const data = {
    total: 3,
    notes: [{ note_id: 'a', title: 'List' }, { note_id: 'b', title: 'Shopping list' }, { note_id: 'c' }],
  }
  const choices = choicesIn(data, 'note_id')
  expect(choices).toEqual([
    { value: 'a', label: 'List' },
    { value: 'b', label: 'Shopping list' },
    { value: 'c', label: 'c' },
  ])
  expect(namedIn('delete the note “shopping LIST”', choices)).toBe('b')
  expect(namedIn('delete everything', choices)).toBeUndefined()
  expect(choicesIn(data, 'task_id')).toEqual([])
})

test('an argument whose id is in a list has the name that the list gives it', () => {
  const choices = {
    note_id: [
      { value: 'doc_1', label: 'Groceries' },
      { value: 'doc_2', label: 'doc_2' },
    ],
  }
  expect(nameOf(choices, 'note_id', 'doc_1')).toBe('Groceries')
  for (const [name, value] of [
    ['note_id', 'doc_2'],
    ['note_id', 'doc_3'],
    ['note_id', 7],
    ['title', 'doc_1'],
  ] as const)
    expect(nameOf(choices, name, value)).toBeUndefined()
})

test('no list is read for an id that a call does not have', () => {
  const schema = { type: 'object', properties: { note_id: id('From list_notes.'), tag_id: id('From all_tags.') } }
  expect([...idFields(app, onlyGiven(schema, { note_id: 'a' })).keys()]).toEqual(['note_id'])
})
