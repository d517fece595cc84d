import * as z from 'zod'
import { JsonObject, JsonValue } from '../json.ts'
import { safeClassNames, safeCssColor, safeCssLength } from './css.ts'
import type { UiLimits } from './limits.ts'
import { isObject } from './plain.ts'
import { built, type Prop, prop, type Reader } from './prop.ts'
import { UI_TONE_NAMES } from './tone.ts'
import { safeUrl, type UrlPlace } from './url.ts'

/** Cuts a string to its ceiling and says so. */
export function cut(value: string, max: number, reader: Reader): string {
  if (value.length <= max) return value
  reader.note('truncated', `Longer than ${max} characters; cut.`)
  return `${value.slice(0, max - 1)}…`
}

function asText(raw: unknown): string | undefined {
  if (typeof raw === 'string') return raw
  return typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : undefined
}

/** Text for people; numbers and booleans are printed. `room` names the ceiling. */
export function text(fallback = '', room: 'label' | 'text' | 'treeBytes' | 'confirm' = 'label'): Prop<string> {
  return prop(z.string(), fallback, { type: 'string' }, (raw, reader) => {
    const value = asText(raw)
    return value === undefined ? undefined : cut(value, reader.limits[room], reader)
  })
}

/** The name under which a control's value travels. */
export function paramName(fallback: string): Prop<string> {
  return prop(z.string().min(1).max(256), fallback, { type: 'string' }, (raw) =>
    typeof raw === 'string' && raw !== '' && raw.length <= 256 && !raw.startsWith('__') ? raw : undefined,
  )
}

export function bool(fallback: boolean): Prop<boolean> {
  return prop(z.boolean(), fallback, { type: 'boolean' }, asBoolean)
}

/** A boolean whose absence means something else than either value. */
export function tristate(): Prop<boolean | undefined> {
  return prop<boolean | undefined>(z.boolean(), undefined, { type: 'boolean' }, asBoolean)
}

function asBoolean(raw: unknown): boolean | undefined {
  if (typeof raw === 'boolean') return raw
  if (raw === 'true' || raw === '1' || raw === 1) return true
  return raw === 'false' || raw === '0' || raw === 0 || raw === '' ? false : undefined
}

function asNumber(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function number(fallback: number): Prop<number> {
  return prop(z.number(), fallback, { type: 'number' }, asNumber)
}

export function optionalNumber(): Prop<number | undefined> {
  return prop<number | undefined>(z.number(), undefined, { type: 'number' }, asNumber)
}

/** A whole number; what lies outside is moved to the nearest end. */
export function integer(fallback: number, min: number, max: number): Prop<number> {
  return prop(z.number().int(), fallback, { type: 'number' }, (raw) => {
    const value = asNumber(raw)
    return value === undefined ? undefined : Math.min(max, Math.max(min, Math.round(value)))
  })
}

/** One of a few numbers, as of a scale. */
export function step<const T extends number>(choices: readonly T[], fallback: T): Prop<T> {
  const kind = { type: choices.join(' | '), choices }
  return prop<T>(z.literal(choices), fallback, kind, (raw) => choices.find((choice) => choice === asNumber(raw)))
}

/** One of a few words; `synonyms` are understood by renderers and written by nobody. */
export function choice<const T extends string, const F extends T | ''>(
  choices: readonly T[],
  fallback: F,
  synonyms: Readonly<Record<string, T>> = {},
): Prop<T | F> {
  const kind = { type: choices.map((one) => `'${one}'`).join(' | '), choices }
  return prop<T | F>(z.enum(choices), fallback, kind, (raw) => {
    const word = String(raw).trim().toLowerCase()
    const found = choices.find((one) => one.toLowerCase() === word)
    return found ?? (Object.hasOwn(synonyms, word) ? synonyms[word] : undefined)
  })
}

/** Further words that renderers understand as themselves and no builder writes. */
export function alsoRead<T, const E extends string>(given: Prop<T>, words: readonly E[]): Prop<T | E> {
  return { ...given, read: (raw, reader) => words.find((word) => word === raw) ?? given.read(raw, reader) }
}

/** Lets builders take the synonyms of a choice as well, in any case and with blanks around them; they write the choice. */
export function spoken<T>(given: Prop<T>, synonyms: Readonly<Record<string, string>>): Prop<T> {
  const words = [...(given.kind.choices ?? []), ...Object.keys(synonyms)]
  return { ...given, kind: { ...given.kind, type: words.map((one) => `'${one}'`).join(' | '), synonyms } }
}

/** A colour role by one of its names; unknown names are neutral. */
export function tone(fallback: string): Prop<string> {
  const names = Object.keys(UI_TONE_NAMES)
  return prop(z.enum(names), fallback, { type: 'Tone', choices: names }, (raw) =>
    typeof raw === 'string' && Object.hasOwn(UI_TONE_NAMES, raw) ? raw : undefined,
  )
}

/** A colour role or a plain CSS colour. */
export function color(fallback = ''): Prop<string> {
  return prop(z.string().max(64), fallback, { type: 'Tone | (string & {})' }, (raw, reader) => {
    if (typeof raw !== 'string') return undefined
    if (Object.hasOwn(UI_TONE_NAMES, raw)) return raw
    const safe = safeCssColor(raw)
    if (safe === null) reader.note('unsafe_css', 'Not a colour that a tree may use.')
    return safe ?? fallback
  })
}

/** The name of a Lucide icon in any usual spelling, or an emoji. */
export function icon(fallback = ''): Prop<string> {
  return prop(z.string().max(64), fallback, { type: 'Icon' }, (raw) =>
    typeof raw === 'string' && raw.length <= 64 ? raw.trim() : undefined,
  )
}

/** A URL that may be used at this place; a refused one reads as `""`. */
export function url(place: UrlPlace, fallback = ''): Prop<string> {
  return prop(z.string(), fallback, { type: 'string' }, (raw, reader) => {
    if (typeof raw !== 'string') return undefined
    if (raw.trim() === '') return ''
    const safe = safeUrl(raw, place, reader.rules)
    if (safe === null) reader.note('unsafe_url', 'This URL is not allowed here.')
    return safe ?? ''
  })
}

export function cssLength(): Prop<string> {
  return prop(z.union([z.string(), z.number()]), '', { type: 'string | number', map: 'string' }, (raw, reader) => {
    const value = asText(raw)
    if (value === undefined || value === '') return value
    const safe = safeCssLength(value)
    if (safe === null) reader.note('unsafe_css', 'Not a CSS length.')
    return safe ?? ''
  })
}

/** The allowed utility names, joined by blanks; undefined when the author gave no `className`. */
export function className(): Prop<string | undefined> {
  const read = (raw: unknown, reader: Reader) => {
    if (typeof raw !== 'string' || raw.length > 1_000) return undefined
    if (raw.trim() === '') return ''
    const { kept, dropped } = safeClassNames(raw)
    if (dropped.length > 0) reader.note('unsafe_css', `Class names left out: ${dropped.slice(0, 8).join(' ')}`)
    return kept.join(' ')
  }
  return built(prop<string | undefined>(z.string().max(1_000), undefined, { type: 'string' }, read), '')
}

/** A list of strings; one string counts as a list of one. */
export function strings(room: keyof UiLimits = 'options'): Prop<readonly string[]> {
  return prop<readonly string[]>(z.array(z.string()), [], { type: 'readonly string[]' }, (raw, reader) => {
    const list = (Array.isArray(raw) ? raw : [raw]).map(asText).filter((one) => one !== undefined)
    return capped(list, reader.limits[room], reader)
  })
}

/** Any JSON value, untouched. */
export function json(): Prop<JsonValue | undefined> {
  const kind = { type: 'JsonValue' }
  return prop<JsonValue | undefined>(JsonValue, undefined, kind, (raw) => raw as JsonValue) // the parser reads plain JSON only
}

export function jsonObject(): Prop<Readonly<JsonObject>> {
  const kind = { type: 'JsonObject' }
  return prop<Readonly<JsonObject>>(JsonObject, {}, kind, (raw) => (isObject(raw) ? raw : undefined))
}

/** The first `max` entries, with a note when there were more. */
export function capped<T>(list: readonly T[], max: number, reader: Reader): readonly T[] {
  if (list.length <= max) return list
  reader.note('truncated', `Only the first ${max} of ${list.length} entries are shown.`)
  return list.slice(0, max)
}
