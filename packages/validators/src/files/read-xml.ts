/** One element of a document, without its content. */
export interface Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly line: number
}

export interface XmlReading {
  /** In document order. */
  readonly elements: readonly Element[]
  /** The first place that is not well-formed. */
  readonly problem?: { readonly message: string; readonly line: number }
}

class XmlProblem extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

const NAME = /[A-Za-z_:][\w.:-]*/y
const BLANK = /\s*/y
/** What stands between `<` and `>` without being an element. */
const ASIDES: readonly (readonly [open: string, close: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
]

/** Reads names, attributes and nesting; enough to say whether a document is well-formed and what it holds. */
class XmlReader {
  readonly elements: Element[] = []
  readonly #text: string
  readonly #open: string[] = []
  #at = 0
  #counted = { offset: 0, line: 1 }

  constructor(text: string) {
    this.#text = text
  }

  read(): void {
    for (let next = this.#nextTag(); next !== -1; next = this.#nextTag()) this.#tag(next)
    const unclosed = this.#open.at(-1)
    if (unclosed !== undefined) throw new XmlProblem(`<${unclosed}> is not closed`, this.#text.length)
    if (this.elements.length === 0) throw new XmlProblem('there is no element', 0)
  }

  /** Counts on from the last question, so that many of them in a row cost one reading of the text. */
  lineAt(offset: number): number {
    if (offset < this.#counted.offset) this.#counted = { offset: 0, line: 1 }
    let { line } = this.#counted
    for (let at = this.#text.indexOf('\n', this.#counted.offset); at !== -1 && at < offset; line += 1) {
      at = this.#text.indexOf('\n', at + 1)
    }
    this.#counted = { offset, line }
    return line
  }

  #nextTag(): number {
    const next = this.#text.indexOf('<', this.#at)
    const content = this.#text.slice(this.#at, next === -1 ? undefined : next)
    const outside = this.#open.length === 0 && content.replace('\uFEFF', '').trim() !== ''
    if (outside) throw new XmlProblem('there is text outside the root element', this.#at)
    const ampersand = content.search(/&(?!(?:#\d+|#x[\da-fA-F]+|[A-Za-z][\w.-]*);)/)
    if (ampersand !== -1) throw new XmlProblem('a bare & stands in the text', this.#at + ampersand)
    return next
  }

  #tag(start: number): void {
    const aside = ASIDES.find(([open]) => this.#text.startsWith(open, start))
    if (aside !== undefined) {
      const end = this.#text.indexOf(aside[1], start + aside[0].length)
      if (end === -1) throw new XmlProblem(`'${aside[0]}' has no end`, start)
      this.#at = end + aside[1].length
    } else if (this.#text[start + 1] === '/') this.#closing(start)
    else this.#opening(start)
  }

  #closing(start: number): void {
    this.#at = start + 2
    const name = this.#name(start)
    this.#match(BLANK)
    this.#expect('>', start)
    const open = this.#open.pop()
    if (open !== name) throw new XmlProblem(`</${name}> closes ${open === undefined ? 'nothing' : `<${open}>`}`, start)
  }

  #opening(start: number): void {
    if (this.#open.length === 0 && this.elements.length > 0) throw new XmlProblem('there are two root elements', start)
    this.#at = start + 1
    const name = this.#name(start)
    const attributes = new Map<string, string>()
    for (;;) {
      const blank = this.#match(BLANK)
      const sign = this.#text[this.#at]
      if (sign === '>' || sign === '/') break
      if (blank === '') throw new XmlProblem(`<${name}> goes on in an unreadable way`, this.#at)
      this.#attribute(attributes)
    }
    const isEmpty = this.#text[this.#at] === '/'
    if (isEmpty) this.#at += 1
    this.#expect('>', start)
    if (!isEmpty) this.#open.push(name)
    this.elements.push({ name, attributes, line: this.lineAt(start) })
  }

  #attribute(attributes: Map<string, string>): void {
    const start = this.#at
    const name = this.#name(start)
    this.#match(BLANK)
    this.#expect('=', start)
    this.#match(BLANK)
    const quote = this.#text[this.#at]
    if (quote !== '"' && quote !== "'") throw new XmlProblem(`the value of ${name} has no quotes`, start)
    const end = this.#text.indexOf(quote, this.#at + 1)
    if (end === -1) throw new XmlProblem(`the value of ${name} has no end`, start)
    if (attributes.has(name)) throw new XmlProblem(`${name} is given twice`, start)
    const value = this.#text.slice(this.#at + 1, end)
    if (value.includes('<')) throw new XmlProblem(`the value of ${name} holds a <`, start)
    attributes.set(name, value)
    this.#at = end + 1
  }

  #name(start: number): string {
    const name = this.#match(NAME)
    if (name === '') throw new XmlProblem('a name is missing', start)
    return name
  }

  #expect(sign: string, start: number): void {
    if (this.#text[this.#at] !== sign) throw new XmlProblem(`'${sign}' is missing`, start)
    this.#at += 1
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }
}

/** Elements of an XML text up to the first place that is not well-formed. */
export function readXml(text: string): XmlReading {
  const reader = new XmlReader(text)
  try {
    reader.read()
    return { elements: reader.elements }
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error
    return { elements: reader.elements, problem: { message: error.message, line: reader.lineAt(error.offset) } }
  }
}
