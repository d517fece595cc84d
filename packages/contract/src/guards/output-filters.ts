const CYRILLIC = /\p{Script=Cyrillic}/u
const SENTENCE_END = /(?<=[.!?])\s+/
const OTHER_APP =
  /\b(?:use|open|try|ask|switch to|go to|check)\b[^.!?]*\b(?:extension|app)\b|(?:используйте|откройте|обратитесь|перейдите)[^.!?]*(?:расширени|приложени)/iu
const AS_MODULE =
  /\b(?:I['’]m|I am)\s+(?:the|your|a|an)\s+[\w-]+\s+(?:assistant|module|extension|app|bot|agent)\b|\bas\s+(?:the|your|a|an)\s+[\w-]+\s+(?:assistant|module|extension|app|bot|agent)\b|(?:^|\s)я\s*[—–-]?\s*(?:ваш\s+)?(?:модуль|расширение|ассистент|помощник)|как\s+ваш(?:е)?\s+[\p{L}-]*\s*(?:модуль|расширение|ассистент|помощник)/iu

/** Takes out sentences that send the user to another app or in which the assistant claims to be a module (sdk.md 9.9). */
export function enforceOsIdentity(text: string): string {
  const sentences = text.split(SENTENCE_END)
  const kept = sentences.filter((sentence) => !OTHER_APP.test(sentence) && !AS_MODULE.test(sentence))
  if (kept.length === sentences.length) return text
  if (kept.length > 0) return kept.join(' ')
  return CYRILLIC.test(text) ? 'Чем могу помочь?' : 'How can I help?'
}

// Emoji drawn as pictures, keycaps, flags, what joins them, and characters without a width.
const EMOJI =
  /[#*0-9]\uFE0F?\u20E3|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u2702-\u27B0\u{1F1E6}-\u{1F1FF}\u{1F3FB}-\u{1F3FF}\u{1F000}-\u{1FAFF}]|[\uFE0E\uFE0F\u200B-\u200D\u2060\uFEFF]/gu
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

const isFiller = (line: string): boolean => FILLERS.some((filler) => line.toLowerCase().includes(filler))

/** Takes out emoji and empty phrases, unless nothing else would be left, and blank lines beyond one in a row. */
export function enforceResponseStyle(text: string): string {
  const lines = text.replace(EMOJI, '').split('\n')
  const said = lines.filter((line) => !isFiller(line))
  const kept = said.some((line) => line.trim() !== '') ? said : lines
  return kept
    .join('\n')
    .replace(/\n(?:[^\S\n]*\n){2,}/g, '\n\n')
    .trim()
}

/** Tight bold marks, and no empty ones; what stands in backticks stays. */
const tightBold = (line: string): string =>
  line
    .split(/(`[^`]*`)/)
    .map((piece, at) =>
      at % 2 === 1
        ? piece
        : piece.replace(/\*\*([^*\n]*)\*\*/g, (_all, inner: string) =>
            inner.trim() === '' ? '' : `**${inner.trim()}**`,
          ),
    )
    .join('')

/**
 * One way of writing for what Markdown allows several: list signs, headings, bold marks, line ends, blank lines; an open code
 * block is closed. Pure and idempotent (I-MD-2). Code stays as it is.
 */
export function normalizeMarkdown(text: string): string {
  const out: string[] = []
  let fence: string | null = null
  for (const line of text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').trim().split('\n')) {
    const mark = /^\s{0,3}(```+|~~~+)/.exec(line)?.[1] ?? null
    if (fence !== null) {
      out.push(line.trimEnd())
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = null
      continue
    }
    if (mark !== null) fence = mark
    const plain = tightBold(line)
      .trimEnd()
      .replace(/^(\s*)[*+•] +(?=\S)/, '$1- ')
      .replace(/^(#{1,6})(?=[^\s#])/, '$1 ')
    if (plain === '' && (out.at(-1) ?? '') === '') continue
    out.push(plain)
  }
  if (fence !== null) out.push(fence)
  return out.join('\n').trim()
}

/** What a person reads of what a model wrote: all filters, in their order (sdk.md 9.9). */
export const filterOutput = (text: string): string => normalizeMarkdown(enforceResponseStyle(enforceOsIdentity(text)))
