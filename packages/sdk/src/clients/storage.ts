import { fromBase64Url, toBase64Url, utf8 } from '../encoding.ts'
import { APIError, ValidationError } from '../errors.ts'
import { isObject } from '../values/json.ts'
import { createPage, type Page } from '../values/page.ts'
import { type FileInfo, fileFromWire } from '../values/results.ts'
import type { Transport } from './transport.ts'

/** Files of this app in this tenant, up to 100 MB each. */
export interface StorageClient {
  upload(path: string, data: Uint8Array | string, options?: { contentType?: string }): Promise<FileInfo>
  /** @throws NotFoundError */
  download(path: string): Promise<Uint8Array>
  delete(path: string): Promise<boolean>
  list(prefix?: string): Promise<Page<FileInfo>>
}

const MAX_FILE_BYTES = 100 * 1024 * 1024

export function createStorage(transport: Transport): StorageClient {
  return Object.freeze({
    upload: async (path: string, data: Uint8Array | string, options: { contentType?: string } = {}) => {
      const bytes = typeof data === 'string' ? utf8(data) : data
      if (bytes.length > MAX_FILE_BYTES) throw new ValidationError('data', 'A file has at most 100 MB')
      const type = options.contentType ?? 'application/octet-stream'
      return fileFromWire(await transport.call('storage', 'upload', checkedPath(path), toBase64Url(bytes), type))
    },
    download: async (path: string) => {
      const wire = await transport.call('storage', 'download', checkedPath(path))
      if (isObject(wire) && typeof wire.content_base64 === 'string') return fromBase64Url(wire.content_base64)
      throw new APIError(`The storage answered no content for '${path}'`, 502)
    },
    delete: async (path: string) => (await transport.call('storage', 'delete', checkedPath(path))) === true,
    list: async (prefix = '') => {
      const wire = await transport.call('storage', 'list', prefix)
      const data = Array.isArray(wire) ? wire.map(fileFromWire) : []
      return createPage({ data, cursor: null, hasMore: false, total: data.length }, () =>
        Promise.reject(new APIError('A file list has one page', 400)),
      )
    },
  })
}

function checkedPath(path: string): string {
  if (typeof path === 'string' && path !== '') return path
  throw new ValidationError('path', 'A file needs a path')
}
