import { IconButton } from '@imperal/ui-kit'
import { useRef } from 'react'
import { attachFiles, detachFile } from '../../data/chat/attach.ts'
import { chat } from '../../data/chat/state.ts'
import { useStore } from '../../data/store.ts'
import { t } from '../../i18n/index.ts'
import { FileChip } from './file-chip.tsx'

/** Opens the file picker of the system. */
export function AttachButton() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        name="files"
        multiple
        hidden
        aria-label={t('Files for the message')}
        onChange={(event) => {
          attachFiles([...(event.target.files ?? [])])
          // The same file may be chosen again.
          event.target.value = ''
          document.getElementById('composer')?.focus()
        }}
      />
      <IconButton icon="Paperclip" label={t('Attach files')} onClick={() => input.current?.click()} />
    </>
  )
}

/** Files that go with the next message. */
export function DraftFiles() {
  const files = useStore(chat, (state) => state.files)
  if (files.length === 0) return null
  return (
    <ul className="file-chips" aria-label={t('Files of this message')}>
      {files.map((file) => (
        <li key={file.key}>
          <FileChip
            name={file.name}
            busy={file.phase === 'uploading'}
            problem={file.failure?.message}
            onRemove={() => {
              detachFile(file.key)
              document.getElementById('composer')?.focus()
            }}
          />
        </li>
      ))}
    </ul>
  )
}
