import type { JsonValue } from '../json.ts'
import type { ComponentSpec } from './component.ts'
import { UI_COMPONENTS, type UiComponentType } from './components.ts'
import type { UiNode } from './node.ts'
import { nodesOf } from './prop-structures.ts'

/** The table entry of a parsed node; undefined for placeholders. */
export function specOf(node: UiNode): ComponentSpec | undefined {
  return Object.hasOwn(UI_COMPONENTS, node.type) ? UI_COMPONENTS[node.type as UiComponentType] : undefined
}

/** The nodes directly inside a parsed node, in drawing order. */
export function childNodes(node: UiNode): UiNode[] {
  const spec = specOf(node)
  return spec === undefined ? [] : nodesOf(spec.props, node.props)
}

/** The node itself and everything inside it, parents first; `enter` false keeps out of a node. */
export function* walkNodes(node: UiNode, enter: (node: UiNode) => boolean = () => true): Generator<UiNode> {
  yield node
  if (!enter(node)) return
  for (const child of childNodes(node)) yield* walkNodes(child, enter)
}

/** A control of a form: its node, the key of its value, and the value that the tree declares. */
export interface UiFormField {
  readonly node: UiNode
  readonly name: string
  readonly kind: 'text' | 'boolean' | 'number' | 'strings' | 'files'
  readonly value: JsonValue
}

/** Every control that belongs to a form, also in tabs and sections that are closed; nested forms keep theirs (ui 4.6). */
export function formFields(form: UiNode): UiFormField[] {
  const inside = [...walkNodes(form, (node) => node === form || node.type !== 'Form')]
  return inside.flatMap((node) => {
    const field = specOf(node)?.field
    if (field === undefined) return []
    const declared = field.kind === 'files' ? [] : (node.props[field.value] as JsonValue) // a prop of the table, made by its reader
    const value = isNumberInput(node) ? numberOrText(declared) : declared
    return [{ node, name: String(node.props.param_name), kind: field.kind, value }]
  })
}

function isNumberInput(node: UiNode): boolean {
  return node.type === 'Input' && node.props.type === 'number'
}

/** Number inputs submit a number, or null when they are empty. */
function numberOrText(value: JsonValue): JsonValue {
  if (value === null || value === '') return null
  return Number.isFinite(Number(value)) ? Number(value) : value
}

/** The initial values of a form: its defaults over what the fields declare, and hidden values besides (ui 4.6). */
export function formValues(form: UiNode): Record<string, JsonValue> {
  const defaults = (form.props.defaults ?? {}) as Readonly<Record<string, JsonValue>> // read by the form's own table
  const values: Record<string, JsonValue> = {}
  for (const field of formFields(form)) {
    if (Object.hasOwn(values, field.name)) continue
    values[field.name] = Object.hasOwn(defaults, field.name) ? coerce(field, defaults[field.name] ?? null) : field.value
  }
  return { ...defaults, ...values }
}

function coerce(field: UiFormField, value: JsonValue): JsonValue {
  if (isNumberInput(field.node)) return numberOrText(value)
  if (field.kind === 'boolean') return value === true || value === 'true' || value === '1' || value === 1
  if (field.kind === 'strings') return Array.isArray(value) ? value.map(String) : value === null ? [] : [String(value)]
  if (field.kind === 'number') return Number.isFinite(Number(value)) ? Number(value) : field.value
  return value === null && field.kind === 'text' ? '' : value
}
