import { fromBase64Url, toBase64Url, utf8 } from '../encoding.ts'
import { APIError } from '../errors.ts'
import { refuse } from '../refuse.ts'
import { freeze, isObject, type JsonValue, numberOr, stringOr } from '../values/json.ts'
import { createPage, type Page } from '../values/page.ts'
import { FileInfo } from '../values/results.ts'
import type { Transport } from './transport.ts'

/** Files of this app and the acting user, up to 100 MB each. */
export interface StorageClient {
  /** Stores the content under the path, in place of what was there. @throws ValidationError for a path that is none */
  upload(path: string, data: Uint8Array | string, options?: { contentType?: string }): Promise<FileInfo>
  /** @throws NotFoundError */
  download(path: string): Promise<Uint8Array>
  /** False when there was nothing. */
  delete(path: string): Promise<boolean>
  /** Files whose path begins with the prefix, by path. */
  list(prefix?: string): Promise<Page<FileInfo>>
}

const MAX_FILE_BYTES = 100 * 1024 * 1024
// As base64 a part must fit into one frame of 4 MiB.
const PART_BYTES = 2 * 1024 * 1024

export function createStorage(transport: Transport): StorageClient {
  const uploadParts = async (path: string, bytes: Uint8Array, type: string): Promise<JsonValue> => {
    const id = await transport.call('storage', 'begin', path, type)
    for (let start = 0; start < bytes.length; start += PART_BYTES) {
      await transport.call('storage', 'part', id, toBase64Url(bytes.subarray(start, start + PART_BYTES)))
    }
    return transport.call('storage', 'finish', id)
  }
  const downloadPart = async (path: string, offset: number, etag: string | null) => {
    const range = { offset, length: PART_BYTES, etag }
    const wire = await transport.call('storage', 'download', path, range)
    if (!isObject(wire) || typeof wire.content_base64 !== 'string')
      throw new APIError(`The storage answered no content for '${path}'`, 502)
    return {
      bytes: fromBase64Url(wire.content_base64),
      size: numberOr(wire.size, 0),
      etag: stringOr(wire.etag, ''),
    }
  }
  const listPage = async (prefix: string, cursor: string | null): Promise<Page<FileInfo>> => {
    const wire = await transport.call('storage', 'list', prefix, { cursor })
    const page = isObject(wire) ? wire : {}
    return createPage(
      {
        data: Array.isArray(page.data) ? page.data.map(FileInfo.fromWire) : [],
        cursor: typeof page.cursor === 'string' ? page.cursor : null,
        hasMore: page.has_more === true,
        total: typeof page.total === 'number' ? page.total : null,
      },
      (next) => listPage(prefix, next),
    )
  }
  return freeze({
    upload: async (path: string, data: Uint8Array | string, options: { contentType?: string } = {}) => {
      const bytes = typeof data === 'string' ? utf8(data) : data
      if (bytes.length > MAX_FILE_BYTES) refuse('data', 'A file has at most 100 MB')
      const type = options.contentType ?? 'application/octet-stream'
      const place = checkedPath(path)
      const whole = bytes.length <= PART_BYTES
      return FileInfo.fromWire(
        whole
          ? await transport.call('storage', 'upload', place, toBase64Url(bytes), type)
          : await uploadParts(place, bytes, type),
      )
    },
    download: async (path: string) => {
      const place = checkedPath(path)
      const { bytes, size, etag } = await downloadPart(place, 0, null)
      if (bytes.length >= size) return bytes
      const whole = new Uint8Array(size)
      whole.set(bytes)
      for (let have = bytes.length; have < size; ) {
        const part = await downloadPart(place, have, etag)
        if (part.bytes.length === 0) throw new APIError(`The storage answered less of '${path}' than there is`, 502)
        whole.set(part.bytes, have)
        have += part.bytes.length
      }
      return whole
    },
    delete: async (path: string) => (await transport.call('storage', 'delete', checkedPath(path))) === true,
    list: (prefix = '') => listPage(prefix, null),
  })
}

function checkedPath(path: string): string {
  if (typeof path === 'string' && path !== '') return path
  refuse('path', 'A file needs a path')
}
