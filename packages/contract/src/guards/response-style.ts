import { closesFence, fenceOf } from './normalize-markdown.ts'

// Pictures, dingbats, keycaps, flags, and what varies them; signs that are text by themselves (©, ™, ↔) stay.
const PICTURE = String.raw`[#*0-9]\uFE0F?\u20E3|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|(?![©®™‼⁉ℹ↔-↪▪▫▶◀◻◼])\p{Extended_Pictographic}|[\u2702-\u27B0\u{1F1E6}-\u{1F1FF}\u{1F3FB}-\u{1F3FF}\u{1F000}-\u{1FAFF}]|[\uFE0E\uFE0F\u200B\u2060\uFEFF]`
// Between letters these two are spelling (Persian, Indic scripts); elsewhere they only join pictures.
const JOINER = String.raw`(?<![\p{L}\p{M}])[\u200C\u200D]|[\u200C\u200D](?![\p{L}\p{M}])`
const ONE = `(?:${PICTURE}|${JOINER})`
const EMOJI = new RegExp(String.raw`(?<!\s)(\s*)${ONE}(?:\s*${ONE})*(\s*)`, 'gu')

const FILLERS = [
  'let me know',
  'feel free to',
  'if you need',
  'anything else',
  'at any time',
  'your data',
  'дайте знать',
  'обращайтесь',
  'если вам нужно',
  'если понадобится',
  'что-нибудь ещё',
  'в любое время',
  'ваши данные',
]
const OPENING =
  /^(?:(?:certainly|of course|sure thing|absolutely|great question|good question|no problem|happy to help|natürlich|gerne|конечно|claro que sí|bien sûr)[!,.]+\s*)+(?=\S)/iu

export interface StyleOptions {
  /** A line that says something, and stays although it holds an empty phrase as well. Default: none does. */
  readonly says?: (line: string) => boolean
}

/** Of the blanks around pictures one stays; none where a line would begin with it. */
const withoutEmoji = (line: string): string =>
  line.replace(EMOJI, (_all, before: string, after: string, at: number) => {
    if (at === 0) return before
    return before === '' && after === '' ? '' : ' '
  })

const isFiller = (line: string): boolean => FILLERS.some((filler) => line.toLowerCase().includes(filler))

/**
 * Takes out emoji, polite openings and lines of empty phrases, unless nothing else would be left, and blank lines beyond one
 * in a row (sdk.md 9.9, K1.8). Blocks of code stay as they are.
 */
export function enforceResponseStyle(text: string, { says = () => false }: StyleOptions = {}): string {
  const lines: { readonly line: string; readonly isCode: boolean }[] = []
  let fence: string | null = null
  for (const raw of text.split('\n')) {
    const isCode = fence !== null
    if (fence === null) fence = fenceOf(raw)
    else if (closesFence(raw, fence)) fence = null
    lines.push({ line: isCode || fence !== null ? raw : withoutEmoji(raw), isCode: isCode || fence !== null })
  }
  const said = lines.filter(({ line, isCode }) => isCode || !isFiller(line) || says(line))
  const kept = said.some(({ line }) => line.trim() !== '') ? said : lines
  const isBlank = (at: number) => kept[at]?.isCode === false && kept[at].line.trim() === ''
  const styled = kept
    .filter((_, at) => !(isBlank(at) && isBlank(at - 1)))
    .map(({ line, isCode }) => (isCode || line.trim() !== '' ? line : ''))
    .join('\n')
    .trim()
  return unopened(styled)
}

/** Again and again: what an opening hid can be one itself. */
function unopened(text: string): string {
  const rest = text.replace(OPENING, '')
  return rest === text ? text : unopened(rest)
}
