import { fileErrors } from '../errors.ts'

export const LONGEST_TEXT = 1_000_000

const decode = (content: Buffer, encoding: string, fatal: boolean): string | null => {
  try {
    return new TextDecoder(encoding, { fatal }).decode(content)
  } catch {
    return null
  }
}

function encodingOf([first, second]: Buffer): 'utf-16le' | 'utf-16be' | 'utf-8' {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

/** Text has no control characters but tabs, line ends and form feeds. */
const isText = (text: string): boolean => {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 32 && code !== 9 && code !== 10 && code !== 12 && code !== 13 && code !== 27) return false
  }
  return true
}

/**
 * The text of a file that consists of text, without its byte order mark; the older encoding of the West is tried for
 * what claims to be text. Other formats are not taken apart here.
 * @throws FILES_NO_TEXT, FILES_TEXT_TOO_LONG
 */
export function extractText(content: Buffer, type: string): string {
  const encoding = encodingOf(content)
  const strict = decode(content, encoding, true)
  const text = strict ?? (type.startsWith('text/') ? decode(content, 'windows-1252', false) : null)
  if (text === null || !isText(text)) throw fileErrors.NO_TEXT({ type })
  if (text.length > LONGEST_TEXT) throw fileErrors.TEXT_TOO_LONG({ length: text.length, limit: LONGEST_TEXT })
  return text
}
