const encoder = new TextEncoder()
const decoder = new TextDecoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true })
// String.fromCharCode takes its argument list on the stack; larger slices overflow it.
const CHUNK = 0x8000

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Bytes as text, wrong sequences replaced. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** Bytes as text, or undefined when they are not UTF-8. */
export function fromStrictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return undefined // not text; the caller keeps the bytes
  }
}

/** Size of a text in UTF-8 bytes. */
export function byteLength(text: string): number {
  return encoder.encode(text).length
}

/** base64url without padding, as every binary value crosses the wire. */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK))
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Accepts base64url and plain base64, padded or not. */
export function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('=', ''))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** The longest head of a text that has at most `limit` UTF-8 bytes and ends between two characters. */
export function cutToBytes(text: string, limit: number): string {
  const bytes = encoder.encode(text)
  if (bytes.length <= limit) return text
  let end = limit
  // 10xxxxxx continues a character: step back to where one starts.
  while (end > 0 && ((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end -= 1
  return decoder.decode(bytes.subarray(0, end))
}
