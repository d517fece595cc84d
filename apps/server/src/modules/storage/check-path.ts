import { storageErrors } from './errors.ts'

const LONGEST = 512

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 32 || code === 127) return true
  }
  return false
}

/** The one spelling of a logical path. Paths are keys of a table and never names on a disk. @throws STORAGE_BAD_PATH */
export function normalPath(given: string): string {
  const path = given.normalize('NFC')
  const parts = path.split('/')
  const bad =
    path.length === 0 ||
    path.length > LONGEST ||
    !path.isWellFormed() ||
    path.includes('\\') ||
    hasControl(path) ||
    parts.some((part) => part === '' || part === '.' || part === '..')
  if (bad) throw storageErrors.BAD_PATH()
  return path
}

const CONTENT_TYPE = /^[a-z0-9!#$&^_.+-]{1,63}\/[a-z0-9!#$&^_.+-]{1,63}(?:; ?charset=[a-z0-9-]{1,32})?$/i

/** A content type that is safe as a header; anything else counts as plain bytes. */
export const safeContentType = (given: string): string =>
  CONTENT_TYPE.test(given) ? given.toLowerCase() : 'application/octet-stream'
