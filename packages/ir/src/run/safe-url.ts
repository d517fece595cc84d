import { RunError } from './run-error.ts'

/** `http:`, `https:`, `mailto:`, or a path with a single slash in front (I5.7). Control characters hide a scheme. */
export function isSafeUrl(url: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop them, so an address with one is another address
  if (/[\u0000-\u001f\u007f\\]/.test(url) || url !== url.trim()) return false
  return /^(?:https?:\/\/[^/]|mailto:)/i.test(url) || /^\/(?![/])/.test(url)
}

export function requireSafeUrl(url: string): string {
  if (!isSafeUrl(url)) throw new RunError('IR_UNSAFE_URL', 'The address is none that may be opened.')
  return url
}
