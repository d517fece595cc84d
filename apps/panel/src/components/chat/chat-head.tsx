import { IconButton } from '@imperal/ui-kit'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { startConversation } from '../../data/chat/change-conversation.ts'
import { conversationsQuery, titleOf } from '../../data/chat/conversations.ts'
import { chat, FIRST_CONVERSATION } from '../../data/chat/state.ts'
import { failureOf } from '../../data/failures.ts'
import { useStore } from '../../data/store.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { ConversationList } from './conversation-list.tsx'

export interface ChatHeadProps {
  readonly handles: { readonly left: ReactNode; readonly right: ReactNode } | null
}

/** What the conversation is called, the earlier ones, and the way to begin another. */
export function ChatHead({ handles }: ChatHeadProps) {
  const { data } = useInfiniteQuery(conversationsQuery(''))
  const current = useStore(chat, (state) => state.conversationId)
  const empty = useStore(chat, (state) => state.entries.length === 0)
  const shown = data?.pages.flatMap((page) => page.conversations).find((one) => one.conversation_id === current)
  const title = shown ? titleOf(shown) : current === FIRST_CONVERSATION ? t('Assistant') : t('New conversation')
  const begin = () =>
    startConversation().then(
      () => document.getElementById('composer')?.focus(),
      (error: unknown) => toasts.show({ message: failureOf(error).message, variant: 'error' }),
    )
  return (
    <header className="pane-head chat-head">
      {handles?.left}
      <h2 tabIndex={-1} data-pane-title title={title} dir="auto">
        {title}
      </h2>
      <span className="pane-buttons">
        <ConversationList current={current} />
        <IconButton icon="SquarePen" label={t('New conversation')} disabled={empty} onClick={() => void begin()} />
        {handles?.right}
      </span>
    </header>
  )
}
