import { type ChatAttachment, LARGEST_ATTACHMENT } from '@imperal/contract'
import type { Database, Writer } from '../../foundation/db/index.ts'
import type { UploadedFile } from '../../foundation/http/index.ts'
import { hexId } from '../../foundation/ids.ts'
import { safeName, typeOf } from '../kernel/index.ts'
import type { FileInfo, Storage } from '../storage/index.ts'
import { chatErrors } from './errors.ts'
import type { ChatUser } from './messages.ts'

type Owner = Pick<ChatUser, 'tenantId' | 'userId'>

/** Files of messages, in the storage of their person and out of reach of every app. */
export interface Attachments {
  /** Keeps an upload for an hour. @throws CHAT_FILE_TOO_LARGE, STORAGE_QUOTA_EXCEEDED */
  upload(user: Owner, file: UploadedFile): Promise<ChatAttachment>
  /** Makes uploads lasting; files of earlier messages stay what they are. @throws CHAT_NO_ATTACHMENT */
  keep(user: Owner, ids: readonly string[]): Promise<ChatAttachment[]>
  /** Null when it is gone. */
  read(user: Owner, file: ChatAttachment): Promise<Buffer | null>
  /** With a signed address of the content. @throws CHAT_NO_ATTACHMENT */
  open(user: Owner, id: string): Promise<ChatAttachment & { readonly url: string }>
  /** Repeatable. */
  remove(user: Owner, files: readonly ChatAttachment[]): Promise<void>
}

// No app can have this name, so no app reads these files.
const OWNER = '__chat__'
/** The storage empties this folder of what is older than an hour. */
const PASSING = '.incoming/'
const LASTING = 'attachments/'

const scopeOf = ({ tenantId, userId }: Owner) => ({ tenantId, userId, appId: OWNER })

const infoOf = (id: string, file: FileInfo): ChatAttachment => ({
  file_id: id,
  name: file.path.split('/').at(-1) ?? 'file',
  mime: file.content_type,
  size: file.size,
})

export function openAttachments({ db, storage }: { readonly db: Database; readonly storage: Storage }): Attachments {
  const writerOf = ({ tenantId }: Owner): Writer => ({
    tenantId,
    atomic: (statements) => db.atomic(tenantId, statements),
  })
  const find = async (user: Owner, folder: string, id: string): Promise<FileInfo | null> =>
    (await storage.list(scopeOf(user), `${folder}${id}/`, { limit: 1 })).data[0] ?? null

  /** The content stays where it is: nothing can be lost on the way, and of two sends at once both find it. */
  const keepOne = async (user: Owner, id: string): Promise<ChatAttachment> => {
    const passing = await find(user, PASSING, id)
    const moved =
      passing === null
        ? null
        : await storage.move(writerOf(user), scopeOf(user), passing.path, `${LASTING}${id}/${infoOf(id, passing).name}`)
    const kept = moved ?? (await find(user, LASTING, id))
    if (kept === null) throw chatErrors.NO_ATTACHMENT()
    return infoOf(id, kept)
  }

  return {
    async upload(user, { filename, mime, content }) {
      if (content.byteLength > LARGEST_ATTACHMENT) throw chatErrors.FILE_TOO_LARGE({ limit: LARGEST_ATTACHMENT })
      const id = hexId('att')
      const type = typeOf(filename, mime)
      const path = `${PASSING}${id}/${safeName(filename)}`
      return infoOf(id, await storage.upload(writerOf(user), scopeOf(user), path, { content, type }))
    },
    async keep(user, ids) {
      const kept: ChatAttachment[] = []
      for (const id of new Set(ids)) kept.push(await keepOne(user, id))
      return kept
    },
    read: (user, file) => storage.download(scopeOf(user), `${LASTING}${file.file_id}/${file.name}`),
    async open(user, id) {
      const file = (await find(user, LASTING, id)) ?? (await find(user, PASSING, id))
      if (file === null) throw chatErrors.NO_ATTACHMENT()
      return { ...infoOf(id, file), url: file.url }
    },
    async remove(user, files) {
      for (const file of files)
        await storage.delete(writerOf(user), scopeOf(user), `${LASTING}${file.file_id}/${file.name}`)
    },
  }
}
