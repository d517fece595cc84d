import { Button, IconButton } from '@imperal/ui-kit'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { openAttachment } from '../../data/chat/attach.ts'
import { dropUnsent, resend, sendMessage } from '../../data/chat/chat.ts'
import { chat, type Entry, runningAnswer } from '../../data/chat/state.ts'
import { failureOf } from '../../data/failures.ts'
import { useStore } from '../../data/store.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { FileChip } from './file-chip.tsx'

const edit = (messageId: string | null) => chat.set((state) => ({ ...state, editing: messageId }))

/** What the person said: its files, a way to word it anew, and what to do when it could not be sent. */
export function Question({ entry }: { readonly entry: Entry }) {
  const { message, sending, clientId, failure } = entry
  const editing = useStore(chat, (state) => state.editing === message.message_id)
  const busy = useStore(chat, (state) => runningAnswer(state) !== null)
  if (editing) return <EditForm entry={entry} />
  return (
    <article className="turn turn-user" aria-label={t('You')} data-sending={sending}>
      <p dir="auto">{message.text}</p>
      {message.attachments.length > 0 ? (
        <ul className="file-chips" aria-label={t('Attached files')}>
          {message.attachments.map((file) => (
            <li key={file.file_id}>
              <FileChip
                name={file.name}
                onOpen={() =>
                  void openAttachment(file).catch((error: unknown) =>
                    toasts.show({ message: failureOf(error).message, variant: 'error' }),
                  )
                }
              />
            </li>
          ))}
        </ul>
      ) : null}
      {sending === 'no' ? (
        <span className="turn-edit">
          <IconButton
            icon="Pencil"
            label={t('Edit this message')}
            disabled={busy}
            onClick={() => edit(message.message_id)}
          />
        </span>
      ) : null}
      {sending === 'failed' && clientId !== null ? (
        <div className="turn-failed" role="alert">
          <span>
            {t('Not sent.')} {failure?.message}
          </span>
          <Button size="sm" variant="ghost" onClick={() => void resend(clientId)}>
            {t('Try again')}
          </Button>
          <Button size="sm" variant="ghost" onClick={() => void dropUnsent(clientId)}>
            {t('Drop it')}
          </Button>
        </div>
      ) : null}
    </article>
  )
}

/** Calls behind a message that changed something: wording it anew does not undo them. */
function useChangesBehind(messageId: string): boolean {
  return useStore(chat, (state) => {
    const at = state.entries.findIndex((entry) => entry.message.message_id === messageId)
    return state.entries
      .slice(at)
      .some((entry) => entry.message.actions.some((one) => one.action_type !== 'read' && one.status === 'success'))
  })
}

function EditForm({ entry }: { readonly entry: Entry }) {
  const { message } = entry
  const [text, setText] = useState(message.text)
  const field = useRef<HTMLTextAreaElement>(null)
  const changed = useChangesBehind(message.message_id)
  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(message.text.length, message.text.length)
  }, [message.text])
  const leave = () => {
    edit(null)
    document.getElementById('composer')?.focus()
  }
  const send = () => {
    if (text.trim() === '') return
    void sendMessage(text, { replaces: message.message_id, attachments: message.attachments })
    document.getElementById('composer')?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      leave()
    }
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    send()
  }
  return (
    <article className="turn turn-user turn-editing" aria-label={t('You, being edited')}>
      <textarea
        ref={field}
        name="message"
        rows={1}
        dir="auto"
        aria-label={t('Edit your message')}
        maxLength={32_768}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="turn-editing-foot">
        <span>
          {t('The answers behind it are made anew.')}
          {changed ? ` ${t('What was changed stays changed.')}` : ''}
        </span>
        <Button size="sm" variant="ghost" onClick={leave}>
          {t('Cancel')}
        </Button>
        <Button size="sm" variant="primary" disabled={text.trim() === ''} onClick={send}>
          {t('Send again')}
        </Button>
      </div>
    </article>
  )
}
