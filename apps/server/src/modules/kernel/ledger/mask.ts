import type { JsonObject, JsonValue } from '@imperal/contract'

const SECRET_KEY =
  /pass(?:word|phrase|wd)?$|secret|token|api_?key|private_?key|authori[sz]ation|credential|^pin$|cvv|cvc|card_?number|iban/i
const EMAIL = /([A-Za-z0-9._%+-])[A-Za-z0-9._%+-]*@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})/g
const CARD = /\b\d(?:[ -]?\d){12,18}\b/g
const PHONE = /\+\d[\d ().-]{6,18}\d/g
const REDACTED = '[redacted]'
const LONGEST_TEXT = 300
const MOST_ENTRIES = 50
const DEEPEST = 6

/** E-mail addresses, phone and card numbers of a text, shortened to what tells one from another. */
export function maskPersonal(text: string): string {
  if (!/[@\d]/.test(text)) return text
  return text.replace(EMAIL, '$1***@$2').replace(CARD, '[number]').replace(PHONE, '[phone]')
}

export interface MaskOptions {
  /** Names of parameters that are secrets whatever they are called. */
  readonly secrets?: ReadonlySet<string>
  /** Off for what a user sees of the own call on a confirmation card. */
  readonly personal?: boolean
}

/**
 * A copy for storage: secrets redacted, personal data masked, long values cut. Never longer than a few kilobytes,
 * whatever was given.
 */
export function maskArguments(params: JsonObject, options: MaskOptions = {}): JsonObject {
  const personal = options.personal ?? true
  let budget = 200
  const mask = (value: JsonValue, depth: number): JsonValue => {
    if (--budget < 0 || depth > DEEPEST) return '…'
    if (typeof value === 'string') {
      const cut = value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
      return personal ? maskPersonal(cut) : cut
    }
    if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map((entry) => mask(entry, depth + 1))
    return value !== null && typeof value === 'object' ? maskObject(value, depth) : value
  }
  const maskObject = (object: JsonObject, depth: number): JsonObject => {
    const copy: JsonObject = {}
    for (const [key, value] of Object.entries(object).slice(0, MOST_ENTRIES))
      copy[key.slice(0, 100)] =
        value !== null && (SECRET_KEY.test(key) || options.secrets?.has(key)) ? REDACTED : mask(value, depth + 1)
    return copy
  }
  return maskObject(params, 0)
}

const LONGEST_PREVIEW = 200

/** At most 200 characters with personal data masked; null for nothing. */
export function preview(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text === '') return null
  const masked = maskPersonal(text.slice(0, LONGEST_PREVIEW * 2))
  return masked.length > LONGEST_PREVIEW ? `${masked.slice(0, LONGEST_PREVIEW - 1)}…` : masked
}

const UNSTORABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i

const storable = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll('\0', '\uFFFD').toWellFormed()
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [storable(key), storable(entry)]))
}

/** JSON text that PostgreSQL takes: it knows neither NUL nor half of a surrogate pair, and one bad row would fail its whole statement. */
export function toDatabaseJson(value: unknown): string {
  const text = JSON.stringify(value)
  return UNSTORABLE.test(text) ? JSON.stringify(storable(value)) : text
}
