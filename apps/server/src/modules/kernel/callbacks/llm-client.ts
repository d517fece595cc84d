import type { JsonObject, JsonValue } from '@imperal/contract'
import type { LlmBlock, LlmMessage, LlmPurpose, LlmTool, LlmToolChoice } from '../../llm/index.ts'
import { objectAt, textOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { boundedNumber, neededText, temperatureOf, toApiError, tokensOf } from './model-request.ts'
import { refusedCallback } from './refuse-callback.ts'
import { subjectOf } from './session.ts'
import { keepSecretsFromModels, textsOf } from './spoken-secrets.ts'

const PURPOSES: readonly LlmPurpose[] = ['routing', 'execution', 'navigate']
const MOST_MESSAGES = 200
const MOST_TOOLS = 128
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/

const wrong = (field: string, message: string) => refusedCallback('validation_error', message, { field })
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function blockOf(value: JsonValue, field: string): LlmBlock {
  const block = isObject(value) ? value : {}
  if (block.type === 'text' && typeof block.text === 'string') return { type: 'text', text: block.text }
  if (block.type === 'tool_use' && isObject(block.input))
    return {
      type: 'tool_use',
      id: neededText(block.id, `${field}.id`, 'A tool use has an id.'),
      name: neededText(block.name, `${field}.name`, 'A tool use names its tool.'),
      input: block.input,
    }
  if (block.type === 'tool_result' && typeof block.content === 'string')
    return {
      type: 'tool_result',
      toolUseId: neededText(block.tool_use_id, `${field}.tool_use_id`, 'A tool result names its call.'),
      content: block.content,
    }
  throw wrong(field, 'A block is a text, a tool_use with its input, or a tool_result with its content.')
}

function messageOf(value: JsonValue, index: number): LlmMessage {
  const message = isObject(value) ? value : {}
  const { role, content } = message
  const field = `messages.${index}`
  if (role !== 'user' && role !== 'assistant') throw wrong(`${field}.role`, 'A role is user or assistant.')
  if (typeof content === 'string') return { role, content }
  if (!Array.isArray(content)) throw wrong(`${field}.content`, 'The content of a message is a text or blocks.')
  return { role, content: content.map((block, at) => blockOf(block, `${field}.content.${at}`)) }
}

function messagesOf(value: JsonValue | undefined): LlmMessage[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_MESSAGES)
    throw wrong('messages', `A model needs 1 to ${MOST_MESSAGES} messages.`)
  const messages = value.map(messageOf)
  const called = new Set(
    messages.flatMap(({ content }) =>
      typeof content === 'string' ? [] : content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])),
    ),
  )
  for (const { content } of messages)
    for (const block of typeof content === 'string' ? [] : content)
      if (block.type === 'tool_result' && !called.has(block.toolUseId))
        throw wrong('messages', `The tool result '${block.toolUseId.slice(0, 64)}' answers no call before it.`)
  return messages
}

function toolOf(value: JsonValue, index: number): LlmTool {
  const tool = isObject(value) ? value : {}
  const name = textOf(tool.name) ?? ''
  if (!TOOL_NAME.test(name)) throw wrong(`tools.${index}.name`, 'A tool has a name of letters, digits, _ and -.')
  const inputSchema = isObject(tool.input_schema) ? tool.input_schema : { type: 'object', properties: {} }
  return { name, description: textOf(tool.description) ?? '', inputSchema }
}

function toolsOf(value: JsonValue | undefined): LlmTool[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > MOST_TOOLS) throw wrong('tools', `A model takes ${MOST_TOOLS} tools.`)
  return value.map(toolOf)
}

function choiceOf(value: JsonValue | undefined, tools: readonly LlmTool[]): LlmToolChoice | undefined {
  if (!isObject(value)) return undefined
  if (value.type === 'auto') return { type: 'auto' }
  if (value.type === 'any') return { type: 'any' }
  const name = textOf(value.name) ?? ''
  if (value.type === 'tool' && tools.some((tool) => tool.name === name)) return { type: 'tool', name }
  throw wrong('tool_choice', 'The chosen tool is none of the tools.')
}

const stopsOf = (value: JsonValue | undefined): string[] | undefined =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string').slice(0, 16) : undefined

/** `getLlmProvider()` of a handler (K9.5): the same cascade, metering and limits as `ctx.ai`, without a key. */
export const llmClient: ClientTable<'llm'> = {
  async create_message(session, args, asUser) {
    const given = objectAt(args, 0, 'request')
    const messages = messagesOf(given.messages)
    const tools = toolsOf(given.tools)
    const system = textOf(given.system)
    keepSecretsFromModels(session, [system ?? '', ...textsOf(given.messages ?? null)])
    try {
      const answer = await session.parts.llm.createMessage({
        purpose: PURPOSES.find((purpose) => purpose === given.purpose) ?? 'execution',
        tenantId: session.call.pass.actor.tenantId,
        userId: await subjectOf(session, asUser),
        appId: session.call.use.app.appId,
        traceId: session.call.pass.traceId,
        messages,
        system,
        model: textOf(given.model) || undefined,
        maxTokens: tokensOf(given) ?? 1024,
        temperature: temperatureOf(given),
        topP: boundedNumber(given, 'top_p', { least: 0, most: 1 }),
        presencePenalty: boundedNumber(given, 'presence_penalty', { least: -2, most: 2 }),
        frequencyPenalty: boundedNumber(given, 'frequency_penalty', { least: -2, most: 2 }),
        stopSequences: stopsOf(given.stop_sequences),
        tools,
        toolChoice: choiceOf(given.tool_choice, tools),
        signal: session.signal,
      })
      return {
        content: answer.content as unknown as JsonValue, // blocks of plain values
        stop_reason: answer.stopReason,
        model: answer.model,
        usage: { ...answer.usage },
      }
    } catch (error) {
      throw toApiError(error)
    }
  },
}
