import type { JsonObject } from '@imperal/contract'
import type { Writer } from '../../../foundation/db/index.ts'
import type { UploadedFile } from '../../../foundation/http/index.ts'
import { hexId } from '../../../foundation/ids.ts'
import type { StoreScope } from '../../../foundation/scope.ts'
import { fileErrors, kernelErrors } from '../errors.ts'
import type { KernelParts } from '../parts.ts'
import type { StoragePort } from '../ports.ts'
import type { CallOutcome, CallSource, Kernel, KernelCaller } from '../types.ts'
import { extractText } from './extract-text.ts'
import { isAccepted, typeOf } from './file-kinds.ts'
import { type Sink, sinksOf } from './find-sinks.ts'

export interface SentFile {
  readonly appId: string
  readonly tool: string
  readonly file: UploadedFile
  readonly params: JsonObject
  readonly source: CallSource
}

/** The call never began, so nobody will ever ask for the file. */
const NEVER_BEGAN: ReadonlySet<CallOutcome['status']> = new Set(['denied', 'validation_rejected', 'skipped'])

function storageOf(parts: KernelParts): StoragePort {
  if (parts.storage === undefined) throw kernelErrors.UNAVAILABLE()
  return parts.storage
}

/** The last part of a name, as a part of a path. */
export function safeName(filename: string): string {
  const [last = ''] = filename.split(/[\\/]/).reverse()
  const clean = [...last.normalize('NFC')]
    .filter((letter) => (letter.codePointAt(0) ?? 0) >= 32 && letter !== '\x7f')
    .join('')
  return clean.toWellFormed().slice(-120).replace(/^\.+$/, '') || 'file'
}

async function findSink(
  parts: KernelParts,
  user: KernelCaller,
  { appId, tool, file }: SentFile,
): Promise<[Sink, string]> {
  const found = (await sinksOf(parts, user)).find((one) => one.use.app.appId === appId && one.sink.tool === tool)
  if (found === undefined) throw fileErrors.NO_SINK({ appId, tool })
  const type = typeOf(file.filename, file.mime)
  if (!isAccepted(found.sink.accepts, file.filename, type))
    throw fileErrors.NOT_ACCEPTED({ type, accepts: found.sink.accepts.join(', ') })
  return [found, type]
}

/**
 * Gives an uploaded file to a tool that declared that it takes such files, through the corridor: as text, as the path of
 * a file that the app keeps in its storage, or of one that is there for an hour.
 * @throws FILES_NO_SINK, FILES_NOT_ACCEPTED, FILES_NO_TEXT, FILES_TEXT_TOO_LONG
 */
export async function sendFile(
  parts: KernelParts,
  kernel: Kernel,
  user: KernelCaller,
  sent: SentFile,
): Promise<CallOutcome> {
  const [{ sink }, type] = await findSink(parts, user, sent)
  const call = (value: string) =>
    kernel.call({
      ...user,
      source: sent.source,
      appId: sent.appId,
      function: sink.tool,
      params: { ...sent.params, [sink.arg]: value },
    })
  const { content } = sent.file
  if (sink.arg_kind === 'text') return call(extractText(content, type))
  const path = await giveToApp(parts, user, { ...sent, type, kind: sink.arg_kind })
  const outcome = await call(path)
  if (NEVER_BEGAN.has(outcome.status)) await storageOf(parts).delete(writerOf(parts, user), scopeOf(user, sent), path)
  return outcome
}

const writerOf = (parts: KernelParts, { tenantId }: KernelCaller): Writer => ({
  tenantId,
  atomic: (statements) => parts.db.atomic(tenantId, statements),
})
const scopeOf = ({ tenantId, userId }: KernelCaller, { appId }: { readonly appId: string }): StoreScope => ({
  tenantId,
  userId,
  appId,
})

/** Copies a file into the storage of an app; its path there. */
async function giveToApp(
  parts: KernelParts,
  user: KernelCaller,
  given: {
    readonly appId: string
    readonly file: UploadedFile
    readonly type: string
    readonly kind: 'file_id' | 'bytes_ref'
  },
): Promise<string> {
  const folder = given.kind === 'bytes_ref' ? '.incoming' : 'uploads'
  const path = `${folder}/${hexId('file')}/${safeName(given.file.filename)}`
  const { content } = given.file
  await storageOf(parts).upload(writerOf(parts, user), scopeOf(user, given), path, { content, type: given.type })
  return path
}

/**
 * What a parameter that takes a file gets for one that the person attached: its text, or its path in the storage of the app.
 * Null: the parameter is no file's.
 * @throws FILES_NOT_ACCEPTED, FILES_NO_TEXT, FILES_TEXT_TOO_LONG
 */
export async function placeFile(
  parts: KernelParts,
  user: KernelCaller,
  placed: { readonly appId: string; readonly tool: string; readonly parameter: string; readonly file: UploadedFile },
): Promise<string | null> {
  const { appId, tool, parameter, file } = placed
  const found = (await sinksOf(parts, user)).find((one) => one.use.app.appId === appId && one.sink.tool === tool)
  if (found === undefined || found.sink.arg !== parameter) return null
  const type = typeOf(file.filename, file.mime)
  if (!isAccepted(found.sink.accepts, file.filename, type))
    throw fileErrors.NOT_ACCEPTED({ type, accepts: found.sink.accepts.join(', ') })
  const kind = found.sink.arg_kind
  return kind === 'text' ? extractText(file.content, type) : giveToApp(parts, user, { appId, file, type, kind })
}
