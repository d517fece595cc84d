import type { JsonValue } from '@imperal/contract'

export const FILTERS = ['count', 'default', 'format'] as const

export type Filter =
  | { readonly name: 'count' }
  | { readonly name: 'default'; readonly value: JsonValue }
  | { readonly name: 'format'; readonly format: NumberFormat }

export interface NumberFormat {
  readonly thousands: boolean
  readonly decimals: number | null
  readonly kind: 'f' | 'd' | '%' | ''
}

export type Token =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'count'; readonly path: readonly string[] }
  | { readonly kind: 'ref'; readonly path: readonly string[]; readonly filter: Filter | null }

/** A template as it is read once: texts and tokens in order. */
export interface Template {
  readonly source: string
  readonly parts: readonly (string | Token)[]
  /** The only token when nothing but white space is around it (ir 6.2). */
  readonly whole: Token | null
  readonly problems: readonly TemplateProblem[]
}

export type TemplateProblem = { readonly kind: 'malformed' } | { readonly kind: 'filter'; readonly name: string }

const WORD = /[\p{L}\p{Nd}_]/u
const isWord = (character: string | undefined): boolean => character !== undefined && WORD.test(character)
const isBlank = (character: string | undefined): boolean =>
  character === ' ' || character === '\t' || character === '\r' || character === '\n'
const NUMBER = /-?\d+(?:\.\d+)?/y

class Malformed extends Error {}
/** One for all: a text may hold very many, and each new error would note where in the code it came up. */
const MALFORMED = new Malformed('not a token')

/** Reads one token after its braces. Each character is looked at a bounded number of times. */
class TokenReader {
  readonly #text: string
  /** The filter that made the token unreadable. */
  unknownFilter: string | null = null
  at: number

  constructor(text: string, at: number) {
    this.#text = text
    this.at = at
  }

  read(): Token {
    this.#blanks()
    const token = this.#expression()
    this.#blanks()
    if (!this.#take('}}')) throw MALFORMED
    return token
  }

  #expression(): Token {
    const quote = this.#text[this.at]
    if (quote === "'" || quote === '"') return { kind: 'literal', text: this.#quoted() }
    if (this.#take('count(')) {
      this.#blanks()
      const path = this.#path()
      this.#blanks()
      if (!this.#take(')')) throw MALFORMED
      return { kind: 'count', path }
    }
    const path = this.#path()
    const end = this.at
    this.#blanks()
    if (this.#text[this.at] !== '|') {
      this.at = end
      return { kind: 'ref', path, filter: null }
    }
    this.at += 1
    this.#blanks()
    return { kind: 'ref', path, filter: this.#filter() }
  }

  #filter(): Filter {
    const name = this.#word()
    if (name === '') throw MALFORMED
    if (name === 'count') return { name }
    if (name === 'default') return { name, value: this.#take(':') ? this.#value() : '' }
    if (name !== 'format') {
      this.unknownFilter = name
      throw MALFORMED
    }
    if (!this.#take(':')) throw MALFORMED
    this.#blanks()
    const format = readFormat(this.#quoted())
    if (format === null) throw MALFORMED
    return { name, format }
  }

  #value(): JsonValue {
    this.#blanks()
    const character = this.#text[this.at]
    if (character === "'" || character === '"') return this.#quoted()
    NUMBER.lastIndex = this.at
    const number = NUMBER.exec(this.#text)?.[0]
    if (number !== undefined) {
      this.at += number.length
      return Number(number)
    }
    const word = this.#word()
    if (word === 'true') return true
    if (word === 'false') return false
    if (word === 'null') return null
    throw MALFORMED
  }

  #quoted(): string {
    const quote = this.#text[this.at]
    if (quote !== "'" && quote !== '"') throw MALFORMED
    const end = this.#text.indexOf(quote, this.at + 1)
    if (end < 0) throw MALFORMED
    const text = this.#text.slice(this.at + 1, end)
    this.at = end + 1
    return text
  }

  #path(): string[] {
    const path: string[] = []
    do {
      const segment = this.#segment()
      if (segment === '') throw MALFORMED
      path.push(segment)
    } while (this.#take('.'))
    return path
  }

  #segment = (): string => this.#while((character) => isWord(character) || character === '-')
  #word = (): string => this.#while(isWord)

  #while(fits: (character: string) => boolean): string {
    const from = this.at
    while (this.at < this.#text.length) {
      const character = String.fromCodePoint(this.#text.codePointAt(this.at) ?? 0)
      if (!fits(character)) break
      this.at += character.length
    }
    return this.#text.slice(from, this.at)
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.at)) return false
    this.at += text.length
    return true
  }

  #blanks(): void {
    while (isBlank(this.#text[this.at])) this.at += 1
  }
}

/** `,.2f`: thousands, decimals, and how the number is shown (ir 6.4). Null: not a format. */
export function readFormat(text: string): NumberFormat | null {
  const found = /^(,)?(?:\.(\d{1,2}))?([fd%])?$/.exec(text)
  if (found === null) return null
  const decimals = found[2] === undefined ? null : Number(found[2])
  if (decimals !== null && decimals > 20) return null
  return { thousands: found[1] !== undefined, decimals, kind: (found[3] ?? '') as NumberFormat['kind'] }
}

function wholeOf(parts: readonly (string | Token)[]): Token | null {
  const tokens = parts.filter((part) => typeof part !== 'string')
  const texts = parts.filter((part) => typeof part === 'string')
  return tokens.length === 1 && texts.every((text) => /^[ \t\r\n]*$/.test(text)) ? (tokens[0] ?? null) : null
}

/**
 * Reads a string once, from left to right. Never throws: what looks like a token and is none stays as text and is
 * named in `problems` (I6.3).
 */
export function scanTemplate(source: string): Template {
  const parts: (string | Token)[] = []
  const problems: TemplateProblem[] = []
  let text = ''
  let at = 0
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', at)) {
    text += source.slice(at, open)
    const reader = new TokenReader(source, open + 2)
    try {
      const token = reader.read()
      if (text !== '') parts.push(text)
      text = ''
      parts.push(token)
      at = reader.at
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      const name = reader.unknownFilter
      problems.push(name === null ? { kind: 'malformed' } : { kind: 'filter', name })
      text += '{{'
      at = open + 2
    }
  }
  text += source.slice(at)
  if (text !== '') parts.push(text)
  return { source, parts, whole: wholeOf(parts), problems }
}

/** Whether a string holds anything that a template would replace or complain about. */
export const hasToken = (source: string): boolean => source.includes('{{')
