const LENGTH = /^(?:\d{1,4}(?:\.\d{1,3})?(?:px|rem|em|%|vh|vw|dvh|ch)?|auto)$/
const HEX = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i
const NUMBER = String.raw`[+-]?[\d.]{1,12}(?:%|deg|rad|turn)?`
const FUNCTION = new RegExp(
  String.raw`^(?:rgba?|hsla?|oklch)\(\s*${NUMBER}(?:(?:\s*[,/]\s*|\s+)${NUMBER}){2,3}\s*\)$`,
  'i',
)
const SERIES = /^var\(--chart-series-[1-8]\)$/
const NAMED = new Set(
  'black silver gray grey white maroon red purple fuchsia green lime olive yellow navy blue teal aqua orange pink brown coral crimson cyan gold indigo khaki lavender magenta orchid plum salmon sienna skyblue slateblue slategray tan teal tomato turquoise violet wheat currentcolor transparent'.split(
    ' ',
  ),
)

/** A CSS length that may be put into a style, with `px` added to a bare number; null when it is not one (ui 6.5). */
export function safeCssLength(raw: string): string | null {
  const value = raw.trim()
  if (!LENGTH.test(value)) return null
  return /^[\d.]+$/.test(value) ? `${value}px` : value
}

/** A CSS colour that may be put into a style; null for anything else (ui 6.5). */
export function safeCssColor(raw: string): string | null {
  const value = raw.trim()
  if (value.length > 64) return null
  const known = HEX.test(value) || FUNCTION.test(value) || SERIES.test(value) || NAMED.has(value.toLowerCase())
  return known ? value : null
}

const STEP = '(?:0|0\\.5|1|1\\.5|2|2\\.5|3|3\\.5|4|5|6|7|8|9|10|11|12)'
const CLASS_NAMES = [
  new RegExp(`^(?:p|px|py|pt|pr|pb|pl|ps|pe|m|mx|my|mt|mr|mb|ml|ms|me|gap|gap-x|gap-y)-${STEP}$`),
  /^(?:mx|my|ml|mr|m)-auto$/,
  /^(?:w-full|h-full|min-h-full|min-w-0|flex-1|shrink-0)$/,
  /^max-w-(?:xs|sm|md|lg|xl|2xl|3xl|full|prose)$/,
  /^(?:items|self)-(?:start|center|end|stretch|baseline)$/,
  /^justify-(?:start|center|end|between|around)$/,
  /^text-(?:left|center|right)$/,
  /^(?:truncate|hidden|block)$/,
  /^(?:sm|md|lg):(?:hidden|block|flex)$/,
]

/** The utility names of a `className` that a tree may use; the rest are dropped (ui 2.0.7). */
export function safeClassNames(raw: string): { readonly kept: string[]; readonly dropped: string[] } {
  const names = raw.split(/\s+/).filter((name) => name !== '')
  const allowed = (name: string) => CLASS_NAMES.some((pattern) => pattern.test(name))
  return { kept: names.filter(allowed), dropped: names.filter((name) => !allowed(name)) }
}
