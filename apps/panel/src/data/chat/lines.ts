import { newId } from '@imperal/ui-kit'
import { isPhone, phoneView } from '../view.ts'
import { workspace } from '../workspace/workspace.ts'
import { type ChatLine, chat } from './state.ts'

const MOST_LINES = 50

/** Adds what became of a call to the conversation of this window. */
export function addChatLine(line: Omit<ChatLine, 'id' | 'after'>): void {
  chat.set((state) => {
    const after = state.entries.at(-1)?.message.message_id ?? null
    const lines = [...state.lines, { ...line, id: newId(), after }]
    return { ...state, lines: lines.slice(-MOST_LINES) }
  })
}

/** Whether the conversation is on the screen. */
export const isChatVisible = (): boolean => {
  const place = document.getElementById('chat')
  if (!workspace.get().shown || (isPhone() && phoneView.get() !== 'chat')) return false
  return place !== null && place.getClientRects().length > 0
}
