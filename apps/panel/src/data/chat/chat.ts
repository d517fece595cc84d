import { type ChatMessage, chat as routes } from '@imperal/contract'
import { api } from '../api.ts'
import { failureOf } from '../failures.ts'
import { queryClient } from '../query-client.ts'
import { workspace } from '../workspace/workspace.ts'
import { rememberConversation } from './remembered.ts'
import { type ChatState, chat, type Entry, emptyChat, FIRST_CONVERSATION, runningAnswer, upsert } from './state.ts'

const PAGE = 40
export const conversationsKey = ['chat', 'conversations'] as const
const is = (conversationId: string) => chat.get().conversationId === conversationId
const change = (conversationId: string, next: (state: ChatState) => ChatState) => {
  if (is(conversationId)) chat.set(next)
}

const settled = (message: ChatMessage, live: boolean): Entry => ({
  message,
  clientId: null,
  sending: 'no',
  failure: null,
  live,
})

/** Reads the end of a conversation. What is shown stays until the answer is there. */
export async function loadChat(conversationId = chat.get().conversationId): Promise<void> {
  if (!is(conversationId)) {
    chat.set(emptyChat(conversationId))
    rememberConversation(conversationId)
  }
  chat.set((state) => ({ ...state, phase: state.entries.length > 0 ? state.phase : 'loading', failure: null }))
  try {
    const page = await api.send(routes.list, { query: { conversation_id: conversationId, limit: PAGE } })
    change(conversationId, (state) => ({
      ...merge(state, page.messages),
      phase: 'ready',
      cursor: page.has_more ? page.cursor : null,
    }))
  } catch (error) {
    change(conversationId, (state) => ({ ...state, phase: 'failed', failure: failureOf(error) }))
  }
}

/** The server's messages, with what this window sent and the server does not list yet. */
function merge(state: ChatState, messages: readonly ChatMessage[]): ChatState {
  const before = new Map(state.entries.map((entry) => [entry.message.message_id, entry]))
  const listed = new Set(messages.map((message) => message.message_id))
  const unsent = state.entries.filter((entry) => entry.sending !== 'no' && !listed.has(entry.message.message_id))
  const known = messages.map((message) => settled(message, before.get(message.message_id)?.live ?? false))
  return { ...state, entries: [...known, ...unsent] }
}

/** Reads the page before the first message. */
export async function loadOlder(): Promise<void> {
  const { conversationId, cursor, loadingOlder } = chat.get()
  if (cursor === null || loadingOlder) return
  chat.set((state) => ({ ...state, loadingOlder: true }))
  try {
    const page = await api.send(routes.list, {
      query: { conversation_id: conversationId, before: cursor, limit: PAGE },
    })
    change(conversationId, (state) => ({
      ...state,
      entries: [...page.messages.map((message) => settled(message, false)), ...state.entries],
      cursor: page.has_more ? page.cursor : null,
      loadingOlder: false,
    }))
  } catch {
    // The button stays, and pressing it tries again.
    change(conversationId, (state) => ({ ...state, loadingOlder: false }))
  }
}

function draftMessage(conversationId: string, text: string, id: string): ChatMessage {
  return {
    message_id: id,
    conversation_id: conversationId,
    role: 'user',
    text,
    type: 'response',
    status: 'done',
    status_text: null,
    surface: 'panel',
    app_id: null,
    ui: null,
    pick_list: [],
    confirmation_id: null,
    task_id: null,
    actions: [],
    created_at: new Date().toISOString(),
  }
}

/** Says something. It appears at once; a failed sending stays with a way to repeat it. */
export async function sendMessage(text: string): Promise<void> {
  const said = text.trim()
  if (said === '') return
  const { conversationId } = chat.get()
  const clientId = crypto.randomUUID()
  const message = draftMessage(conversationId, said, `local-${clientId}`)
  const entry: Entry = { message, clientId, sending: 'pending', failure: null, live: true }
  chat.set((state) => ({ ...state, entries: [...state.entries, entry] }))
  await post(conversationId, clientId, said)
}

/** Sends a failed message again; the server recognises one that it already has. */
export async function resend(clientId: string): Promise<void> {
  const found = chat.get().entries.find((entry) => entry.clientId === clientId)
  if (!found) return
  patch(clientId, { sending: 'pending', failure: null })
  await post(found.message.conversation_id, clientId, found.message.text)
}

const patch = (clientId: string, changes: Partial<Entry>) =>
  chat.set((state) => ({
    ...state,
    entries: state.entries.map((entry) => (entry.clientId === clientId ? { ...entry, ...changes } : entry)),
  }))

async function post(conversationId: string, clientId: string, text: string): Promise<void> {
  const { current } = workspace.get()
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
  try {
    const answer = await api.send(routes.send, {
      body: {
        text,
        conversation_id: conversationId,
        client_msg_id: clientId,
        context: { timezone, ...(current === null ? {} : { app_id: current }) },
      },
    })
    change(conversationId, (state) => accepted(state, clientId, answer))
    void queryClient.invalidateQueries({ queryKey: conversationsKey })
  } catch (error) {
    patch(clientId, { sending: 'failed', failure: failureOf(error) })
  }
}

/** The server has the message: it gets its real id, and the place of its answer follows it. */
function accepted(state: ChatState, clientId: string, ids: { message_id: string; reply_id: string }): ChatState {
  const local = `local-${clientId}`
  const renamed = state.entries.map((entry) =>
    entry.clientId === clientId
      ? { ...entry, message: { ...entry.message, message_id: ids.message_id }, sending: 'no' as const, failure: null }
      : entry,
  )
  const lines = state.lines.map((line) => (line.after === local ? { ...line, after: ids.message_id } : line))
  if (renamed.some((entry) => entry.message.message_id === ids.reply_id)) return { ...state, entries: renamed, lines }
  const reply = {
    ...draftMessage(state.conversationId, '', ids.reply_id),
    role: 'assistant' as const,
    status: 'processing' as const,
  }
  return { ...state, entries: upsert(renamed, reply, true), lines }
}

/** Stops the answer that is being made. Calls that have already run stay done. */
export async function stopAnswer(): Promise<void> {
  const running = runningAnswer(chat.get())
  if (!running) return
  try {
    await api.send(routes.cancel, { params: { message_id: running.message_id }, body: {} })
  } catch {
    // It ended in the meantime, or an earlier process made it: what the server has is the truth.
    await loadChat()
  }
}

/** Begins an empty conversation. @throws ApiError */
export async function startConversation(): Promise<void> {
  const made = await api.send(routes.createConversation, { body: {} })
  chat.set({ ...emptyChat(made.conversation_id), phase: 'ready', draft: chat.get().draft })
  rememberConversation(made.conversation_id)
  void queryClient.invalidateQueries({ queryKey: conversationsKey })
}

/** Deletes a conversation with its messages; the first one takes its place when it was shown. @throws ApiError */
export async function deleteConversation(conversationId: string): Promise<void> {
  await api.send(routes.deleteConversation, { params: { conversation_id: conversationId } })
  void queryClient.invalidateQueries({ queryKey: conversationsKey })
  if (is(conversationId)) {
    chat.set(emptyChat(FIRST_CONVERSATION))
    rememberConversation(FIRST_CONVERSATION)
    await loadChat()
  }
}
