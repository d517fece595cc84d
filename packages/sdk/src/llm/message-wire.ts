import { APIError } from '../errors.ts'
import {
  entries,
  freeze,
  fromEntries,
  isObject,
  type JsonObject,
  type JsonValue,
  numberOr,
  stringOr,
  toJson,
} from '../values/json.ts'
import type { Block, CreateMessageRequest, LLMResponse, Message, ToolResultBlock } from './types.ts'

const blockToWire = (block: Block | ToolResultBlock): JsonObject =>
  block.type === 'tool_result'
    ? { type: 'tool_result', tool_use_id: block.toolUseId, content: block.content }
    : (toJson({ ...block }, 'content') as JsonObject)

/** A message in the block format of the wire (sdk.md 10.1). */
export const messageToWire = ({ role, content }: Message): JsonObject => ({
  role,
  content: typeof content === 'string' ? content : content.map(blockToWire),
})

const given = (members: Record<string, JsonValue | undefined>): JsonObject =>
  fromEntries(entries(members).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined))

/** What the kernel is asked. Explicit arguments win over those of the config; whose key it is, is not for the caller. */
export function requestToWire(request: CreateMessageRequest): JsonObject {
  const { config = {} as Partial<NonNullable<CreateMessageRequest['config']>>, tools, toolChoice } = request
  return given({
    messages: request.messages.map(messageToWire),
    system: request.system ?? '',
    purpose: request.purpose ?? '',
    model: config.model || undefined,
    max_tokens: request.maxTokens ?? config.maxTokens ?? 1024,
    temperature: request.temperature ?? config.temperature ?? 0,
    top_p: config.topP,
    presence_penalty: config.presencePenalty,
    frequency_penalty: config.frequencyPenalty,
    stop_sequences: config.stopSequences === undefined ? undefined : [...config.stopSequences],
    tools: tools?.map(({ name, description, inputSchema }) => ({ name, description, input_schema: inputSchema })),
    tool_choice: toolChoice === undefined ? undefined : { ...toolChoice },
  })
}

function blockFromWire(wire: JsonValue): Block {
  const block = isObject(wire) ? wire : {}
  if (block.type !== 'tool_use') return { type: 'text', text: stringOr(block.text, '') }
  const input = isObject(block.input) ? (block.input as JsonObject) : {}
  return { type: 'tool_use', id: stringOr(block.id, ''), name: stringOr(block.name, ''), input }
}

/** @throws APIError when the answer is none */
export function responseFromWire(wire: JsonValue): LLMResponse {
  if (!isObject(wire) || !Array.isArray(wire.content)) throw new APIError('The model layer answered no content', 502)
  const usage = isObject(wire.usage) ? wire.usage : {}
  return freeze({
    content: freeze(wire.content.map(blockFromWire)),
    stopReason: stringOr(wire.stop_reason, ''),
    model: stringOr(wire.model, ''),
    usage: freeze({
      inputTokens: numberOr(usage.input_tokens, 0),
      outputTokens: numberOr(usage.output_tokens, 0),
    }),
  })
}
