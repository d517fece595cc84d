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

const hostile = (): JsonObject => ({
  text: `{{steps.hidden.value}} {{ctx.user.imperal_id}} {{event.n}}`,
  n: 1234.5,
  l: [1, '{{steps.hidden.value}}', null, { a: '{{prev}}' }],
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

async function runAll(document: IrDocument): Promise<void> {
  const platform = new MemoryPlatform(() => NOW)
  let callbacks = 0
  let strongestUsed = 0
  const kernel = {
    callback: async (client: string, method: string, args: readonly JsonValue[]) => {
      callbacks += 1
      if (callbacks > MOST_CALLBACKS) throw new Error('a run does not end')
      const name = `${client}.${method}`
      strongestUsed = Math.max(strongestUsed, CHANGES[name] ?? 0)
      if (client === 'store' && !COLLECTIONS.includes(String(args[0])))
        throw new Error(`data chose the collection ${args[0]}`)
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
  JSON.stringify(await invoke('panel', 'board'))
  if (strongestUsed > 0) throw new Error('a panel changed something')
}

/** How many of the documents that were made were valid, and so were run. */
export const counted = { made: 0, run: 0 }

/**
 * A made document is judged without a crash; one that is valid runs to an end, in every function and its panel, and
 * does no more than its types say, in no other place than it names.
 */
export const documentProperty = fc.asyncProperty(someDocument, async (raw) => {
  counted.made += 1
  const { valid, issues, document } = validateDocument(raw)
  if (valid === issues.some(({ level }) => level === 'ERROR') || valid === (document === null))
    throw new Error('validity, issues and document disagree')
  if (document === null) return
  counted.run += 1
  await runAll(document)
})
