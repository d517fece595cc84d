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
function safeName(filename: string): string {
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
  const { content, filename } = sent.file
  if (sink.arg_kind === 'text') return call(extractText(content, type))
  const scope: StoreScope = { tenantId: user.tenantId, userId: user.userId, appId: sent.appId }
  const writer: Writer = {
    tenantId: user.tenantId,
    atomic: (statements) => parts.db.atomic(user.tenantId, statements),
  }
  const folder = sink.arg_kind === 'bytes_ref' ? '.incoming' : 'uploads'
  const path = `${folder}/${hexId('file')}/${safeName(filename)}`
  const storage = storageOf(parts)
  await storage.upload(writer, scope, path, { content, type })
  const outcome = await call(path)
  if (NEVER_BEGAN.has(outcome.status)) await storage.delete(writer, scope, path)
  return outcome
}
