import { codec, text } from './codec.ts'
import { freeze, isObject, type JsonObject } from './json.ts'

/** One stored document. `data` is the author's; everything else is the platform's. */
export interface Document<T = JsonObject> {
  readonly id: string
  readonly collection: string
  readonly data: T
  readonly extensionId: string
  readonly tenantId: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly updatedAt: string
  readonly userId: string
  /** Opaque; changes with the data. Empty when the server gave none. */
  readonly etag: string
}

const stored = codec<Document>({
  id: text,
  collection: text,
  data: (value) => (value ?? {}) as JsonObject, // checked below
  extensionId: text,
  tenantId: (value) => text(value) || 'default',
  createdAt: text,
  updatedAt: text,
  userId: text,
  etag: text,
})

function seal<T>(document: Document<JsonObject>): Document<T> {
  Object.defineProperty(document, 'toJSON', { value: () => stored.toWire(document) })
  return freeze(document) as unknown as Document<T> // the author's T is not checked here
}

/** The same document with other data. */
export const withData = <T>(document: Document<T>, data: JsonObject): Document<T> => seal({ ...document, data })

/** Reads a document from the wire (sdk.md 4.3), which is also its JSON form; undefined when it is none. */
export function documentFromWire<T>(wire: unknown): Document<T> | undefined {
  if (!isObject(wire) || (wire.data !== undefined && !isObject(wire.data))) return undefined
  const document = { ...stored.fromWire(wire) }
  if (document.id === '' || document.collection === '') return undefined
  return seal(document)
}
