import * as z from 'zod'
import { UI_COMPONENTS } from './components.ts'
import { UiNodeEnvelope } from './node.ts'
import { strictObject } from './prop-structures.ts'

const envelope = UiNodeEnvelope.shape

/** Strict schema of one component's node: unknown props and values outside the table are errors. */
export function nodeSchema(type: keyof typeof UI_COMPONENTS): z.ZodObject {
  const props = strictObject(UI_COMPONENTS[type].props)
  return z.strictObject({
    type: z.literal(type),
    props: props.extend({ auto_action: z.unknown().optional() }),
    id: envelope.id,
    key: envelope.key,
    revision: envelope.revision,
  })
}

/** JSON Schema of every component's node by type, for editors, documentation and checks of static trees (ui 7.4). */
export function uiJsonSchema(): Record<string, unknown> {
  const $defs: Record<string, unknown> = {}
  for (const type of Object.keys(UI_COMPONENTS) as (keyof typeof UI_COMPONENTS)[]) {
    // keys of the table
    $defs[type] = z.toJSONSchema(nodeSchema(type), { io: 'input', unrepresentable: 'any', reused: 'inline' })
  }
  const oneOf = Object.keys($defs).map((type) => ({ $ref: `#/$defs/${type}` }))
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'UI node', oneOf, $defs }
}
