import { describe, expect, test } from 'vitest'
import { toManifest, validateDocument } from '../src/index.ts'
import { STUB_TEXT } from '../src/smoke/memory-platform.ts'
import { completed, deployed, documentNamed, errorsOf } from './support.ts'

describe('the reading log, flat form (18.1)', () => {
  test('[I2.1] each step is a function, with derived types, params and capabilities', () => {
    const document = completed(documentNamed('pageturner'))
    expect(document.app.functions.map(({ name, action_type }) => [name, action_type])).toEqual([
      ['add_book', 'write'],
      ['list_books', 'read'],
      ['finish_book', 'write'],
      ['drop_book', 'destructive'],
    ])
    expect(document.app.capabilities).toEqual(['store:write'])
    const manifest = toManifest(document) as { tools: { name: string; params_schema: { properties: object } }[] }
    expect(manifest.tools.map(({ name, params_schema }) => [name, Object.keys(params_schema.properties)])).toEqual([
      ['add_book', ['title', 'author']],
      ['list_books', []],
      ['finish_book', ['book_id', 'rating']],
      ['drop_book', ['book_id']],
    ])
  })

  test('[I4.14] runs as the table of 18.1 says', async () => {
    const app = deployed(documentNamed('pageturner'))
    const first = await app.call('add_book', { title: 'The Long Tide' })
    expect(first).toMatchObject({
      status: 'success',
      summary: 'add_book: done',
      data: { id: 'doc_1', doc: { title: 'The Long Tide', author: 'unknown', done: false, id: 'doc_1' } },
    })
    await app.call('add_book', { title: 'Salt Roads', author: 'M. Idris' })
    expect((await app.call('finish_book', { book_id: 'doc_1' })).data).toEqual({
      ids: ['doc_1'],
      count: 1,
      missing: [],
    })
    await app.call('finish_book', { book_id: 'doc_2', rating: 5 })
    const { data } = await app.call('list_books')
    expect(data).toMatchObject({ count: 2, ids: ['doc_2', 'doc_1'], has_more: false })
    expect(data).toMatchObject({ docs: [{ rating: 5, done: true }, { done: true }] })
    expect(JSON.stringify(data).match(/rating/g)).toHaveLength(1)
    expect((await app.call('drop_book', { book_id: 'doc_1' })).data).toEqual({ ids: ['doc_1'], count: 1 })
    expect((await app.call('drop_book', { book_id: 'doc_1' })).data).toEqual({ ids: [], count: 0 })
    expect(await app.call('finish_book', { book_id: 'doc_1' })).toMatchObject({
      status: 'error',
      error_code: 'IR_NOT_FOUND',
      data: { step: 'finish_book', function: 'finish_book', retryable: false },
    })
    expect(await app.call('finish_book', {})).toMatchObject({ status: 'error', error_code: 'IR_MISSING_VALUE' })
  })
})

describe('the stockroom, envelope (18.2)', () => {
  const filled = async () => {
    const app = deployed(documentNamed('stockroom'))
    await app.call('add_item', { name: 'Oat milk', qty: 12, floor: 4 })
    await app.call('add_item', { name: 'Beans', qty: 30 })
    return app
  }

  test('[I4.6] runs as the table of 18.2 says, branches ended by next', async () => {
    const app = await filled()
    expect((await app.call('low_stock')).data).toEqual({ items: [], total: 0 })
    expect(await app.call('set_count', { item_id: 'doc_1', qty: 3 })).toEqual({
      status: 'success',
      summary: 'Oat milk counted at 3 - below its floor of 4.',
      data: { id: 'doc_1', qty: 3, low: true },
      directives: [{ action: 'send', message: 'Oat milk is down to 3 (floor 4).', channel: 'notification' }],
    })
    expect(await app.call('set_count', { item_id: 'doc_2', qty: 28 })).toEqual({
      status: 'success',
      summary: 'Beans counted at 28.',
      data: { id: 'doc_2', qty: 28, low: false },
    })
    expect(await app.call('set_count', { item_id: 'doc_9', qty: 28 })).toMatchObject({
      summary: 'There is no item doc_9 on the shelf.',
      data: { id: 'doc_9', found: false },
      directives: [{ action: 'send', message: 'There is no item doc_9 on the shelf.' }],
    })
    expect((await app.call('low_stock')).data).toMatchObject({ total: 1 })
    expect(app.sent.filter(({ client }) => client === 'notify')).toHaveLength(1)
  })

  test('[I8.4, I8.5] draws its panel as 18.2 shows it', async () => {
    const app = await filled()
    await app.call('set_count', { item_id: 'doc_1', qty: 3 })
    await app.call('set_count', { item_id: 'doc_2', qty: 28 })
    const onClick = (item_id: string) => ({ action: 'call', function: '__panel__shelf', params: { item_id } })
    expect((await app.panel('shelf')).ui).toEqual({
      type: 'Stack',
      props: {
        gap: 3,
        children: [
          { type: 'Header', props: { text: 'Shelf', level: 3, subtitle: '2 items' } },
          { type: 'Alert', props: { message: '1 item(s) below the floor.', variant: 'warning' } },
          {
            type: 'List',
            props: {
              searchable: true,
              empty_text: 'Nothing on the shelf yet.',
              items: [
                {
                  type: 'ListItem',
                  props: { id: 'doc_2', title: 'Beans', subtitle: '28 on the shelf', on_click: onClick('doc_2') },
                },
                {
                  type: 'ListItem',
                  props: {
                    id: 'doc_1',
                    title: 'Oat milk',
                    subtitle: '3 on the shelf',
                    badge: { type: 'Badge', props: { label: 'Low', color: 'red' } },
                    on_click: onClick('doc_1'),
                  },
                },
              ],
            },
          },
        ],
      },
    })
  })

  test('[I8.9, I8.10] answers its section and refreshes on the events of its changes', async () => {
    const app = await filled()
    await app.call('set_count', { item_id: 'doc_1', qty: 3 })
    expect(await app.section('shelf_state')).toEqual({ response: { items: 2, low: 1 } })
    const manifest = toManifest(completed(documentNamed('stockroom')))
    expect(manifest.panels).toEqual([
      {
        panel_id: 'shelf',
        slot: 'left',
        title: 'Shelf',
        icon: 'Package',
        refresh: 'on_event:stockroom.item.added,stockroom.item.taken',
      },
    ])
    expect(manifest.config_defaults).toEqual({ skeleton: { shelf_state: { ttl: 300, alert_on_change: true } } })
  })
})

describe('the visitor desk, envelope (18.3)', () => {
  test('[I5.4, I6.7] runs as the table of 18.3 says', async () => {
    const app = deployed(documentNamed('visitor-desk'))
    expect(await app.call('sign_in', { visitor: 'Ada Quill', host: 'Rita' })).toMatchObject({
      summary: 'Ada Quill signed in.',
      data: { id: 'doc_1', title: 'Ada Quill' },
    })
    await app.call('sign_in', { visitor: 'Ben Marsh' })
    expect(await app.call('sign_in', {})).toMatchObject({
      status: 'error',
      error_code: 'VALIDATION_MISSING_FIELD',
      data: { missing_fields: ['visitor'] },
    })
    const inside = await app.call('who_is_inside')
    expect(inside).toMatchObject({ summary: '2 visitor(s) inside.', data: { total: 2 } })
    expect(JSON.stringify(inside.data).match(/host/g)).toHaveLength(1)
    expect(await app.call('draft_digest')).toMatchObject({
      summary: STUB_TEXT,
      data: { text: STUB_TEXT, visitors: 2 },
    })
    const prompt = (app.sent.find(({ client }) => client === 'ai')?.args[0] as { prompt: string } | undefined)?.prompt
    expect(prompt).toMatch(
      /VISITORS:\n\[\{"created_at":"2026-06-21T10:00:00.000Z","day":"2026-06-21","host":"Rita","id":"doc_1"/,
    )
    expect(await app.call('clear_day', { day: '2026-06-20' })).toMatchObject({
      summary: 'No visits were recorded on 2026-06-20.',
      data: { deleted: 0, day: '2026-06-20' },
    })
    expect(await app.call('clear_day', { day: '2026-06-21' })).toMatchObject({
      summary: 'Deleted 2 visit(s) from 2026-06-21.',
      data: { deleted: 2, day: '2026-06-21' },
    })
    expect(await app.call('draft_digest')).toMatchObject({
      summary: 'Nobody is inside right now.',
      data: { text: '', visitors: 0 },
    })
  })

  // Variants of the document that 18.3 lists, by what is replaced in its JSON text.
  test.each([
    [
      '"action_type":"destructive"',
      '"action_type":"write"',
      "IR33 function 'clear_day' is declared write but its steps make it destructive",
    ],
    [
      '"function":"who_is_inside"',
      '"function":"clear_day"',
      "IR49 step 'inside': destructive call from a read function",
    ],
    ['"kind":"visit","data"', '"kind":"{{args.box}}","data"', "IR45 step 'row': 'collection' must be a literal"],
    [
      ',"ai:complete"',
      '',
      "IR50 function 'draft_digest' uses ai.complete but capability 'ai:complete' is not declared",
    ],
    [
      '{{args.host}}',
      '{{args.note | upper}}',
      "IR43 filter 'upper' is not in the closed whitelist (count, default, format)",
    ],
  ])('[I9.2] %s → %s is refused', (from, to, issue) => {
    const text = JSON.stringify(documentNamed('visitor-desk'))
    expect(text).toContain(from)
    expect(errorsOf(JSON.parse(text.replace(from, to)))).toContain(issue)
  })

  test('all three examples are valid', () => {
    for (const name of ['pageturner', 'stockroom', 'visitor-desk'])
      expect(validateDocument(documentNamed(name)).issues.filter(({ level }) => level === 'ERROR')).toEqual([])
  })
})
