import type { Prop } from './prop.ts'

type AnyProp = Prop<unknown>

/** The option's name in code: the wire name in camel case, unless the table names it (ui 7.1.2). */
export function optionName(wire: string, prop: AnyProp): string {
  return prop.option ?? wire.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
}

/** What a builder writes or leaves out when the author says nothing; undefined when there is no such value. */
export function builderDefault(prop: AnyProp): unknown {
  const value = prop.built ?? prop.fallback
  const isPlain = value !== null && value !== undefined && (typeof value !== 'object' || prop.emit === 'always')
  return isPlain ? value : undefined
}
