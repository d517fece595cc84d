const MARKS: readonly (readonly [bytes: readonly number[], charset: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]
/** How much of a page may come before it names its charset, as browsers have it. */
const HEAD = 1024
/** What pages are written in that name nothing and are not UTF-8. */
const OLD_DEFAULT = 'windows-1252'

function decoderOf(label: string | undefined): InstanceType<typeof TextDecoder> | null {
  try {
    return label === undefined ? null : new TextDecoder(label)
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return null // a charset that nobody knows
    throw error
  }
}

const named = (text: string): string | undefined => /charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(text)?.[1]

function namedInPage(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, HEAD))
  const label =
    [...head.matchAll(/<meta\s[^>]*>/gi)].map(([tag]) => named(tag)).find((one) => one !== undefined) ??
    /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1]
  // A page whose name of the charset can be read byte by byte is not UTF-16, whatever it says.
  return label !== undefined && /^utf-?16/i.test(label) ? 'utf-8' : label
}

/**
 * The text of a page: by its byte order mark, by the charset that the Content-Type header or the page itself names, else
 * as UTF-8, or as what was usual before where the bytes are no UTF-8.
 */
export function pageText(bytes: Uint8Array, contentType: string): string {
  const mark = MARKS.find(([start]) => start.every((byte, index) => bytes[index] === byte))?.[1]
  const decoder = decoderOf(mark) ?? decoderOf(named(contentType)) ?? decoderOf(namedInPage(bytes))
  if (decoder !== null) return decoder.decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder(OLD_DEFAULT).decode(bytes)
  }
}
