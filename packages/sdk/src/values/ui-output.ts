import { isObject, type JsonObject, toJson } from './json.ts'

/** What the `ui` builders return. */
export interface UINodeLike {
  toJSON(): JsonObject
}
/** What a panel, widget, tray or menu handler returns. */
export type UIOutput = UINodeLike | JsonObject | null

/** True for a builder's node and for its wire form `{type, props}`. */
export function isNode(value: unknown): boolean {
  if (!isObject(value)) return false
  return typeof value.toJSON === 'function' || (typeof value.type === 'string' && value.type !== '')
}

export function nodeToWire(node: unknown): JsonObject {
  return toJson(node, 'ui') as JsonObject // a node is an object by `isNode`
}
