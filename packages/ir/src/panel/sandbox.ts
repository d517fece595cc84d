import type { JsonObject, JsonValue } from '@imperal/contract'
import { findComponent } from '@imperal/contract/ui'
import { isObject } from '../json.ts'

/** Whether a node is foreign HTML, which a document shows in a frame of its own only (ir 17.2). */
export const isSandboxed = ({ type, props }: JsonObject): boolean =>
  typeof type === 'string' && isObject(props) && findComponent(type)?.type === 'Html'

/** The node with its frame forced on, whatever the document says. */
export const sandboxed = (node: JsonObject): JsonObject => ({
  ...node,
  props: { ...(isObject(node.props) ? node.props : {}), sandbox: true },
})

/** A tree that is drawn as it is, with every frame of foreign HTML forced on. */
export function sandboxedTree(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sandboxedTree)
  if (!isObject(value)) return value
  const made = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, sandboxedTree(member)]))
  return isSandboxed(made) ? sandboxed(made) : made
}
