import type { JsonObject, JsonValue } from '@imperal/contract'
import { hexId } from '../../../foundation/ids.ts'
import type { PendingFile, StoragePort } from '../ports.ts'
import { objectAt, optionalObjectAt, textAt, textOf, wholeOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback, toCallbackError } from './refuse-callback.ts'
import { type CallSession, scopeOf } from './session.ts'

const MOST_OPEN = 4
const LARGEST_PART = 2 * 1024 * 1024
const LARGEST_FILE = 100 * 1024 * 1024

// Files that come in parts belong to their call and die with it; what is left of them on disk is swept.
const pending = new WeakMap<CallSession, Map<string, PendingFile>>()

function pendingOf(session: CallSession): Map<string, PendingFile> {
  const known = pending.get(session) ?? new Map<string, PendingFile>()
  pending.set(session, known)
  return known
}

function storageOf(session: CallSession): StoragePort {
  const { storage } = session.parts
  if (storage === undefined) throw refusedCallback('unavailable', 'This installation keeps no files.')
  return storage
}

/** A leading slash means the same as none. Everything else about a path is the storage's own rule. */
const pathAt = (args: readonly JsonValue[]): string => textAt(args, 0, 'path').replace(/^\/+/, '')

function fileAt(session: CallSession, args: readonly JsonValue[]): [string, PendingFile] {
  const id = textAt(args, 0, 'upload')
  const found = pendingOf(session).get(id)
  if (found === undefined) throw refusedCallback('not_found', 'No such upload.', { resource: 'upload', id })
  return [id, found]
}

const asPath = (error: unknown): never => {
  throw toCallbackError(error, { field: 'path' })
}

/** `ctx.storage` (sdk.md 3.9): files of the own app and the acting user. Whatever is larger than a frame comes in parts. */
export const storageClient: ClientTable<'storage'> = {
  async upload(session, args) {
    const content = Buffer.from(textAt(args, 1, 'content'), 'base64url')
    const type = textAt(args, 2, 'content_type')
    const scope = await scopeOf(session, null)
    const info = await storageOf(session).upload(session.writer, scope, pathAt(args), { content, type }).catch(asPath)
    return info as unknown as JsonValue // FileInfo is plain JSON
  },
  async begin(session, args) {
    const open = pendingOf(session)
    if (open.size >= MOST_OPEN)
      throw refusedCallback('quota_exceeded', `One call may have ${MOST_OPEN} uploads under way at once.`, {
        resource: 'uploads',
        limit: MOST_OPEN,
      })
    const scope = await scopeOf(session, null)
    const file = await storageOf(session)
      .begin(scope, pathAt(args), textAt(args, 1, 'content_type'))
      .catch(asPath)
    const id = hexId('upload')
    open.set(id, file)
    session.signal.addEventListener('abort', () => void (open.delete(id) && file.discard()), { once: true })
    return id
  },
  async part(session, args) {
    const [, file] = fileAt(session, args)
    await file.append(Buffer.from(textAt(args, 1, 'content'), 'base64url'))
    return null
  },
  async finish(session, args) {
    const [id, file] = fileAt(session, args)
    pendingOf(session).delete(id)
    return (await file.finish(session.writer)) as unknown as JsonValue // FileInfo is plain JSON
  },
  async download(session, args) {
    const path = pathAt(args)
    const given: JsonObject = objectAt(args, 1, 'range')
    const range = {
      offset: wholeOf(given.offset, { least: 0, most: LARGEST_FILE, otherwise: 0 }),
      length: wholeOf(given.length, { least: 1, most: LARGEST_PART, otherwise: LARGEST_PART }),
      etag: textOf(given.etag) ?? null,
    }
    const found = await storageOf(session)
      .read(await scopeOf(session, null), path, range)
      .catch(asPath)
    if (found === null) throw refusedCallback('not_found', `file '${path}' not found`, { resource: 'file', id: path })
    return { content_base64: found.content.toString('base64url'), size: found.size, etag: found.etag }
  },
  async delete(session, args) {
    const scope = await scopeOf(session, null)
    return storageOf(session).delete(session.writer, scope, pathAt(args)).catch(asPath)
  },
  async list(session, args) {
    const prefix = args[0] === undefined || args[0] === null ? '' : textAt(args, 0, 'prefix')
    const cursor = textOf(optionalObjectAt(args, 1, 'page')?.cursor) ?? null
    const page = await storageOf(session).list(await scopeOf(session, null), prefix.replace(/^\/+/, ''), { cursor })
    return page as unknown as JsonValue // a page of FileInfo is plain JSON
  },
}
