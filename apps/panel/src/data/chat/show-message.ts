import { loadChat, loadOlder } from './chat.ts'
import { chat } from './state.ts'

const isHere = (messageId: string) => chat.get().entries.some(({ message }) => message.message_id === messageId)

/** Resolves when the frame that shows what was set is on the screen. */
const drawn = () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))

/**
 * Opens a conversation at one of its messages, however far up it stands; without one at its end. What is no longer there is not
 * looked for beyond the beginning.
 */
export async function showMessage(conversationId: string, messageId: string | null): Promise<void> {
  await loadChat(conversationId)
  if (messageId === null) return
  for (let cursor = chat.get().cursor; !isHere(messageId) && cursor !== null; ) {
    await loadOlder()
    const next = chat.get()
    // The person went elsewhere, or the page could not be read: the button for it stays.
    if (next.conversationId !== conversationId || next.cursor === cursor) return
    cursor = next.cursor
  }
  await drawn()
  const place = document.getElementById(`said-${messageId}`)
  place?.scrollIntoView({ block: 'center' })
  place?.focus({ preventScroll: true })
}
