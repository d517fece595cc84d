import * as z from 'zod'
import { JsonValue } from '../json.ts'
import { UiActionWire, UiConfirm } from './action.ts'
import type { ComponentSpec } from './component.ts'
import { UI_COMPONENTS, type UiComponentType } from './components.ts'
import { UiNodeEnvelope } from './node.ts'
import { builderDefault } from './option.ts'
import { TreeEntrySchema } from './prop-special.ts'
import { strictObject } from './prop-structures.ts'

const envelope = UiNodeEnvelope.shape

/** Strict schema of one component's node: unknown props and values outside the table are errors. */
export function nodeSchema(type: UiComponentType): z.ZodObject {
  const props = strictObject(UI_COMPONENTS[type].props)
  return z.strictObject({
    type: z.literal(type),
    props: props.extend({ auto_action: z.unknown().optional() }),
    id: envelope.id,
    key: envelope.key,
    revision: envelope.revision,
  })
}

type Json = Record<string, unknown>
interface NodeJson extends Json {
  readonly $defs?: Json
  readonly properties: { readonly props: { readonly properties: Record<string, Json> } }
}

/** Schemas that stand in many places: they are written once and referred to by their name. */
const shared = z.registry<{ id: string }>()
shared.add(UiNodeEnvelope, { id: 'Node' })
shared.add(UiActionWire, { id: 'Action' })
shared.add(UiConfirm, { id: 'Confirm' })
shared.add(JsonValue, { id: 'Json' })
shared.add(TreeEntrySchema, { id: 'TreeItem' })

/**
 * JSON Schema of a tree, with a definition for every component that builders make: for editors, documentation and
 * checks of static trees (ui 7.4). Wherever a node may stand, the whole schema applies again.
 */
export function uiJsonSchema(): Json {
  const types = (Object.keys(UI_COMPONENTS) as UiComponentType[]).filter((type) => specOf(type).offered !== false) // keys of the table
  const $defs: Json = {}
  for (const type of types) {
    const { $defs: used, ...own } = definition(type)
    $defs[type] = own
    Object.assign($defs, used)
  }
  $defs.Node = { $ref: '#' }
  const oneOf = types.map((type) => ({ $ref: `#/$defs/${type}` }))
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'UI node', oneOf, $defs }
}

const specOf = (type: UiComponentType): ComponentSpec => UI_COMPONENTS[type]

function definition(type: UiComponentType): NodeJson {
  const spec = specOf(type)
  const made: unknown = z.toJSONSchema(nodeSchema(type), { io: 'input', unrepresentable: 'any', metadata: shared })
  const { $schema: _dialect, ...json } = made as NodeJson // made of a type and an object of props
  const { properties } = json.properties.props
  for (const [name, prop] of Object.entries(spec.props)) {
    const value = builderDefault(prop)
    const member = properties[name]
    if (member === undefined) continue
    member.description = spec.docs[name]
    if (!prop.required && value !== undefined && value !== '') member.default = value
  }
  return { description: spec.doc, ...json }
}
