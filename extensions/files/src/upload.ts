import { ActionResult, ImperalError, type StorageClient } from '@imperal/sdk'
import * as z from 'zod'
import { chat, ext, FilesChanged } from './extension.ts'
import { allFiles, FilePath, FileWire, gone, typeOf } from './functions.ts'

/** What one upload carries at the most: its bytes travel as text inside one call. */
export const MOST_UPLOAD_MB = 2.5
const MOST_UPLOAD = MOST_UPLOAD_MB * 1_048_576
const MOST_NAME = 120
export const LARGER = 'Attach a larger file to a message of the chat, and ask Files to keep it.'

export const Folder = z
  .union([z.literal(''), FilePath])
  .default('')
  .describe('Folder, such as letters/2026; empty for none.')
const UploadedFile = z.object({
  name: z.string().min(1).max(500),
  mime_type: z.string().max(200).default(''),
  data_base64: z.base64().describe('The content, as the upload field of the panel sends it.'),
})

/** The last part of a name, fit for a path; names that systems forbid lose what is forbidden. */
function safeName(name: string): string {
  const last = name.normalize('NFC').toWellFormed().split(/[\\/]/).at(-1) ?? ''
  const clean = last.replaceAll(/\p{Cc}/gu, '').trim()
  if (/^\.*$/.test(clean)) return 'file'
  const [, stem = '', ending = ''] = /^(.+?)(\.[^.]{1,20})?$/s.exec(clean) ?? []
  return stem.slice(0, MOST_NAME - ending.length).trim() + ending
}

/** The path itself, or with a number that no file has yet: nothing is ever written over. */
async function freePath(storage: StorageClient, wanted: string): Promise<string> {
  const [, stem = wanted, ending = ''] = /^(.*[^/])(\.[^./]{1,20})$/s.exec(wanted) ?? []
  const taken = new Set((await allFiles(storage, stem)).map(({ path }) => path))
  for (let number = 1; ; number++) {
    const path = number === 1 ? wanted : `${stem} (${number})${ending}`
    if (!taken.has(path)) return path
  }
}

interface Given {
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array
}

const UNKNOWN = 'application/octet-stream'

/** Browsers know few endings: what is text by its bytes is text. */
function typeOfContent(path: string, given: string, bytes: Uint8Array): string {
  if (given !== '' && given !== UNKNOWN) return given
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return typeOf(path)
  } catch {
    return UNKNOWN
  }
}

/** Keeps a file under a name that is free, which may be another one than it came with. */
async function keep(storage: StorageClient, folder: string, { name, type, bytes }: Given) {
  const wanted = folder === '' ? safeName(name) : `${folder}/${safeName(name)}`
  const path = await freePath(storage, wanted)
  const { size, contentType, url } = await storage.upload(path, bytes, {
    contentType: typeOfContent(path, type, bytes),
  })
  return { file: { path, size, content_type: contentType, url }, renamed: path === wanted ? null : wanted }
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
type Kept = Awaited<ReturnType<typeof keep>>
const said = ({ file, renamed }: Kept): string =>
  renamed === null ? `Kept ${file.path}.` : `Kept ${file.path}; the file ${renamed} that was there already stays.`

export const uploadFiles = chat.function(
  'upload_files',
  {
    description:
      'Keep files that were picked in the upload field of the panel. A file whose name is taken gets a number behind its name.',
    actionType: 'write',
    effects: ['create:file'],
    event: FilesChanged,
    params: z.object({ folder: Folder, files: z.array(UploadedFile).min(1).max(50) }),
    returns: z.object({ files: z.array(FileWire) }),
  },
  async (ctx, { folder, files }) => {
    const refuse = (name: string, reason: string) =>
      ActionResult.error(
        `${files.length === 1 ? '' : 'None of these files was kept, because of one. '}${name}: ${reason}`,
        { code: 'FILE_REFUSED' },
      )
    const given = files.map((file) => ({ name: file.name, type: file.mime_type, bytes: bytesOf(file.data_base64) }))
    const large = given.find(({ bytes }) => bytes.length > MOST_UPLOAD)
    if (large) return refuse(large.name, `A file may have at most ${MOST_UPLOAD_MB} MB here. ${LARGER}`)
    const kept: Kept[] = []
    for (const file of given)
      try {
        kept.push(await keep(ctx.storage, folder, file))
      } catch (error) {
        if (!(error instanceof ImperalError)) throw error
        // All or none, so that whoever tries again gets no file twice.
        for (const { file } of kept) await ctx.storage.delete(file.path)
        return refuse(file.name, error.message)
      }
    return ActionResult.success({ files: kept.map(({ file }) => file) }, kept.map(said).join('\n'))
  },
)

export const keepFile = chat.function(
  'keep_file',
  {
    description: 'Keep a file that the user attached to a message or sent, in a folder of theirs.',
    actionType: 'write',
    effects: ['create:file'],
    event: FilesChanged,
    params: z.object({ file: z.string().min(1).max(512).describe('The attached file.'), folder: Folder }),
    returns: FileWire,
  },
  async (ctx, { file, folder }) => {
    const found = (await allFiles(ctx.storage, file, { incoming: true })).find(({ path }) => path === file)
    if (found === undefined || !file.startsWith('.incoming/')) return gone(file)
    const bytes = await ctx.storage.download(file)
    const kept = await keep(ctx.storage, folder, { name: file, type: found.content_type, bytes })
    return ActionResult.success(kept.file, said(kept))
  },
)
ext.fileSink(keepFile.functionName, {
  accepts: ['*'],
  arg: 'file',
  argKind: 'bytes_ref',
  description: 'Keeps the file',
})
