const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
const SILENT = new Set(['script', 'style', 'head', 'title', 'template', 'svg', 'noscript'])
const BREAKS = new Set([
  'br',
  'p',
  'div',
  'tr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'li',
  'ul',
  'ol',
  'blockquote',
  'table',
  'hr',
])
const MOST_INPUT = 1_000_000
const LONGEST_TAG = 4_000

const decoded = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi,
    (all, dec?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all
      const code = dec === undefined ? Number.parseInt(hex ?? '0', 16) : Number(dec)
      const isCharacter = code > 31 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
      return isCharacter ? String.fromCodePoint(code) : ' '
    },
  )

/** Finds closing tags from left to right; once there is none, it is not looked for again. */
function finder(html: string): (needle: string, from: number) => number {
  const lower = html.toLowerCase()
  const absent = new Set<string>()
  return (needle, from) => {
    if (absent.has(needle)) return -1
    const at = lower.indexOf(needle, from)
    if (at < 0) absent.add(needle)
    return at
  }
}

const addressIn = (tag: string): string => decoded(/\bhref\s*=\s*["']?(https?:[^"'\s>]{1,2000})/i.exec(tag)?.[1] ?? '')

/**
 * What a person would read of a mail in HTML, without pictures, styles and what is hidden in them; links as `words (address)`.
 * One pass from left to right, so that no mail takes longer than its length.
 */
export function textOfHtml(given: string): string {
  const html = given.slice(0, MOST_INPUT)
  const find = finder(html)
  let out = ''
  let link: { readonly url: string; readonly from: number } | null = null
  const endLink = () => {
    if (link === null) return
    const words = out.slice(link.from).trim()
    if (words !== link.url) out += words === '' ? link.url : ` (${link.url})`
    link = null
  }
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    out += decoded(html.slice(at, open < 0 ? html.length : open).replace(/\s+/g, ' '))
    if (open < 0) break
    if (html.startsWith('<!--', open)) {
      const end = find('-->', open)
      at = end < 0 ? html.length : end + 3
      continue
    }
    const close = find('>', open)
    if (close < 0) break
    at = close + 1
    const tag = html.slice(open + 1, Math.min(close, open + LONGEST_TAG))
    const [, slash = '', rawName = ''] = /^(\/?)([a-z][a-z0-9]{0,15})/i.exec(tag) ?? []
    const name = rawName.toLowerCase()
    if (slash === '' && SILENT.has(name)) {
      const end = find(`</${name}`, at)
      at = end < 0 ? html.length : end
    }
    if (name === 'a') {
      endLink()
      const url = slash === '' ? addressIn(tag) : ''
      if (url !== '') link = { url, from: out.length }
    }
    if (BREAKS.has(name)) out += '\n'
    if (name === 'li' && slash === '') out += '- '
    if (name === 'td' || name === 'th') out += ' '
  }
  endLink()
  return out
    .split('\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
