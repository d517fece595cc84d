import type { ChatAttachment, ChatMessage, JsonObject } from '@imperal/contract'
import type { ActionFailure } from '@imperal/ui-kit'
import { createStore } from '../store.ts'

/** A message of the conversation. `pending` and `failed` belong to one that the server does not have yet. */
export interface Entry {
  readonly message: ChatMessage
  /** The key with which the server recognises a repeated sending. */
  readonly clientId: string | null
  readonly sending: 'no' | 'pending' | 'failed'
  readonly failure: ActionFailure | null
  /** Arrived while this page was open: its cards may act (ui 5.10). */
  readonly live: boolean
  /** The earlier message whose place it takes. */
  readonly replaces?: string | undefined
}

/** A file that goes with the next message. */
export interface DraftFile {
  readonly key: string
  readonly name: string
  readonly phase: 'uploading' | 'ready' | 'failed'
  readonly failure: ActionFailure | null
  /** What the server keeps, when it has it. */
  readonly attachment: ChatAttachment | null
}

/** A line that this window adds: what became of a click in a panel or of a form. */
export interface ChatLine {
  readonly id: string
  /** Message after which it stands; null for the beginning. */
  readonly after: string | null
  readonly appId: string
  readonly function: string
  readonly params: JsonObject
  readonly summary: string
  readonly status: string
  readonly durationMs: number
  /** Tree of an inline card, or null. */
  readonly ui: unknown
}

export interface ChatState {
  readonly conversationId: string
  readonly phase: 'idle' | 'loading' | 'ready' | 'failed'
  readonly failure: ActionFailure | null
  readonly entries: readonly Entry[]
  readonly lines: readonly ChatLine[]
  /** Text that has arrived of answers that are being made, by message. */
  readonly streams: Readonly<Record<string, string>>
  readonly cursor: string | null
  readonly loadingOlder: boolean
  /** What stands in the composer. */
  readonly draft: string
  /** Files beside it. */
  readonly files: readonly DraftFile[]
  /** The own message that is being worded anew. */
  readonly editing: string | null
}

export const FIRST_CONVERSATION = 'default'

export const emptyChat = (conversationId: string): ChatState => ({
  conversationId,
  phase: 'idle',
  failure: null,
  entries: [],
  lines: [],
  streams: {},
  cursor: null,
  loadingOlder: false,
  draft: '',
  files: [],
  editing: null,
})

export const chat = createStore<ChatState>(emptyChat(FIRST_CONVERSATION))

/** The answer that is being made; answers to later messages wait for it. */
export const runningAnswer = (state: ChatState): ChatMessage | null =>
  state.entries.find(({ message }) => message.role === 'assistant' && message.status === 'processing')?.message ?? null

const isSame = (entry: Entry, message: ChatMessage) => entry.message.message_id === message.message_id

/** Puts a message at its place: over the one with the same id, else at the end. */
export function upsert(entries: readonly Entry[], message: ChatMessage, live: boolean): readonly Entry[] {
  const known = entries.some((entry) => isSame(entry, message))
  const entry: Entry = { message, clientId: null, sending: 'no', failure: null, live }
  return known
    ? entries.map((one) => (isSame(one, message) ? { ...entry, live: one.live || live } : one))
    : [...entries, entry]
}
