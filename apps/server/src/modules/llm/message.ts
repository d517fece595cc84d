import type { JsonObject } from '@imperal/contract'
import {
  generateText,
  jsonSchema,
  type LanguageModelUsage,
  type ModelMessage,
  ToolChoiceViolationError,
  type ToolSet,
  tool,
} from 'ai'
import { isReasoning, stopReasonOf, timeoutOf, toLlmError } from './complete.ts'
import { languageModel, type ModelSource, modelName } from './resolve-model.ts'
import { withoutThinking } from './thinking.ts'
import type { LlmMessage, LlmMessageAnswer, LlmMessageRequest, LlmToolChoice } from './types.ts'

/** Most tokens of one turn in blocks for which nobody said how many. */
export const MESSAGE_TOKENS = 1024

type Names = ReadonlyMap<string, string>

/** Which tool each call is for: results name only their call. */
const toolNames = (messages: readonly LlmMessage[]): Names =>
  new Map(
    messages.flatMap(({ content }) =>
      typeof content === 'string'
        ? []
        : content.flatMap((block) => (block.type === 'tool_use' ? [[block.id, block.name] as const] : [])),
    ),
  )

/** Tool results are messages of their own; everything else stays together. */
function toModelMessages({ role, content }: LlmMessage, names: Names): ModelMessage[] {
  if (typeof content === 'string') return [{ role, content }]
  const results = content.flatMap((block) =>
    block.type === 'tool_result'
      ? [
          {
            type: 'tool-result' as const,
            toolCallId: block.toolUseId,
            toolName: names.get(block.toolUseId) ?? '',
            output: { type: 'text' as const, value: block.content },
          },
        ]
      : [],
  )
  const texts = content.flatMap((block) => (block.type === 'text' ? [{ type: 'text' as const, text: block.text }] : []))
  const calls = content.flatMap((block) =>
    block.type === 'tool_use'
      ? [{ type: 'tool-call' as const, toolCallId: block.id, toolName: block.name, input: block.input }]
      : [],
  )
  const answered: ModelMessage[] = results.length === 0 ? [] : [{ role: 'tool', content: results }]
  if (role === 'assistant') return [{ role, content: [...texts, ...calls] }]
  return texts.length === 0 ? answered : [...answered, { role, content: texts }]
}

/** Without `execute`: the model says what it would call, and its caller decides. */
const toolSet = ({ tools = [] }: LlmMessageRequest): ToolSet =>
  Object.fromEntries(
    tools.map(({ name, description, inputSchema }) => [
      name,
      tool({ description, inputSchema: jsonSchema<JsonObject>(inputSchema as never) }), // a JSON schema as it came
    ]),
  )

function choiceOf(choice: LlmToolChoice | undefined) {
  if (choice === undefined || choice.type === 'auto') return 'auto' as const
  return choice.type === 'any' ? ('required' as const) : { type: 'tool' as const, toolName: choice.name }
}

function settingsOf(request: LlmMessageRequest, name: string) {
  const { temperature, topP, presencePenalty, frequencyPenalty, stopSequences } = request
  if (isReasoning(name)) return {}
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(presencePenalty === undefined ? {} : { presencePenalty }),
    ...(frequencyPenalty === undefined ? {} : { frequencyPenalty }),
    ...(stopSequences === undefined ? {} : { stopSequences: [...stopSequences] }),
  }
}

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

/** One request to one source; `retries` counts further tries at the same source after a passing fault. @throws LLM_* */
export async function messageWith(
  source: ModelSource,
  request: LlmMessageRequest,
  options: { fetch: typeof fetch; retries: number },
): Promise<LlmMessageAnswer> {
  const name = request.model || modelName(source, request.purpose)
  const timeout = timeoutOf(source)
  const names = toolNames(request.messages)
  const hasTools = (request.tools ?? []).length > 0
  try {
    let used: LanguageModelUsage | undefined
    const result = await generateText({
      model: languageModel(source, name, options.fetch),
      ...(request.system ? { instructions: request.system } : {}),
      messages: request.messages.flatMap((message) => toModelMessages(message, names)),
      ...(hasTools ? { tools: toolSet(request), toolChoice: choiceOf(request.toolChoice) } : {}),
      ...settingsOf(request, name),
      maxOutputTokens: request.maxTokens ?? MESSAGE_TOKENS,
      abortSignal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
      maxRetries: options.retries,
      providerOptions: withoutThinking(source, name, request.purpose),
      onLanguageModelCallEnd: ({ usage }) => {
        used = usage
      },
    }).catch((error: unknown) => {
      // A model that talks instead of calling has answered all the same: what to make of it is for the caller.
      if (!ToolChoiceViolationError.isInstance(error)) throw error
      return { content: error.content, finishReason: error.finishReason, usage: used }
    })
    const content = result.content.flatMap((part): LlmMessageAnswer['content'][number][] => {
      if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }]
      if (part.type !== 'tool-call') return []
      return [{ type: 'tool_use', id: part.toolCallId, name: part.toolName, input: objectOf(part.input) }]
    })
    return {
      content,
      stopReason: stopReasonOf(result.finishReason),
      model: name,
      owner: source.owner,
      usage: { input_tokens: result.usage?.inputTokens ?? 0, output_tokens: result.usage?.outputTokens ?? 0 },
    }
  } catch (error) {
    if (request.signal?.aborted) throw error
    throw toLlmError(error, source, timeout.aborted)
  }
}
