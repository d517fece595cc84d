import {
  entries,
  freeze,
  fromEntries,
  isObject,
  type JsonObject,
  numberOr,
  numbersOf,
  stringOr,
  toJson,
} from './json.ts'

/** Reads one member from the wire; whatever comes, it gives a value of its type. */
export type Read<T> = (value: unknown) => T

/** A value in code and on the wire, where names are in snake_case. */
export interface Codec<T> {
  /** Unknown members are left out, missing ones take their defaults. The value is frozen. */
  fromWire(wire: unknown): T
  toWire(value: T): JsonObject
}

/** `createdAt` → `created_at` */
export const wireName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The members of an object under their names on the wire; undefined ones are left out. */
export function membersToWire(value: object): JsonObject {
  const members = entries(value).filter(([, member]) => member !== undefined && typeof member !== 'function')
  return fromEntries(members.map(([name, member]) => [wireName(name), toJson(member, name)]))
}

/** The codec of a type whose members are these. */
export function codec<T extends object>(members: { readonly [K in keyof T]-?: Read<T[K]> }): Codec<T> {
  const readers = entries(members).map(([name, member]) => [name, wireName(name), member as Read<unknown>] as const)
  const read = (wire: unknown): T => {
    const given = isObject(wire) ? wire : {}
    const value: Record<string, unknown> = {}
    for (const [name, key, member] of readers) value[name] = member(given[key])
    return freeze(value) as T // each member read by its own reader
  }
  return { fromWire: read, toWire: membersToWire }
}

export const text: Read<string> = (value) => stringOr(value, '')
export const figure: Read<number> = (value) => numberOr(value, 0)
export const flag: Read<boolean> = (value) => value === true
export const textOrNull: Read<string | null> = (value) => (typeof value === 'string' ? value : null)
export const figureOrNull: Read<number | null> = (value) => (typeof value === 'number' ? value : null)
export const texts: Read<readonly string[]> = (value) => freeze(Array.isArray(value) ? value.map(String) : [])
export const figures: Read<Readonly<Record<string, number>>> = (value) => freeze(numbersOf(value))
/** One of a few words; the first one stands for anything else. */
export const oneOf =
  <const W extends readonly [string, ...string[]]>(...words: W): Read<W[number]> =>
  (value) =>
    words.find((word) => word === value) ?? words[0]
