import { type ChatAttachment, LARGEST_ATTACHMENT, MOST_ATTACHMENTS, chat as routes } from '@imperal/contract'
import { newId } from '@imperal/ui-kit'
import { t, tCount } from '../../i18n/index.ts'
import { api } from '../api.ts'
import { failureOf } from '../failures.ts'
import { toasts } from '../toasts.ts'
import { chat, type DraftFile } from './state.ts'

const change = (key: string, changes: Partial<DraftFile>) =>
  chat.set((state) => ({
    ...state,
    files: state.files.map((file) => (file.key === key ? { ...file, ...changes } : file)),
  }))

async function upload(key: string, file: File): Promise<void> {
  const form = new FormData()
  form.set('file', file)
  try {
    const attachment = await api.send(routes.attach, { body: form })
    change(key, { phase: 'ready', attachment })
  } catch (error) {
    change(key, { phase: 'failed', failure: failureOf(error) })
  }
}

/** Uploads files for the next message; refused ones are told. */
export function attachFiles(files: readonly File[]): void {
  for (const file of files) {
    if (chat.get().files.length >= MOST_ATTACHMENTS) {
      toasts.show({
        message: t('A message takes at most {files}.', {
          files: tCount('attached file', MOST_ATTACHMENTS, String(MOST_ATTACHMENTS)),
        }),
        variant: 'error',
      })
      return
    }
    if (file.size > LARGEST_ATTACHMENT) {
      const limit = LARGEST_ATTACHMENT / 1_048_576
      toasts.show({ message: t('“{name}” is larger than {limit} MiB.', { name: file.name, limit }), variant: 'error' })
      continue
    }
    const key = newId()
    const draft: DraftFile = { key, name: file.name || t('file'), phase: 'uploading', failure: null, attachment: null }
    chat.set((state) => ({ ...state, files: [...state.files, draft] }))
    void upload(key, file)
  }
}

/** What is not sent goes away by itself within the hour. */
export const detachFile = (key: string): void =>
  chat.set((state) => ({ ...state, files: state.files.filter((file) => file.key !== key) }))

/** The files that are there for the next message, taken from the composer. */
export function takeFiles(): ChatAttachment[] {
  const { files } = chat.get()
  chat.set((state) => ({ ...state, files: [] }))
  return files.flatMap((file) => file.attachment ?? [])
}

/** Saves a file of a message. @throws ApiError */
export async function openAttachment(file: ChatAttachment): Promise<void> {
  const { url } = await api.send(routes.openAttachment, { params: { file_id: file.file_id } })
  const link = document.createElement('a')
  link.href = url
  link.download = file.name
  link.click()
}
