// @vitest-environment happy-dom
import type { JsonObject } from '@imperal/contract'
import { afterEach, describe, expect, test } from 'vitest'
import { byRole, click, type Mounted, mount, press, type, until } from '../testing/mount.tsx'
import { schemaFields } from './fields.ts'
import { SchemaForm } from './schema-form.tsx'

let mounted: Mounted | undefined
afterEach(async () => {
  await mounted?.unmount()
})
const schema = {
  type: 'object',
  required: ['title', 'kind'],
  $defs: { place: { type: 'object', properties: { city: { type: 'string' }, zip: { type: 'integer' } } } },
  properties: {
    note: { type: 'string', description: 'For the supplier' },
    title: { type: 'string', minLength: 2 },
    kind: { type: 'string', enum: ['read', 'write'] },
    amount: { anyOf: [{ type: 'number', minimum: 1 }, { type: 'null' }] },
    tags: { type: 'array', items: { type: 'string' } },
    due: { type: 'string', format: 'date' },
    urgent: { type: 'boolean', default: true },
    place: { $ref: '#/$defs/place' },
    extra: { type: 'array', items: { type: 'object' } },
  },
}

describe('SchemaForm', () => {
  test('makes one input per property, required ones first', () => {
    expect(schemaFields(schema).map((field) => [field.path.join('.'), field.kind])).toEqual([
      ['title', 'text'],
      ['kind', 'choice'],
      ['note', 'area'],
      ['amount', 'number'],
      ['tags', 'strings'],
      ['due', 'date'],
      ['urgent', 'boolean'],
      ['place', 'object'],
      ['extra', 'json'],
    ])
    expect(schemaFields('rubbish')).toEqual([])
    const forPrograms = { type: 'string', readOnly: true }
    expect(schemaFields({ properties: { draft: forPrograms, title: {} } }).map(({ path }) => path)).toEqual([['title']])
    expect(schemaFields({ properties: { a: { $ref: '#/properties/a' } } }).map((field) => field.kind)).toEqual(['json'])
  })

  test('tells what is missing, and sends typed values without the empty ones', async () => {
    const sent: JsonObject[] = []
    mounted = await mount(
      <SchemaForm schema={schema} submitLabel="Create" onSubmit={(values) => void sent.push(values)} />,
    )
    await click(byRole('button', 'Create'))
    expect(sent).toEqual([])
    expect([...document.querySelectorAll('[role=alert]')].map((one) => one.textContent)).toEqual([
      'This is needed.',
      'This is needed.',
    ])
    await click(byRole('button', 'More options'))
    await type(byRole('textbox', 'Title'), 'Oslo')
    await click(document.querySelector('input[type=radio][value=write]') as HTMLElement)
    await type(byRole('textbox', 'Amount'), '0')
    await type(byRole('textbox', 'City'), 'Oslo')
    await type(byRole('textbox', 'Tags'), 'q1')
    await press(byRole('textbox', 'Tags'), 'Enter')
    await click(byRole('button', 'Create'))
    expect(document.querySelector('[role=alert]')?.textContent).toBe('The smallest is 1.')
    await type(byRole('textbox', 'Amount'), '12.5')
    await click(byRole('button', 'Create'))
    expect(sent).toEqual([
      { title: 'Oslo', kind: 'write', amount: 12.5, tags: ['q1'], urgent: true, place: { city: 'Oslo' } },
    ])
  })

  test('offers the names of things where an id is needed, and sends the id', async () => {
    const sent: JsonObject[] = []
    mounted = await mount(
      <SchemaForm
        schema={{ type: 'object', required: ['note_id'], properties: { note_id: { type: 'string', maxLength: 64 } } }}
        initial={{ note_id: 'n2' }}
        choices={{
          note_id: [
            { value: 'n1', label: 'Groceries' },
            { value: 'n2', label: 'Holidays' },
          ],
        }}
        onSubmit={(values) => void sent.push(values)}
      />,
    )
    expect(document.body.textContent).toContain('Groceries')
    expect(document.body.textContent).not.toContain('Note id')
    await click(byRole('button', 'Run'))
    expect(sent).toEqual([{ note_id: 'n2' }])
  })

  test('starts from given values and shows what the platform refused', async () => {
    mounted = await mount(
      <SchemaForm
        schema={schema}
        initial={{ title: 'Old', kind: 'read', note: 'x' }}
        onSubmit={async () => ({ message: 'Not created', fieldErrors: { title: 'Taken' } })}
      />,
    )
    expect(byRole('textbox', 'Title')).toHaveProperty('value', 'Old')
    expect(byRole('textbox', 'Note')).toHaveProperty('value', 'x')
    await click(byRole('button', 'Run'))
    await until(() =>
      expect([...document.querySelectorAll('[role=alert]')].map((one) => one.textContent)).toEqual([
        'Taken',
        'Not created',
      ]),
    )
  })
})
