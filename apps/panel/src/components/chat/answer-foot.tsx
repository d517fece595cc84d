import type { ChatMessage, ChatRating } from '@imperal/contract'
import { Button, CopyButton, IconButton } from '@imperal/ui-kit'
import { lazy, Suspense } from 'react'
import { useApps } from '../../data/apps.ts'
import { rateAnswer, sendMessage } from '../../data/chat/chat.ts'
import { chat } from '../../data/chat/state.ts'
import { failureOf } from '../../data/failures.ts'
import { useStore } from '../../data/store.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { counted, duration } from '../../pages/parts/figures.ts'

const MessageMenu = lazy(async () => ({ default: (await import('./message-menu.tsx')).MessageMenu }))

/** The question that an answer belongs to, to ask it again. */
function questionBefore(message: ChatMessage): ChatMessage | null {
  const { entries } = chat.get()
  const at = entries.findIndex((entry) => entry.message.message_id === message.message_id)
  return entries.slice(0, Math.max(0, at)).findLast((entry) => entry.message.role === 'user')?.message ?? null
}

const changedSomething = (message: ChatMessage): boolean =>
  message.actions.some((action) => action.action_type !== 'read' && action.status !== 'validation_rejected')

/** Asks for an answer anew; null where it is not the last one, or would do its changes twice. */
export function useAgain(message: ChatMessage): (() => void) | null {
  const isLast = useStore(chat, (state) => state.entries.at(-1)?.message.message_id === message.message_id)
  const question = questionBefore(message)
  if (!isLast || changedSomething(message) || question === null) return null
  return () => void sendMessage(question.text, { replaces: question.message_id, attachments: question.attachments })
}

/** What can be done with a finished answer: copied, judged, made once more; and what it took. */
export function AnswerFoot({ message }: { readonly message: ChatMessage }) {
  const again = useAgain(message)
  const count = message.actions.length
  const total = message.actions.reduce((sum, action) => sum + action.duration_ms, 0)
  return (
    <footer className="turn-foot">
      {message.text === '' ? null : <CopyButton text={message.text} label={t('Copy the answer')} />}
      {message.status === 'done' ? <Ratings message={message} /> : null}
      <Again message={message} ask={again} />
      <OfApps message={message} />
      {count > 0 ? (
        <span>
          {counted(count, 'function')} · {duration(total)}
        </span>
      ) : null}
    </footer>
  )
}

/** Entries of apps; their code comes where an app has one for messages. */
function OfApps({ message }: { readonly message: ChatMessage }) {
  const any = useApps().some((app) => app.ui.context_menus.some((entry) => entry.slot === 'chat.message'))
  return any ? (
    <Suspense fallback={null}>
      <MessageMenu message={message} />
    </Suspense>
  ) : null
}

/** A failed answer has its button beside what went wrong. */
function Again({ message, ask }: { readonly message: ChatMessage; readonly ask: (() => void) | null }) {
  if (ask === null || message.status === 'failed') return null
  return message.status === 'cancelled' ? (
    <Button size="sm" variant="ghost" onClick={ask}>
      {t('Ask again')}
    </Button>
  ) : (
    <IconButton icon="RefreshCw" label={t('Answer once more')} onClick={ask} />
  )
}

function Ratings({ message }: { readonly message: ChatMessage }) {
  const rate = (rating: ChatRating) => {
    rateAnswer(message, rating).catch((error: unknown) =>
      toasts.show({ message: failureOf(error).message, variant: 'error' }),
    )
  }
  return (
    <>
      <IconButton
        icon="ThumbsUp"
        label={t('This helped')}
        aria-pressed={message.rating === 'up'}
        onClick={() => rate('up')}
      />
      <IconButton
        icon="ThumbsDown"
        label={t('This did not help')}
        aria-pressed={message.rating === 'down'}
        onClick={() => rate('down')}
      />
    </>
  )
}
