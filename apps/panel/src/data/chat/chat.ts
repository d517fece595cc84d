import { type ChatAttachment, type ChatMessage, type ChatRating, chat as routes } from '@imperal/contract'
import { newId } from '@imperal/ui-kit'
import { api } from '../api.ts'
import { failureOf } from '../failures.ts'
import { queryClient } from '../query-client.ts'
import { workspace } from '../workspace/workspace.ts'
import { conversationToBe } from './beginning.ts'
import { conversationsKey } from './conversations.ts'
import { rememberConversation } from './remembered.ts'
import { type ChatState, chat, type Entry, emptyChat, runningAnswer, upsert } from './state.ts'

const PAGE = 40
const isShown = (conversationId: string) => chat.get().conversationId === conversationId
const change = (conversationId: string, next: (state: ChatState) => ChatState) => {
  if (isShown(conversationId)) chat.set(next)
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
  if (!isShown(conversationId)) {
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

function draftMessage(
  conversationId: string,
  text: string,
  id: string,
  attachments: readonly ChatAttachment[] = [],
): ChatMessage {
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
    attachments: [...attachments],
    awaits_reply: false,
    used_forms: [],
    rating: null,
    created_at: new Date().toISOString(),
  }
}

export interface SendOptions {
  readonly attachments?: readonly ChatAttachment[]
  /** An own message whose place this one takes; it and what follows leaves the conversation. */
  readonly replaces?: string
}

/** The conversation up to a message, without it. */
function cutAt(state: ChatState, messageId: string): ChatState {
  const at = state.entries.findIndex((entry) => entry.message.message_id === messageId)
  if (at < 0) return state
  const entries = state.entries.slice(0, at)
  const kept = new Set(entries.map((entry) => entry.message.message_id))
  return { ...state, entries, lines: state.lines.filter((line) => line.after === null || kept.has(line.after)) }
}

/** Says something. It appears at once; a failed sending stays with a way to repeat it. */
export async function sendMessage(text: string, options: SendOptions = {}): Promise<void> {
  const said = text.trim()
  if (said === '') return
  // Where it cannot be begun, the person is told, and what they said goes into the one that stayed.
  const next = options.replaces === undefined ? conversationToBe() : null
  if (next !== null) await next.catch(() => undefined)
  const { conversationId } = chat.get()
  const { attachments = [], replaces } = options
  const clientId = newId()
  const message = draftMessage(conversationId, said, `local-${clientId}`, attachments)
  const entry: Entry = { message, clientId, sending: 'pending', failure: null, live: true, replaces }
  chat.set((state) => {
    const kept = replaces === undefined ? state : cutAt(state, replaces)
    return { ...kept, editing: null, entries: [...kept.entries, entry] }
  })
  await post(conversationId, clientId, entry)
}

/** Sends a failed message again; the server recognises one that it already has. */
export async function resend(clientId: string): Promise<void> {
  const found = chat.get().entries.find((entry) => entry.clientId === clientId)
  if (!found) return
  patch(clientId, { sending: 'pending', failure: null })
  await post(found.message.conversation_id, clientId, found)
}

/** Drops a message that could not be sent; what it would have replaced comes back. */
export async function dropUnsent(clientId: string): Promise<void> {
  chat.set((state) => ({ ...state, entries: state.entries.filter((entry) => entry.clientId !== clientId) }))
  await loadChat()
}

/** Says whether an answer helped; the same again takes it back. @throws ApiError */
export async function rateAnswer(message: ChatMessage, rating: ChatRating): Promise<void> {
  const next = message.rating === rating ? null : rating
  const kept = await api.send(routes.rate, { params: { message_id: message.message_id }, body: { rating: next } })
  chat.set((state) => ({
    ...state,
    entries: state.entries.map((entry) =>
      entry.message.message_id === message.message_id
        ? { ...entry, message: { ...entry.message, rating: kept.rating } }
        : entry,
    ),
  }))
}

const patch = (clientId: string, changes: Partial<Entry>) =>
  chat.set((state) => ({
    ...state,
    entries: state.entries.map((entry) => (entry.clientId === clientId ? { ...entry, ...changes } : entry)),
  }))

async function post(conversationId: string, clientId: string, { message, replaces }: Entry): Promise<void> {
  const { current } = workspace.get()
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
  try {
    const answer = await api.send(routes.send, {
      body: {
        text: message.text,
        conversation_id: conversationId,
        client_msg_id: clientId,
        attachments: message.attachments.map(({ file_id }) => ({ file_id })),
        ...(replaces === undefined ? {} : { replaces }),
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
