import type { JsonObject } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import { createIrExtension, smokeRun } from '../src/index.ts'
import { completed, deployed, documentNamed, envelope, fn } from './support.ts'

const create = (id: string, data: JsonObject, more: JsonObject = {}) => ({
  id,
  op: 'store.create',
  args: { kind: 'task', data },
  ...more,
})
const list = (id: string, more: JsonObject = {}) => ({ id, op: 'store.list', args: { kind: 'task' }, ...more })
const say = (id: string, message: string, more: JsonObject = {}) => ({ id, op: 'send', args: { message }, ...more })
const branch = (id: string, field: string, then: string, otherwise: string | null = null) => ({
  id,
  op: 'conditional',
  if: { field, exists: true },
  then,
  else: otherwise,
})
const filled = async (functions: readonly JsonObject[], count = 3) => {
  const app = deployed(envelope(functions))
  for (let index = 0; index < count; index += 1)
    await app.platform.callback('store', 'create', ['task', { title: `T${index}`, n: index, odd: index % 2 === 1 }])
  return app
}

describe('control flow', () => {
  test('[I4.3] two steps with a backward jump fail after 64 executions, twenty get 160', async () => {
    const two = deployed(envelope([fn('f', [say('a', 'x'), say('b', 'y', { next: 'a' })])]))
    expect(await two.call('f')).toMatchObject({
      error_code: 'IR_STEP_BUDGET',
      error: 'declarative flow exceeded step budget (64); possible cycle',
      retryable: false,
    })
    const steps = Array.from({ length: 20 }, (_, index) => say(`s${index}`, 'x', index === 19 ? { next: 's0' } : {}))
    expect(await deployed(envelope([fn('f', steps)])).call('f')).toMatchObject({
      error: 'declarative flow exceeded step budget (160); possible cycle',
    })
  })

  test('[I4.4, I4.6, I4.7] a branch falls through unless next ends it', async () => {
    const steps = [branch('b', '{{go}}', 'yes', 'no'), say('yes', 'yes'), say('no', 'no')]
    const through = deployed(envelope([fn('f', steps)]))
    expect((await through.call('f', { go: 1 })).directives).toHaveLength(2)
    expect((await through.call('f', {})).directives).toEqual([{ action: 'send', message: 'no' }])
    const ended = deployed(
      envelope([fn('f', [steps[0] as JsonObject, say('yes', 'yes', { next: null }), say('no', 'no')])]),
    )
    expect((await ended.call('f', { go: 1 })).directives).toEqual([{ action: 'send', message: 'yes' }])
  })

  test('[I4.2] no steps: an empty result', async () => {
    expect(await deployed(envelope([fn('f', [])])).call('f')).toEqual({
      status: 'success',
      summary: 'f: done',
      data: {},
    })
  })

  test('[I4.5] a result is found under its step, its output and prev', async () => {
    const steps = [
      create('made', { title: 'A' }, { output: 'thing' }),
      list('all', { result: { one: '{{steps.made.id}}', two: '{{steps.thing.doc.title}}', three: '{{prev.count}}' } }),
    ]
    expect((await deployed(envelope([fn('f', steps)])).call('f')).data).toEqual({ one: 'doc_1', two: 'A', three: 1 })
  })

  test('[I4.11] earlier writes of a failing flow stay, and the answer names the step', async () => {
    const app = deployed(
      envelope([
        fn('f', [
          create('a', { title: 'kept' }),
          { id: 'b', op: 'store.update', args: { kind: 'task', id: 'doc_9', set: { x: 1 } } },
        ]),
      ]),
    )
    expect(await app.call('f')).toMatchObject({ error_code: 'IR_NOT_FOUND', data: { step: 'b' } })
    expect(app.platform.counts()).toEqual({ task: 1 })
  })

  test('[I4.13] the deadline ends a run at the step in progress', async () => {
    let now = 0
    const extension = createIrExtension(completed(envelope([fn('f', [list('a'), list('b')])])), { now: () => now })
    const kernel = {
      callback: async () => {
        now += 31_000
        return { data: [], cursor: null, has_more: false }
      },
    }
    const call = {
      id: 'c',
      kind: 'function' as const,
      name: 'f',
      params: {},
      ctx: { user: null } as never,
      signal: new AbortController().signal,
    }
    expect(await extension.invoke(call, kernel as never)).toMatchObject({
      error_code: 'BACKEND_TIMEOUT',
      data: { step: 'b' },
    })
  })

  test('[I4.14] the last chat message is the summary when no step says one', async () => {
    expect((await deployed(envelope([fn('f', [say('a', 'Hello.')])])).call('f')).summary).toBe('Hello.')
  })
})

describe('store verbs', () => {
  test('[I5.1] an optional filter that is absent is dropped; [I5.2] in a delete it is an error, never a wider match', async () => {
    const app = await filled([
      fn('find', [{ id: 'l', op: 'store.list', args: { kind: 'task', where: { odd: '{{odd}}' } } }]),
      fn('wipe', [{ id: 'd', op: 'store.delete', args: { kind: 'task', where: { title: '{{title}}' } } }]),
    ])
    expect((await app.call('find', {})).data).toMatchObject({ count: 3 })
    expect((await app.call('find', { odd: true })).data).toMatchObject({ count: 1 })
    expect(await app.call('wipe', {})).toMatchObject({ error_code: 'IR_MISSING_VALUE' })
    expect(app.platform.counts()).toEqual({ task: 3 })
    expect((await app.call('wipe', { title: 'T1' })).data).toEqual({ ids: ['doc_2'], count: 1 })
  })

  test('conditions on id, platform fields and dot paths; null means null or missing', async () => {
    const app = deployed(
      envelope([
        fn('by_id', [{ id: 'l', op: 'store.list', args: { kind: 'task', where: { id: '{{id}}' } } }]),
        fn('deep', [{ id: 'l', op: 'store.list', args: { kind: 'task', where: { 'a.b': 1 } } }]),
        fn('none', [{ id: 'l', op: 'store.list', args: { kind: 'task', where: { gone: null } } }]),
      ]),
    )
    await app.platform.callback('store', 'create', ['task', { a: { b: 1 }, gone: 1 }])
    await app.platform.callback('store', 'create', ['task', { a: { b: 2 } }])
    expect((await app.call('by_id', { id: 'doc_2' })).data).toMatchObject({ ids: ['doc_2'] })
    expect((await app.call('deep')).data).toMatchObject({ ids: ['doc_1'] })
    expect((await app.call('none')).data).toMatchObject({ ids: ['doc_2'] })
  })

  test('order, ids, limit and cursor', async () => {
    const app = await filled(
      [
        fn('page', [
          { id: 'l', op: 'store.list', args: { kind: 'task', limit: 2, order_by: 'n', cursor: '{{cursor}}' } },
        ]),
        fn('some', [{ id: 'l', op: 'store.list', args: { kind: 'task', ids: '{{ids}}', order_by: '-n' } }]),
      ],
      5,
    )
    const first = (await app.call('page')).data as JsonObject
    expect(first).toMatchObject({ ids: ['doc_1', 'doc_2'], has_more: true })
    expect((await app.call('page', { cursor: first.cursor ?? '' })).data).toMatchObject({ ids: ['doc_3', 'doc_4'] })
    expect((await app.call('some', { ids: ['doc_1', 'doc_4', 'doc_9'] })).data).toMatchObject({
      ids: ['doc_4', 'doc_1'],
    })
  })

  test('[I5.3] 500 ids are one step, 501 are too many', async () => {
    const app = await filled(
      [fn('wipe', [{ id: 'd', op: 'store.delete', args: { kind: 'task', ids: '{{ids}}' } }])],
      500,
    )
    const ids = Array.from({ length: 501 }, (_, index) => `doc_${index + 1}`)
    expect(await app.call('wipe', { ids })).toMatchObject({ error_code: 'IR_LIMIT' })
    expect(app.platform.counts()).toEqual({ task: 500 })
    expect((await app.call('wipe', { ids: ids.slice(0, 500) })).data).toMatchObject({ count: 500 })
  })

  test('update: merge, unset, missing, if_match', async () => {
    const app = await filled([
      fn('edit', [
        { id: 'u', op: 'store.update', args: { kind: 'task', id: '{{id}}', set: { title: '{{title}}', n: '{{n}}' } } },
      ]),
      fn('strip', [{ id: 'u', op: 'store.update', args: { kind: 'task', id: '{{id}}', unset: ['odd'] } }]),
      fn('many', [{ id: 'u', op: 'store.update', args: { kind: 'task', ids: '{{ids}}', set: { seen: true } } }]),
      fn('safe', [
        { id: 'u', op: 'store.update', args: { kind: 'task', id: '{{id}}', set: { n: 9 }, if_match: '{{etag}}' } },
      ]),
      fn('read', [
        {
          id: 'g',
          op: 'store.get',
          args: { kind: 'task', id: '{{id}}' },
          result: { doc: '{{prev.doc}}', etag: '{{prev.doc.etag}}', title: '{{prev.doc.data.title}}' },
        },
      ]),
    ])
    await app.call('edit', { id: 'doc_1', title: 'New' })
    await app.call('strip', { id: 'doc_1' })
    const read = (await app.call('read', { id: 'doc_1' })).data as { doc: JsonObject; etag: string; title: string }
    expect(read.doc).toEqual({
      title: 'New',
      n: 0,
      id: 'doc_1',
      created_at: expect.any(String),
      updated_at: expect.any(String),
    })
    expect(read.title).toBe('New')
    expect((await app.call('many', { ids: ['doc_1', 'doc_7'] })).data).toEqual({
      ids: ['doc_1'],
      count: 1,
      missing: ['doc_7'],
    })
    expect(await app.call('safe', { id: 'doc_1', etag: read.etag })).toMatchObject({
      error_code: 'IR_CONFLICT',
      retryable: true,
    })
  })

  test('[I3.5] entities: defaults, required fields, types, canon', async () => {
    const app = deployed(
      envelope(
        [
          fn('add', [create('a', { name: '{{name}}', n: '{{n}}', user_id: 'somebody' })]),
          fn('all', [list('l', { result: { items: '{{prev.docs}}' } })]),
        ],
        {
          data: {
            entities: [
              {
                kind: 'task',
                closed: true,
                fields: { name: { type: 'string', required: true, max_length: 5 }, n: { type: 'integer', default: 3 } },
                canon: { id_from: ['id'], kind_const: 'job', title_template: "{{name | default:'?'}}" },
              },
            ],
          },
        },
      ),
    )
    expect(await app.call('add', {})).toMatchObject({
      error_code: 'VALIDATION_MISSING_FIELD',
      data: { missing_fields: ['name'] },
    })
    expect(await app.call('add', { name: 'toolong' })).toMatchObject({ error_code: 'VALIDATION_TYPE_ERROR' })
    expect(await app.call('add', { name: 'ok', n: 'x' })).toMatchObject({ error_code: 'VALIDATION_TYPE_ERROR' })
    await app.call('add', { name: 'ok' })
    expect((await app.call('all')).data).toMatchObject({
      items: [{ name: 'ok', n: 3, title: 'ok', kind: 'job', id: 'doc_1' }],
    })
  })
})

describe('params', () => {
  const app = () =>
    deployed(
      envelope([
        fn(
          'f',
          [say('a', '{{n}} {{flag}} {{extra}}', { result: { n: '{{n}}', flag: '{{flag}}', more: '{{event.more}}' } })],
          {
            params_schema: {
              type: 'object',
              properties: {
                n: { type: 'integer', minimum: 1 },
                flag: { type: 'boolean', default: true },
                kind: { enum: ['a', 'b'] },
              },
              required: ['n'],
            },
          },
        ),
      ]),
    )
  test('[I6.8, I6.10] defaults, unambiguous texts, missing, types, bounds; what is not declared is removed', async () => {
    expect((await app().call('f', { n: '5', more: 'x', other: 1 })).data).toEqual({ n: 5, flag: true, more: 'x' })
    expect(await app().call('f', {})).toMatchObject({ error_code: 'VALIDATION_MISSING_FIELD' })
    expect(await app().call('f', { n: 'five' })).toMatchObject({ error_code: 'VALIDATION_TYPE_ERROR' })
    expect(await app().call('f', { n: 0 })).toMatchObject({ error_code: 'VALIDATION_TYPE_ERROR' })
    expect(await app().call('f', { n: 1, kind: 'c' })).toMatchObject({ error_code: 'VALIDATION_TYPE_ERROR' })
  })
})

describe('directives, calls and completions', () => {
  test.each([
    ['https://example.org/x', true],
    ['/inbox', true],
    ['mailto:ada@example.org', true],
    ['//evil.example', false],
    ['/\\evil.example', false],
    ['javascript:alert(1)', false],
    ['java\tscript:alert(1)', false],
    ['data:text/html,x', false],
    ['https:/\\evil', false],
  ])('[I5.7] navigate to %s: %s', async (url, allowed) => {
    const answer = await deployed(envelope([fn('f', [{ id: 'n', op: 'navigate', args: { url: '{{url}}' } }])])).call(
      'f',
      { url },
    )
    if (allowed) expect(answer.directives).toEqual([{ action: 'navigate', url, path: url }])
    else expect(answer).toMatchObject({ error_code: 'IR_UNSAFE_URL' })
  })

  test('open names a panel of the app or a web address', async () => {
    const app = deployed(
      envelope([fn('f', [{ id: 'o', op: 'open', args: { target: '{{to}}', params: { a: 1 } } }])], {
        ui: {
          panels: [
            {
              panel_id: 'main',
              slot: 'left',
              render: { kind: 'static', tree: { type: 'Text', props: { content: 'x' } } },
            },
          ],
        },
      }),
    )
    expect((await app.call('f', { to: 'main' })).directives).toEqual([
      { action: 'call', function: '__panel__main', params: { a: 1 } },
    ])
    expect((await app.call('f', { to: 'https://x.example' })).directives).toEqual([
      { action: 'open', url: 'https://x.example' },
    ])
    expect(await app.call('f', { to: 'elsewhere' })).toMatchObject({ error_code: 'IR_BAD_TARGET' })
  })

  test('[I5.8] without a client a chat message becomes a notification', async () => {
    const sent: string[] = []
    const extension = createIrExtension(completed(envelope([fn('f', [say('a', 'Hello')])])), { hasClient: false })
    const kernel = {
      callback: async (client: string, method: string) => {
        sent.push(`${client}.${method}`)
        return null
      },
    }
    await extension.invoke(
      {
        id: 'c',
        kind: 'function',
        name: 'f',
        params: {},
        ctx: { user: null } as never,
        signal: new AbortController().signal,
      },
      kernel as never,
    )
    expect(sent).toEqual(['notify.send'])
  })

  test('[I5.5] another app is called through the platform; its failure fails the step with its code', async () => {
    const functions = [fn('f', [{ id: 'c', op: 'call', args: { app_id: 'crm', function: 'add', params: { n: 1 } } }])]
    const capabilities = ['crm:write']
    const ok = deployed(envelope(functions, { capabilities }), {
      callback: async () => ({ status: 'success', data: { id: 1 } }),
    })
    expect((await ok.call('f')).data).toEqual({ id: 1 })
    expect(ok.sent[0]).toEqual({ client: 'extensions', method: 'call', args: ['crm', 'add', { n: 1 }] })
    const failing = deployed(envelope(functions, { capabilities }), {
      callback: async () => {
        throw Object.assign(new Error('no'), { code: 'extension_error', detail: { error_code: 'CRM_FULL' } })
      },
    })
    expect(await failing.call('f')).toMatchObject({ error_code: 'CRM_FULL', data: { step: 'c' } })
  })

  test('[I5.6] a read function that declares itself destructive may call a destructive sibling', async () => {
    const wipe = fn('wipe', [{ id: 'd', op: 'store.delete', args: { kind: 'task', where: { odd: true } } }])
    const app = await filled([
      wipe,
      fn('all', [{ id: 'c', op: 'call', args: { function: 'wipe' } }], { action_type: 'destructive' }),
    ])
    expect((await app.call('all')).data).toEqual({ ids: ['doc_2'], count: 1 })
  })

  test('calls go six deep, and completions five times', async () => {
    const chain = Array.from({ length: 9 }, (_, index) =>
      fn(`f${index}`, [index === 8 ? list('l') : { id: 'c', op: 'call', args: { function: `f${index + 1}` } }]),
    )
    const app = deployed(envelope(chain))
    expect(await app.call('f0')).toMatchObject({ error_code: 'IR_LIMIT' })
    expect(await app.call('f2')).toMatchObject({ status: 'success' })
    const ask = (id: string) => ({ id, op: 'ai.complete', args: { prompt: 'Say hi' } })
    const many = deployed(envelope([fn('f', ['a', 'b', 'c', 'd', 'e', 'g'].map(ask))]))
    expect(await many.call('f')).toMatchObject({ error_code: 'IR_LIMIT', data: { step: 'g' } })
  })
})

describe('panels and sections', () => {
  const withPanel = (tree: JsonObject) =>
    envelope([fn('f', [list('l')])], {
      ui: { panels: [{ panel_id: 'main', slot: 'left', render: { kind: 'template', tree } }] },
    })
  const repeat = (node: JsonObject) => ({ $repeat: '{{steps.l.docs}}', as: 'row', node })

  test('[I8.4, I8.5, I8.6, I8.7] conditions and loops in props, lists and nested nodes; a false root is empty', async () => {
    const tree = {
      $data: [list('l')],
      type: 'Stack',
      props: {
        gap: '{{steps.l.count}}',
        hint: { $if: { field: '{{steps.l.count}}', gt: 99 }, node: { type: 'Text', props: {} } },
        children: [
          'a',
          repeat({ type: 'Text', props: { content: '{{row_index}} {{row.title}}' } }),
          { $if: { field: '{{no}}', exists: true }, node: { type: 'Text', props: {} } },
        ],
      },
    }
    const app = deployed(withPanel(tree))
    for (const title of ['A', 'B']) await app.platform.callback('store', 'create', ['task', { title }])
    expect((await app.panel('main')).ui).toEqual({
      type: 'Stack',
      props: {
        gap: 2,
        children: ['a', { type: 'Text', props: { content: '0 B' } }, { type: 'Text', props: { content: '1 A' } }],
      },
    })
    const empty = deployed(withPanel({ $if: { field: '{{no}}', exists: true }, node: { type: 'Text', props: {} } }))
    expect((await empty.panel('main')).ui).toEqual({})
  })

  test('501 items are cut with a note', async () => {
    const app = deployed(
      withPanel({
        $data: [{ id: 'l', op: 'store.list', args: { kind: 'task', limit: 1000 } }],
        type: 'Stack',
        props: { children: [repeat({ type: 'Text', props: { content: '{{row.n}}' } })] },
      }),
    )
    for (let n = 0; n < 501; n += 1) await app.platform.callback('store', 'create', ['task', { n }])
    const ui = (await app.panel('main')).ui as { props: { children: JsonObject[] } }
    expect(ui.props.children).toHaveLength(501)
    expect(ui.props.children.at(-1)?.type).toBe('Alert')
  })

  test('a failing data step is an error node with a way to ask again', async () => {
    const app = deployed(withPanel({ $data: [list('l')], type: 'Text', props: {} }), {
      callback: async () => {
        throw Object.assign(new Error('down'), { code: 'unavailable' })
      },
    })
    expect((await app.panel('main', { q: 1 })).ui).toMatchObject({
      type: 'Error',
      props: { retry: { action: 'call', function: '__panel__main', params: { q: 1 } } },
    })
  })

  test('[I8.11, I8.12, I8.13] a section fits its shape: zeros for what is missing, nothing that was not announced', async () => {
    const raw = envelope([], {
      skeleton: [
        {
          section: 'state',
          shape: { n: 'int', name: 'str', many: 'list', wrong: 'bool' },
          producer: {
            kind: 'declarative',
            steps: [
              list('l', { result: { n: '{{prev.count}}', many: [1, 2, 3, 4, 5, 6], wrong: 'text', surplus: 1 } }),
            ],
          },
        },
      ],
    })
    expect(await deployed(raw).section('state')).toEqual({ response: { n: 0, name: '', many: [1, 2, 3, 4, 5] } })
  })
})

describe('smoke runs', () => {
  test('[I4.15] say what a function answers and how it got there, with $before in the same store', async () => {
    const raw = documentNamed('stockroom')
    const before = [{ function: 'add_item', args: { name: 'Tea', qty: 9, floor: 2 } }]
    const answer = await smokeRun(raw, { function: 'set_count', args: { $before: before, item_id: 'doc_1', qty: 1 } })
    expect(answer).toMatchObject({
      ok: true,
      result: { low: true },
      trace: { path: ['get', 'known', 'cmp', 'flag', 'warn'], store: { item: 1 } },
    })
  })

  test('more calls before than a run takes are refused, none of them is left out in silence', async () => {
    const raw = documentNamed('stockroom')
    const before = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ function: 'add_item', args: { name: `Tea ${index}`, qty: 1 } }))
    const ran = (count: number) => smokeRun(raw, { function: 'low_stock', args: { $before: before(count) } })
    expect(await ran(100)).toMatchObject({ ok: true, trace: { store: { item: 100 } } })
    expect(await ran(101)).toMatchObject({ ok: false, error_code: 'IR_LIMIT' })
  })

  test('[I8.10] [I8.12] a section says what awareness would read, and what did not fit its shape', async () => {
    const before = [
      { function: 'add_item', args: { name: 'Tea', qty: 9, floor: 4 } },
      { function: 'set_count', args: { item_id: 'doc_1', qty: 1 } },
    ]
    const raw = documentNamed('stockroom')
    expect(await smokeRun(raw, { function: 'skeleton_refresh_shelf_state', args: { $before: before } })).toMatchObject({
      ok: true,
      result: { items: 1, low: 1 },
      trace: { path: ['all', 'low'], notes: [], store: { item: 1 } },
    })
    expect(await smokeRun(raw, { function: 'skeleton_refresh_gone', args: {} })).toMatchObject({
      ...{ ok: false, error_code: 'UNKNOWN_SUB_FUNCTION', error: 'This app has no section “gone”.' },
    })
    const counted = (result: JsonObject) =>
      envelope([], {
        skeleton: [
          {
            ...{ section: 'state', shape: { n: 'int' } },
            producer: {
              kind: 'declarative',
              steps: [{ id: 'all', op: 'store.list', args: { kind: 'task' }, result }],
            },
          },
        ],
      })
    const misfit = await smokeRun(counted({ n: 'many' }), { function: 'skeleton_refresh_state', args: {} })
    expect(misfit).toMatchObject({ ok: true, result: {}, trace: { notes: [expect.stringMatching(/'n'.*integer/)] } })
  })

  test('an invalid document, an unknown function and another app are answers, not failures', async () => {
    expect(await smokeRun([], { function: 'x', args: {} })).toMatchObject({
      ...{ ok: false, error_code: 'IR_DOCUMENT_INVALID', issues: [{ rule: 'IR0' }] },
    })
    expect(await smokeRun(documentNamed('stockroom'), { function: 'gone', args: {} })).toMatchObject({
      ok: false,
      error_code: 'UNKNOWN_SUB_FUNCTION',
    })
    const other = envelope([fn('f', [{ id: 'c', op: 'call', args: { app_id: 'crm', function: 'add' } }])], {
      capabilities: ['crm:write'],
    })
    expect(await smokeRun(other, { function: 'f', args: {} })).toMatchObject({ ok: false, error_code: 'IR_BAD_TARGET' })
  })

  const many = (count: number, step: (id: string) => JsonObject) =>
    Array.from({ length: count }, (_, index) => step(`s${index}`))
  const readsAll = many(99, (id) => ({ id, op: 'store.list', args: { kind: 'task', limit: 1000 } }))

  test('all calls of a request share one budget of work: rows that are read count', async () => {
    const raw = envelope([
      fn(
        'fill',
        many(99, (id) => create(id, { title: id })),
      ),
      fn('read', readsAll),
    ])
    const call = (name: string) => ({ function: name, args: {} })
    const once = await smokeRun(raw, { function: 'read', args: { $before: [call('fill')] } })
    expect(once).toMatchObject({ ok: true, trace: { store: { task: 99 } } })
    const before = [call('fill'), ...Array.from({ length: 19 }, () => call('read'))]
    expect(await smokeRun(raw, { function: 'read', args: { $before: before } })).toMatchObject({
      ...{ ok: false, error_code: 'IR_LIMIT' },
    })
  })

  test('all calls of a request share one clock, and others of the process get their turn between the steps', async () => {
    const raw = envelope([
      fn(
        'say',
        many(50, (id) => say(id, 'x')),
      ),
    ])
    let at = 0
    const slow = { now: () => (at += 30) }
    const before = Array.from({ length: 20 }, () => ({ function: 'say', args: {} }))
    expect(await smokeRun(raw, { function: 'say', args: {} }, slow)).toMatchObject({ ok: true })
    expect(await smokeRun(raw, { function: 'say', args: { $before: before } }, slow)).toMatchObject({
      ...{ ok: false, error_code: 'BACKEND_TIMEOUT' },
    })
    let turns = 0
    const meter = setInterval(() => (turns += 1), 0)
    await smokeRun(raw, { function: 'say', args: {} })
    clearInterval(meter)
    expect(turns).toBeGreaterThan(10)
  })

  test('a result that names a large value many times is refused before it is written out', async () => {
    const big = { id: 'big', op: 'store.create', args: { kind: 'task', data: { text: 'x'.repeat(30_000) } } }
    const steps = [big, { ...say('a', 'x'), result: Array(10_000).fill('{{steps.big}}') }]
    expect(await smokeRun(envelope([fn('f', steps)]), { function: 'f', args: {} })).toMatchObject({
      ...{ ok: false, error_code: 'IR_LIMIT' },
    })
    const opens = many(100, (id) => ({ id, op: 'navigate', args: { url: '/a', more: '{{steps.big}}' } }))
    const again = [big, ...opens.slice(1, 99), { ...say('end', 'x'), next: 's1' }]
    expect(await smokeRun(envelope([fn('f', again)]), { function: 'f', args: {} })).toMatchObject({ ok: false })
  })
})
