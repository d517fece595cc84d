import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { packages } from '@imperal/contract'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import { developerErrors } from './errors.ts'

const TARBALL = /^[a-z0-9][a-z0-9._-]*\.tgz$/

/** Tarballs of the platform's packages. A name is one plain file name: no folder, no leading dot. */
export function packageRoutes(options: { readonly packagesFolder: string }): readonly MountedRoute[] {
  return [
    implement(packages.download, async ({ params, headers }) => {
      if (!TARBALL.test(params.file)) throw developerErrors.PACKAGE_NOT_FOUND()
      const file = path.join(options.packagesFolder, params.file)
      const found = await stat(file).catch(() => null) // absent is the answer, not a failure
      if (!found?.isFile()) throw developerErrors.PACKAGE_NOT_FOUND()
      const etag = `"${found.size.toString(16)}-${Math.floor(found.mtimeMs).toString(16)}"`
      const sent = { etag, 'cache-control': 'public, max-age=31536000, immutable' }
      if (headers['if-none-match'] === etag) return reply(304, '', sent)
      const type = { 'content-type': 'application/gzip', 'content-length': String(found.size) }
      return reply(200, createReadStream(file), { ...sent, ...type })
    }),
  ]
}
