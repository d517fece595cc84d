import type { FileHandle } from 'node:fs/promises'
import { files as routes } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import type { Blobs } from './blobs.ts'
import { storageErrors } from './errors.ts'
import { findFile } from './file-rows.ts'
import type { Links } from './links.ts'
import type { FileTable } from './tables.ts'

interface Parts {
  readonly db: Database
  readonly blobs: Blobs
  readonly links: Links
}

/** The row and its content. A file that is replaced in between is looked up once more. */
async function openFile(
  parts: Parts,
  scope: StoreScope,
  path: string,
): Promise<{ row: FileTable; handle: FileHandle }> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const row = await findFile(parts.db, scope, path)
    if (row === null) throw storageErrors.NOT_FOUND()
    const handle = await parts.blobs.open(row.blob)
    if (handle !== null) return { row, handle }
  }
  throw storageErrors.DAMAGED()
}

// Files are what users and apps uploaded, on the address of the panel: nothing in them may run there.
const headersOf = (row: FileTable): Record<string, string> => ({
  'content-type': row.content_type,
  'content-length': String(row.size),
  'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(row.path.split('/').at(-1) ?? 'file')}`,
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, max-age=3600',
})

export function filesHandlers(parts: Parts): MountedRoute[] {
  return [
    implement(routes.download, async ({ params }) => {
      const { scope, path } = parts.links.read(params.token)
      const { row, handle } = await openFile(parts, scope, path)
      return reply(200, handle.createReadStream(), headersOf(row))
    }),
  ]
}
