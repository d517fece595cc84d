import { ValidationError } from '../errors.ts'
import type { CreateMessageRequest, Message, Purpose } from './types.ts'

const PURPOSES: readonly Purpose[] = ['routing', 'execution', 'navigate']

/** An unknown or empty purpose counts as `execution`. */
export const purposeOf = (purpose: string | undefined): Purpose =>
  PURPOSES.find((known) => known === purpose) ?? 'execution'

/** @throws ValidationError for a request that no model can answer */
export function checkRequest({ messages, tools = [], toolChoice, maxTokens }: CreateMessageRequest): void {
  if (!Array.isArray(messages) || messages.length === 0)
    throw new ValidationError('messages', 'A model needs at least one message')
  for (const [index, message] of messages.entries()) checkMessage(message, index)
  if (toolChoice?.type === 'tool' && !tools.some(({ name }) => name === toolChoice.name))
    throw new ValidationError('toolChoice', `There is no tool '${toolChoice.name}' to choose`)
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 1))
    throw new ValidationError('maxTokens', `maxTokens is a whole number from 1 up, not ${maxTokens}`)
}

function checkMessage({ role, content }: Message, index: number): void {
  if (role !== 'user' && role !== 'assistant')
    throw new ValidationError(`messages.${index}.role`, `A role is user or assistant, not '${String(role)}'`)
  if (typeof content !== 'string' && !Array.isArray(content))
    throw new ValidationError(`messages.${index}.content`, 'The content of a message is a text or blocks')
}
