import type { z } from 'zod'
import type { UiLimits } from './limits.ts'
import type { UiNode } from './node.ts'
import type { UiNoteCode } from './note.ts'
import type { UrlRules } from './url.ts'

/** What a prop needs from the parser while it is read. */
export interface Reader {
  readonly limits: UiLimits
  readonly rules: UrlRules
  /** The same reader one step further down, for notes with an exact place. */
  at(segment: string | number): Reader
  note(code: UiNoteCode, message: string): void
  /** Parses a node list given as a list, one node or nothing (ui 1.1 rule 6). */
  nodes(raw: unknown): UiNode[]
}

/**
 * One prop of a component, by its wire name: its strict schema, when a builder writes it, and how a renderer reads it
 * from data that nobody vouches for.
 */
export interface Prop<T> {
  readonly schema: z.ZodType
  /** `always`: a builder writes the key every time. `sparse`: only when it differs from `fallback`. */
  readonly emit: 'always' | 'sparse'
  readonly required: boolean
  readonly fallback: T
  /** Other wire names read when this one is absent. */
  readonly aliases: readonly string[]
  /** False for props that renderers read and builders do not offer. */
  readonly offered: boolean
  /** Never throws; a value that cannot be used becomes the fallback and a note. */
  readonly read: (raw: unknown, reader: Reader) => T
  /** The nodes inside a value that was read. */
  readonly nodesIn?: ((value: unknown) => readonly UiNode[]) | undefined
}
export type PropTable = Readonly<Record<string, Prop<unknown>>>
export type ValueOf<P> = P extends Prop<infer T> ? T : never
export type ValuesOf<P extends PropTable> = { readonly [K in keyof P]: ValueOf<P[K]> }

/** Marks a key that builders write every time. */
export function always<T>(prop: Prop<T>): Prop<T> {
  return { ...prop, emit: 'always' }
}

/** Marks a key without which the node makes no sense. */
export function required<T>(prop: Prop<T>): Prop<T> {
  return { ...prop, emit: 'always', required: true }
}

export function aliased<T>(prop: Prop<T>, ...aliases: string[]): Prop<T> {
  return { ...prop, aliases }
}

/** Marks a key that renderers read although no builder writes it. */
export function renderOnly<T>(prop: Prop<T>): Prop<T> {
  return { ...prop, offered: false }
}

/** A prop from its schema, its default and a reader that answers undefined for unusable values. */
export function prop<T>(
  schema: z.ZodType,
  fallback: T,
  read: (raw: unknown, reader: Reader) => T | undefined,
): Prop<T> {
  return {
    schema,
    fallback,
    emit: 'sparse',
    required: false,
    aliases: [],
    offered: true,
    read: (raw, reader) => {
      const value = read(raw, reader)
      if (value !== undefined) return value
      reader.note('bad_value', 'The value does not fit; the default is used.')
      return fallback
    },
  }
}
