import { Button, IconGlyph } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { announce } from '../../data/announce.ts'
import { type App, useApps } from '../../data/apps.ts'
import { attachFiles, takeFiles } from '../../data/chat/attach.ts'
import { sendMessage, stopAnswer } from '../../data/chat/chat.ts'
import { chat, runningAnswer } from '../../data/chat/state.ts'
import { chatStatusQuery } from '../../data/chat/status.ts'
import { waitingQuery } from '../../data/confirmations.ts'
import { useStore } from '../../data/store.ts'
import { t } from '../../i18n/index.ts'
import { counted } from '../../pages/parts/figures.ts'
import { NavLink } from '../nav-link.tsx'
import { AttachButton, DraftFiles } from './attach-button.tsx'
import { SuggestionList } from './suggestion-list.tsx'
import { commandText, type Suggestion, suggest } from './suggestions.ts'
import { openWaiting } from './waiting.tsx'

const setDraft = (draft: string) => chat.set((state) => ({ ...state, draft }))

/** Files that are pasted or dropped; text goes its usual way. */
function takeGiven(event: { preventDefault(): void }, given: DataTransfer): void {
  const files = [...given.files]
  if (files.length === 0) return
  event.preventDefault()
  attachFiles(files)
}

/** Opens the last own message for another wording. False: there is none, or an answer is being made. */
function editLast(): boolean {
  const state = chat.get()
  const last = state.entries.findLast(({ message, sending }) => message.role === 'user' && sending === 'no')
  if (last === undefined || runningAnswer(state) !== null) return false
  chat.set({ ...state, editing: last.message.message_id })
  return true
}

/** Where a person writes: Enter sends, Shift with Enter begins a line, a slash lists functions. */
export function Composer({ app }: { readonly app: App | undefined }) {
  const draft = useStore(chat, (state) => state.draft)
  const running = useStore(chat, (state) => runningAnswer(state)?.message_id ?? null)
  const field = useRef<HTMLTextAreaElement>(null)
  const list = useSuggestions(draft)
  const take = (suggestion: Suggestion) => {
    const { text, caret } = commandText(suggestion)
    setDraft(text)
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(caret, caret)
    })
  }
  const uploading = useStore(chat, (state) => state.files.some((file) => file.phase === 'uploading'))
  const send = () => {
    if (draft.trim() === '' || uploading) return
    setDraft('')
    void sendMessage(draft, { attachments: takeFiles() })
    field.current?.focus()
  }
  const stop = () => {
    void stopAnswer()
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (list.onKey(event, take)) return
    if (event.key === 'ArrowUp' && draft === '' && editLast()) event.preventDefault()
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    send()
  }
  return (
    <div className="composer-place">
      {list.shown.length > 0 ? <SuggestionList shown={list.shown} active={list.active} onTake={take} /> : null}
      <form
        className="composer"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <textarea
          id="composer"
          ref={field}
          rows={1}
          dir="auto"
          aria-label={t('Message')}
          aria-autocomplete="list"
          aria-controls={list.shown.length > 0 ? 'suggestions' : undefined}
          aria-activedescendant={list.shown.length > 0 ? `suggestion-${list.active}` : undefined}
          maxLength={32_768}
          placeholder={app ? t('Ask {name}, or anything else', { name: app.name }) : t('Ask for something')}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => takeGiven(event, event.clipboardData)}
          onDragOver={(event) => event.dataTransfer.types.includes('Files') && event.preventDefault()}
          onDrop={(event) => takeGiven(event, event.dataTransfer)}
        />
        <DraftFiles />
        <div className="composer-foot">
          <AttachButton />
          <ComposerHint />
          {running ? (
            <Button icon="Square" className="composer-send" onClick={stop}>
              {t('Stop')}
            </Button>
          ) : null}
          {running && draft.trim() === '' ? null : (
            <Button
              type="submit"
              variant="primary"
              className="composer-send"
              disabled={draft.trim() === '' || uploading}
            >
              {t('Send')}
            </Button>
          )}
        </div>
      </form>
    </div>
  )
}

/** What is worth knowing while writing: decisions that wait, or that no model answers and where one is set up. */
function ComposerHint() {
  const waiting = useQuery(waitingQuery).data?.length ?? 0
  const { data } = useQuery(chatStatusQuery)
  if (waiting > 0) {
    return (
      <span className="composer-hint">
        <Button size="sm" variant="ghost" icon="ShieldAlert" onClick={openWaiting}>
          {counted(waiting, 'waiting confirmation')}
        </Button>
      </span>
    )
  }
  if (!data || data.model_available) return <span className="composer-hint" />
  return (
    <span className="composer-hint">
      <IconGlyph name="Info" size={14} />
      <span>
        {t('No language model: words are matched to functions.')}{' '}
        <NavLink href="/settings/ai">{t('Set one up')}</NavLink>
      </span>
    </span>
  )
}

interface Suggestions {
  readonly shown: readonly Suggestion[]
  readonly active: number
  /** True when the key belonged to the list. */
  onKey(event: KeyboardEvent, take: (suggestion: Suggestion) => void): boolean
}

function useSuggestions(draft: string): Suggestions {
  const apps = useApps()
  const [active, setActive] = useState(0)
  const [dismissed, setDismissed] = useState('')
  const found = suggest(draft, apps)
  const shown = dismissed === draft ? [] : found
  const at = Math.min(active, Math.max(0, shown.length - 1))
  const count = shown.length
  useEffect(() => {
    if (count > 0) announce(counted(count, 'function'))
  }, [count])
  return {
    shown,
    active: at,
    onKey(event, take) {
      const chosen = shown[at]
      if (!chosen) return false
      if (event.key === 'ArrowDown') setActive((at + 1) % count)
      else if (event.key === 'ArrowUp') setActive((at - 1 + count) % count)
      else if (event.key === 'Escape') setDismissed(draft)
      else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) take(chosen)
      else return false
      event.preventDefault()
      event.stopPropagation()
      return true
    },
  }
}
