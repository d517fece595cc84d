import { FIRST_CONVERSATION } from './state.ts'

const keyOf = (userId: string) => `imperal.conversation.${userId}`
let owner: string | null = null

/** The conversation that this person used last: in this tab, else in this browser, else the first one. */
export function lastConversation(userId: string): string {
  owner = userId
  try {
    const key = keyOf(userId)
    return sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? FIRST_CONVERSATION
  } catch {
    // Storage is closed to this page.
    return FIRST_CONVERSATION
  }
}

/** Keeps which conversation is used, for a reload and for the next window. */
export function rememberConversation(conversationId: string): void {
  if (owner === null) return
  try {
    sessionStorage.setItem(keyOf(owner), conversationId)
    localStorage.setItem(keyOf(owner), conversationId)
  } catch {
    // Storage is full or closed; a reload then begins with the first conversation.
  }
}
