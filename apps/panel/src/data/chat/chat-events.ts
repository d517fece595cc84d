import { ChatMessage } from '@imperal/contract'
import { announce } from '../announce.ts'
import { followTask } from '../tasks.ts'
import { refreshPanels } from '../workspace/refresher.ts'
import { loadChat } from './chat.ts'
import { chat, upsert } from './state.ts'

type Payload = Readonly<Record<string, unknown>>
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const isShown = (payload: Payload) => payload.conversation_id === chat.get().conversationId

/** Words of an answer that is being made. They may come before the answer's place is known. */
export function onChatDelta(payload: Payload): void {
  const id = text(payload.message_id)
  if (!isShown(payload) || id === '') return
  chat.set((state) => ({
    ...state,
    streams: { ...state.streams, [id]: (state.streams[id] ?? '') + text(payload.delta) },
  }))
}

/** What is being done for an answer. */
export function onChatStatus(payload: Payload): void {
  if (!isShown(payload)) return
  chat.set((state) => ({
    ...state,
    entries: state.entries.map((entry) =>
      entry.message.message_id === payload.message_id && entry.message.status === 'processing'
        ? { ...entry, message: { ...entry.message, status_text: text(payload.status_text) } }
        : entry,
    ),
  }))
}

/** A finished answer, or a message that nobody asked for. */
export function onChatMessage(payload: Payload): void {
  const panels = payload.refresh_panels
  const appId = text(payload.app_id)
  if (Array.isArray(panels) && appId !== '') refreshPanels(appId, panels.map(String))
  if (!isShown(payload)) return
  const read = ChatMessage.safeParse(payload)
  if (!read.success) {
    // A shorter form of the message: the whole one is at the server.
    void loadChat()
    return
  }
  const message = read.data
  const before = chat.get().entries.find((entry) => entry.message.message_id === message.message_id)
  chat.set((state) => {
    const { [message.message_id]: _done, ...streams } = state.streams
    return { ...state, streams, entries: upsert(state.entries, message, true) }
  })
  const isNews = before?.message.text !== message.text
  if (message.role === 'assistant' && message.text !== '' && isNews) announce(message.text)
  if (message.type === 'task_promoted' && message.task_id !== null) followTask(message.task_id)
  // Another window or device asked: its question is read from the server.
  const isAnswer = message.type !== 'system' && message.type !== 'tool_result'
  const sending = chat.get().entries.some((entry) => entry.sending === 'pending')
  if (before === undefined && isAnswer && !sending) void loadChat()
}
