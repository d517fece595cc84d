import { type Conversation, chat as routes } from '@imperal/contract'
import { ConfirmDialog, IconButton } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { z } from 'zod'
import { api } from '../../data/api.ts'
import { conversationsKey, deleteConversation, loadChat, startConversation } from '../../data/chat/chat.ts'
import { chat, FIRST_CONVERSATION } from '../../data/chat/state.ts'
import { failureOf } from '../../data/failures.ts'
import { useStore } from '../../data/store.ts'
import { toasts } from '../../data/toasts.ts'
import { Popover } from '../bar/popover.tsx'
import { TimeText } from '../time-text.tsx'

type ConversationInfo = z.infer<typeof Conversation>

const tellFailure = (error: unknown) => toasts.show({ message: failureOf(error).message, variant: 'error' })
const titleOf = (conversation: ConversationInfo | undefined): string =>
  conversation?.title ||
  (conversation && conversation.conversation_id !== FIRST_CONVERSATION ? 'New conversation' : 'Assistant')

function useConversations(): readonly ConversationInfo[] {
  const { data } = useQuery({
    queryKey: conversationsKey,
    queryFn: async () => (await api.send(routes.conversations)).conversations,
    staleTime: 60_000,
  })
  return data ?? []
}

export interface ChatHeadProps {
  readonly handles: { readonly left: ReactNode; readonly right: ReactNode } | null
}

/** What the conversation is called, the earlier ones, and the way to begin another. */
export function ChatHead({ handles }: ChatHeadProps) {
  const conversations = useConversations()
  const current = useStore(chat, (state) => state.conversationId)
  const empty = useStore(chat, (state) => state.entries.length === 0)
  const shown = conversations.find((one) => one.conversation_id === current)
  const title = shown ? titleOf(shown) : current === FIRST_CONVERSATION ? 'Assistant' : 'New conversation'
  const begin = () => startConversation().then(() => document.getElementById('composer')?.focus(), tellFailure)
  return (
    <header className="pane-head chat-head">
      {handles?.left}
      <h2 tabIndex={-1} data-pane-title title={title}>
        {title}
      </h2>
      <span className="pane-buttons">
        <ConversationList conversations={conversations} current={current} />
        <IconButton icon="SquarePen" label="New conversation" disabled={empty} onClick={() => void begin()} />
        {handles?.right}
      </span>
    </header>
  )
}

function ConversationList({
  conversations,
  current,
}: {
  readonly conversations: readonly ConversationInfo[]
  readonly current: string
}) {
  const [open, setOpen] = useState(false)
  const [doomed, setDoomed] = useState<ConversationInfo | null>(null)
  const choose = (id: string) => {
    setOpen(false)
    void loadChat(id)
  }
  const answer = (accepted: boolean) => {
    const id = doomed?.conversation_id
    setDoomed(null)
    if (accepted && id !== undefined) deleteConversation(id).catch(tellFailure)
  }
  return (
    <>
      <Popover
        label="Conversations"
        open={open}
        onOpenChange={setOpen}
        trigger={<IconButton icon="History" label="Conversations" />}
      >
        <div className="popover-head">
          <h2>Conversations</h2>
        </div>
        {conversations.length === 0 ? <p className="popover-empty">Nothing said yet.</p> : null}
        <ul className="notices">
          {conversations.map((one) => (
            <li key={one.conversation_id} className="conversation">
              <button
                type="button"
                className="notice"
                aria-current={one.conversation_id === current ? 'true' : undefined}
                onClick={() => choose(one.conversation_id)}
              >
                <span className="notice-title">{titleOf(one)}</span>
                <TimeText value={one.updated_at} />
              </button>
              <IconButton
                icon="Trash2"
                label={`Delete ${titleOf(one)}`}
                onClick={() => {
                  setOpen(false)
                  setDoomed(one)
                }}
              />
            </li>
          ))}
        </ul>
      </Popover>
      <ConfirmDialog
        request={
          doomed && {
            title: 'Delete this conversation?',
            message: `“${titleOf(doomed)}” and its ${doomed.message_count} messages go for ever. What the apps did stays done.`,
            confirmLabel: 'Delete conversation',
            destructive: true,
          }
        }
        onAnswer={answer}
      />
    </>
  )
}
