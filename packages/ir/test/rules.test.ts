import type { JsonObject } from '@imperal/contract'
import { expect, test } from 'vitest'
import { callTarget, migrateDocument, toManifest, VERBS, validateDocument } from '../src/index.ts'
import { VERB_ARGS } from '../src/verbs.ts'
import { completed, deployed, documentNamed, envelope, errorsOf, fn, warningsOf } from './support.ts'

const note = { id: 'new', op: 'store.create', args: { kind: 'note', data: { title: '{{title}}' } } }
const list = { id: 'all', op: 'store.list', args: { kind: 'note' } }
const remove = { id: 'gone', op: 'store.delete', args: { kind: 'note', id: '{{id}}' } }

test('[I2.2] the flat form has no branches and no jumps', () => {
  const flat = (step: JsonObject) => errorsOf({ app_id: 'sample-app', version: '1.0.0', steps: [step] })
  expect(flat({ id: 'a', action: 'conditional', params: {}, if: { field: 'x', eq: 'x' }, then: 'a' }).join()).toContain(
    'IR20',
  )
  expect(flat({ id: 'a', action: 'store.list', params: { collection: 'note' }, next: null }).join()).toContain('IR20')
})

test.each([
  '__panel__x',
  '__widget__x',
  '__webhook__x',
  '__tray__x',
  '__menu__x',
  'skeleton_x',
  '_internal_x',
  'tool_x_chat',
  '1x',
  'a-b',
])('[I3.2] %s is no name of a function', (name) => {
  expect(errorsOf(envelope([fn(name, [list])])).join()).toContain('IR31')
})

test('[I3.3] what carries code is part of the format, and cannot be deployed', () => {
  const impl = { kind: 'code', module: 'main', entry: 'run' }
  expect(
    errorsOf(envelope([{ name: 'run', description: 'A function of code, as an export writes it.', impl }])).join(),
  ).toContain('IR34')
})

test.each([
  ['audio', 'Malformed role'],
  ['Audio.bpm', 'Malformed role'],
  ['1audio.bpm', 'Malformed role'],
  ['core.id', "uses reserved namespace 'core'"],
  ['device.x', "uses reserved namespace 'device'"],
])('[I3.4] the role %s is refused: %s', (role, message) => {
  const data = {
    entities: [
      {
        kind: 'song',
        custom_roles: [
          { role, field: 'x' },
          { role: 'audio.bpm', field: 'bpm' },
        ],
      },
    ],
  }
  const errors = errorsOf(envelope([fn('run', [list])], { data }))
  expect(errors.filter((error) => error.startsWith('IR-ROLE'))).toEqual([expect.stringContaining(message)])
})

test('[I4.8] a jump backward is allowed, warned of, and ended by the budget', async () => {
  const loop = envelope([
    fn('run', [
      { id: 'a', op: 'send', args: { message: 'x' } },
      { id: 'b', op: 'send', args: { message: 'y' }, next: 'a' },
    ]),
  ])
  expect(warningsOf(loop).join()).toContain("step 'b' jumps backward")
  expect(await deployed(loop).call('run')).toMatchObject({ error_code: 'IR_STEP_BUDGET' })
})

test('[I4.9, I4.10] steps run one after another, on the list that the run began with', async () => {
  const app = deployed(envelope([fn('run', [{ ...note, id: 'one' }, { ...note, id: 'two' }, list])]))
  await app.call('run', { title: 'x' })
  expect(app.sent.map(({ method }) => method)).toEqual(['create', 'create', 'query'])
})

test('[I4.12] nothing is repeated after a write: one failure, one callback', async () => {
  const failing = async (client: string, method: string) => {
    if (method === 'create')
      return { id: 'doc_1', collection: 'note', data: {}, created_at: '', updated_at: '', etag: 'v1' }
    throw Object.assign(new Error('gone'), { code: 'unavailable', client })
  }
  const app = deployed(envelope([fn('run', [note, list])]), { callback: failing })
  expect(await app.call('run', { title: 'x' })).toMatchObject({
    error_code: 'BACKEND_5XX',
    retryable: true,
    data: { step: 'all' },
  })
  expect(app.sent).toHaveLength(2)
})

test('[I7.1] a comparator may be a template, and reads records', async () => {
  const app = deployed(
    envelope([
      fn('run', [
        { id: 'low', op: 'conditional', if: { field: '{{args.n}}', lt: '{{args.floor}}' }, then: 'yes', else: 'no' },
        { id: 'yes', op: 'send', args: { message: 'below' }, next: null },
        { id: 'no', op: 'send', args: { message: 'enough' } },
      ]),
    ]),
  )
  expect(await app.call('run', { n: 3, floor: 4 })).toMatchObject({ summary: 'below' })
  expect(await app.call('run', { n: 4, floor: 4 })).toMatchObject({ summary: 'enough' })
})

test('[I7.4] both ways of a branch lead to steps of the same function', () => {
  const branch = (then: string, other: string | null) =>
    errorsOf(
      envelope([
        fn('run', [{ id: 'if', op: 'conditional', if: { field: 'x', eq: 'x' }, then, else: other }, list]),
        fn('two', [{ ...list, id: 'there' }]),
      ]),
    )
  expect(branch('all', null)).toEqual([])
  expect(branch('there', null).join()).toContain("conditional step 'if' targets unknown step id 'there'")
  expect(branch('all', 'nowhere').join()).toContain("targets unknown step id 'nowhere'")
})

test('[I8.8] a static tree that holds a token is warned of', () => {
  const ui = {
    panels: [
      { panel_id: 'p', slot: 'left', render: { kind: 'static', tree: { type: 'Text', props: { content: '{{x}}' } } } },
    ],
  }
  expect(warningsOf(envelope([fn('run', [list])], { ui })).join()).toContain(
    "panel 'p': static tree contains template tokens",
  )
})

test('[I9.1, I9.3] types and effects follow from the steps, through calls of siblings', () => {
  const document = completed(
    envelope([
      fn('reads', [list]),
      fn('writes', [note, { id: 'mark', op: 'store.update', args: { kind: 'note', id: '{{id}}', set: { a: 1 } } }]),
      fn('removes', [remove]),
      fn('tells', [{ id: 'say', op: 'send', args: { message: 'x', channel: 'notification' } }]),
      fn('says', [{ id: 'say', op: 'send', args: { message: 'x' } }]),
      fn('through', [{ id: 'go', op: 'call', args: { function: 'writes' } }]),
    ]),
  )
  expect(document.app.functions.map(({ action_type }) => action_type)).toEqual([
    'read',
    'write',
    'destructive',
    'write',
    'read',
    'write',
  ])
  expect(document.app.functions.map(({ effects }) => effects)).toEqual([
    [],
    ['create:note', 'update:note'],
    ['delete:note'],
    [],
    [],
    [],
  ])
  const [step] = document.app.functions[5]?.steps ?? []
  expect(step && callTarget(step, 'sample-app')).toEqual({ appId: 'sample-app', function: 'writes' })
})

test.each([
  [['store:read'], [list], true],
  [['store'], [note], true],
  [['store:read'], [note], false],
  [[], [list], false],
  [['store:write'], [{ id: 'ai', op: 'ai.complete', args: { prompt: 'x' } }], false],
  [['ai:complete'], [{ id: 'ai', op: 'ai.complete', args: { prompt: 'x' } }], true],
  [['other:write'], [{ id: 'go', op: 'call', args: { app_id: 'other', function: 'x' } }], true],
  [['extensions:write'], [{ id: 'go', op: 'call', args: { app_id: 'other', function: 'x' } }], true],
])('[I9.4] capabilities %j and steps %j fit: %s', (capabilities, steps, fits) => {
  const errors = errorsOf(envelope([fn('run', steps as JsonObject[])], { capabilities }))
  expect(errors.some((error) => error.startsWith('IR50'))).toBe(!fits)
})

test('[I9.5] the manifest entry of a function', () => {
  const { tools } = toManifest(completed(documentNamed('stockroom'))) as { tools: JsonObject[] }
  expect(tools.find(({ name }) => name === 'set_count')).toMatchObject({
    ...{ action_type: 'write', effects: ['update:item'], event: 'stockroom.item.taken', chain_callable: true },
    ...{ background: false, long_running: false, scopes: [], id_projection: 'item_id' },
    params_schema: { type: 'object', required: ['item_id', 'qty'] },
  })
})

test('[I14.1, I14.2] migration leaves its input alone, and names what it does not know', () => {
  const document = documentNamed('visitor-desk')
  const before = JSON.stringify(document)
  expect(migrateDocument(document)).toEqual({ document, applied: null })
  expect(migrateDocument({ app: {} })).toEqual({ document: { app: {} }, applied: null })
  expect(JSON.stringify(document)).toBe(before)
  expect(() => migrateDocument(document, '9.9')).toThrow("Unknown target ir_version '9.9' (current 1.0)")
  expect(() => migrateDocument({ ...document, ir_version: '0.5' })).toThrow("No migrator for ir_version '0.5'")
})

test('[I14.5] every verb is known to validator and interpreter with the same required args', () => {
  expect([...Object.keys(VERB_ARGS), 'conditional'].sort()).toEqual([...VERBS].sort())
  for (const [verb, args] of Object.entries(VERB_ARGS))
    for (const [name, { required }] of Object.entries(args)) {
      if (required !== true) continue
      const given = Object.fromEntries(
        Object.keys(args)
          .filter((other) => other !== name && args[other]?.required)
          .map((other) => [other, 'note']),
      )
      const errors = errorsOf(envelope([fn('run', [{ id: 'a', op: verb, args: given }])]))
      expect(errors.join(), `${verb} without ${name}`).toContain(`missing required property '${name}'`)
    }
})

test('[I14.10] an app without functions is legal and does nothing', () => {
  const { valid, document } = validateDocument(envelope([]))
  expect(valid).toBe(true)
  expect(document?.app.functions).toEqual([])
})
