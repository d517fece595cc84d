import { type JsonObject, type JsonValue, PANEL_SLOTS } from '@imperal/contract'
import { ACTION_TYPES, COMPARATORS, IR_VERSION, VERBS, type Verb } from './document.ts'
import { IR_LIMITS } from './limits.ts'
import { type ArgSpec, COLLECTION, FUNCTION_NAME, STEP_ID, VERB_ARGS } from './verbs.ts'

/** Other spellings of an arg (ir 2.4). */
const SYNONYMS: Readonly<Record<string, readonly (readonly [normal: string, other: string])[]>> = {
  store: [['collection', 'kind']],
  navigate: [['url', 'path']],
  open: [['target', 'url']],
}
const synonymsOf = (verb: string) => SYNONYMS[verb.split('.')[0] ?? ''] ?? []

const text = (more: JsonObject = {}): JsonObject => ({ type: 'string', ...more })
const anything: JsonObject = {}
const open: JsonObject = { type: 'object' }
const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] })
const list = (items: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'array', items, ...more })
const ref = (name: string): JsonObject => ({ $ref: `#/$defs/${name}` })
const closed = (properties: Record<string, JsonValue>, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required: [...required],
  additionalProperties: false,
})

// A whole-match token has no static type, so it may stand where another type is asked for (ir 6.8).
const TOKEN = text({ pattern: '^\\s*\\{\\{.*\\}\\}\\s*$' })
const argSchema = ({ type, literal }: ArgSpec): JsonObject =>
  type === 'string' || literal === true ? { type } : { anyOf: [{ type }, TOKEN] }

function argsOf(verb: Exclude<Verb, 'conditional'>): JsonObject {
  const synonyms = synonymsOf(verb)
  const properties: Record<string, JsonValue> = {}
  const choices: JsonValue[] = []
  const required: string[] = []
  for (const [name, spec] of Object.entries(VERB_ARGS[verb])) {
    const schema = name === 'collection' ? text({ pattern: COLLECTION.source }) : argSchema(spec)
    properties[name] = schema
    const other = synonyms.find(([normal]) => normal === name)?.[1]
    if (other !== undefined) properties[other] = schema
    if (spec.required !== true) continue
    if (other === undefined) required.push(name)
    else choices.push({ anyOf: [{ required: [name] }, { required: [other] }] })
  }
  return { type: 'object', properties, required, ...(choices.length > 0 ? { allOf: choices } : {}) }
}

const condition: JsonObject = {
  type: 'object',
  properties: { field: text(), ...Object.fromEntries(COMPARATORS.map((name) => [name, anything])) },
  required: ['field'],
  additionalProperties: false,
  minProperties: 2,
  maxProperties: 2,
}

const SHAPING = { output: text(), result: anything, summary: text(), ui: anything, note: text() }

function stepOf(verb: Verb): JsonObject {
  const named = { anyOf: [{ required: ['op'] }, { required: ['action'] }] }
  const common = { id: text({ pattern: STEP_ID.source }), op: { const: verb }, action: { const: verb } }
  if (verb === 'conditional') {
    const properties = { ...common, if: ref('condition'), then: text(), else: orNull(text()), note: text() }
    return { title: verb, type: 'object', properties, required: ['id', 'if', 'then'], ...named }
  }
  const args = argsOf(verb)
  const properties = { ...common, args, params: args, next: orNull(text()), ...SHAPING }
  return { title: verb, type: 'object', properties, required: ['id'], ...named }
}

const implementation = closed({ kind: { const: 'declarative' }, steps: list(ref('step')) }, ['kind'])

const FUNCTION_TEXTS = {
  description: text(),
  params_schema: open,
  return_schema: orNull(open),
  action_type: orNull({ enum: [...ACTION_TYPES] }),
  effects: list(text()),
  event: text(),
}

const functions = closed(
  { name: text({ pattern: FUNCTION_NAME.source }), ...FUNCTION_TEXTS, impl: ref('implementation') },
  ['name', 'impl'],
)

const render = (kind: 'static' | 'template'): JsonObject =>
  closed({ kind: { const: kind }, tree: open }, kind === 'static' ? ['kind'] : ['kind', 'tree'])

const panel = closed(
  {
    panel_id: text({ pattern: '^[a-z][a-z0-9_-]*$' }),
    slot: { enum: [...PANEL_SLOTS] },
    title: text(),
    icon: text(),
    render: { oneOf: [render('static'), render('template')] },
  },
  ['panel_id', 'slot', 'render'],
)

const section = closed(
  {
    section: text({ pattern: '^[a-z][a-z0-9_]*$', maxLength: 48 }),
    shape: open,
    producer: ref('implementation'),
    alert: { type: 'boolean' },
    ttl: { type: 'integer', minimum: 30, maximum: 86_400 },
  },
  ['section', 'producer'],
)

const envelope = (): JsonObject => ({
  title: 'Envelope form',
  ...closed(
    {
      ir_version: { enum: [IR_VERSION, '1'] },
      sdl_vocab_version: text(),
      contract_version: text(),
      app: closed(
        {
          id: ref('app_id'),
          version: text(),
          title: text(),
          description: text(),
          icon: text(),
          capabilities: list(text()),
          data: orNull(open),
          functions: list(ref('function'), { maxItems: IR_LIMITS.functions }),
          ui: orNull(closed({ panels: list(ref('panel'), { maxItems: IR_LIMITS.panels }) })),
          skeleton: orNull(list(ref('section'), { maxItems: IR_LIMITS.sections })),
          automations: list(open),
          events: orNull(open),
          lifecycle: orNull(open),
        },
        ['id', 'version', 'title'],
      ),
    },
    ['ir_version', 'app'],
  ),
})

const flat = (): JsonObject => ({
  title: 'Flat form',
  ...closed(
    {
      app_id: ref('app_id'),
      version: text(),
      steps: list(
        {
          allOf: [ref('step')],
          properties: { kind: { const: 'declarative' }, name: text(), ...FUNCTION_TEXTS },
        },
        { minItems: 1, maxItems: IR_LIMITS.functions },
      ),
      title: text(),
      description: text(),
      icon: text(),
      capabilities: list(text()),
    },
    ['app_id', 'version', 'steps'],
  ),
})

/**
 * JSON Schema (2020-12) of a document that may be deployed, for editors: structure, verbs and their args. What follows
 * from several places at once (jumps, templates, types) only `validateDocument` knows.
 */
export const documentSchema = (): JsonObject => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Declarative app',
  anyOf: [envelope(), flat()],
  $defs: {
    app_id: text({ pattern: '^[a-z0-9][a-z0-9-]*[a-z0-9]$', minLength: 2, maxLength: 64 }),
    condition,
    step: { anyOf: VERBS.map(stepOf) },
    implementation,
    function: functions,
    panel,
    section,
  },
})
