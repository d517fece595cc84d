import type { PropTable, ValuesOf } from './prop.ts'

export type ComponentModule = 'layout' | 'display' | 'interactive' | 'input' | 'data' | 'feedback' | 'host'

/** How a control takes part in a form: the prop with its declared value, and the JSON type it submits (ui 4.6). */
export interface FieldSpec {
  readonly value: string
  readonly kind: 'text' | 'boolean' | 'number' | 'strings' | 'files'
}

/** One component of the language: everything that builders, parser, schemas, renderers and docs need to know of it. */
export interface ComponentSpec<P extends PropTable = PropTable> {
  readonly module: ComponentModule
  readonly since: 'seed' | 'later'
  readonly doc: string
  /** By wire name, in the order in which builders write them. */
  readonly props: P
  /** What each prop means, in words for authors. */
  readonly docs: { readonly [K in keyof P]: string }
  /** Props that a builder takes by position, in that order. */
  readonly args?: readonly (keyof P & string)[] | undefined
  /** False for types that renderers draw and no builder makes. */
  readonly offered?: boolean | undefined
  readonly field?: FieldSpec | undefined
}

export type PropsOfSpec<S> = S extends ComponentSpec<infer P> ? ValuesOf<P> : never

export function component<const P extends PropTable>(spec: ComponentSpec<P>): ComponentSpec<P> {
  return spec
}
