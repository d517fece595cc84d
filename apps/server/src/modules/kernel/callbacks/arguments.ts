import type { JsonObject, JsonValue } from '@imperal/contract'
import { refusedCallback } from './refuse-callback.ts'

/** Arguments of a callback frame. A hostile bundle may send anything, so each is read by its type. */
export type CallbackArguments = readonly JsonValue[]

const wrong = (name: string, expected: string) =>
  refusedCallback('validation_error', `“${name}” must be ${expected}.`, { field: name })

export function textAt(args: CallbackArguments, index: number, name: string): string {
  const value = args[index]
  if (typeof value !== 'string') throw wrong(name, 'a text')
  return value
}

export function objectAt(args: CallbackArguments, index: number, name: string): JsonObject {
  const value = args[index]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object')
  return value
}

export function numberAt(args: CallbackArguments, index: number, name: string): number {
  const value = args[index]
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(name, 'a number')
  return value
}

/** An object, or null when the argument is absent or null. */
export const optionalObjectAt = (args: CallbackArguments, index: number, name: string): JsonObject | null =>
  args[index] === undefined || args[index] === null ? null : objectAt(args, index, name)

export const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined
export const numberOf = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** A whole number between two bounds, or the fallback. */
export const wholeOf = (
  value: JsonValue | undefined,
  bounds: { least: number; most: number; otherwise: number },
): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= bounds.least && value <= bounds.most
    ? value
    : bounds.otherwise
