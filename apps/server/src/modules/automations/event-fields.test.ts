import { expect, test } from 'vitest'
import { eventFields } from './event-fields.ts'

test('single values of a result are fields of its event, those of an object in it too', () => {
  const schema = {
    type: 'object',
    properties: {
      title: { type: 'string', title: 'Title' },
      due: { type: ['string', 'null'] },
      owner: {
        type: 'object',
        properties: { name: { type: 'string' }, far: { type: 'object', properties: { off: {} } } },
      },
      tags: { type: 'array', items: { type: 'string' } },
      'odd key': { type: 'string' },
    },
  }
  expect(eventFields(schema)).toEqual([
    { path: 'data.title', title: 'Title', type: 'string' },
    { path: 'data.due', title: 'due', type: 'string' },
    { path: 'data.owner.name', title: 'name', type: 'string' },
  ])
})

test('a result of unknown shape names no fields', () => {
  expect(eventFields(undefined)).toEqual([])
  expect(eventFields({})).toEqual([])
  expect(eventFields({ properties: 'none' } as never)).toEqual([])
})
