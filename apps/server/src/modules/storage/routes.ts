import type { Readable } from 'node:stream'
import { files as routes } from '@imperal/contract'
import type { Database } from '../../foundation/db/index.ts'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import type { Blobs } from './blobs.ts'
import { storageErrors } from './errors.ts'
import { findBlob } from './file-rows.ts'
import type { Links, LinkTarget } from './links.ts'
import type { FileTable } from './tables.ts'

interface Parts {
  readonly db: Database
  readonly blobs: Blobs
  readonly links: Links
}

/** The row and its content. The address is that of one content: after a replacement or a deletion it finds nothing. */
async function openFile(parts: Parts, target: LinkTarget): Promise<{ row: FileTable; content: Readable }> {
  const row = await findBlob(parts.db, target)
  const content = row === null ? null : await parts.blobs.stream(row.blob)
  if (row === null || content === null) throw storageErrors.NOT_FOUND()
  return { row, content }
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
      const { row, content } = await openFile(parts, parts.links.read(params.token))
      return reply(200, content, headersOf(row))
    }),
  ]
}
