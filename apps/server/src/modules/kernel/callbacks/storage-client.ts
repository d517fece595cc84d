import type { JsonValue } from '@imperal/contract'
import type { StoragePort } from '../ports.ts'
import { textAt } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback } from './refuse-callback.ts'
import { type CallSession, scopeOf } from './session.ts'

function storageOf(session: CallSession): StoragePort {
  const { storage } = session.parts
  if (storage === undefined) throw refusedCallback('unavailable', 'This installation keeps no files.')
  return storage
}

function pathAt(args: readonly JsonValue[]): string {
  const path = textAt(args, 0, 'path')
  const clean = path.length > 0 && path.length <= 1024 && !path.split('/').includes('..') && !path.includes('\0')
  if (!clean) throw refusedCallback('validation_error', 'That is not a path.', { field: 'path' })
  return path.replace(/^\/+/, '')
}

/** `ctx.storage` (sdk.md 3.9): files of the own app and tenant. */
export const storageClient: ClientTable<'storage'> = {
  async upload(session, args) {
    const content = Buffer.from(textAt(args, 1, 'content'), 'base64url')
    const type = textAt(args, 2, 'content_type')
    return (await storageOf(session).upload(session.writer, await scopeOf(session, null), pathAt(args), {
      content,
      type,
    })) as unknown as JsonValue // FileInfo is plain JSON
  },
  async download(session, args) {
    const path = pathAt(args)
    const content = await storageOf(session).download(await scopeOf(session, null), path)
    if (content === null) throw refusedCallback('not_found', `file '${path}' not found`, { resource: 'file', id: path })
    return { content_base64: content.toString('base64url') }
  },
  async delete(session, args) {
    return storageOf(session).delete(session.writer, await scopeOf(session, null), pathAt(args))
  },
  async list(session, args) {
    const prefix = args[0] === undefined || args[0] === null ? '' : textAt(args, 0, 'prefix')
    return (await storageOf(session).list(await scopeOf(session, null), prefix)) as unknown as JsonValue // FileInfo is plain JSON
  },
}
