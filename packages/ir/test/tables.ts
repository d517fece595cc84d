import type { JsonObject, JsonValue } from '@imperal/contract'
import { newWorkBudget, type Scope } from '../src/index.ts'
import { envelope, fn } from './support.ts'

const create = { id: 's1', op: 'store.create', args: { kind: 'task', data: { title: '{{title}}' } } }
const VERBS =
  "['ai.complete', 'call', 'conditional', 'navigate', 'open', 'send', 'store.create', 'store.delete', 'store.get', 'store.list', 'store.update']"
const one = (step: JsonObject, more: JsonObject = {}) => envelope([fn('do_it', [step], more)])
const panel = (tree: JsonObject, more: JsonObject = {}) =>
  envelope([fn('do_it', [create])], {
    ui: { panels: [{ panel_id: 'main', slot: 'left', render: { kind: 'template', tree }, ...more }] },
  })

/** What a document does wrong, and the message of ir 10.2 to the letter. */
export const STRUCTURAL_MESSAGES: [string, JsonValue, string][] = [
  ['IR0', [], 'IR0 IR root must be an object'],
  ['missing', { app: envelope([]).app as JsonObject }, 'IR1 ir_version: Field required'],
  ['neither form', {}, 'IR1 app: Field required'],
  ['extra', { ...envelope([]), more: 1 }, 'IR1 more: Extra inputs are not permitted'],
  ['extra inside', envelope([], { secrets: [] }), 'IR1 app.secrets: Extra inputs are not permitted'],
  ['empty id', envelope([], { id: '' }), 'IR1 app.id: String should have at least 1 character'],
  ['empty name', envelope([fn('', [])]), 'IR1 app.functions.0.name: String should have at least 1 character'],
  [
    'extra of a function',
    envelope([fn('f', [], { scopes: [] })]),
    'IR1 app.functions.0.scopes: Extra inputs are not permitted',
  ],
  ['missing of a function', envelope([{ name: 'f' }]), 'IR1 app.functions.0.impl: Field required'],
  [
    'extra of the flat form',
    {
      ...{ app_id: 'flat-app', version: '1.0.0', data: {} },
      steps: [{ id: 'a', action: 'send', params: { message: 'x' } }],
    },
    'IR1 data: Extra inputs are not permitted',
  ],
  ['string', envelope([], { title: 1 }), 'IR1 app.title: Input should be a valid string'],
  ['list', envelope([], { capabilities: 'x' }), 'IR1 app.capabilities: Input should be a valid list'],
  ['dictionary', envelope([], { data: 'x' }), 'IR1 app.data: Input should be a valid dictionary'],
  [
    'integer',
    envelope([], { skeleton: [{ section: 'a', ttl: 1.5, producer: { kind: 'declarative' } }] }),
    'IR1 app.skeleton.0.ttl: Input should be a valid integer',
  ],
  [
    'integer text',
    envelope([], { skeleton: [{ section: 'a', ttl: 'soon', producer: { kind: 'declarative' } }] }),
    'IR1 app.skeleton.0.ttl: Input should be a valid integer, unable to parse string as an integer',
  ],
  [
    'boolean',
    envelope([], { skeleton: [{ section: 'a', alert: 'x', producer: { kind: 'declarative' } }] }),
    'IR1 app.skeleton.0.alert: Input should be a valid boolean',
  ],
  [
    'tag',
    envelope([fn('f', [], { impl: { kind: 'magic' } })]),
    "IR1 app.functions.0.impl: Input tag 'magic' found using 'kind' does not match any of the expected tags: 'code', 'declarative'",
  ],
  [
    'no tag',
    envelope([fn('f', [], { impl: {} })]),
    "IR1 app.functions.0.impl: Unable to extract tag using discriminator 'kind'",
  ],
  [
    'step type',
    envelope([fn('f', ['x' as never])]),
    'IR1 app.functions.0.impl.declarative.steps.0: Input should be a valid dictionary',
  ],
  [
    'slot',
    panel({ type: 'Text', props: {} }, { slot: 'top' }),
    "IR1 app.ui.panels.0.slot: Value error, slot 'top' is not allowed; valid slots: ['bottom', 'center', 'chat-sidebar', 'left', 'overlay', 'right']",
  ],
  ['verb', one({ id: 's', op: 'http', args: {} }), `STEP do_it[0]: unknown op 'http'; valid verbs: ${VERBS}`],
  [
    'verb of a panel',
    panel({ type: 'Text', props: {}, $data: [{ id: 's', op: 'http', args: {} }] }),
    `STEP main[0]: unknown op 'http'; valid verbs: ${VERBS}`,
  ],
  [
    'arg of a section',
    envelope([], {
      skeleton: [
        { section: 'state', producer: { kind: 'declarative', steps: [{ id: 's', op: 'store.list', args: {} }] } },
      ],
    }),
    "STEP state[0]: missing required property 'collection'",
  ],
  [
    'missing arg',
    one({ id: 's', op: 'store.create', args: { kind: 't' } }),
    "STEP do_it[0]: missing required property 'data'",
  ],
  [
    'arg type',
    one({ id: 's', op: 'store.list', args: { kind: 't', limit: true } }),
    "STEP do_it[0]: 'limit': expected integer, got boolean",
  ],
  [
    'interpolated arg',
    one({ id: 's', op: 'store.delete', args: { kind: 't', ids: 'x{{event.ids}}' } }),
    "STEP do_it[0]: 'ids': expected array, got string",
  ],
  ['args', one({ id: 's', op: 'store.list', args: [] as never }), 'STEP do_it[0]: expected object, got array'],
  [
    'role',
    envelope([], { data: { entities: [{ kind: 'a', custom_roles: [{ role: 'Loud' }] }] } }),
    "IR-ROLE Malformed role 'Loud': expected dotted lowercase, e.g. 'audio.bpm'.",
  ],
  [
    'reserved role',
    envelope([], { data: { entities: [{ kind: 'a', custom_roles: [{ role: 'money.fee' }] }] } }),
    "IR-ROLE Role 'money.fee' uses reserved namespace 'money'; custom roles must use a non-reserved namespace.",
  ],
]

const event: JsonObject = {
  a: null,
  b: true,
  n: 1,
  i: 7,
  l: [1, 'x', null],
  d: { k: 1, a: 2 },
  s: '{{event.i}}',
  price: 1234.5,
  name: '',
}

/** The scope of the table of ir 6.7. */
export const tableScope = (): Scope => ({
  event,
  steps: {},
  prev: {},
  ctx: { today: '2026-06-21' },
  aliases: new Map(),
  work: newWorkBudget(),
})

/** The table of ir 6.7. */
export const TEMPLATE_TABLE: [string, JsonValue][] = [
  ['{{event.a}}', null],
  ['x{{event.a}}y', 'xy'],
  ['{{event.b}}!', 'true!'],
  ['{{event.n}}!', '1!'],
  ['{{event.l}}!', '[1,"x",null]!'],
  ['{{event.d}}!', '{"a":2,"k":1}!'],
  ['{{event.l.0}}', 1],
  ['x{{event.l.9}}y', 'xy'],
  ['q{{event.s}}', 'q{{event.i}}'],
  [' {{event.i}} ', 7],
  ['{{i}}', 7],
  ['{{args.i}}', 7],
  ['{{params.i}}', 7],
  ["{{name | default:'Anon'}}", 'Anon'],
  ['{{event.l | count}}', 3],
  ['{{count(l)}}', 3],
  ["{{price | format:',.2f'}}", '1,234.50'],
  ["{{'{{'}}x}}", '{{x}}'],
]

/** Templates of that table that find nothing. */
export const NOTHING = [
  '{{event.l.00}}',
  '{{event.l.9}}',
  '{{title}}',
  '{{event.__proto__.x}}',
  '{{event.constructor}}',
]

/** Field, comparator, value, and whether the condition holds (ir 7). */
export const CONDITIONS: [JsonValue | undefined, string, JsonValue, boolean][] = [
  [1, 'eq', '1', true],
  [true, 'eq', 'true', true],
  [null, 'eq', '', true],
  [undefined, 'eq', '', true],
  [{ b: 1, a: 2 }, 'eq', { a: 2, b: 1 }, true],
  ['7', 'gt', 6, true],
  [' 2.5 ', 'lt', 3, true],
  [true, 'gt', 0, true],
  ['', 'lt', 1, false],
  ['0x10', 'gt', 1, false],
  ['NaN', 'lt', 1, false],
  [null, 'lt', 1, false],
  [undefined, 'gt', -1, false],
  [['a', 1], 'in', '1', true],
  ['haystack', 'in', 'hay', true],
  [{ a: 1 }, 'in', 'a', true],
  [{ a: 1 }, 'in', 'constructor', false],
  [5, 'in', 5, false],
  [0, 'exists', true, true],
  [false, 'exists', true, true],
  [[], 'exists', true, true],
  [{}, 'exists', true, true],
  ['', 'exists', true, false],
  [null, 'exists', true, false],
  [undefined, 'exists', false, true],
]

/** One value of each kind that a condition may compare; undefined is what is absent (ir 20.5). */
const KINDS: readonly (JsonValue | undefined)[] = [2, '3', true, null, undefined, [2], { a: 2 }]
/** By comparator: a row for each kind of the field, a column for each of the value, in the order above. */
const GRIDS: Readonly<Record<string, readonly string[]>> = {
  eq: ['1000000', '0100000', '0010000', '0001100', '0001100', '0000010', '0000001'],
  neq: ['0111111', '1011111', '1101111', '1110011', '1110011', '1111101', '1111110'],
  gt: ['0010000', '1010000', '0000000', '0000000', '0000000', '0000000', '0000000'],
  lt: ['0100000', '0000000', '1100000', '0000000', '0000000', '0000000', '0000000'],
  in: ['0000000', '0101100', '0000000', '0000000', '0000000', '1000000', '0000000'],
  // Asked with anything but true, `exists` asks whether the field is not there.
  exists: ['0010000', '0010000', '0010000', '1101111', '1101111', '0010000', '0010000'],
}

/** Every comparator with every kind on both sides, and whether the condition holds. */
export const EVERY_KIND: [JsonValue | undefined, string, JsonValue | undefined, boolean][] = Object.entries(
  GRIDS,
).flatMap(([comparator, rows]) =>
  rows.flatMap((row, field) =>
    [...row].map((mark, value): (typeof EVERY_KIND)[number] => [KINDS[field], comparator, KINDS[value], mark === '1']),
  ),
)
