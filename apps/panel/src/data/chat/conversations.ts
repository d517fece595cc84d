import { type Conversation, chat as routes } from '@imperal/contract'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { t } from '../../i18n/index.ts'
import { api } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { FIRST_CONVERSATION } from './state.ts'

export const conversationsKey = ['chat', 'conversations'] as const
const PAGE = 50

/** Conversations of the signed-in person, the newest first; with words those that hold them. */
export const conversationsQuery = (words: string) =>
  infiniteQueryOptions({
    queryKey: [...conversationsKey, words],
    queryFn: ({ pageParam, signal }) =>
      api.send(routes.conversations, {
        query: { q: words, limit: PAGE, ...(pageParam === '' ? {} : { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.cursor ?? undefined,
    staleTime: 60_000,
  })

/** What a conversation is called where nobody gave it a name. */
export const titleOf = (conversation: Conversation | undefined): string =>
  conversation?.title ||
  (conversation && conversation.conversation_id !== FIRST_CONVERSATION ? t('New conversation') : t('Assistant'))

/** @throws ApiError */
export async function renameConversation(conversationId: string, title: string): Promise<void> {
  await api.send(routes.renameConversation, { params: { conversation_id: conversationId }, body: { title } })
  await queryClient.invalidateQueries({ queryKey: conversationsKey })
}

const nameIn = (disposition: string | null): string => {
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(disposition ?? '')?.[1]
  return encoded === undefined ? 'conversation' : decodeURIComponent(encoded)
}

/** Saves a whole conversation as a file of the browser. @throws ApiError */
export async function downloadConversation(conversationId: string, format: 'markdown' | 'json'): Promise<void> {
  const response = await api.raw(routes.exportConversation, {
    params: { conversation_id: conversationId },
    query: { format },
  })
  const address = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = address
  link.download = nameIn(response.headers.get('content-disposition'))
  link.click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
