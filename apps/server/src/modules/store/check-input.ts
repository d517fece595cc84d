import { CollectionName, type JsonObject } from '@imperal/contract'
import { storeErrors } from './errors.ts'

/** Largest document: bytes of its canonical JSON text (api 1.17). */
export const MAX_DOCUMENT_BYTES = 1024 * 1024

// JSON.stringify writes NUL and lone surrogates as escapes. jsonb has neither; a backslash before must not be escaped itself.
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/

/** Whether a collection or document can have this name; to whoever looks for one that cannot, it is unknown. */
export const isName = (name: string): boolean => CollectionName.safeParse(name).success && !name.includes('\0')

/** @throws STORE_BAD_NAME */
export function checkNames(...names: readonly string[]): void {
  for (const name of names) {
    if (!isName(name)) {
      throw storeErrors.BAD_NAME({ name: name.slice(0, 128).replaceAll('\0', '') })
    }
  }
}

/** The JSON text of an object, refused when PostgreSQL could not keep it. @throws STORE_BAD_DATA, STORE_TOO_LARGE */
export function storableText(data: JsonObject): string {
  if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    throw storeErrors.BAD_DATA({ reason: 'it is not an object' })
  }
  const text = JSON.stringify(data)
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) throw storeErrors.TOO_LARGE({ limit: MAX_DOCUMENT_BYTES })
  if (UNSTORABLE.test(text)) {
    throw storeErrors.BAD_DATA({ reason: 'a text in it holds the character U+0000 or half of a surrogate pair' })
  }
  return text
}
