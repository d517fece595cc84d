import type { z } from 'zod'
import type { JsonValue } from '../json.ts'
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

/** How an author writes a value, and what a builder does to it: data, so that builders and pages are made from it. */
export interface PropKind {
  /** The TypeScript type of a builder's option; a name that is not built in is one of the SDK's own types. */
  readonly type: string
  readonly choices?: readonly (string | number)[] | undefined
  /** Words that builders take for one of the choices; they never travel. */
  readonly synonyms?: Readonly<Record<string, string>> | undefined
  /** What a builder makes of the author's value before it travels. */
  readonly map?:
    | 'list'
    | 'one'
    | 'oneOrList'
    | 'oneOrListOrText'
    | 'confirm'
    | 'string'
    | 'items'
    | 'entries'
    | 'unwrap'
    | undefined
  readonly shape?: ItemShape | undefined
  /** For actions: the keys that the control adds to the params (ui 3.5). */
  readonly payload?: string | undefined
}

/** Plain objects inside a prop: their name as a type, their members, and what each member means (ui 1.4). */
export interface ItemShape<P extends PropTable = PropTable> {
  readonly name: string
  readonly props: P
  readonly docs: { readonly [K in keyof P]: string }
}

/** Names a kind of item object; every member says what it means. */
export function item<const P extends PropTable>(
  name: string,
  props: P,
  docs: { readonly [K in keyof P]: string },
): ItemShape<P> {
  return { name, props, docs }
}

/**
 * One prop of a component, by its wire name: its strict schema, when a builder writes it, and how a renderer reads it
 * from data that nobody vouches for.
 */
export interface Prop<T> {
  readonly schema: z.ZodType
  readonly kind: PropKind
  /** `always`: a builder writes the key every time. `sparse`: only when it differs from `fallback`. */
  readonly emit: 'always' | 'sparse'
  readonly required: boolean
  readonly fallback: T
  /** What builders write, or leave out, when the author says nothing; `fallback` unless the two differ. */
  readonly built?: JsonValue | undefined
  /** The option's name where it is not the wire name in camel case. */
  readonly option?: string | undefined
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

/** Gives builders another default than renderers have. */
export function built<T>(prop: Prop<T>, value: JsonValue): Prop<T> {
  return { ...prop, built: value }
}

/** Gives the builder's option a name of its own. */
export function named<T>(prop: Prop<T>, option: string): Prop<T> {
  return { ...prop, option }
}

/** A prop from its schema, its default, what authors write, and a reader that answers undefined for unusable values. */
export function prop<T>(
  schema: z.ZodType,
  fallback: T,
  kind: PropKind,
  read: (raw: unknown, reader: Reader) => T | undefined,
): Prop<T> {
  return {
    schema,
    kind,
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
