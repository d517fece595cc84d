import { chat as routes } from '@imperal/contract'
import { api } from '../api.ts'
import { queryClient } from '../query-client.ts'
import { whileBeginning } from './beginning.ts'
import { loadChat } from './chat.ts'
import { conversationsKey } from './conversations.ts'
import { rememberConversation } from './remembered.ts'
import { chat, emptyChat, FIRST_CONVERSATION } from './state.ts'

/** Begins an empty conversation. @throws ApiError */
export const startConversation = (): Promise<void> => whileBeginning(begin())

async function begin(): Promise<void> {
  const made = await api.send(routes.createConversation, { body: {} })
  const { draft, files } = chat.get()
  chat.set({ ...emptyChat(made.conversation_id), phase: 'ready', draft, files })
  rememberConversation(made.conversation_id)
  void queryClient.invalidateQueries({ queryKey: conversationsKey })
}

/** Deletes a conversation with its messages; the first one takes its place when it was shown. @throws ApiError */
export async function deleteConversation(conversationId: string): Promise<void> {
  await api.send(routes.deleteConversation, { params: { conversation_id: conversationId } })
  void queryClient.invalidateQueries({ queryKey: conversationsKey })
  if (chat.get().conversationId === conversationId) {
    chat.set(emptyChat(FIRST_CONVERSATION))
    rememberConversation(FIRST_CONVERSATION)
    await loadChat()
  }
}
