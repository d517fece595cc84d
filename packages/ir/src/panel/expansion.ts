import type { JsonValue } from '@imperal/contract'
import { byteLength, IR_LIMITS } from '../limits.ts'

/** How much of a tree there is room for. */
export interface Expansion {
  /** Nodes that may still be made. */
  nodes: number
  /** Bytes that what is made may still take. */
  bytes: number
  /** Bytes that were made so far, those of entries that did not fit among them. */
  made: number
  /** Something did not fit: the list around it leaves its entry out. */
  full: 'bytes' | 'depth' | null
  /** Something was left out. */
  cut: boolean
  /** The bytes have come to an end; nothing more is added. */
  closed: boolean
  /** Within how many `params` of actions the expansion is. */
  params: number
}

/** Kept for the notice that something was left out. */
const NOTICE_BYTES = 256

export const newExpansion = (): Expansion => ({
  nodes: IR_LIMITS.panelNodes,
  bytes: Math.max(0, IR_LIMITS.panelBytes - NOTICE_BYTES),
  made: 0,
  full: null,
  cut: false,
  closed: false,
  params: 0,
})

/** Bytes of a key or a value that holds no others, with the character behind it. */
export const sizeOf = (value: Exclude<JsonValue, object>): number =>
  typeof value === 'string' && value.length > IR_LIMITS.panelBytes
    ? value.length
    : byteLength(JSON.stringify(value)) + 1

/** Takes so many bytes; false, and the expansion is full, when they are not there. */
export function room(state: Expansion, bytes: number): boolean {
  state.made += bytes
  if (state.bytes < bytes) state.full = 'bytes'
  else state.bytes -= bytes
  return state.full === null
}
