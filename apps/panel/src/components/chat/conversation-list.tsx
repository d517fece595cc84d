import type { Conversation } from '@imperal/contract'
import { ConfirmDialog, IconButton, Popover } from '@imperal/ui-kit'
import { useState } from 'react'
import { deleteConversation } from '../../data/chat/change-conversation.ts'
import { titleOf } from '../../data/chat/conversations.ts'
import { failureOf } from '../../data/failures.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { counted } from '../../pages/parts/figures.ts'
import { FoundConversations } from '../lazy-parts.tsx'

/** Earlier conversations: found by title or words, opened, renamed, saved as a file, deleted. */
export function ConversationList({ current }: { readonly current: string }) {
  const [open, setOpen] = useState(false)
  const [doomed, setDoomed] = useState<Conversation | null>(null)
  const answer = (accepted: boolean) => {
    const id = doomed?.conversation_id
    setDoomed(null)
    if (accepted && id !== undefined)
      deleteConversation(id).catch((error) => {
        toasts.show({ message: failureOf(error).message, variant: 'error' })
      })
  }
  return (
    <>
      <Popover
        className="popover"
        label={t('Conversations')}
        open={open}
        onOpenChange={setOpen}
        trigger={<IconButton icon="History" label={t('Conversations')} />}
      >
        <FoundConversations
          current={current}
          onOpen={() => setOpen(false)}
          onDelete={(conversation) => {
            setOpen(false)
            setDoomed(conversation)
          }}
        />
      </Popover>
      <ConfirmDialog
        request={
          doomed && {
            title: t('Delete this conversation?'),
            message: t('“{title}” and its {messages} go for ever. What the apps did stays done.', {
              title: titleOf(doomed),
              messages: counted(doomed.message_count, 'message'),
            }),
            confirmLabel: t('Delete conversation'),
            destructive: true,
          }
        }
        onAnswer={answer}
      />
    </>
  )
}
