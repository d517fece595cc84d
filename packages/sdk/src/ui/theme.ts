import { isObject, type JsonObject } from '../values/json.ts'

/** A colour in both modes of the panel, as `#rrggbb`. */
export interface ColorPair {
  readonly light: string
  readonly dark: string
}

/** The white-label look of a reseller (ui 4.15). `colors` holds the tokens that it set, such as `primary`. */
export interface AgencyTheme {
  readonly colors: Readonly<Record<string, ColorPair>>
  readonly density: 'compact' | 'default' | 'spacious'
  readonly radius: 'sharp' | 'default' | 'rounded'
}

const HEX = /^#[0-9a-fA-F]{6}$/
const isColor = (value: unknown): value is string => typeof value === 'string' && HEX.test(value)
const oneOf = <T extends string>(value: unknown, words: readonly T[]): T | 'default' =>
  words.find((word) => word === value) ?? 'default'

/**
 * The look of the acting person's agency, for what a handler draws outside of the panel: a chart as a picture, a mail.
 * Where there is none, the platform's own: no colour of its own, default density and corners. What is malformed in a
 * stored theme is left out.
 */
export function theme(ctx: { readonly agencyTheme: Readonly<JsonObject> | null }): AgencyTheme {
  const { colors, density, radius } = ctx.agencyTheme ?? {}
  const pairs = Object.entries(isObject(colors) ? colors : {}).flatMap(([name, pair]): [string, ColorPair][] =>
    isObject(pair) && isColor(pair.light) && isColor(pair.dark)
      ? [[name, Object.freeze({ light: pair.light, dark: pair.dark })]]
      : [],
  )
  return Object.freeze({
    colors: Object.freeze(Object.fromEntries(pairs)),
    density: oneOf(density, ['compact', 'spacious']),
    radius: oneOf(radius, ['sharp', 'rounded']),
  })
}
