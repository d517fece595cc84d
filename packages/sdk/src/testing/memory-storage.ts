import { createHash } from 'node:crypto'
import { fromBase64Url, toBase64Url } from '../encoding.ts'
import { isObject, type JsonObject, type JsonValue, numberOr } from '../values/json.ts'
import type { MemoryClock } from './memory-clock.ts'
import type { Owner } from './memory-store.ts'
import { portError } from './port-error.ts'

interface StoredFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly type: string
  readonly createdAt: string
}

const PAGE = 1000
const MOST_BYTES = 100 * 1024 * 1024

const etagOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const members = (value: JsonValue | undefined): JsonObject => (isObject(value) ? (value as JsonObject) : {})

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The rule of the platform for paths. */
function pathOf(value: JsonValue | undefined): string {
  const path = String(value).replace(/^\/+/, '')
  const parts = path.split('/')
  const bad =
    path === '' || path.length > 512 || /[\\\p{Cc}]/u.test(path) || parts.some((part) => /^\.{0,2}$/.test(part))
  if (bad) throw portError('validation_error', 'That is not a path.', { field: 'path' })
  return path
}

const infoOf = ({ path, bytes, type, createdAt }: StoredFile): JsonObject => ({
  path,
  size: bytes.length,
  content_type: type,
  created_at: createdAt,
  url: `memory:${path}`,
})

/** The files of a test, each user's own. */
export class MemoryStorage {
  readonly #clock: MemoryClock
  readonly #files = new Map<string, StoredFile>()
  readonly #uploads = new Map<string, { owner: Owner; path: string; type: string; parts: Uint8Array[] }>()
  #begun = 0

  constructor(clock: MemoryClock) {
    this.#clock = clock
  }

  readonly methods: Readonly<Record<string, (owner: Owner, args: readonly JsonValue[]) => JsonValue>> = {
    upload: (owner, [path, content, type]) =>
      this.#keep(owner, pathOf(path), { bytes: fromBase64Url(String(content)), type: String(type ?? '') }),
    begin: (owner, [path, type]) => {
      this.#begun += 1
      const id = `upload_${this.#begun}`
      this.#uploads.set(id, { owner, path: pathOf(path), type: String(type ?? ''), parts: [] })
      return id
    },
    part: (_owner, [id, content]) => {
      this.#upload(id).parts.push(fromBase64Url(String(content)))
      return null
    },
    finish: (_owner, [id]) => {
      const { owner, path, type, parts } = this.#upload(id)
      this.#uploads.delete(String(id))
      return this.#keep(owner, path, { bytes: joined(parts), type })
    },
    download: (owner, [path, range]) => this.#read(owner, pathOf(path), members(range)),
    delete: (owner, [path]) => this.#files.delete(this.#place(owner, pathOf(path))),
    list: (owner, [prefix, page]) => this.#list(owner, String(prefix ?? ''), members(page).cursor),
  }

  #place({ appId, tenantId, userId }: Owner, path: string): string {
    return JSON.stringify([tenantId, appId, userId, path])
  }

  #upload(id: JsonValue | undefined) {
    const found = this.#uploads.get(String(id))
    if (found === undefined) throw portError('not_found', 'No such upload', { resource: 'upload', id: String(id) })
    return found
  }

  #keep(owner: Owner, path: string, { bytes, type }: Pick<StoredFile, 'bytes' | 'type'>): JsonObject {
    if (bytes.length > MOST_BYTES) throw portError('validation_error', 'A file has at most 100 MB.', { field: 'data' })
    const file = { path, bytes, type, createdAt: this.#clock.iso() }
    this.#files.set(this.#place(owner, path), file)
    return infoOf(file)
  }

  #read(owner: Owner, path: string, { offset, length, etag }: JsonObject): JsonObject {
    const file = this.#files.get(this.#place(owner, path))
    if (file === undefined) throw portError('not_found', 'No such file', { resource: 'file', id: path })
    const own = etagOf(file.bytes)
    if (typeof etag === 'string' && etag !== own)
      throw portError('api_error', 'The file was replaced while it was read.', { status_code: 409 })
    const start = numberOr(offset, 0)
    const piece = file.bytes.subarray(start, start + numberOr(length, file.bytes.length))
    return { content_base64: toBase64Url(piece), size: file.bytes.length, etag: own }
  }

  #list(owner: Owner, prefix: string, cursor: JsonValue | undefined): JsonObject {
    const home = this.#place(owner, '').slice(0, -2)
    const after = typeof cursor === 'string' ? cursor : ''
    const found = [...this.#files]
      .filter(([place, { path }]) => place.startsWith(home) && path.startsWith(prefix) && path > after)
      .map(([, file]) => file)
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    const hasMore = found.length > PAGE
    const shown = found.slice(0, PAGE)
    return {
      data: shown.map(infoOf),
      cursor: hasMore ? (shown.at(-1)?.path ?? null) : null,
      has_more: hasMore,
      total: hasMore || after !== '' ? null : shown.length,
    }
  }
}
