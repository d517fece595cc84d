import type { JsonObject, JsonValue } from '../json.ts'
import type { UiNoteCode } from './note.ts'

const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor'])
const MAX_VALUES = 200_000
const MAX_LEVELS = 256

/** Thrown inside the parser only: the tree as a whole is refused. */
export class RefusedTree extends Error {
  readonly code: UiNoteCode
  constructor(code: UiNoteCode, message: string) {
    super(message)
    this.code = code
  }
}

export interface PlainResult {
  readonly value: JsonValue | undefined
  /** How many values were left out because JSON cannot carry them, or because their key could reach a prototype. */
  readonly dropped: number
}

/**
 * Copies a value of unknown origin into plain JSON data: own enumerable keys only, no prototype keys, no functions.
 * @throws RefusedTree for cycles, endless nesting and more characters than `maxBytes`
 */
export function toPlain(root: unknown, maxBytes: number): PlainResult {
  let dropped = 0
  let values = 0
  let characters = 0
  const spend = (amount: number) => {
    characters += amount
    if (characters > maxBytes) throw new RefusedTree('too_large', `The tree is larger than ${maxBytes} bytes.`)
  }
  const copy = (value: unknown, level: number): JsonValue | undefined => {
    values += 1
    if (values > MAX_VALUES) throw new RefusedTree('too_large', `The tree holds more than ${MAX_VALUES} values.`)
    if (level > MAX_LEVELS) throw new RefusedTree('too_deep', 'The tree is nested without end.')
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'string') {
      spend(value.length)
      return value
    }
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (Array.isArray(value)) return value.map((item) => copy(item, level + 1) ?? null)
    if (typeof value === 'object') return copyObject(value, level)
    dropped += 1
    return undefined
  }
  const copyObject = (value: object, level: number): JsonObject => {
    const result: JsonObject = {}
    for (const key of Object.keys(value)) {
      if (FORBIDDEN.has(key)) {
        dropped += 1
        continue
      }
      spend(key.length)
      const member = copy((value as Record<string, unknown>)[key], level + 1) // own enumerable key of any object
      if (member !== undefined) result[key] = member
    }
    return result
  }
  return { value: copy(root, 0), dropped }
}

/** True for an object that is not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** UTF-8 bytes of the value's JSON text. */
export function jsonBytes(value: JsonValue): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

/** How many levels of arrays and objects are inside one another; a primitive has none. */
export function jsonDepth(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0
  const members = Array.isArray(value) ? value : Object.values(value)
  return 1 + members.reduce<number>((deepest, member) => Math.max(deepest, jsonDepth(member)), 0)
}
