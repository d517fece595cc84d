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

/** What can be done with a finished answer: copied, judged, made once more; and what it took. */
export function AnswerFoot({ message }: { readonly message: ChatMessage }) {
  const isLast = useStore(chat, (state) => state.entries.at(-1)?.message.message_id === message.message_id)
  const count = message.actions.length
  const total = message.actions.reduce((sum, action) => sum + action.duration_ms, 0)
  const failed = message.status === 'failed' || message.status === 'cancelled'
  // Making an answer anew would do its changes twice.
  const again = isLast && !changedSomething(message)
  const ask = () => {
    const question = questionBefore(message)
    if (question === null) return
    void sendMessage(question.text, { replaces: question.message_id, attachments: question.attachments })
  }
  return (
    <footer className="turn-foot">
      {message.text === '' ? null : <CopyButton text={message.text} label={t('Copy the answer')} />}
      {message.status === 'done' ? <Ratings message={message} /> : null}
      {again && failed ? (
        <Button size="sm" variant="ghost" onClick={ask}>
          {t('Ask again')}
        </Button>
      ) : again && questionBefore(message) !== null ? (
        <IconButton icon="RefreshCw" label={t('Answer once more')} onClick={ask} />
      ) : null}
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
