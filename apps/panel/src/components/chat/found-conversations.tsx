import type { Conversation } from '@imperal/contract'
import { Button, ErrorState, IconButton, IconGlyph, Menu, Spinner } from '@imperal/ui-kit'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useDeferredValue, useId, useRef, useState } from 'react'
import { conversationsQuery, downloadConversation, renameConversation, titleOf } from '../../data/chat/conversations.ts'
import { showMessage } from '../../data/chat/show-message.ts'
import { failureOf } from '../../data/failures.ts'
import { toasts } from '../../data/toasts.ts'
import { t } from '../../i18n/index.ts'
import { TimeText } from '../time-text.tsx'

const tellFailure = (error: unknown) => toasts.show({ message: failureOf(error).message, variant: 'error' })

export interface FoundProps {
  readonly current: string
  readonly onOpen: () => void
  readonly onDelete: (conversation: Conversation) => void
}

/** The conversations that hold what is searched for, the latest first. */
export function FoundConversations({ current, onOpen, onDelete }: FoundProps) {
  const [text, setText] = useState('')
  const [renaming, setRenaming] = useState<string | null>(null)
  const words = useDeferredValue(text.trim())
  const list = useInfiniteQuery(conversationsQuery(words))
  const found = list.data?.pages.flatMap((page) => page.conversations) ?? []
  return (
    <>
      <div className="popover-head">
        <h2>{t('Conversations')}</h2>
      </div>
      <search className="conversation-search">
        <IconGlyph name="Search" size={14} />
        <input
          // biome-ignore lint/a11y/noAutofocus: the list has just been opened, and it may arrive after its frame
          autoFocus
          className="im-input"
          type="search"
          name="search"
          aria-label={t('Search conversations')}
          placeholder={t('Search titles and messages')}
          autoComplete="off"
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </search>
      {list.isPending ? <Spinner size={16} /> : null}
      {list.error ? <ErrorState message={failureOf(list.error).message} onRetry={() => void list.refetch()} /> : null}
      {list.isSuccess && found.length === 0 ? (
        <p className="popover-empty">
          {words === '' ? t('Nothing said yet.') : t('Nothing holds “{words}”.', { words })}
        </p>
      ) : null}
      <ul className="notices" aria-busy={list.isFetching}>
        {found.map((one) => (
          <li key={one.conversation_id} className="conversation">
            {renaming === one.conversation_id ? (
              <RenameForm conversation={one} onDone={() => setRenaming(null)} />
            ) : (
              <ConversationRow
                conversation={one}
                current={current}
                onOpen={onOpen}
                onRename={() => setRenaming(one.conversation_id)}
                onDelete={onDelete}
              />
            )}
          </li>
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button size="sm" variant="ghost" pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('Show more')}
        </Button>
      ) : null}
    </>
  )
}

interface RowProps extends FoundProps {
  readonly conversation: Conversation
  readonly onRename: () => void
}

function ConversationRow({ conversation, current, onOpen, onRename, onDelete }: RowProps) {
  const id = conversation.conversation_id
  const title = titleOf(conversation)
  const save = (format: 'markdown' | 'json') => () => {
    downloadConversation(id, format).catch(tellFailure)
  }
  return (
    <>
      <button
        type="button"
        className="notice"
        aria-current={id === current ? 'true' : undefined}
        onClick={() => {
          onOpen()
          void showMessage(id, conversation.found_message_id)
        }}
      >
        <span className="notice-title" dir="auto">
          {title}
        </span>
        {conversation.snippet ? (
          <span className="notice-text" dir="auto">
            {conversation.snippet}
          </span>
        ) : null}
        <TimeText value={conversation.updated_at} />
      </button>
      <Menu
        items={[
          { key: 'rename', label: t('Rename'), icon: 'Pencil', onSelect: onRename },
          { key: 'markdown', label: t('Save as Markdown'), icon: 'Download', onSelect: save('markdown') },
          { key: 'json', label: t('Save as JSON'), icon: 'Download', onSelect: save('json') },
          { key: 'rule', separator: true },
          { key: 'delete', label: t('Delete'), icon: 'Trash2', danger: true, onSelect: () => onDelete(conversation) },
        ]}
      >
        <IconButton icon="Ellipsis" label={t('More for {name}', { name: title })} />
      </Menu>
    </>
  )
}

function RenameForm({ conversation, onDone }: { readonly conversation: Conversation; readonly onDone: () => void }) {
  const [title, setTitle] = useState(titleOf(conversation))
  const [pending, setPending] = useState(false)
  const left = useRef(false)
  const help = useId()
  const leave = () => {
    left.current = true
    onDone()
  }
  const save = () => {
    if (left.current || pending) return
    const wanted = title.trim()
    if (wanted === '' || wanted === conversation.title) return leave()
    setPending(true)
    renameConversation(conversation.conversation_id, wanted).then(leave, (error) => {
      setPending(false)
      tellFailure(error)
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    // Escape leaves the field, not the list around it.
    event.preventDefault()
    event.stopPropagation()
    leave()
  }
  return (
    <form
      className="conversation-rename"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
        autoFocus
        className="im-input"
        name="title"
        aria-label={t('Title of the conversation')}
        aria-describedby={help}
        maxLength={200}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        onFocus={(event) => event.target.select()}
        onKeyDown={onKeyDown}
        onBlur={save}
      />
      <span id={help} className="im-hidden">
        {t('Enter saves, Escape leaves it as it was.')}
      </span>
    </form>
  )
}
