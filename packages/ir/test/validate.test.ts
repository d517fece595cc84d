import type { JsonObject, JsonValue } from '@imperal/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { breakingChanges, readDocument, validateDocument } from '../src/index.ts'
import { completed, documentNamed, envelope, errorsOf, fn, warningsOf } from './support.ts'
import { STRUCTURAL_MESSAGES } from './tables.ts'

const create = { id: 's1', op: 'store.create', args: { kind: 'task', data: { title: '{{title}}' } } }
const list = { id: 's1', op: 'store.list', args: { kind: 'task' } }
const one = (step: JsonObject, more: JsonObject = {}) => envelope([fn('do_it', [step], more)])
const panel = (tree: JsonObject, more: JsonObject = {}) =>
  envelope([fn('do_it', [create])], {
    ui: { panels: [{ panel_id: 'main', slot: 'left', render: { kind: 'template', tree }, ...more }] },
  })

describe('messages of 10.2, byte for byte', () => {
  test.each(STRUCTURAL_MESSAGES)('[I10.1] %s', (_, raw, message) => {
    expect(errorsOf(raw)).toContain(message)
  })
})

describe('rules of 10.3', () => {
  const branch = (more: JsonObject) => ({
    id: 'b',
    op: 'conditional',
    if: { field: '{{x}}', eq: 1 },
    then: 's1',
    ...more,
  })
  test.each<[string, JsonValue]>([
    ["IR2 ir_version '2.0' is not supported (current 1.0)", { ...envelope([]), ir_version: '2.0' }],
    ["IR3 contract_version '9' is not known (current 1.0)", { ...envelope([]), contract_version: '9' }],
    ['IR20 document mixes flat and envelope form', { ...envelope([]), steps: [] }],
    [
      "IR20 step 's1': kind must be 'declarative'",
      { app_id: 'a-b', version: '1.0.0', steps: [{ ...create, kind: 'code' }] },
    ],
    [
      "IR20 step 's1': next needs the envelope form",
      { app_id: 'a-b', version: '1.0.0', steps: [{ ...create, next: null }] },
    ],
    [
      "IR20 step 'c': conditional needs the envelope form",
      { app_id: 'a-b', version: '1.0.0', steps: [{ id: 'c', action: 'conditional', if: {}, then: 'x' }] },
    ],
    ["IR22 app id 'Bad_Id' must match [a-z0-9][a-z0-9-]*[a-z0-9], 2 to 64 characters", envelope([], { id: 'Bad_Id' })],
    ["IR23 step 's1': 'action' and 'op' disagree", one({ ...list, action: 'store.get' })],
    [
      "IR23 step 's1': 'collection' and 'kind' disagree",
      one({ id: 's1', op: 'store.list', args: { kind: 'a', collection: 'b' } }),
    ],
    ["IR23 'verb' is not a step key; use 'action'", one({ ...list, verb: 'store.list' })],
    ['IR26 icon: event attributes are not allowed', envelope([], { icon: '<svg viewBox="0 0 1 1" onload="x()"/>' })],
    ["IR26 icon: '<script' is not allowed", envelope([], { icon: '<svg viewBox="0 0 1 1"><script/></svg>' })],
    [
      'IR26 icon: external references are not allowed',
      envelope([], { icon: '<svg viewBox="0 0 1 1"><use href="http://x"/></svg>' }),
    ],
    ["IR30 duplicate function 'f'", envelope([fn('f', [list]), fn('f', [list])])],
    ["IR31 function name 'skeleton_x' must be an identifier and not reserved", envelope([fn('skeleton_x', [list])])],
    ["IR31 function name 'tool_x_chat' must be an identifier and not reserved", envelope([fn('tool_x_chat', [list])])],
    ["IR32 action_type 'maybe' must be read, write or destructive", one(list, { action_type: 'maybe' })],
    ["IR33 function 'do_it' is declared read but its steps make it write", one(create, { action_type: 'read' })],
    [
      "IR34 app.functions.0.impl: kind 'code' cannot be deployed as IR",
      envelope([fn('f', [], { impl: { kind: 'code', module: 'm', entry: 'e' } })]),
    ],
    [
      "IR36 skeleton 'a': step 's1' uses store.create; producers may only read",
      envelope([], { skeleton: [{ section: 'a', producer: { kind: 'declarative', steps: [create] } }] }),
    ],
    [
      "IR37 skeleton 'a': ttl must be 30..86400",
      envelope([], { skeleton: [{ section: 'a', ttl: 5, producer: { kind: 'declarative', steps: [list] } }] }),
    ],
    [
      "IR40 step 'b': 'if' needs 'field' and exactly one of eq, neq, gt, lt, in, exists",
      envelope([fn('f', [branch({ if: { field: '{{x}}', eq: 1, gt: 2 } }), list])]),
    ],
    ["IR41 duplicate step id 's1'", envelope([fn('f', [list, list])])],
    ["IR41 step id '1x' is not valid", one({ ...list, id: '1x' })],
    ["IR41 step missing required 'id'", one({ op: 'store.list', args: { kind: 't' } })],
    [
      "IR43 step 's1': malformed template token at app.functions.0.impl.declarative.steps.0.params.data.title",
      one({ id: 's1', op: 'store.create', args: { kind: 't', data: { title: '{{' } } }),
    ],
    ["IR43 unknown step 'gone' in '{{steps.gone.id}}'", one({ ...list, summary: '{{steps.gone.id}}' })],
    [
      "IR43 alias 'event' is a reserved name",
      panel({ type: 'Stack', props: { children: { $repeat: '{{x}}', as: 'event', node: {} } } }),
    ],
    [
      "IR44 conditional step 'b' targets unknown step id 'nowhere'",
      envelope([fn('f', [branch({ then: 'nowhere' }), list])]),
    ],
    ["IR44 step 's1' targets unknown step id 'nowhere'", one({ ...list, next: 'nowhere' })],
    ["IR45 step 's1': 'function' must be a literal", one({ id: 's1', op: 'call', args: { function: '{{x}}' } })],
    [
      "IR46 step 's1': collection 'a:b' is not a valid name",
      one({ id: 's1', op: 'store.list', args: { kind: 'a:b' } }),
    ],
    [
      "IR47 step 's1': where supports equality with scalars only",
      one({ id: 's1', op: 'store.list', args: { kind: 'a', where: { x: [1] } } }),
    ],
    [
      "IR48 step 's1': exactly one of 'id', 'ids' or 'where' is required",
      one({ id: 's1', op: 'store.delete', args: { kind: 'a' } }),
    ],
    [
      "IR48 step 's1': exactly one of 'id', 'ids' or 'where' is required",
      one({ id: 's1', op: 'store.delete', args: { kind: 'a', where: {} } }),
    ],
    [
      'IR49 call cycle: f -> g -> f',
      envelope([
        fn('f', [{ id: 'a', op: 'call', args: { function: 'g' } }]),
        fn('g', [{ id: 'a', op: 'call', args: { function: 'f' } }]),
      ]),
    ],
    ["IR49 step 'a': unknown function 'h'", envelope([fn('f', [{ id: 'a', op: 'call', args: { function: 'h' } }])])],
    ["IR51 capability 'Store:*' must be a name or 'namespace:action'", envelope([], { capabilities: ['Store:*'] })],
    [
      "IR55 panel 'main': action calls unknown function 'gone'",
      panel({ type: 'Button', props: { label: 'x', on_click: { action: 'call', function: 'gone' } } }),
    ],
    ["IR55 panel 'main': Html.content must be a literal", panel({ type: 'Html', props: { content: '{{x}}' } })],
    ["IR55 panel 'main': 'colour' is no type of Input", panel({ type: 'Input', props: { type: 'colour' } })],
    [
      "IR57 panel 'main': $data step 's1' uses store.create; panel data may only read",
      panel({ type: 'Text', props: {}, $data: [create] }),
    ],
    [
      "IR58 panel 'main': item[0]: missing required key 'label'",
      panel({ type: 'Select', props: { options: [{ value: 'a' }] } }),
    ],
    ["IR58 panel 'main': expected array for 'tabs', got string", panel({ type: 'Tabs', props: { tabs: 'x' } })],
    [
      "IR58 panel 'main': item[0].expanded: expected boolean, got string",
      panel({ type: 'Tree', props: { nodes: [{ id: 'a', label: 'b', expanded: 'no' }] } }),
    ],
    [
      'IR60 functions exceeds the limit of 100',
      envelope(Array.from({ length: 101 }, (_, index) => fn(`f${index}`, [list]))),
    ],
    [
      "IR60 steps of 'f' exceeds the limit of 100",
      envelope([
        fn(
          'f',
          Array.from({ length: 15_500 }, (_, index) => ({ id: `s${index}`, op: 'send' })),
        ),
      ]),
    ],
    [
      "IR60 steps of 'main' exceeds the limit of 100",
      panel({
        type: 'Stack',
        $data: Array.from({ length: 4000 }, (_, index) => ({ id: `s${index}`, op: 'store.list' })),
      }),
    ],
    [
      "IR60 steps of 'state' exceeds the limit of 100",
      envelope([], {
        skeleton: [{ section: 'state', producer: { kind: 'declarative', steps: Array(4000).fill({ id: 'a' }) } }],
      }),
    ],
    [
      'IR60 panels exceeds the limit of 16',
      envelope([], {
        ui: { panels: Array(17).fill({ panel_id: 'p', slot: 'left', render: { kind: 'static', tree: {} } }) },
      }),
    ],
    [
      'IR60 functions exceeds the limit of 100',
      {
        ...{ app_id: 'ring-app', version: '1.0.0' },
        steps: Array.from({ length: 3000 }, (_, index) => ({
          ...{ id: `f${index}`, op: 'call', args: { function: `f${(index + 1) % 3000}` } },
        })),
      },
    ],
    ['IR60 nesting depth exceeds the limit of 32', JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)],
    ['IR60 document size exceeds the limit of 524288', { ...envelope([]), more: 'x'.repeat(600_000) }],
  ])('%s', (message, raw) => {
    expect(errorsOf(raw)).toContain(message)
  })

  test.each<[string, JsonValue]>([
    ["IR24 version '1.2' is not semver; published as '1.2.0'", envelope([], { version: '1.2' })],
    ['IR25 app.title should be at least 3 characters', envelope([], { title: 'ab' })],
    ["IR35 function 'f' has no steps", envelope([fn('f', [])])],
    ["IR38 event 'sample-app.done' is not in events.emits; added", one(create, { event: 'sample-app.done' })],
    ['IR39 app.lifecycle.on_nap: not used in format 1.0', envelope([], { lifecycle: { on_nap: 'x' } })],
    ["IR42 step 's1': key 'lable' is ignored", one({ ...list, lable: 'x' })],
    [
      "IR42 step 's2' is never reached",
      envelope([
        fn('f', [
          { ...list, next: null },
          { ...list, id: 's2' },
        ]),
      ]),
    ],
    [
      "IR42 step 's1': step 's2' cannot have run before it",
      envelope([
        fn('f', [
          { ...list, summary: '{{steps.s2.count}}' },
          { ...list, id: 's2' },
        ]),
      ]),
    ],
    ["IR44 step 's2' jumps backward", envelope([fn('f', [list, { ...list, id: 's2', next: 's1' }])])],
    [
      "IR52 panel 'main': slot 'overlay' is reserved and not rendered",
      panel({ type: 'Text', props: {} }, { slot: 'overlay' }),
    ],
    ["IR54 panel 'main': unknown component 'Hologram'", panel({ type: 'Hologram', props: {} })],
    [
      "IR56 panel 'main': static tree contains template tokens",
      panel({}, { render: { kind: 'static', tree: { type: 'Text', props: { content: '{{x}}' } } } }),
    ],
  ])('[I8.1] %s', (message, raw) => {
    expect(warningsOf(raw)).toContain(message)
  })

  test('IR21: the document and the deploy have to name the same app', () => {
    const { issues } = validateDocument(envelope([]), { deployTarget: 'other-app' })
    expect(issues.map((issue) => issue.message)).toContain(
      "app id 'sample-app' does not match deploy target 'other-app'",
    )
  })

  test('IR53: the first panel of a slot is its default', () => {
    const static_ = { kind: 'static', tree: { type: 'Text', props: { content: 'x' } } }
    const panels = ['one', 'two'].map((panel_id) => ({ panel_id, slot: 'left', render: static_ }))
    expect(warningsOf(envelope([], { ui: { panels } }))).toContain("IR53 slot 'left' already used by panel 'one'")
  })

  test('[I11.8] a subscription must not reach a function that emits what it waits for', () => {
    const raw = envelope([fn('f', [create], { event: 'sample-app.made' })], {
      events: { emits: [{ type: 'sample-app.made' }], subscribes: [{ type: 'sample-app.made', function: 'f' }] },
    })
    expect(errorsOf(raw)).toContain('IR49 call cycle: f -> f -> sample-app.made -> f')
  })

  test('[I8.2] actions may name a panel of the app; [I8.3] a known input type passes', () => {
    const onClick = { action: 'call', function: '__panel__main', params: {} }
    expect(errorsOf(panel({ type: 'Button', props: { label: 'x', on_click: onClick } }))).toEqual([])
    expect(errorsOf(panel({ type: 'Input', props: { type: 'email' } }))).toEqual([])
  })

  test('[I10.1] a fix says what to do about this finding, not about its rule', () => {
    const fixes = (steps: JsonObject[]) =>
      validateDocument({
        app_id: 'kit',
        name: 'Kit',
        description: 'Keeps what is needed for the trip.',
        steps,
      }).issues.map(({ message, fix }) => `${message.split(': ').at(-1)} > ${fix}`)
    expect(
      fixes([
        { id: 'one', op: 'store.list', params: {} },
        { id: 'two', verb: 'store.list' },
        { id: 'three', op: 'fly', params: {} },
      ]),
    ).toEqual(
      expect.arrayContaining([
        "missing required property 'collection' > Add 'collection' to the step.",
        expect.stringMatching(/'verb' is not a step key; use '(?:op|action)' > Write '(?:op|action)' in its place\./),
        expect.stringContaining('> Use one of the verbs that are listed.'),
      ]),
    )
    const steps = [list, { ...list, id: 's2', next: 's1' }, { ...list, id: 's3' }]
    const flow = validateDocument(envelope([fn('f', steps)])).issues
    expect(
      flow.filter(({ rule }) => rule === 'IR42' || rule === 'IR44').map(({ message, fix }) => `${message} > ${fix}`),
    ).toEqual([
      "step 's2' jumps backward > See that the loop ends: a run that goes on too long is stopped.",
      "step 's3' is never reached > Jump to it from an earlier step, or remove it.",
    ])
  })

  test('[I10.1] a place is that of the document as it was written, in either form and spelling', () => {
    const pathsOf = (raw: JsonObject) => validateDocument(raw).issues.map(({ path }) => path)
    const flat = {
      ...{ app_id: 'kit', name: 'Kit', description: 'Keeps what is needed for the trip.' },
      steps: [
        { id: 'one', op: 'store.list', args: { kind: 'things' }, description: 'Lists the things of the trip.' },
        { id: 'two', op: 'store.create', args: { kind: 7, data: {} }, description: 'Adds a thing to the trip.' },
        { id: 'three', op: 'store.list', params: {}, description: 'Lists the things of the trip.' },
      ],
    }
    expect(pathsOf(flat)).toEqual(expect.arrayContaining(['steps.1.args.kind', 'steps.2.params']))
    const wrong = { ...create, args: { kind: 7, data: {} } }
    expect(pathsOf(envelope([fn('do_it', [wrong])]))).toContain('app.functions.0.impl.steps.0.args.kind')
  })

  test('[I10.1] every finding names its fix, and no sentence holds a word that clients take for an outage', () => {
    const documents: JsonValue[] = [
      one({ id: '1', op: 'x', args: [] as never }),
      {},
      [],
      panel({ type: 'Tabs', props: { tabs: 1 } }),
    ]
    for (const { message, fix } of documents.flatMap((raw) => validateDocument(raw).issues)) {
      expect(fix).toMatch(/\S/)
      expect(`${message} ${fix}`).not.toMatch(
        /timeout|timed out|temporar|unavailable|temporal|connection|503|bad gateway|try again/i,
      )
    }
  })
})

describe('forms', () => {
  const flat = (step: JsonObject) => ({ app_id: 'two-forms', version: '1.0.0', steps: [step] })
  test.each<[string, JsonObject, JsonObject]>([
    [
      'action and op, params and args',
      { id: 's', action: 'store.list', params: { collection: 'a' } },
      { id: 's', op: 'store.list', args: { collection: 'a' } },
    ],
    [
      'collection and kind',
      { id: 's', action: 'store.list', params: { collection: 'a' } },
      { id: 's', action: 'store.list', params: { kind: 'a' } },
    ],
    [
      'url and path',
      { id: 's', action: 'navigate', params: { url: '/x' } },
      { id: 's', action: 'navigate', params: { path: '/x' } },
    ],
    [
      'target and url',
      { id: 's', action: 'open', params: { target: 'https://x.example' } },
      { id: 's', action: 'open', params: { url: 'https://x.example' } },
    ],
    [
      'kind declarative',
      { id: 's', kind: 'declarative', action: 'store.list', params: { collection: 'a' } },
      { id: 's', action: 'store.list', params: { collection: 'a' } },
    ],
  ])('[I2.1] %s give the same normal form', (_, one, other) => {
    expect(readDocument(flat(one)).document).toEqual(readDocument(flat(other)).document)
    expect(readDocument(flat(one)).document).not.toBeNull()
  })

  test('[I6.9] params that only bindings name are optional and untyped; [I9.6] the only required id is projected', () => {
    const { app } = completed(one({ id: 's1', op: 'store.get', args: { kind: 't', id: '{{task_id}}' } }))
    expect(app.functions[0]?.action_type).toBe('read')
    expect(completed(documentNamed('stockroom')).app.functions[2]?.name).toBe('set_count')
  })

  test('the input is left as it was', () => {
    const raw = documentNamed('stockroom')
    const before = JSON.stringify(raw)
    validateDocument(raw)
    expect(JSON.stringify(raw)).toBe(before)
  })
})

test('IR70: what a deploy takes away is named, with its place as written and what to do', () => {
  const taking = (raw: JsonValue, next: JsonValue) => breakingChanges(completed(raw), completed(next), next)
  const raw = documentNamed('visitor-desk')
  const after = JSON.parse(
    JSON.stringify(raw).replace(
      '{"visitor":{"type":"string","required":true}',
      '{"guest":{"type":"string","required":true},"visitor":{"type":"string"}',
    ),
  )
  expect(taking(raw, after)).toEqual([
    {
      ...{ rule: 'IR70', level: 'WARN', path: 'app.functions.0.params_schema' },
      message: "param 'guest' of 'sign_in' became required",
      fix: 'Leave it optional, or give it a default.',
    },
  ])
  const schema = (properties: JsonObject): JsonObject => ({ params_schema: { type: 'object', properties } })
  const typed = (type: string): JsonObject => ({ data: { entities: [{ kind: 'task', fields: { due: { type } } }] } })
  const before = envelope([fn('a', [list], schema({ x: { type: 'string' } })), fn('gone', [list])], typed('string'))
  const then = envelope([fn('first', [list]), fn('a', [create], schema({}))], typed('integer'))
  expect(taking(before, then).map(({ message, path }) => [message, path])).toEqual([
    ["action_type of 'a' rose to write", 'app.functions.1.action_type'],
    ["param 'x' of 'a' removed", 'app.functions.1.params_schema'],
    ["function 'gone' removed", 'app.functions'],
    ["field 'due' of 'task' changed type", 'app.data.entities.0.fields.due.type'],
  ])
  // In the flat form a function is a step.
  const flat = (steps: readonly JsonObject[]): JsonObject => ({
    app_id: 'flat-app',
    version: '1.0.0',
    steps: [...steps],
  })
  const get = { id: 'get', op: 'store.get', args: { kind: 'task', id: '{{task}}' } }
  const places = taking(flat([get, list]), flat([{ ...get, args: { kind: 'task', id: '{{other}}' } }]))
  expect(places.map(({ path }) => path)).toEqual(['steps.0.params_schema', 'steps'])
  for (const issue of [...taking(before, then), ...places]) expect(issue.fix, issue.message).toMatch(/^[A-Z].*\.$/)
})

describe('what every finding carries', () => {
  const nested = (levels: number): JsonValue => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
  test.each<[string, JsonValue, string]>([
    ['nesting', { ...envelope([]), more: { wide: [1], deep: nested(40) } }, `more.deep${'.a'.repeat(31)}`],
    ['nesting at the limit', { app: [nested(32)] }, `app.0${'.a'.repeat(31)}`],
    ['size in one text', envelope([], { description: 'x'.repeat(600_000) }), 'app.description'],
    [
      'size of one list',
      envelope([fn('f', Array(20_000).fill({ id: 'a', op: 'send' }))]),
      'app.functions.0.impl.steps',
    ],
  ])('[IR60] %s: place and fix', (_, raw, path) => {
    const [issue, ...more] = validateDocument(raw).issues
    expect(issue).toMatchObject({ rule: 'IR60', level: 'ERROR', path })
    expect(issue?.fix).toBe('Split it, or leave out what is not needed.')
    expect(more).toEqual([])
  })

  test('[IR60] thirty-two levels are no finding', () => {
    expect(validateDocument(nested(32)).issues.map(({ rule }) => rule)).not.toContain('IR60')
  })

  test('[IR20] a document that mixes both forms says which member is too many', () => {
    expect(validateDocument({ ...envelope([]), steps: [] }).issues).toEqual([
      {
        ...{ rule: 'IR20', level: 'ERROR', message: 'document mixes flat and envelope form', path: 'steps' },
        fix: 'Use one form: `app_id` and `steps`, or `ir_version` and `app`.',
      },
    ])
  })

  const named = (text: string): JsonValue => JSON.parse(text)
  const app = (member: string): JsonValue =>
    named(`{"ir_version":"1.0","app":{"id":"sample-app","version":"1.0.0","title":"Sample app",${member}}}`)
  test.each<[string, JsonValue, string]>([
    ['of the root', named('{"__proto__":{},"app_id":"a-b","version":"1.0.0","steps":[]}'), '__proto__'],
    ['of the app', app('"__proto__":{"id":"x"}'), 'app.__proto__'],
    ['of open data', app('"data":{"entities":[{"kind":"t","__proto__":1}]}'), 'app.data.entities.0.__proto__'],
    [
      'of step args',
      app(
        '"functions":[{"name":"f","impl":{"kind":"declarative","steps":[{"id":"a","op":"store.create","args":{"kind":"t","data":{"__proto__":1}}}]}}]',
      ),
      'app.functions.0.impl.steps.0.args.data.__proto__',
    ],
    [
      'of a schema',
      app('"functions":[{"name":"f","params_schema":{"properties":{"__proto__":{}}},"impl":{"kind":"declarative"}}]'),
      'app.functions.0.params_schema.properties.__proto__',
    ],
  ])('[17.1] __proto__ is no member %s', (_, raw, path) => {
    const { valid, issues } = validateDocument(raw)
    expect(valid).toBe(false)
    expect(issues.filter(({ level, message }) => level === 'ERROR' && message.includes('__proto__'))).toEqual([
      {
        ...{ rule: 'IR1', level: 'ERROR', path, message: `${path}: Extra inputs are not permitted` },
        fix: "Remove '__proto__', or correct its spelling.",
      },
    ])
  })

  test('names as long as the document are cut, and all findings together stay readable', () => {
    const long = 'n'.repeat(400_000)
    const [issue] = validateDocument({ ...envelope([]), [long]: 1 }).issues
    expect(issue?.message.length).toBeLessThan(1100)
    expect(issue?.fix?.length).toBeLessThan(1100)
    const many = envelope(
      Array.from({ length: 100 }, (_, index) => fn(`f${index}`, [{ ...list, ['k'.repeat(900)]: 1 }])),
    )
    expect(JSON.stringify(validateDocument(many).issues).length).toBeLessThan(128 * 1024)
  })
})

describe('fuzz', () => {
  const leaf = fc.oneof(
    fc.constantFrom<JsonValue>(
      'store.create',
      'conditional',
      'call',
      'declarative',
      '{{x}}',
      '{{',
      'left',
      'task',
      '__proto__',
      null,
      true,
    ),
    fc.integer(),
    fc.string({ maxLength: 8 }),
  )
  const key = fc.constantFrom(
    'id',
    'op',
    'action',
    'args',
    'params',
    'if',
    'then',
    'else',
    'next',
    'kind',
    'where',
    'field',
    'eq',
    'type',
    'props',
    '$if',
    '$repeat',
    '$data',
    'node',
    '__proto__',
    'constructor',
  )
  const value: fc.Arbitrary<JsonValue> = fc.letrec<{ any: JsonValue }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(key, tie('any'), { maxKeys: 5 }),
    ),
  })).any
  const app = fc.record(
    {
      id: fc.constantFrom('ok-app', '', 'Bad'),
      version: fc.constantFrom('1.0.0', '1', 'x'),
      title: leaf,
      functions: fc.array(
        fc.record(
          { name: leaf, impl: fc.record({ kind: leaf, steps: value }), params_schema: value },
          { requiredKeys: [] },
        ),
        { maxLength: 3 },
      ),
      ui: fc.record({
        panels: fc.array(
          fc.record(
            {
              panel_id: leaf,
              slot: leaf,
              render: fc.record({ kind: fc.constantFrom('static', 'template', 'code'), tree: value }),
            },
            { requiredKeys: [] },
          ),
          { maxLength: 2 },
        ),
      }),
      skeleton: value,
      data: value,
      events: value,
      automations: value,
      lifecycle: value,
    },
    { requiredKeys: [] },
  )
  test('50,000 random documents never crash the validator', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(fc.oneof(value, fc.record({ ir_version: fc.constantFrom('1.0', '1', 'x'), app })), (raw) => {
        const { valid, issues, document } = validateDocument(raw as JsonValue)
        expect(valid).toBe(!issues.some(({ level }) => level === 'ERROR'))
        expect(document === null).toBe(!valid)
      }),
      { numRuns: 50_000 },
    )
  })
})
