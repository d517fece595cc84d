import type { JsonObject, JsonValue } from '@imperal/contract'
import { isFiller, termsOf } from '../../../foundation/words.ts'

interface Property {
  readonly type?: string
  readonly enum?: readonly JsonValue[]
  readonly format?: string
  readonly pattern?: string
  readonly maxLength?: number
  readonly default?: JsonValue
}

const QUOTED = /["“”«»„]([^"“”«»„]+)["“”«»„]|'([^']{2,})'/g
const DATE = /\b(\d{4}-\d{2}-\d{2})(T[\d:.Z+-]+)?\b/
const DATE_WITH_WORD = /(?:\b(?:by|until|on|at|before|for)\s+)?\b\d{4}-\d{2}-\d{2}(?:T[\d:.Z+-]+)?\b/gi
const ID = /\b((?:doc|note|task|msg|list|folder)_[A-Za-z0-9_-]{6,})\b/

const isId = (name: string): boolean => name.endsWith('_id') || name === 'id'
const isDate = (name: string, { format }: Property): boolean =>
  format === 'date' || format === 'date-time' || /date|due/.test(name)

/** Words for a pattern, in which they stand for themselves. */
const literal = (words: string): string => words.replaceAll(/[^\w]/g, '\\$&')

// "at 8", "8:30", "um 9 Uhr": when something is to happen, and no number of anything.
const TIME =
  /(?:\b(?:at|um)\s+)\d{1,2}(?::\d{2})?(?:\s*(?:am|pm|uhr|o'clock)\b)?|\b\d{1,2}(?::\d{2}|\s*(?:am|pm|uhr)\b)/gi
const NUMBER = /(?<![\w-])-?\d+(?:\.\d+)?(?![\w-])/

const isNumber = ({ type, enum: options }: Property): boolean =>
  options === undefined && (type === 'integer' || type === 'number')

/** A number behind the name of its parameter: "worth 700", "limit: 5". */
function namedNumber(name: string, text: string): { readonly value: number; readonly said: string } | undefined {
  // The name is its author's and may hold anything.
  const words = name.split('_').map(literal).join(String.raw`[\s_-]+`)
  const match = new RegExp(
    String.raw`(?<!\w)${words}\s*(?:[=:]|\bis\b|\bof\b)?\s*(-?\d+(?:\.\d+)?)(?![\w-])`,
    'i',
  ).exec(text)
  return match === null ? undefined : { value: Number(match[1]), said: match[0] }
}

/** The parameter that a number without a name can only mean: the one that is required, else the only one there is. */
function bareNumberOf(properties: Record<string, Property>, required: readonly string[]): string | undefined {
  const names = Object.keys(properties).filter((name) => isNumber(properties[name] ?? {}))
  const needed = names.filter((name) => required.includes(name))
  const meant = needed.length > 0 ? needed : names
  return meant.length === 1 ? meant[0] : undefined
}

function valueFor(name: string, property: Property, text: string, quoted: string[]): JsonValue | undefined {
  const options = property.enum?.filter((option): option is string => typeof option === 'string')
  if (options) return options.find((option) => new RegExp(`\\b${literal(option)}\\b`, 'i').test(text))
  if (isId(name)) return ID.exec(text)?.[1]
  if (isDate(name, property)) return DATE.exec(text)?.[0]
  if (property.type === 'string') return quoted.shift()
  return undefined
}

const isFreeText = (name: string, property: Property): boolean =>
  property.type === 'string' &&
  property.enum === undefined &&
  property.format === undefined &&
  property.pattern === undefined &&
  !isId(name) &&
  !isDate(name, property)

/** The parameter that words without quotes can only mean: the one free text that is required, else the one with a default. */
function freeTextOf(properties: Record<string, Property>, required: readonly string[]): string | undefined {
  const names = Object.keys(properties).filter((name) => isFreeText(name, properties[name] ?? {}))
  const needed = names.filter((name) => required.includes(name))
  const preset = names.filter((name) => properties[name]?.default !== undefined)
  const meant = needed.length > 0 ? needed : preset
  return meant.length === 1 ? meant[0] : undefined
}

export interface Called {
  /** Of the function and its app: the words with which a person calls it. */
  readonly names: readonly string[]
}

/** What follows the words that call the function; null when the text does not begin with them. */
function remainder(text: string, { names }: Called): string | null {
  const calling = new Set(names.flatMap((name) => termsOf(name.replaceAll(/[_-]/g, ' '))))
  const words = text.trim().split(/\s+/)
  let called = false
  let at = 0
  for (; at < words.length; at++) {
    const terms = termsOf(words[at] ?? '')
    if (terms.length > 0 && terms.every((term) => calling.has(term))) called = true
    else if (!isFiller(words[at] ?? '')) break
  }
  const rest = words.slice(at).join(' ')
  return called ? rest.replace(/[.!?,;:]+$/, '') : null
}

/**
 * Reads parameters from free text by schema alone: quoted strings, numbers, dates, ids and the words of an enumeration
 * (kernel 2.9). A single free text takes the words that follow those which call the function (`called`), as in
 * "greet Ada". `complete` tells whether every required one was found and no words were left that it would ignore.
 */
export function extractParams(
  schema: JsonObject,
  text: string,
  called: Called = { names: [] },
): { params: JsonObject; complete: boolean } {
  const properties = (schema.properties ?? {}) as unknown as Record<string, Property>
  const required = (schema.required ?? []) as string[]
  const quoted = [...text.matchAll(QUOTED)].map((match) => (match[1] ?? match[2] ?? '').trim())
  const params: JsonObject = {}
  // Required ones first: they get the first quoted string.
  const names = Object.keys(properties).sort((a, b) => Number(required.includes(b)) - Number(required.includes(a)))
  let unread = text
  for (const name of names) {
    const property = properties[name] ?? {}
    const named = isNumber(property) ? namedNumber(name, unread) : undefined
    if (named !== undefined) unread = unread.replace(named.said, ' ')
    const value = named?.value ?? valueFor(name, property, text, quoted)
    if (value !== undefined) params[name] = value
  }
  const bare = bareNumberOf(properties, required)
  if (bare !== undefined && !Object.hasOwn(params, bare)) {
    const number = NUMBER.exec(unread.replace(DATE, ' ').replaceAll(TIME, ' '))?.[0]
    if (number !== undefined) params[bare] = Number(number)
  }
  const free = freeTextOf(properties, required)
  if (free === undefined || Object.hasOwn(params, free))
    return { params, complete: required.every((name) => Object.hasOwn(params, name)) }
  const hasDate = names.some((name) => isDate(name, properties[name] ?? {}))
  const rest = remainder(hasDate ? unread.replaceAll(DATE_WITH_WORD, ' ') : unread, called)
  const { maxLength = Number.POSITIVE_INFINITY } = properties[free] ?? {}
  if (rest !== null && rest !== '' && rest.length <= maxLength) params[free] = rest
  const understood = rest === '' || Object.hasOwn(params, free) || called.names.length === 0
  return { params, complete: understood && required.every((name) => Object.hasOwn(params, name)) }
}
