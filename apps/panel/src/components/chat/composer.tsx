import { Button, IconGlyph } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { announce } from '../../data/announce.ts'
import { type App, useApps } from '../../data/apps.ts'
import { sendMessage, stopAnswer } from '../../data/chat/chat.ts'
import { chat, runningAnswer } from '../../data/chat/state.ts'
import { chatStatusQuery } from '../../data/chat/status.ts'
import { waitingQuery } from '../../data/confirmations.ts'
import { useStore } from '../../data/store.ts'
import { NavLink } from '../nav-link.tsx'
import { SuggestionList } from './suggestion-list.tsx'
import { commandText, type Suggestion, suggest } from './suggestions.ts'

const setDraft = (draft: string) => chat.set((state) => ({ ...state, draft }))

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
  const send = () => {
    if (draft.trim() === '') return
    setDraft('')
    void sendMessage(draft)
    field.current?.focus()
  }
  const stop = () => {
    void stopAnswer()
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (list.onKey(event, take)) return
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
          aria-label="Message"
          aria-autocomplete="list"
          aria-controls={list.shown.length > 0 ? 'suggestions' : undefined}
          aria-activedescendant={list.shown.length > 0 ? `suggestion-${list.active}` : undefined}
          maxLength={32_768}
          placeholder={app ? `Ask ${app.name}, or anything else` : 'Ask for something'}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <div className="composer-foot">
          <ComposerHint />
          {running ? (
            <Button icon="Square" className="composer-send" onClick={stop}>
              Stop
            </Button>
          ) : null}
          {running && draft.trim() === '' ? null : (
            <Button type="submit" variant="primary" className="composer-send" disabled={draft.trim() === ''}>
              Send
            </Button>
          )}
        </div>
      </form>
    </div>
  )
}

/** What is worth knowing while writing: decisions that wait, or that no model answers and where one is set up. */
function ComposerHint() {
  const waiting = useQuery(waitingQuery).data ?? 0
  const { data } = useQuery(chatStatusQuery)
  if (waiting > 0) {
    const words = waiting === 1 ? '1 confirmation waiting' : `${waiting} confirmations waiting`
    return <span className="composer-hint">{words}</span>
  }
  if (!data || data.model_available) return <span className="composer-hint" />
  return (
    <span className="composer-hint">
      <IconGlyph name="Info" size={14} />
      <span>
        No language model: words are matched to functions. <NavLink href="/settings/ai">Set one up</NavLink>
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
    if (count > 0) announce(count === 1 ? '1 function' : `${count} functions`)
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
