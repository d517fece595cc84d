export { chatErrors } from './errors.ts'
export type { ChatUser, TurnResult } from './messages.ts'
export { type Chat, type ChatOptions, openChat } from './open-chat.ts'
export { renderOutcomes } from './render.ts'
