import type { JsonObject, JsonValue } from '@imperal/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ABSENT, holds, readDocument, resolveText, type Scope, VERBS, validateDocument } from '../src/index.ts'
import { someDocument } from './fuzz.ts'
import { deployed, documentNamed, envelope, errorsOf, fn } from './support.ts'
import { CONDITIONS, EVERY_KIND, NOTHING, STRUCTURAL_MESSAGES, TEMPLATE_TABLE, tableScope } from './tables.ts'

// ir.md 20, line by line, as far as it needs no platform; the other lines are in test/e2e/ir-checklist.test.ts.
const list = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  op: 'store.list',
  args: { kind: 'task' },
  ...more,
})
const step = (id: string, op: string, args: JsonObject, more: JsonObject = {}): JsonObject => ({
  id,
  op,
  args,
  ...more,
})
const say = (id: string, message = 'x', more: JsonObject = {}): JsonObject => step(id, 'send', { message }, more)
const normal = (raw: JsonValue) => JSON.stringify(readDocument(raw).document)
const filled = async (functions: readonly JsonObject[], count: number, more: JsonObject = {}) => {
  const app = deployed(envelope(functions, more))
  for (let n = 1; n <= count; n++) await app.platform.callback('store', 'create', ['task', { n, title: `T${n}` }])
  return app
}
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `doc_${index + 1}`)

describe('the list of ir.md 20', () => {
  test('[20.2] both spellings of a synonym are one form, and a clash is IR23', () => {
    const twins: [JsonObject, JsonObject, JsonObject][] = [
      [
        { id: 'a', op: 'store.list', args: { kind: 't' } },
        { id: 'a', action: 'store.list', args: { kind: 't' } },
        { action: 'store.get' },
      ],
      [
        { id: 'a', op: 'store.list', args: { kind: 't' } },
        { id: 'a', op: 'store.list', params: { kind: 't' } },
        { params: { kind: 'u' } },
      ],
      [
        { id: 'a', op: 'store.list', args: { kind: 't' } },
        { id: 'a', op: 'store.list', args: { collection: 't' } },
        { args: { kind: 't', collection: 'u' } },
      ],
      [
        { id: 'a', op: 'navigate', args: { url: '/x' } },
        { id: 'a', op: 'navigate', args: { path: '/x' } },
        { args: { url: '/x', path: '/y' } },
      ],
      [
        { id: 'a', op: 'open', args: { target: 'https://a.b' } },
        { id: 'a', op: 'open', args: { url: 'https://a.b' } },
        { args: { target: 'x', url: 'y' } },
      ],
    ]
    for (const [one, other, clash] of twins) {
      expect(normal(envelope([fn('f', [one])]))).toBe(normal(envelope([fn('f', [other])])))
      expect(errorsOf(envelope([fn('f', [{ ...one, ...clash }])])).join(), JSON.stringify(clash)).toMatch(
        /IR23 .*disagree/,
      )
    }
    expect(errorsOf(envelope([fn('f', [{ id: 'a', verb: 'send', args: {} }])]))).toContain(
      "IR23 'verb' is not a step key; use 'action'",
    )
    expect(errorsOf(envelope([fn('f', [list('a', { collection: 't' })])]))).toContain(
      "IR23 'collection' is not a step key; use 'params.collection'",
    )
    // The flat form takes both spellings, too.
    const flat = (step: JsonObject): JsonObject => ({ app_id: 'flat-app', version: '1.0.0', steps: [step] })
    for (const [one, other, clash] of twins) {
      expect(normal(flat(one))).toBe(normal(flat(other)))
      expect(errorsOf(flat({ ...one, ...clash })).join(), JSON.stringify(clash)).toMatch(/IR23 .*disagree/)
    }
  })

  test.each(STRUCTURAL_MESSAGES)('[20.3] the message of %s, byte for byte', (_, raw, message) => {
    expect(errorsOf(raw)).toContain(message)
  })

  test('[20.4] the table of 6.7, no second scan, blocked names', () => {
    for (const [template, value] of TEMPLATE_TABLE) expect(resolveText(template, tableScope()), template).toEqual(value)
    for (const template of NOTHING) expect(resolveText(template, tableScope()), template).toBe(ABSENT)
    for (const name of ['__proto__', 'prototype', 'constructor', 'toString', 'length'])
      expect(resolveText(`{{event.l.${name}}}`, tableScope()), name).toBe(ABSENT)
  })

  test('[20.5] every comparator with every kind on both sides', () => {
    for (const [v, comparator, value, expected] of CONDITIONS) {
      const scope = { ...tableScope(), event: v === undefined ? {} : { v } }
      expect(holds({ field: '{{v}}', [comparator]: value }, scope), JSON.stringify([v, comparator, value])).toBe(
        expected,
      )
    }
    expect(EVERY_KIND).toHaveLength(6 * 7 * 7)
    for (const [field, comparator, value, expected] of EVERY_KIND) {
      const scope: Scope = {
        ...tableScope(),
        event: { ...(field === undefined ? {} : { field }), ...(value === undefined ? {} : { value }) },
      }
      const found = holds({ field: '{{field}}', [comparator]: '{{value}}' }, scope)
      expect(found, JSON.stringify([field, comparator, value])).toBe(expected)
    }
  })

  test('[20.6] the budget: two steps with a jump back fail after 64, twenty get 160', async () => {
    const loop = (count: number) => [
      ...Array.from({ length: count - 1 }, (_, index) => say(`s${index}`)),
      say('last', 'x', { next: 's0' }),
    ]
    for (const [count, budget] of [
      [2, 64],
      [20, 160],
    ] as const) {
      const app = deployed(envelope([fn('f', loop(count))]))
      expect(await app.call('f')).toMatchObject({
        ...{ error_code: 'IR_STEP_BUDGET', error: `declarative flow exceeded step budget (${budget}); possible cycle` },
      })
    }
  })

  test('[I4.1] [20.7] a branch falls through unless next is null; a step without an id never runs', async () => {
    const flow = (next: JsonObject) => [
      { id: 'if', op: 'conditional', if: { field: 'x', eq: 'x' }, then: 'yes', else: 'no' },
      step('yes', 'store.create', { kind: 'yes', data: {} }, next),
      step('no', 'store.create', { kind: 'no', data: {} }),
    ]
    const through = deployed(envelope([fn('f', flow({}))]))
    await through.call('f')
    expect(through.platform.counts()).toEqual({ yes: 1, no: 1 })
    const ended = deployed(envelope([fn('f', flow({ next: null }))]))
    await ended.call('f')
    expect(ended.platform.counts()).toEqual({ yes: 1 })
    const { id: _, ...nameless } = say('a')
    expect(errorsOf(envelope([fn('f', [nameless])]))).toContain("IR41 step missing required 'id'")
  })

  test('[20.8] store verbs: normal, missing, 500 and 501 at once, empty and absent where, etag conflict', async () => {
    const target = (name: string, args: JsonObject) => [
      fn(`update_${name}`, [step('u', 'store.update', { kind: 'task', set: { done: true }, ...args })]),
      fn(`delete_${name}`, [step('d', 'store.delete', { kind: 'task', ...args })]),
    ]
    const functions = [
      ...target('one', { id: '{{id}}' }),
      ...target('many', { ids: '{{ids}}' }),
      ...target('some', { where: { title: '{{title}}' } }),
      fn('matching', [
        step('u', 'store.update', { kind: 'task', id: '{{id}}', set: { done: true }, if_match: '{{etag}}' }),
      ]),
      fn('get', [step('g', 'store.get', { kind: 'task', id: '{{id}}' })]),
      fn('make', [step('c', 'store.create', { kind: 'task', data: { title: '{{title}}' } })]),
      fn('find', [list('l', { args: { kind: 'task', where: { title: '{{title}}' } } })]),
    ]
    const app = await filled(functions, 501)
    const call = (name: string, params: JsonObject = {}) => app.call(name, params)
    expect((await call('get', { id: 'doc_1' })).data).toMatchObject({ doc: { title: 'T1' } })
    expect((await call('get', { id: 'none' })).data).toEqual({ doc: null })
    expect(await call('get')).toMatchObject({ status: 'error' })
    expect((await call('find')).data).toMatchObject({ count: 100, has_more: true })
    expect((await call('find', { title: 'T2' })).data).toMatchObject({ ids: ['doc_2'] })
    expect((await call('make', { title: 'New' })).data).toMatchObject({ id: 'doc_502' })
    expect((await call('update_one', { id: 'doc_1' })).data).toEqual({ ids: ['doc_1'], count: 1, missing: [] })
    expect(await call('update_one', { id: 'none' })).toMatchObject({ error_code: 'IR_NOT_FOUND' })
    expect((await call('update_many', { ids: ['doc_1', 'none'] })).data).toMatchObject({ count: 1, missing: ['none'] })
    expect(await call('update_many', { ids: ids(501) })).toMatchObject({ error_code: 'IR_LIMIT' })
    expect((await call('update_many', { ids: ids(500) })).data).toMatchObject({ count: 500 })
    for (const name of ['update_some', 'delete_some', 'update_one', 'delete_one', 'update_many', 'delete_many'])
      expect(await call(name), name).toMatchObject({ error_code: 'IR_MISSING_VALUE' })
    expect(await call('matching', { id: 'doc_3', etag: 'v999' })).toMatchObject({
      error_code: 'IR_CONFLICT',
      retryable: true,
    })
    expect((await call('delete_some', { title: 'T4' })).data).toMatchObject({ ids: ['doc_4'], count: 1 })
    expect((await call('delete_one', { id: 'doc_4' })).data).toEqual({ ids: [], count: 0 })
    expect(await call('delete_many', { ids: ids(501) })).toMatchObject({ error_code: 'IR_LIMIT' })
    // By where as many as by ids: 501 that fit are too many, and none of them is touched.
    const same = await filled(functions, 0)
    for (let n = 0; n < 501; n++) await same.platform.callback('store', 'create', ['task', { title: 'Same' }])
    for (const name of ['update_some', 'delete_some'])
      expect(await same.call(name, { title: 'Same' }), name).toMatchObject({ error_code: 'IR_LIMIT' })
    expect((await same.call('get', { id: 'doc_1' })).data).not.toHaveProperty('doc.done')
    expect((await same.call('delete_one', { id: 'doc_501' })).data).toMatchObject({ count: 1 })
    expect((await same.call('update_some', { title: 'Same' })).data).toMatchObject({ count: 500 })
    expect((await same.call('delete_some', { title: 'Same' })).data).toMatchObject({ count: 500 })
    expect(same.platform.counts()).toEqual({})
    expect(errorsOf(envelope([fn('f', [step('d', 'store.delete', { kind: 'task', where: {} })])])).join()).toContain(
      'IR48',
    )
  })

  test('[20.9] IR33 for every verb: declared weaker than its steps', () => {
    const steps: Record<(typeof VERBS)[number], JsonObject> = {
      'ai.complete': step('a', 'ai.complete', { prompt: 'x' }),
      call: step('a', 'call', { function: 'wiper' }),
      conditional: { id: 'a', op: 'conditional', if: { field: 'x', eq: 1 }, then: 'a' },
      navigate: step('a', 'navigate', { url: '/x' }),
      open: step('a', 'open', { target: 'https://a.b' }),
      send: step('a', 'send', { message: 'x', channel: 'notification' }),
      'store.create': step('a', 'store.create', { kind: 't', data: {} }),
      'store.delete': step('a', 'store.delete', { kind: 't', id: 'x' }),
      'store.get': step('a', 'store.get', { kind: 't', id: 'x' }),
      'store.list': step('a', 'store.list', { kind: 't' }),
      'store.update': step('a', 'store.update', { kind: 't', id: 'x', set: { a: 1 } }),
    }
    const needs: Record<string, string> = {
      ...{
        call: 'destructive',
        send: 'write',
        'store.create': 'write',
        'store.delete': 'destructive',
        'store.update': 'write',
      },
    }
    const wiper = fn('wiper', [step('d', 'store.delete', { kind: 't', id: 'x' })])
    const weak = (verb: (typeof VERBS)[number], declared: string) =>
      errorsOf(envelope([fn('f', [steps[verb]], { action_type: declared }), wiper])).filter((one) =>
        one.startsWith('IR33'),
      )
    for (const verb of VERBS) {
      const needed = needs[verb] ?? 'read'
      const said = `IR33 function 'f' is declared read but its steps make it ${needed}`
      expect(weak(verb, 'read'), verb).toEqual(needed === 'read' ? [] : [said])
      expect(weak(verb, 'write').length, verb).toBe(needed === 'destructive' ? 1 : 0)
      expect(weak(verb, 'destructive'), verb).toEqual([])
    }
  })

  test('[20.10] call: a sibling, a static cycle, depth seven, destruction from a write', async () => {
    const chain = (depth: number) =>
      Array.from({ length: depth + 1 }, (_, index) =>
        fn(`f${index}`, [index === depth ? list('l') : step('c', 'call', { function: `f${index + 1}` })]),
      )
    expect(await deployed(envelope(chain(1))).call('f0')).toMatchObject({ status: 'success', data: { count: 0 } })
    expect(await deployed(envelope(chain(6))).call('f0')).toMatchObject({ status: 'success' })
    expect(await deployed(envelope(chain(7))).call('f0')).toMatchObject({ error_code: 'IR_LIMIT' })
    const cycle = envelope([
      fn('a', [step('c', 'call', { function: 'b' })]),
      fn('b', [step('c', 'call', { function: 'a' })]),
    ])
    expect(errorsOf(cycle)).toContain('IR49 call cycle: a -> b -> a')
    const wipe = fn('wipe', [step('d', 'store.delete', { kind: 't', id: 'x' })])
    const refused = errorsOf(
      envelope([wipe, fn('f', [step('c', 'call', { function: 'wipe' })], { action_type: 'write' })]),
    )
    expect(refused).toContain("IR49 step 'c': destructive call from a write function")
  })

  test('[20.11] panels: data, conditions and loops everywhere, 501 items, a failing data step', async () => {
    const panel = (tree: JsonObject) => ({
      ui: { panels: [{ panel_id: 'p', slot: 'left', render: { kind: 'template', tree } }] },
    })
    const text = (content: string): JsonObject => ({ type: 'Text', props: { content } })
    const tree = {
      $data: [list('l', { args: { kind: 'task', limit: 1000, order_by: 'n' } })],
      type: 'Stack',
      props: {
        gap: '{{steps.l.count}}',
        shown: { $if: { field: '{{steps.l.count}}', gt: 0 }, node: text('yes') },
        hidden: { $if: { field: '{{steps.l.count}}', gt: 9999 }, node: text('no') },
        children: [
          { $if: { field: '1', eq: '2' }, node: text('no') },
          {
            $repeat: '{{steps.l.docs}}',
            as: 'row',
            node: {
              type: 'Card',
              props: { content: { $if: { field: '{{row.n}}', eq: 1 }, node: text('{{row.title}}') } },
            },
          },
        ],
      },
    }
    const small = await filled([fn('f', [list('l')])], 2, panel(tree))
    expect((await small.panel('p')).ui).toEqual({
      type: 'Stack',
      props: {
        gap: 2,
        shown: text('yes'),
        children: [
          { type: 'Card', props: { content: text('T1') } },
          { type: 'Card', props: {} },
        ],
      },
    })
    const large = await filled([fn('f', [list('l')])], 501, panel(tree))
    const { props } = (await large.panel('p')).ui as { props: { children: JsonObject[] } }
    expect(props.children).toHaveLength(501)
    expect(props.children.at(-1)?.type).toBe('Alert')
    const failing = deployed(envelope([fn('f', [list('l')])], panel(tree)), {
      callback: async () => Promise.reject(Object.assign(new Error('down'), { code: 'unavailable' })),
    })
    expect((await failing.panel('p')).ui).toMatchObject({ type: 'Error' })
  })

  test('[20.12] sections: the shape is filled, and a producer that writes is refused', async () => {
    const section = (steps: JsonObject[]) =>
      envelope([], {
        skeleton: [
          {
            section: 's',
            shape: { n: 'int', name: 'str', all: 'list', is: 'bool' },
            producer: { kind: 'declarative', steps },
          },
        ],
      })
    const read = deployed(section([list('l', { result: { n: '{{prev.count}}', is: 'no', more: 1 } })]))
    // What has another type than announced is left out.
    expect(await read.section('s')).toEqual({ response: { n: 0, name: '', all: [] } })
    expect(errorsOf(section([step('c', 'store.create', { kind: 't', data: {} })])).join()).toContain('IR36')
    // A failing one throws: whoever keeps the sections then keeps the value of before.
    const down = deployed(section([list('l')]), {
      callback: async () => Promise.reject(Object.assign(new Error('down'), { code: 'unavailable' })),
    })
    await expect(down.section('s')).rejects.toThrow()
  })

  test('[20.18] 10,000 documents do not crash the validator, and no message sounds like an outage', () => {
    const words = /timeout|timed out|temporarily|unavailable|temporal|connection|503|bad gateway|try again/i
    const broken = fc.tuple(someDocument, fc.nat()).map(([raw, at]) => {
      const text = JSON.stringify(raw)
      const cut = text.slice(0, at % text.length).lastIndexOf('"')
      const changed = cut < 0 ? text : `${text.slice(0, cut)}${text.slice(cut).replace(/"([a-z._{}|$ ]+)"/, '"x$1"')}`
      try {
        return JSON.parse(changed) as JsonValue
      } catch {
        return raw as JsonValue
      }
    })
    fc.assert(
      fc.property(broken, (raw) => {
        for (const { message } of validateDocument(raw).issues) if (words.test(message)) throw new Error(message)
      }),
      { numRuns: 10_000, seed: 20_260_621 },
    )
  }, 120_000)

  test('[20.17] the same call on the same store gives the same outcome, byte for byte, whoever runs the engine', async () => {
    const calls: Record<string, [string, JsonObject][]> = {
      pageturner: [
        ['add_book', { title: 'A' }],
        ['list_books', {}],
        ['finish_book', { book_id: 'doc_1' }],
        ['drop_book', { book_id: 'doc_1' }],
        ['finish_book', {}],
      ],
      stockroom: [
        ['add_item', { name: 'Tea', qty: 9, floor: 4 }],
        ['set_count', { item_id: 'doc_1', qty: 1 }],
        ['low_stock', {}],
        ['set_count', { item_id: 'no', qty: 1 }],
      ],
      'visitor-desk': [
        ['sign_in', { visitor: 'Ada' }],
        ['who_is_inside', {}],
        ['draft_digest', {}],
        ['clear_day', { day: '2026-06-21' }],
      ],
    }
    for (const [name, sequence] of Object.entries(calls)) {
      // In process, and as the text that another process would read and send back.
      const here = deployed(documentNamed(name))
      const remote = deployed(JSON.parse(JSON.stringify(documentNamed(name))), {
        callback: async (client, method, args) =>
          JSON.parse(JSON.stringify(await there.callback(client, method, JSON.parse(JSON.stringify(args))))),
      })
      const there = remote.platform
      for (const [called, params] of sequence)
        expect(JSON.stringify(await remote.call(called, JSON.parse(JSON.stringify(params)))), `${name}.${called}`).toBe(
          JSON.stringify(await here.call(called, params)),
        )
    }
  })
})
