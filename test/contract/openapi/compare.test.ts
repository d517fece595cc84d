import { expect, test } from 'vitest'
import { differencesOf, type PublishedField, type ServedOperation } from './compare.ts'
import type { Schema } from './served.ts'

const object = (properties: Record<string, Schema>, required: string[] = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
})
const served = (body: Schema, answer: Schema, more: Partial<ServedOperation> = {}): ServedOperation => ({
  parameters: [],
  requestBody: { content: { 'application/json': { schema: body } } },
  responses: { 200: { content: { 'application/json': { schema: answer } } } },
  security: [{ bearer: [] }],
  ...more,
})
const published = (field: PublishedField): PublishedField => ({ type: 'object', fields: { a: field } })
const text: PublishedField = { type: 'string', required: true }

test.each<[string, PublishedField, Schema, string]>([
  ['a list', { type: 'string[]', required: true }, { type: 'array', items: { type: 'integer' } }, 'a[]: string there'],
  [
    'an object in a list',
    { type: 'object[]', required: true, items: { type: 'object', fields: { b: text } } },
    { type: 'array', items: object({ b: { type: 'string' } }, []) },
    'a[].b: required there, optional here',
  ],
  [
    'a map',
    { type: 'object', required: true, values: { type: 'integer' } },
    { type: 'object', additionalProperties: { type: 'string' } },
    'a{}: integer there, string here',
  ],
])(
  '%s is compared with what is inside it, where it is sent and where it is answered',
  (_what, field, schema, found) => {
    const both = differencesOf(
      { body: published(field), answer: published(field) },
      served(object({ a: schema }), object({ a: schema })),
    )
    expect(both).toEqual([expect.stringContaining(`body ${found}`), expect.stringContaining(`answer ${found}`)])
  },
)

test('what may be null is taken when it is, and is not answered where it was not', () => {
  const [nullable, plain] = [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: 'string' }]
  const operation = { body: published({ ...text, type: 'string|null' }), answer: published(text) }
  expect(differencesOf(operation, served(object({ a: plain }), object({ a: nullable })))).toEqual([
    'body a: string|null there, string here',
    'answer a: string there, string|null here',
  ])
  expect(differencesOf(operation, served(object({ a: nullable }), object({ a: plain })))).toEqual([])
})

test('choices, forms, defaults, parameters of the path and credentials', () => {
  const body = object({
    a: { type: 'string', enum: ['x'] },
    b: { type: 'string' },
    c: { type: 'string', minLength: 1 },
  })
  const found = differencesOf(
    {
      path: { id: { type: 'integer' } },
      headers: ['x-service-token'],
      body: {
        type: 'object',
        fields: { a: { ...text, enum: ['x', 'y'] }, b: { ...text, format: 'email' }, c: { ...text, default: '' } },
      },
    },
    served(body, {}, { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] }),
  )
  expect(found).toEqual([
    'path id: integer there, string here',
    'body a enum: ["x","y"] there, ["x"] here',
    'body b format: "email" there, none here',
    'body c default: "" there, none here',
    'body c: its default "" is refused here',
    'header x-service-token: asked for there, not taken here',
  ])
})
