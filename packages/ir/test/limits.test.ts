import type { JsonObject, JsonValue } from '@imperal/contract'
import { afterEach, describe, expect, test } from 'vitest'
import {
  byteLength,
  changeLimits,
  DEFAULT_LIMITS,
  IR_LIMITS,
  LIMIT_SETTINGS,
  readLimits,
  validateDocument,
  wallTimeOf,
} from '../src/index.ts'
import { completed, deployed, envelope, errorsOf, fn, NOW } from './support.ts'

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const list = (id: string, args: JsonObject = {}): JsonObject => ({
  id,
  op: 'store.list',
  args: { kind: 'task', ...args },
})
const say = (id: string, more: JsonObject = {}): JsonObject => ({ id, op: 'send', args: { message: 'x' }, ...more })
const create = (data: JsonValue): JsonObject => ({ id: 'c', op: 'store.create', args: { kind: 'task', data } })
const panel = (id: string, tree: JsonObject, kind = 'template'): JsonObject => ({
  ...{ panel_id: id, slot: 'left', title: id },
  render: { kind, tree },
})
const section = (name: string, result: JsonValue = {}): JsonObject => ({
  section: name,
  producer: { kind: 'declarative', steps: [list('a', {}), { ...list('b'), result }] },
})
const panels = (all: JsonObject[]): JsonObject => envelope([fn('f', [list('a')])], { ui: { panels: all } })
const limits = (raw: JsonValue): string[] => errorsOf(raw).filter((line) => line.startsWith('IR60'))
const padded = (bytes: number): JsonObject => {
  const raw = (text: string) => envelope([fn('f', [list('a')], { return_schema: { about: text } })])
  return raw('x'.repeat(bytes - byteLength(JSON.stringify(raw('')))))
}
const nested = (levels: number): JsonObject =>
  JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`) as JsonObject
const bigSchema = (bytes: number): JsonObject => ({ type: 'object', properties: {}, description: 'x'.repeat(bytes) })
const svg = (bytes: number): string => {
  const text = (pad: string) => `<svg viewBox="0 0 1 1">${pad}</svg>`
  return text('x'.repeat(bytes - text('').length))
}

describe('documents, each at its limit and one beyond (ir 12)', () => {
  const rows: readonly (readonly [keyof typeof DEFAULT_LIMITS, (size: number) => JsonValue])[] = [
    ['documentBytes', padded],
    ['depth', (levels) => ({ ...envelope([]), more: nested(levels) })],
    ['functions', (count) => envelope(many(count, (n) => fn(`f${n}`, [list('a')])))],
    [
      'stepsPerFunction',
      (count) =>
        envelope([
          fn(
            'f',
            many(count, (n) => list(`s${n}`)),
          ),
        ]),
    ],
    ['panels', (count) => panels(many(count, (n) => panel(`p${n}`, { type: 'Text', props: { content: 'x' } })))],
    ['sections', (count) => envelope([], { skeleton: many(count, (n) => section(`s${n}`)) })],
    ['literalBytes', (bytes) => envelope([fn('f', [create({ title: 'x'.repeat(bytes) })])])],
    [
      'paramsPerFunction',
      (count) =>
        envelope([
          fn('f', [list('a')], {
            params_schema: Object.fromEntries(many(count, (n) => [`p${n}`, { type: 'string' }])),
          }),
        ]),
    ],
    ['iconBytes', (bytes) => envelope([], { icon: svg(bytes) })],
  ]
  test.each(rows)('%s', (name, make) => {
    const rule = name === 'iconBytes' ? 'IR26' : 'IR60'
    const found = (size: number) => errorsOf(make(size)).filter((line) => line.startsWith(rule))
    expect(found(DEFAULT_LIMITS[name])).toEqual([])
    expect(found(DEFAULT_LIMITS[name] + 1)).toEqual([expect.stringMatching(/exceeds the limit of|larger than/)])
  })

  test('manifestBytes', () => {
    // Larger than a document may be, so it is reached with another limit only.
    const back = changeLimits({ manifestBytes: 4096 })
    const raw = (bytes: number) => envelope([fn('f', [list('a')], { params_schema: bigSchema(bytes) })])
    try {
      const fits = many(4096, (n) => n).findLast((bytes) => limits(raw(bytes)).length === 0) ?? 0
      expect(fits).toBeGreaterThan(1000)
      expect(limits(raw(fits + 1))).toEqual(['IR60 derived manifest exceeds the limit of 4096'])
    } finally {
      back()
    }
  })
})

describe('runs, each at its limit and one beyond (ir 12)', () => {
  const limit = { error_code: 'IR_LIMIT' }
  const success = { status: 'success' }

  test('callSteps', async () => {
    const calls = (count: number) =>
      envelope([
        fn(
          'f',
          many(count, (n) => ({ id: `s${n}`, op: 'call', args: { function: 'g' } })),
        ),
        fn('g', [list('a')]),
      ])
    expect(await deployed(calls(25)).call('f')).toMatchObject(success)
    expect(await deployed(calls(26)).call('f')).toMatchObject(limit)
  })

  test('completions', async () => {
    const asks = (count: number) =>
      envelope([
        fn(
          'f',
          many(count, (n) => ({ id: `s${n}`, op: 'ai.complete', args: { prompt: 'Hi' } })),
        ),
      ])
    expect(await deployed(asks(5)).call('f')).toMatchObject(success)
    expect(await deployed(asks(6)).call('f')).toMatchObject(limit)
  })

  test('nestedCalls: six below the root', async () => {
    const chain = (below: number) =>
      envelope(
        many(below + 1, (n) =>
          fn(`f${n}`, [n === below ? list('a') : { id: 'a', op: 'call', args: { function: `f${n + 1}` } }]),
        ),
      )
    expect(await deployed(chain(6)).call('f0')).toMatchObject(success)
    expect(await deployed(chain(7)).call('f0')).toMatchObject(limit)
  })

  test('leastSteps and runsPerStep', async () => {
    // Two steps that lead to one another for ever, and nine of which the last leads to the first.
    const loop = (count: number) =>
      envelope([
        fn(
          'f',
          many(count, (n) => say(`s${n}`, { next: `s${(n + 1) % count}` })),
        ),
      ])
    expect(await deployed(loop(2)).call('f')).toMatchObject({
      error_code: 'IR_STEP_BUDGET',
      error: expect.stringContaining('(64)'),
    })
    expect(await deployed(loop(9)).call('f')).toMatchObject({
      error_code: 'IR_STEP_BUDGET',
      error: expect.stringContaining('(72)'),
    })
    const straight = (count: number) =>
      envelope([
        fn(
          'f',
          many(count, (n) => say(`s${n}`)),
        ),
      ])
    expect(await deployed(straight(100)).call('f')).toMatchObject(success)
  })

  test('resolvedStringBytes', async () => {
    const app = deployed(envelope([fn('f', [create({ title: '{{a}}{{b}}' })])]))
    const half = 'x'.repeat(DEFAULT_LIMITS.resolvedStringBytes / 2)
    expect(await app.call('f', { a: half, b: half })).toMatchObject(success)
    expect(await app.call('f', { a: half, b: `${half}x` })).toMatchObject(limit)
  })

  test('promptCharacters', async () => {
    const app = deployed(envelope([fn('f', [{ id: 'a', op: 'ai.complete', args: { prompt: '{{p}}' } }])]))
    expect(await app.call('f', { p: 'x'.repeat(32_768) })).toMatchObject(success)
    expect(await app.call('f', { p: 'x'.repeat(32_769) })).toMatchObject(limit)
  })

  test('stepResultBytes', async () => {
    // A result of exactly so many bytes, as another app gives it.
    const of = (bytes: number) => {
      const callback = async () => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) })
      const far = { id: 'a', op: 'call', args: { app_id: 'other', function: 'g' }, result: {} }
      return deployed(envelope([fn('f', [far], { action_type: 'write' })], { capabilities: ['other:write'] }), {
        callback,
      }).call('f')
    }
    expect(await of(DEFAULT_LIMITS.stepResultBytes)).toMatchObject(success)
    expect(await of(DEFAULT_LIMITS.stepResultBytes + 1)).toMatchObject(limit)
  })

  test('responseBytes', async () => {
    const app = deployed(envelope([fn('f', [{ ...say('a'), result: { text: '{{t}}' } }])]))
    const of = (bytes: number) => app.call('f', { t: 'x'.repeat(bytes - '{"text":""}'.length) })
    expect(await of(DEFAULT_LIMITS.responseBytes)).toMatchObject(success)
    expect(await of(DEFAULT_LIMITS.responseBytes + 1)).toMatchObject(limit)
  })

  test('listLimit', async () => {
    const app = deployed(envelope([fn('f', [{ ...list('a'), args: { kind: 'task', limit: '{{n}}' } }])]))
    for (const [n, outcome] of [
      [0, limit],
      [1, success],
      [1000, success],
      [1001, limit],
    ] as const)
      expect(await app.call('f', { n }), String(n)).toMatchObject(outcome)
  })

  test('bulkIds', async () => {
    const app = deployed(
      envelope([
        fn('f', [{ id: 'a', op: 'store.update', args: { kind: 'task', ids: '{{ids}}', set: { done: true } } }]),
      ]),
    )
    const of = (count: number) => app.call('f', { ids: many(count, (n) => `doc_${n}`) })
    expect(await of(500)).toMatchObject({ data: { count: 0 } })
    expect(await of(501)).toMatchObject(limit)
  })

  test('pathSegments', async () => {
    const app = deployed(
      envelope([
        fn(
          'f',
          [{ ...say('a'), result: { at: `{{event${'.a'.repeat(15)}}}`, beyond: `{{event${'.a'.repeat(16)}}}` } }],
          {
            params_schema: { a: { type: 'object' } },
          },
        ),
      ]),
    )
    const given = JSON.parse(`${'{"a":'.repeat(16)}1${'}'.repeat(16)}`) as JsonObject
    expect((await app.call('f', given)).data).toEqual({ at: { a: 1 } })
  })

  test('sectionBytes', async () => {
    const of = async (bytes: number) => {
      const result = { text: 'x'.repeat(bytes - '{"text":""}'.length) }
      return deployed(envelope([], { skeleton: [section('s', result)] })).section('s')
    }
    expect(await of(8192)).toMatchObject({ response: {} })
    await expect(of(8193)).rejects.toMatchObject({ code: 'IR_LIMIT' })
  })

  test('wallTimeMs and wallTimeWithCompletionMs, also for a completion behind a call of a sibling', async () => {
    const ask: JsonObject = { id: 'a', op: 'ai.complete', args: { prompt: 'Hi' } }
    const call = (name: string): JsonObject => ({ id: 'c', op: 'call', args: { function: name } })
    const raw = envelope(
      [fn('plain', [list('a')]), fn('asks', [ask]), fn('calls', [call('between')]), fn('between', [call('asks')])],
      { lifecycle: { on_install: 'calls', on_uninstall: 'plain' } },
    )
    const document = completed(raw)
    const times = ['plain', 'asks', 'calls', 'between', 'on_install', 'on_uninstall'].map((name) =>
      wallTimeOf(document, name),
    )
    expect(times).toEqual([30_000, 120_000, 120_000, 120_000, 120_000, 30_000])
    // The second step begins when so many milliseconds have gone by.
    const after = (ms: number, name: string, steps: JsonObject[]) => {
      let calls = 0
      const now = () => NOW + (calls > 0 ? ms : 0)
      const callback = async () => {
        calls += 1
        return { data: [], text: '', cursor: null, has_more: false }
      }
      return deployed(envelope([fn(name, steps)]), { now, callback }).call(name)
    }
    const two = [list('a'), list('b')]
    expect(await after(29_999, 'f', two)).toMatchObject(success)
    expect(await after(30_000, 'f', two)).toMatchObject({ error_code: 'BACKEND_TIMEOUT' })
    expect(await after(119_999, 'f', [ask, list('b')])).toMatchObject(success)
    expect(await after(120_000, 'f', [ask, list('b')])).toMatchObject({ error_code: 'BACKEND_TIMEOUT' })
  })
})

describe('panels are cut at their limits, and say so (ir 8.5)', () => {
  const notice = 'There is more than fits here; the rest is left out.'
  const drawn = async (tree: JsonObject, params: JsonObject) => {
    const { ui } = await deployed(panels([panel('main', tree)])).panel('main', params)
    const root = ui as { props: { children: { type: string; props: JsonObject }[] } }
    return { ui, children: root.props.children, isCut: JSON.stringify(ui).includes(notice) }
  }
  const rows = {
    type: 'Stack',
    props: { children: [{ $repeat: '{{rows}}', as: 'row', node: { type: 'Text', props: { content: '{{row}}' } } }] },
  }

  test('repeatItems', async () => {
    expect(await drawn(rows, { rows: many(500, () => 'x') })).toMatchObject({ isCut: false })
    const beyond = await drawn(rows, { rows: many(501, () => 'x') })
    expect(beyond.children).toHaveLength(501)
    expect(beyond.isCut).toBe(true)
  })

  test('panelNodes', async () => {
    const group = (size: number): JsonObject => ({
      $repeat: '{{rows}}',
      node: { type: 'Stack', props: { children: many(size, () => ({ type: 'Divider', props: {} })) } },
    })
    const tree = (more: number) => ({
      type: 'Stack',
      props: { children: [group(9), ...many(more, () => ({ type: 'Divider', props: {} }))] },
    })
    // The root and 499 groups of ten, and nine more: 5000.
    const given = { rows: many(499, () => 1) }
    expect(await drawn(tree(9), given)).toMatchObject({ isCut: false })
    expect(await drawn(tree(10), given)).toMatchObject({ isCut: true })
  })

  test('panelBytes: the list ends where the bytes end, every entry whole', async () => {
    const entry = 'x'.repeat(10_000)
    const fits = await drawn(rows, { rows: many(51, () => entry) })
    expect(fits).toMatchObject({ isCut: false })
    const beyond = await drawn(rows, { rows: many(60, () => entry) })
    expect(byteLength(JSON.stringify(beyond.ui))).toBeLessThanOrEqual(DEFAULT_LIMITS.panelBytes)
    expect(beyond.children.length).toBeGreaterThan(50)
    expect(beyond.children.slice(0, -1).every(({ props }) => props.content === entry)).toBe(true)
    expect(beyond.children.at(-1)).toEqual({ type: 'Alert', props: { message: notice, variant: 'warning' } })
    // Two bytes a character, and texts that JSON writes longer than they are.
    for (const text of ['ä'.repeat(10_000), '"'.repeat(10_000)]) {
      const { ui, isCut } = await drawn(rows, { rows: many(60, () => text) })
      expect([byteLength(JSON.stringify(ui)) <= DEFAULT_LIMITS.panelBytes, isCut]).toEqual([true, true])
    }
  })

  test('panelBytes: a list that a token put there is cut as well, and a root that cannot be cut is the notice alone', async () => {
    const table = { type: 'DataTable', props: { columns: [{ key: 'a', label: 'A' }], rows: '{{rows}}' } }
    const { ui } = await deployed(panels([panel('main', table)])).panel('main', {
      rows: many(80, () => ({ a: 'x'.repeat(10_000) })),
    })
    expect(ui).toMatchObject({ type: 'Stack', props: { children: [{ type: 'DataTable' }, { type: 'Alert' }] } })
    const [shown] = (ui as { props: { children: { props: { rows: unknown[] } }[] } }).props.children
    expect(shown?.props.rows.length).toBeGreaterThan(50)
    const back = changeLimits({ panelBytes: 600 })
    try {
      const text = { type: 'Text', props: { content: '{{rows}}' } }
      const alone = await deployed(panels([panel('main', text)])).panel('main', { rows: 'x'.repeat(400) })
      expect(alone.ui).toEqual({
        type: 'Stack',
        props: { children: [{ type: 'Alert', props: { message: notice, variant: 'warning' } }] },
      })
    } finally {
      back()
    }
  })

  test('panelDepth: what is nested deeper is left out alone', async () => {
    const table = { type: 'DataTable', props: { columns: [{ key: 'a', label: 'A' }], rows: '{{rows}}' } }
    const of = async (levels: number) => {
      const rows = [nested(levels), { a: 'flat' }]
      const { ui } = await deployed(panels([panel('main', table)])).panel('main', { rows })
      return JSON.stringify(ui)
    }
    // Node, props and rows are the first three levels.
    expect(await of(29)).not.toContain(notice)
    const beyond = await of(30)
    expect(beyond).toContain(notice)
    expect(beyond).toContain('flat')
  })
})

describe('limits are settings (ir 12)', () => {
  afterEach(() => expect(IR_LIMITS).toEqual(DEFAULT_LIMITS))

  test('every limit has a name for operators, and what is set holds until it is taken back', () => {
    expect(LIMIT_SETTINGS.map(([, value]) => value)).toEqual(Object.values(DEFAULT_LIMITS))
    const { limits: set, problems } = readLimits('functions=1, steps_per_function=2,')
    expect({ set, problems }).toEqual({ set: { functions: 1, stepsPerFunction: 2 }, problems: [] })
    const back = changeLimits(set)
    try {
      const two = envelope([fn('f', [list('a')]), fn('g', [list('a'), list('b')])])
      expect(limits(two)).toEqual(['IR60 functions exceeds the limit of 1'])
      expect(limits(envelope([fn('g', [list('a'), list('b')])]))).toEqual([])
      expect(
        validateDocument(
          envelope([
            fn(
              'g',
              many(3, (n) => list(`s${n}`)),
            ),
          ]),
        ).valid,
      ).toBe(false)
    } finally {
      back()
    }
  })

  test('what cannot be set is told with its name', () => {
    expect(readLimits('functions=0,wings=2,panels,depth=-1,steps_per_function=1001,icon_bytes=102401')).toEqual({
      limits: {},
      problems: [
        'functions must be from 1 to 1000',
        expect.stringContaining('there is no limit “wings”; the limits are document_bytes, depth,'),
        '“panels” is not name=whole number',
        '“depth=-1” is not name=whole number',
        'steps_per_function must be from 1 to 1000',
        'icon_bytes must be from 1 to 102400',
      ],
    })
  })
})
