import { createHash, randomBytes } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { S3mini } from 's3mini'
import { type Blobs, blobName, MARK, sha256Of } from './blobs.ts'
import { storageErrors } from './errors.ts'

export interface S3Options {
  /** Address of the bucket, its name as the path: `https://s3.eu-central-1.amazonaws.com/my-files`. */
  readonly bucketUrl: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Where contents that come in parts are gathered before they are sent. */
  readonly draftFolder: string
}

const TYPE = 'application/octet-stream'
const REQUEST_MS = 60_000
const PAGE = 1_000
const DRAFT = /^part\.[0-9a-f]{16}$/

/** What another process removed meanwhile, or nobody has made yet. */
async function orNothing<T, N>(work: Promise<T>, nothing: N): Promise<T | N> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing
    throw error
  }
}

/** The client is loaded when the first file is asked for: most processes of most installations never need it. */
function lazyClient({ bucketUrl, region, accessKeyId, secretAccessKey }: S3Options): () => Promise<S3mini> {
  let client: Promise<S3mini> | null = null
  return () => {
    client ??= import('s3mini').then(
      ({ S3mini: Client }) =>
        new Client({
          endpoint: bucketUrl,
          region,
          accessKeyId,
          secretAccessKey,
          requestAbortTimeout: REQUEST_MS,
        }),
    )
    return client
  }
}

/** @throws STORAGE_UNREACHABLE when the service does not answer or refuses; what it said stays in the cause */
async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storageErrors.UNREACHABLE({}, error)
  }
}

const bytesOf = async (response: Response | null): Promise<Buffer | null> =>
  response === null ? null : Buffer.from(await response.arrayBuffer())

/** Contents in a bucket of any service that speaks the protocol of S3. */
export function openS3Blobs(options: S3Options): Blobs {
  const client = lazyClient(options)

  /** The piece of an object; null when it is gone. */
  const ranged = async (blob: string, from: number, to: number): Promise<Response | null> => {
    try {
      return await (await client()).getObjectRaw(blob, false, from, to)
    } catch (error) {
      if ((error as { status?: unknown }).status === 404) return null
      throw error
    }
  }
  return {
    async write(scope, content) {
      const sha256 = sha256Of(content)
      const blob = blobName(scope, sha256)
      await asking(async () => (await client()).putAnyObject(blob, content, TYPE))
      return { blob, sha256 }
    },
    async begin(scope) {
      await mkdir(options.draftFolder, { recursive: true, mode: 0o700 })
      const draft = path.join(options.draftFolder, `part.${randomBytes(8).toString('hex')}`)
      const handle = await open(draft, 'wx', 0o600)
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
          await handle.close()
          try {
            const sha256 = hash.digest('hex')
            const blob = blobName(scope, sha256)
            const content = await openAsBlob(draft)
            await asking(async () => (await client()).putAnyObject(blob, content, TYPE))
            return { blob, sha256 }
          } finally {
            await rm(draft, { force: true })
          }
        },
        async discard() {
          await handle.close()
          await rm(draft, { force: true })
        },
      }
    },
    async removeDrafts(ageMs) {
      const before = Date.now() - ageMs
      let removed = 0
      for (const name of await orNothing(readdir(options.draftFolder), [])) {
        const draft = path.join(options.draftFolder, name)
        // Every part that comes makes it young again.
        if (!DRAFT.test(name) || (await orNothing(stat(draft), { mtimeMs: before })).mtimeMs >= before) continue
        await rm(draft, { force: true })
        removed += 1
      }
      return removed
    },
    read: (blob) => asking(async () => bytesOf(await (await client()).getObjectResponse(blob))),
    piece: (blob, offset, length) =>
      length === 0
        ? Promise.resolve(Buffer.alloc(0))
        : asking(async () => bytesOf(await ranged(blob, offset, offset + length))),
    stream: (blob) =>
      asking(async () => {
        const body = (await (await client()).getObjectResponse(blob))?.body
        return body == null ? null : Readable.fromWeb(body as ReadableStream)
      }),
    remove: (blob) => asking(async () => void (await (await client()).deleteObject(blob))),
    async *old(ageMs) {
      const before = Date.now() - ageMs
      let token: string | undefined
      do {
        const page = await asking(async () => (await client()).listObjectsPaged('/', '', PAGE, token))
        const names = (page?.objects ?? [])
          .filter(({ LastModified }) => new Date(LastModified).getTime() < before)
          .map(({ Key }) => Key)
        if (names.length > 0) yield names
        token = page?.nextContinuationToken
      } while (token !== undefined)
    },
    readMark: () =>
      asking(async () => (await bytesOf(await (await client()).getObjectResponse(MARK)))?.toString('utf8') ?? null),
    writeMark: (installation) =>
      asking(async () => void (await (await client()).putAnyObject(MARK, installation, 'text/plain'))),
  }
}

/**
 * New contents go to `first`; what is not there is looked for in `before`, so that an installation may move from one
 * place to another while it runs.
 */
export function blobsWithFallback(first: Blobs, before: Blobs): Blobs {
  return {
    ...first,
    read: async (blob) => (await first.read(blob)) ?? before.read(blob),
    piece: async (blob, offset, length) =>
      (await first.piece(blob, offset, length)) ?? before.piece(blob, offset, length),
    stream: async (blob) => (await first.stream(blob)) ?? before.stream(blob),
    async remove(blob) {
      await first.remove(blob)
      await before.remove(blob)
    },
  }
}
