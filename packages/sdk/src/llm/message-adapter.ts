import { isObject, type JsonObject, type JsonValue, numberOr, stringOr } from '../values/json.ts'
import { messageToWire, responseFromWire } from './message-wire.ts'
import type { Block, LLMResponse, LLMTool, Message, ToolChoice, ToolResultBlock } from './types.ts'

type OpenAiMessage = JsonObject & { role: string }

const blocksOf = ({ content }: Message): readonly (Block | ToolResultBlock)[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

const toolCall = ({ id, name, input }: Block & { type: 'tool_use' }): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
})

/** One message of ours as one or more of theirs: each tool result is a message of its own. */
function toOpenAiMessages(message: Message): OpenAiMessage[] {
  const blocks = blocksOf(message)
  const results = blocks.filter((block) => block.type === 'tool_result')
  const calls = blocks.filter((block) => block.type === 'tool_use')
  const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
  const answers = results.map(({ toolUseId, content }) => ({ role: 'tool', tool_call_id: toolUseId, content }))
  if (results.length > 0 && text === '' && calls.length === 0) return answers
  const content = text === '' && calls.length > 0 ? null : text
  return [
    ...answers,
    { role: message.role, content, ...(calls.length === 0 ? {} : { tool_calls: calls.map(toolCall) }) },
  ]
}

/** OpenAI refuses arrays that do not say what they hold. */
function withItems(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(withItems)
  if (!isObject(schema)) return schema
  const inner = Object.fromEntries(
    Object.entries(schema as JsonObject).map(([key, value]) => [key, withItems(value)]),
  ) as JsonObject
  return inner.type === 'array' && inner.items === undefined ? { ...inner, items: { type: 'string' } } : inner
}

const toOpenAiTool = ({ name, description, inputSchema }: LLMTool): JsonObject => ({
  type: 'function',
  function: { name, description, parameters: withItems(inputSchema) },
})

function toOpenAiChoice(choice: ToolChoice): JsonValue {
  if (choice.type === 'any') return 'required'
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : 'auto'
}

function inputOf(call: Record<string, unknown>): JsonObject {
  try {
    const input: unknown = JSON.parse(stringOr(call.arguments, ''))
    return isObject(input) ? (input as JsonObject) : {}
  } catch {
    return {} // what cannot be read is for the validation of the tool's arguments to refuse
  }
}

function toolUseOf(wire: unknown): Block[] {
  const call = isObject(wire) && isObject(wire.function) ? wire.function : undefined
  if (!isObject(wire) || call === undefined) return []
  return [{ type: 'tool_use', id: stringOr(wire.id, ''), name: stringOr(call.name, ''), input: inputOf(call) }]
}

function fromOpenAi(body: unknown): LLMResponse {
  const answer = isObject(body) ? body : {}
  const [first] = Array.isArray(answer.choices) ? answer.choices : []
  const choice = isObject(first) ? first : {}
  const message = isObject(choice.message) ? choice.message : {}
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.flatMap(toolUseOf) : []
  const text = stringOr(message.content, '')
  const usage = isObject(answer.usage) ? answer.usage : {}
  const cut = choice.finish_reason === 'length' ? 'max_tokens' : 'end_turn'
  return Object.freeze({
    content: Object.freeze([...(text === '' ? [] : [{ type: 'text' as const, text }]), ...calls]),
    stopReason: calls.length > 0 ? 'tool_use' : cut,
    model: stringOr(answer.model, ''),
    usage: Object.freeze({
      inputTokens: numberOr(usage.prompt_tokens, numberOr(usage.input_tokens, 0)),
      outputTokens: numberOr(usage.completion_tokens, numberOr(usage.output_tokens, 0)),
    }),
  })
}

/** Messages, tools and answers between the block format and the two wire families of providers (sdk.md 10.4). */
export const MessageAdapter = Object.freeze({
  /** The system text first, then each message; tool results become messages of role `tool`. */
  toOpenAi: (messages: readonly Message[], system = ''): JsonObject[] => [
    ...(system === '' ? [] : [{ role: 'system', content: system }]),
    ...messages.flatMap(toOpenAiMessages),
  ],
  toolsToOpenAi: (tools: readonly LLMTool[]): JsonObject[] => tools.map(toOpenAiTool),
  choiceToOpenAi: toOpenAiChoice,
  /** Unreadable arguments of a call become `{}`. */
  fromOpenAi,
  toAnthropic: (messages: readonly Message[]): JsonObject[] => messages.map(messageToWire),
  toolsToAnthropic: (tools: readonly LLMTool[]): JsonObject[] =>
    tools.map(({ name, description, inputSchema }) => ({ name, description, input_schema: inputSchema })),
  fromAnthropic: (body: JsonValue): LLMResponse => responseFromWire(body),
})
