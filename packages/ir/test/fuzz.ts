import type { ContextSnapshot, JsonObject, JsonValue, KernelPort } from '@imperal/contract'
import fc from 'fast-check'
import {
  ActionTypes,
  createIrExtension,
  type IrDocument,
  MemoryPlatform,
  newWorkBudget,
  RunError,
  resolveText,
  type Scope,
  scanTemplate,
  VERBS,
  validateDocument,
} from '../src/index.ts'

/** Stands where no template may reach, and in values that are no templates. */
const CANARY = 'canary-7f3a'
/** Names nodes and actions that are values. */
const MARK = 'foreign-41c0'
const MOST_TEXT = 64 * 1024
const MOST_CALLBACKS = 60_000
const CODE = /^[A-Z][A-Z0-9_]{2,63}$/

const piece = fc.oneof(
  fc.constantFrom(
    '{{',
    '}}',
    '{',
    '}',
    '|',
    'event',
    'steps',
    '.',
    '__proto__',
    'constructor',
    ' ',
    "'",
    '"',
    'count(',
  ),
  fc.constantFrom(
    'default:',
    "format:'.2f'",
    'toString',
    'prototype',
    '0',
    'ctx',
    'prev',
    '-',
    ':',
    'l',
    'text',
    'user',
  ),
  fc.string({ maxLength: 6 }),
)
/** Texts that are nearly templates. */
export const anyText = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''))
const path = fc
  .array(
    fc.constantFrom(
      'event',
      'args',
      'steps',
      'prev',
      'ctx',
      'text',
      'l',
      'n',
      '0',
      'doc',
      'id',
      'docs',
      'user',
      'node',
      'row',
      '__proto__',
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join('.'))
const filter = fc.constantFrom('', ' | count', " | default:'x'", " | format:',.2f'", ' | default:0')
const token = fc.tuple(path, filter).map(([of, how]) => `{{${of}${how}}}`)
/** Texts that mostly are templates. */
export const someTemplate = fc.oneof(
  { weight: 3, arbitrary: token },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof(token, fc.string({ maxLength: 5 })), { maxLength: 5 }).map((all) => all.join('')),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
)

/** A node and an action as a value: neither may be drawn or clicked. */
const FOREIGN: JsonObject = {
  type: 'Button',
  props: { label: MARK, on_click: { action: 'call', function: 'one', params: {} } },
}

const hostile = (): JsonObject => ({
  node: FOREIGN,
  row: { title: 'x', on_click: { action: 'call', function: 'one', params: { title: MARK } } },
  text: `{{steps.hidden.value}} {{ctx.user.imperal_id}} {{event.n}}`,
  n: 1234.5,
  l: [1, '{{steps.hidden.value}}', null, { a: '{{prev}}' }, FOREIGN],
  user: '{{',
})
const scopeOf = (): Scope =>
  ({
    ...{ event: hostile(), steps: { hidden: { value: CANARY } }, prev: { id: '{{steps.hidden.value}}' } },
    ...{ ctx: { user: { imperal_id: 'imp_u_ada001' }, app_id: 'fuzz-app' }, aliases: new Map(), work: newWorkBudget() },
  }) as unknown as Scope // what `resolveText` reads of it

const isPlain = (value: unknown): boolean =>
  value === null ||
  ['string', 'number', 'boolean', 'undefined', 'symbol'].includes(typeof value) ||
  (typeof value === 'object' && [Object.prototype, Array.prototype, null].includes(Object.getPrototypeOf(value)))

/**
 * Any text, as a template over values that look like templates: it answers data or a `RunError`, never reads what it does
 * not name, never reads a value as a template (I6.2), and never becomes larger than its limit.
 */
export const templateProperty = fc.property(fc.oneof(anyText, someTemplate), (source) => {
  const scanned = scanTemplate(source)
  let value: unknown
  try {
    value = resolveText(source, scopeOf())
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    return
  }
  if (!isPlain(value)) throw new Error(`it reached ${String(value)}`)
  if (scanned.parts.every((part) => typeof part === 'string') && value !== source)
    throw new Error('a text without a token was changed')
  const shown = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  if (shown.length > MOST_TEXT) throw new Error('it grew beyond its limit')
  // Only by naming it, or something above it, is the value under `hidden` reached.
  if (shown.includes(CANARY) && !/steps/.test(source)) throw new Error(`a value was read as a template: ${shown}`)
})

const COLLECTIONS = ['task', 'note', 'row-2']
const collection = fc.constantFrom(...COLLECTIONS)
const data = fc.dictionary(
  fc.constantFrom('title', 'n', 'done', 'id'),
  fc.oneof(someTemplate, fc.integer(), fc.boolean()),
  {
    maxKeys: 3,
  },
)
const where = fc.dictionary(fc.constantFrom('title', 'id', 'done'), fc.oneof(someTemplate, fc.boolean()), {
  minKeys: 1,
  maxKeys: 2,
})
const target = fc.oneof(
  fc.record({ id: someTemplate }),
  fc.record({ ids: fc.oneof(token, fc.array(someTemplate, { maxLength: 3 })) }),
  fc.record({ where }),
)
const FUNCTIONS = ['one', 'two', 'three']
const comparison = fc.oneof(
  ...['eq', 'neq', 'gt', 'lt', 'in'].map((name) =>
    fc.tuple(someTemplate, fc.oneof(someTemplate, fc.integer())).map(([field, value]) => ({ field, [name]: value })),
  ),
  fc.tuple(someTemplate, fc.boolean()).map(([field, exists]) => ({ field, exists })),
)
const stepId = (index: number): string => `s${index}`

const bodies = (count: number): fc.Arbitrary<JsonObject> => {
  const jump = fc.nat({ max: count - 1 }).map(stepId)
  const args = (op: (typeof VERBS)[number], of: fc.Arbitrary<object>) =>
    of.map((made) => ({ op, args: made as JsonObject }))
  const arbitraries: Record<(typeof VERBS)[number], fc.Arbitrary<object>> = {
    'store.create': args('store.create', fc.record({ kind: collection, data })),
    'store.get': args('store.get', fc.record({ kind: collection, id: someTemplate })),
    'store.list': args(
      'store.list',
      fc.record({ kind: collection, where, limit: fc.integer({ min: 1, max: 1000 }) }, { requiredKeys: ['kind'] }),
    ),
    'store.update': args(
      'store.update',
      fc.tuple(collection, target, data).map(([kind, of, set]) => ({ kind, ...of, set })),
    ),
    'store.delete': args(
      'store.delete',
      fc.tuple(collection, target).map(([kind, of]) => ({ kind, ...of })),
    ),
    'ai.complete': args('ai.complete', fc.record({ prompt: someTemplate })),
    call: args('call', fc.record({ function: fc.constantFrom(...FUNCTIONS), params: data })),
    send: args('send', fc.record({ message: someTemplate, channel: fc.constantFrom('chat', 'notification') })),
    navigate: args(
      'navigate',
      fc.record({ url: fc.oneof(fc.constantFrom('/x', 'javascript:alert(1)', '//evil.example'), someTemplate) }),
    ),
    open: args(
      'open',
      fc.record({
        target: fc.oneof(fc.constantFrom('board', 'https://example.com', 'file:///etc/passwd'), someTemplate),
      }),
    ),
    conditional: fc.record({ op: fc.constant('conditional'), if: comparison, then: jump, else: fc.option(jump) }),
  }
  const extra = fc.record(
    {
      next: fc.option(jump),
      result: fc.oneof(data, someTemplate),
      summary: someTemplate,
      output: fc.constantFrom('kept', 'again'),
    },
    { requiredKeys: [] },
  )
  return fc
    .tuple(
      fc.oneof(...VERBS.map((verb) => arbitraries[verb])),
      fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: extra }),
    )
    .map(([body, more]) =>
      (body as JsonObject).op === 'conditional' ? (body as JsonObject) : ({ ...body, ...more } as JsonObject),
    )
}
const steps = fc
  .integer({ min: 1, max: 6 })
  .chain((count) => fc.array(bodies(count), { minLength: count, maxLength: count }))
  .map((all) => all.map((body, index) => ({ id: stepId(index), ...body })))
const node = fc.letrec<{ any: JsonValue }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    someTemplate as fc.Arbitrary<JsonValue>,
    fc.record({
      type: fc.constantFrom('Text', 'Stack', 'List'),
      props: fc.dictionary(fc.constantFrom('content', 'children', 'items'), tie('any')),
    }) as fc.Arbitrary<JsonValue>,
    fc.record({ $if: comparison, node: tie('any') }) as fc.Arbitrary<JsonValue>,
    fc.record({ $repeat: token, as: fc.constantFrom('row', 'item'), node: tie('any') }) as fc.Arbitrary<JsonValue>,
    fc.array(tie('any'), { maxLength: 3 }) as fc.Arbitrary<JsonValue>,
  ),
})).any
const tree = fc.tuple(node, fc.array(collection, { maxLength: 2 })).map(([child, read]) => ({
  $data: read.map((kind, index) => ({ id: `d${index}`, op: 'store.list', args: { kind } })),
  type: 'Stack',
  props: { children: [child] },
}))

/** Documents that mostly are valid: all verbs, jumps, calls, templates in every place, a panel. */
export const someDocument: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.array(steps, { minLength: 3, maxLength: 3 }), tree)
  .map(
    ([flows, drawn]) =>
      ({
        ir_version: '1.0',
        app: {
          ...{ id: 'fuzz-app', version: '1.0.0', title: 'Fuzz', description: 'A document that a generator wrote.' },
          capabilities: ['store:write', 'ai:complete', 'notify:push'],
          functions: flows.map((flow, index) => ({
            name: FUNCTIONS[index],
            impl: { kind: 'declarative', steps: flow },
          })),
          ui: { panels: [{ panel_id: 'board', slot: 'left', render: { kind: 'template', tree: drawn } }] },
        },
      }) as unknown as JsonObject,
  )

const NOW = Date.parse('2026-06-21T10:00:00.000Z')
const ctx = { user: { imperal_id: 'imp_u_ada001', tenant_id: 'default' } } as ContextSnapshot // all that a run reads of it
const CHANGES: Readonly<Record<string, number>> = {
  ...{ 'store.create': 1, 'store.update': 1, 'store.set': 1, 'notify.send': 1, 'store.delete': 2 },
}
const STRENGTH = { read: 0, write: 1, destructive: 2 }

/** Nodes and actions of a drawn tree are those of the document, and foreign HTML has its frame (ir 17). */
function checkDrawn(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return
  const { type, props, action, params } = value as JsonObject
  const member = (of: JsonValue | undefined, name: string) =>
    typeof of === 'object' && of !== null && !Array.isArray(of) ? of[name] : undefined
  if (type === 'Button' && member(props, 'label') === MARK) throw new Error('a value was drawn as a node')
  if (action === 'call' && member(params, 'title') === MARK) throw new Error('a value became an action')
  if (type === 'Html' && member(props, 'sandbox') === false) throw new Error('foreign HTML without its frame')
  // Params of an action are data.
  for (const [key, entry] of Object.entries(value))
    if (typeof action !== 'string' || key !== 'params') checkDrawn(entry)
}

async function runAll(document: IrDocument): Promise<void> {
  const platform = new MemoryPlatform(() => NOW)
  const named = new Set(
    placesOf(document as unknown as JsonValue).flatMap(({ holder, key }) =>
      key === 'collection' || key === 'kind' ? [String((holder as Record<string, JsonValue>)[key])] : [],
    ),
  )
  let callbacks = 0
  let strongestUsed = 0
  const kernel = {
    callback: async (client: string, method: string, args: readonly JsonValue[]) => {
      callbacks += 1
      if (callbacks > MOST_CALLBACKS) throw new Error('a run does not end')
      const name = `${client}.${method}`
      strongestUsed = Math.max(strongestUsed, CHANGES[name] ?? 0)
      if (client === 'store' && !named.has(String(args[0]))) throw new Error(`data chose the collection ${args[0]}`)
      return platform.callback(client, method, args)
    },
    log: () => {},
    background: async () => '',
  } as unknown as KernelPort // the engine starts no background work
  const extension = createIrExtension(document, { now: () => NOW, stepsPerTurn: 1_000_000 })
  const invoke = (kind: 'function' | 'panel', name: string) =>
    extension.invoke({ id: 'call_1', kind, name, params: hostile(), ctx, signal: new AbortController().signal }, kernel)
  const types = new ActionTypes(document)
  for (const fn of document.app.functions) {
    const { name } = fn
    callbacks = 0
    strongestUsed = 0
    const answer = JSON.parse(JSON.stringify(await invoke('function', name))) as JsonObject
    if (answer.status === 'error' ? !CODE.test(String(answer.error_code)) : answer.status !== 'success')
      throw new Error(`${name} answered ${JSON.stringify(answer)}`)
    if (strongestUsed > STRENGTH[types.effective(fn)]) throw new Error(`${name} did more than its type says`)
    for (const { action, url, target: to } of (answer.directives ?? []) as JsonObject[])
      if (
        (action === 'navigate' || action === 'open') &&
        /^(?:javascript|file|data):|^\/\//i.test(String(url ?? to ?? ''))
      )
        throw new Error(`an unsafe address went to the client: ${url ?? to}`)
  }
  strongestUsed = 0
  for (const { panel_id } of document.app.panels)
    checkDrawn(JSON.parse(JSON.stringify(await invoke('panel', panel_id))))
  if (strongestUsed > 0) throw new Error('a panel changed something')
}

const HOSTILE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', '$if', '$repeat', '$data', 'type', 'action']
const anyValue: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(
    null,
    true,
    false,
    0,
    -1,
    1e308,
    0.1,
    '',
    [],
    {},
    'store.delete',
    'read',
    '1.0',
    'f'.repeat(40_000),
  ),
  someTemplate as fc.Arbitrary<JsonValue>,
  anyText as fc.Arbitrary<JsonValue>,
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>,
  fc
    .integer({ min: 1, max: 60 })
    .map((levels) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as JsonValue),
)
const change = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom('remove', 'replace', 'repeat', 'rename', 'wrap', 'swap'),
  other: fc.nat(),
  key: fc.constantFrom(...HOSTILE_KEYS),
  value: anyValue,
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never
type Holder = Record<string, JsonValue> | JsonValue[]

/** Every place of a document: what holds it, and under which key. */
function placesOf(value: JsonValue, found: { holder: Holder; key: string }[] = []): { holder: Holder; key: string }[] {
  if (typeof value !== 'object' || value === null) return found
  for (const [key, entry] of Object.entries(value)) {
    found.push({ holder: value as Holder, key })
    placesOf(entry, found)
  }
  return found
}

function put(holder: Holder, key: string, value: JsonValue): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

function changeOne(document: JsonObject, { place, kind, other, key: name, value }: Change): void {
  const places = placesOf(document)
  const at = places[place % places.length]
  const second = places[other % places.length]
  if (at === undefined || second === undefined) return
  const { holder, key } = at
  const current = (holder as Record<string, JsonValue>)[key] ?? null
  if (kind === 'replace') put(holder, key, value)
  else if (kind === 'repeat' && Array.isArray(holder)) holder.push(structuredClone(current))
  else if (kind === 'wrap')
    put(holder, key, { [name === '__proto__' ? '$if' : name]: structuredClone(current), node: value })
  else if (kind === 'swap')
    put(holder, key, structuredClone((second.holder as Record<string, JsonValue>)[second.key] ?? null))
  else if (kind === 'rename' && !Array.isArray(holder)) put(holder, name, current)
  else if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[key]
}

/** Documents of the grammar with some places changed: nearly valid, in each way that a slip or a hostile hand makes. */
export const nearlyDocument: fc.Arbitrary<JsonObject> = fc
  .tuple(someDocument, fc.array(change, { minLength: 1, maxLength: 3 }))
  .map(([document, changes]) => {
    const copy = structuredClone(document)
    for (const one of changes) changeOne(copy, one)
    return copy
  })

/** How many of the documents that were made were valid, and so were run. */
export const counted = { made: 0, run: 0 }

/** Words after which clients would repeat a deploy that can only fail again (I10.1). */
const TRANSIENT = /timeout|timed out|temporarily|unavailable|temporal|connection|503|bad gateway|try again/i

async function judge(raw: JsonObject): Promise<void> {
  counted.made += 1
  const { valid, issues, document } = validateDocument(raw)
  if (valid === issues.some(({ level }) => level === 'ERROR') || valid === (document === null))
    throw new Error('validity, issues and document disagree')
  const transient = issues.find(({ message }) => TRANSIENT.test(message))
  // Names in a message come from the document.
  if (transient !== undefined && !TRANSIENT.test(JSON.stringify(raw))) throw new Error(`it says: ${transient.message}`)
  if (document === null) return
  counted.run += 1
  await runAll(document)
}

/**
 * A made document is judged without a crash; one that is valid runs to an end, in every function and its panels, and
 * does no more than its types say, in no other place than it names.
 */
export const documentProperty = fc.asyncProperty(someDocument, judge)

/** The same of documents with slips in them. */
export const nearlyProperty = fc.asyncProperty(nearlyDocument, judge)
