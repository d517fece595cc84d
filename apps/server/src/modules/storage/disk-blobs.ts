import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Blobs, blobName, homeOf, MARK, sha256Of } from './blobs.ts'

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

const orNull = async <T>(work: Promise<T>): Promise<T | null> => {
  try {
    return await work
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** What lies in a folder; nothing when it is none, as when it is a file that somebody put there. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return []
    throw error
  }
}

/** Contents in a folder, made when needed; several processes may share it. */
export function openDiskBlobs(folder: string): Blobs {
  const place = (blob: string): string => path.join(folder, blob)
  return {
    async write(scope, content) {
      const sha256 = sha256Of(content)
      const blob = blobName(scope, sha256)
      await mkdir(path.dirname(place(blob)), { recursive: true, mode: 0o700 })
      const handle = await open(place(blob), 'wx', 0o600)
      try {
        await handle.writeFile(content)
        await handle.sync()
      } finally {
        await handle.close()
      }
      return { blob, sha256 }
    },
    async begin(scope) {
      const home = homeOf(scope)
      const draft = `${home}/part.${randomBytes(8).toString('hex')}`
      await mkdir(place(home), { recursive: true, mode: 0o700 })
      const handle = await open(place(draft), 'wx', 0o600)
      const hash = createHash('sha256')
      let size = 0
      return {
        get size() {
          return size
        },
        async append(part) {
          hash.update(part)
          size += part.byteLength
          await handle.writeFile(part)
        },
        async finish() {
          await handle.sync()
          await handle.close()
          const sha256 = hash.digest('hex')
          const blob = blobName(scope, sha256)
          await rename(place(draft), place(blob))
          return { blob, sha256 }
        },
        async discard() {
          await handle.close()
          await rm(place(draft), { force: true })
        },
      }
    },
    read: (blob) => orNull(readFile(place(blob))),
    async piece(blob, offset, length) {
      const handle = await orNull(open(place(blob), 'r'))
      if (handle === null) return null
      try {
        const content = Buffer.alloc(length)
        const { bytesRead } = await handle.read(content, 0, length, offset)
        return content.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    },
    stream: async (blob) => (await orNull(open(place(blob), 'r')))?.createReadStream() ?? null,
    remove: (blob) => rm(place(blob), { force: true }),
    async *old(ageMs) {
      const before = Date.now() - ageMs
      for (const shelf of await namesIn(folder)) {
        for (const owner of await namesIn(place(shelf))) {
          const home = `${shelf}/${owner}`
          const names: string[] = []
          for (const name of await namesIn(place(home))) {
            const facts = await orNull(stat(place(`${home}/${name}`)))
            if (facts !== null && facts.mtimeMs < before) names.push(`${home}/${name}`)
          }
          if (names.length > 0) yield names
        }
      }
    },
    readMark: () => orNull(readFile(place(MARK), 'utf8')),
    async writeMark(installation) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(place(MARK), installation, { mode: 0o600 })
    },
  }
}
