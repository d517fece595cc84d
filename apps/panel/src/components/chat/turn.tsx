import type { ChatMessage } from '@imperal/contract'
import { Alert, Button, IconGlyph, Markdown, Spinner } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import { useApps } from '../../data/apps.ts'
import { chat, type Entry, runningAnswer } from '../../data/chat/state.ts'
import { confirmationQuery } from '../../data/confirmations.ts'
import { go } from '../../data/navigation.ts'
import { useStore } from '../../data/store.ts'
import { t } from '../../i18n/index.ts'
import { AnswerFoot, useAgain } from './answer-foot.tsx'
import { AppCard } from './app-card.tsx'
import { ConfirmationCard } from './confirmation-card.tsx'
import { PickList } from './pick-list.tsx'
import { Question } from './question.tsx'
import { TraceLines } from './trace.tsx'

export interface TurnProps {
  readonly entry: Entry
  /** Text that has arrived so far of an answer that is being made. */
  readonly stream: string | undefined
  /** Far up in the conversation: its cards rest (ui 5.10). */
  readonly isOld: boolean
}

/** One message of the conversation. */
export const Turn = memo(function Turn({ entry, stream, isOld }: TurnProps) {
  return entry.message.role === 'user' ? (
    <Question entry={entry} />
  ) : (
    <Answer entry={entry} stream={stream} isOld={isOld} />
  )
})

/** What the person said last before an answer. */
function askedBefore(messageId: string): string {
  const { entries } = chat.get()
  const at = entries.findIndex(({ message }) => message.message_id === messageId)
  return entries.slice(0, Math.max(at, 0)).findLast(({ message }) => message.role === 'user')?.message.text ?? ''
}

function Answer({ entry, stream, isOld }: TurnProps) {
  const { message } = entry
  const live = entry.live && !isOld
  const app = useApps().find((one) => one.appId === message.app_id)
  const isMade = message.status !== 'processing'
  const isDecided = useIsDecided(message.confirmation_id)
  // What waited for a decision is told by the line that the decision leaves.
  const shown = message.actions.filter((action) => !isDecided || action.status !== 'intercepted')
  const lines = shown.map((action) => ({
    key: action.call_id,
    appId: action.app_id,
    function: action.function,
    params: action.arguments,
    status: action.status,
    summary: action.summary,
    durationMs: action.duration_ms,
    traceId: action.trace_id,
    changes: action.changes,
  }))
  return (
    <article className="turn turn-assistant" aria-label={t('Assistant')} aria-busy={!isMade}>
      <TraceLines lines={lines} />
      <AnswerText message={message} stream={stream} />
      {app && message.ui !== null && message.ui !== undefined ? (
        <AppCard app={app} tree={message.ui} live={live} />
      ) : null}
      {message.confirmation_id ? <ConfirmationCard id={message.confirmation_id} /> : null}
      {message.pick_list.length > 0 ? (
        <PickList
          messageId={message.message_id}
          used={message.used_forms}
          items={message.pick_list}
          asked={askedBefore(message.message_id)}
          live={live}
        />
      ) : null}
      {message.awaits_reply && message.pick_list.length === 0 && entry.live ? (
        <AwaitsReply messageId={message.message_id} />
      ) : null}
      {isMade ? <AnswerFoot message={message} /> : null}
    </article>
  )
}

/** Under the newest answer, when it asks something: what is said next is its answer. */
function AwaitsReply({ messageId }: { readonly messageId: string }) {
  const isLast = useStore(chat, (state) => state.entries.at(-1)?.message.message_id === messageId)
  return isLast ? <p className="turn-status">{t('Waits for your answer')}</p> : null
}

function useIsDecided(confirmationId: string | null): boolean {
  const { data } = useQuery({ ...confirmationQuery(confirmationId ?? ''), enabled: confirmationId !== null })
  return data !== undefined && data.status !== 'pending'
}

function AnswerText({ message, stream }: { readonly message: ChatMessage; readonly stream: string | undefined }) {
  if (message.status === 'processing') {
    if (stream) {
      return (
        <div className="streaming">
          <Markdown content={stream} streaming onNavigate={go} />
        </div>
      )
    }
    return <Progress message={message} />
  }
  if (message.text === '') return null
  if (message.status === 'cancelled') return <p className="turn-status">{message.text}</p>
  if (message.status === 'failed' || (message.type === 'error' && message.actions.length === 0)) {
    return <Failure message={message} />
  }
  return <Markdown content={message.text} onNavigate={go} />
}

/** What is being done for an answer; one behind another that is being made only waits for it. */
function Progress({ message }: { readonly message: ChatMessage }) {
  const waits = useStore(chat, (state) => runningAnswer(state)?.message_id !== message.message_id)
  return (
    <p className="turn-status" role="status">
      {waits ? <IconGlyph name="Clock" size={14} /> : <Spinner size={14} />}
      {waits ? t('Waits for the answer before it') : message.status_text || t('Working')}
    </p>
  )
}

function Failure({ message }: { readonly message: ChatMessage }) {
  const again = useAgain(message)
  const action =
    again === null || message.status !== 'failed' ? null : (
      <Button size="sm" variant="ghost" onClick={again}>
        {t('Try again')}
      </Button>
    )
  return (
    <Alert variant="error" action={action}>
      <Markdown content={message.text} onNavigate={go} />
    </Alert>
  )
}
