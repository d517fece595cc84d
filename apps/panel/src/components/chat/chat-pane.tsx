import { Button, EmptyState, ErrorState, Skeleton } from '@imperal/ui-kit'
import type { ReactNode } from 'react'
import type { App } from '../../data/apps.ts'
import { loadChat, loadOlder } from '../../data/chat/chat.ts'
import { type ChatState, chat } from '../../data/chat/state.ts'
import { useStore } from '../../data/store.ts'
import { t } from '../../i18n/index.ts'
import { StartWidgets } from '../dashboard/start-widgets.tsx'
import { ChatHead } from './chat-head.tsx'
import { ChatLineView } from './chat-line.tsx'
import { Composer } from './composer.tsx'
import { TaskRows } from './task-rows.tsx'
import { Turn } from './turn.tsx'
import { useStickToEnd } from './use-stick-to-end.ts'
import { WaitingConfirmations } from './waiting.tsx'

export interface ChatPaneProps {
  readonly app: App | undefined
  /** Covered by something else; it stays mounted with draft, scroll and running answer. */
  readonly hidden: boolean
  /** Ways to open folded sides, when no other head shows them. */
  readonly handles: { readonly left: ReactNode; readonly right: ReactNode } | null
}

/** The conversation with the assistant. */
export function ChatPane({ app, hidden, handles }: ChatPaneProps) {
  const state = useStore(chat)
  const { scroller, onScroll } = useStickToEnd(state.conversationId, hidden)
  return (
    <section id="chat" className="chat" aria-label={t('Chat')} data-pane="chat" tabIndex={-1} hidden={hidden}>
      <ChatHead handles={handles} />
      <div ref={scroller} className="chat-scroll" onScroll={onScroll}>
        <div className="chat-column">
          {app === undefined ? <StartWidgets /> : null}
          <Older state={state} />
          <div role="log" aria-label={t('Conversation')} aria-live="off" className="chat-log">
            <Log state={state} app={app} />
          </div>
          <TaskRows />
          <WaitingConfirmations />
        </div>
      </div>
      <Composer app={app} />
    </section>
  )
}

function Older({ state }: { readonly state: ChatState }) {
  if (state.cursor === null) return null
  return (
    <Button
      className="chat-older"
      size="sm"
      variant="ghost"
      pending={state.loadingOlder}
      onClick={() => void loadOlder()}
    >
      {t('Load older messages')}
    </Button>
  )
}

/** Cards of so many last messages may act. */
const LIVE_MESSAGES = 50

function Log({ state, app }: { readonly state: ChatState; readonly app: App | undefined }) {
  const linesAfter = (id: string | null) =>
    state.lines.filter((line) => line.after === id).map((line) => <ChatLineView key={line.id} line={line} />)
  const known = new Set(state.entries.map((entry) => entry.message.message_id))
  const lost = state.lines.filter((line) => line.after !== null && !known.has(line.after))
  if (state.entries.length === 0 && state.lines.length === 0) return <NothingYet state={state} app={app} />
  return (
    <>
      {state.phase === 'failed' ? <LoadFailure state={state} /> : null}
      {linesAfter(null)}
      {state.entries.map((entry, index) => (
        <div
          key={entry.clientId ?? entry.message.message_id}
          id={`said-${entry.message.message_id}`}
          className="chat-item"
          tabIndex={-1}
        >
          <Turn
            entry={entry}
            stream={state.streams[entry.message.message_id]}
            isOld={state.entries.length - index > LIVE_MESSAGES}
          />
          {linesAfter(entry.message.message_id)}
        </div>
      ))}
      {lost.map((line) => (
        <ChatLineView key={line.id} line={line} />
      ))}
    </>
  )
}

function LoadFailure({ state }: { readonly state: ChatState }) {
  return (
    <ErrorState
      message={state.failure?.message ?? t('The conversation could not be read.')}
      code={state.failure?.code}
      onRetry={() => void loadChat()}
    />
  )
}

function NothingYet({ state, app }: { readonly state: ChatState; readonly app: App | undefined }) {
  if (state.phase === 'loading' || state.phase === 'idle') return <Skeleton rows={3} />
  if (state.phase === 'failed') return <LoadFailure state={state} />
  if (app) {
    return (
      <EmptyState icon="MessageSquareText" message={app.name}>
        {app.description || t('Ask for what it should do.')}{' '}
        {t('Type “/{id}.” to see its functions.', { id: app.appId })}
      </EmptyState>
    )
  }
  return (
    <EmptyState icon="MessageSquareText" message={t('Nothing said yet')}>
      {t('Ask for something, for example “what can you do?”, or type “/” to run a function.')}
    </EmptyState>
  )
}
