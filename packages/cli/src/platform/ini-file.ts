/** One `key = value`, and where it stands. */
interface Entry {
  readonly section: string
  readonly key: string
  readonly value: string
  readonly line: number
}

const SECTION = /^\[(.+)\]$/
const ENTRY = /^([^=:\s][^=]*?)\s*=\s*(.*)$/
const isComment = (line: string): boolean => line === '' || line.startsWith('#') || line.startsWith(';')

function* entriesOf(lines: readonly string[]): Generator<Entry> {
  let section = ''
  for (const [line, raw] of lines.entries()) {
    const text = raw.trim()
    if (isComment(text)) continue
    const name = SECTION.exec(text)?.[1]
    const [, key, value = ''] = ENTRY.exec(text) ?? []
    if (name !== undefined) section = name.trim()
    else if (key === undefined) throw new SyntaxError(`line ${line + 1} is neither \`[section]\` nor \`key = value\``)
    else yield { section, key, value, line }
  }
}

/**
 * A file of `[section]` and `key = value` lines, as the configuration parsers of other languages read and write them. People
 * edit it: what they wrote around the values stays.
 */
export class IniFile {
  #lines: string[]

  /** @throws SyntaxError naming the line */
  constructor(text: string) {
    this.#lines = text.split(/\r?\n/)
    if (this.#lines.at(-1) === '') this.#lines.pop()
    this.sections()
  }

  /** Each section with its values; the last one of a key counts. */
  sections(): ReadonlyMap<string, Readonly<Record<string, string>>> {
    const sections = new Map<string, Record<string, string>>()
    for (const { section, key, value } of entriesOf(this.#lines))
      sections.set(section, { ...sections.get(section), [key]: value })
    return sections
  }

  /** Writes values into a section, which is made when it is missing; undefined takes one away. */
  set(section: string, values: Readonly<Record<string, string | undefined>>): void {
    for (const [key, value] of Object.entries(values)) {
      const places = [...entriesOf(this.#lines)].filter((entry) => entry.section === section && entry.key === key)
      const text = value === undefined ? undefined : `${key} = ${value}`
      for (const { line } of places.slice(0, -1).reverse()) this.#lines.splice(line, 1)
      const line = places.at(-1) && (places.at(-1)?.line ?? 0) - (places.length - 1)
      if (line !== undefined) this.#lines.splice(line, 1, ...(text === undefined ? [] : [text]))
      else if (text !== undefined) this.#lines.splice(this.#end(section), 0, text)
    }
  }

  /** Takes a section away with all that stands in it. */
  remove(section: string): void {
    const start = this.#headOf(section)
    if (start === -1) return
    const next = this.#lines.findIndex((line, index) => index > start && SECTION.test(line.trim()))
    this.#lines.splice(start, (next === -1 ? this.#lines.length : next) - start)
    while (this.#lines.at(-1)?.trim() === '') this.#lines.pop()
  }

  toString(): string {
    return this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`
  }

  #headOf(section: string): number {
    return this.#lines.findIndex((line) => SECTION.exec(line.trim())?.[1]?.trim() === section)
  }

  /** Behind the last entry of a section. */
  #end(section: string): number {
    let head = this.#headOf(section)
    if (head === -1) {
      this.#lines.push(...(this.#lines.length === 0 ? [] : ['']), `[${section}]`)
      head = this.#lines.length - 1
    }
    const last = [...entriesOf(this.#lines)].findLast((entry) => entry.section === section)
    return (last?.line ?? head) + 1
  }
}
