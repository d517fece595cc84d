import type { JsonObject, JsonValue } from '../values/json.ts'
import { keyOf } from './config.ts'
import { MessageAdapter } from './message-adapter.ts'
import type { CreateMessageRequest, LLMConfig, LLMResponse, ProviderName } from './types.ts'

const BASE_URL: Readonly<Record<ProviderName, string>> = {
  anthropic: 'https://api.anthropic.com/v1',
  openai: 'https://api.openai.com/v1',
  openai_compatible: 'http://localhost:11434/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta/openai',
}
/** Seconds; local models may be slow. */
const TIMEOUT: Readonly<Record<ProviderName, number>> = {
  anthropic: 120,
  openai: 120,
  google: 120,
  openai_compatible: 300,
}

/** One request to a provider, and how its answer is read. */
export interface ProviderRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
  readonly timeoutSeconds: number
  read(body: JsonValue): LLMResponse
}

/** Models that take only a limit of tokens, under another name, and no temperature. */
const isReasoning = ({ provider, model }: LLMConfig): boolean =>
  provider === 'openai' && /^(?:gpt-5|o[134])/.test(model)

/** What the provider understands of the settings; the rest is left out (sdk.md 10.3). */
function parameters(config: LLMConfig, request: CreateMessageRequest): JsonObject {
  const maxTokens = request.maxTokens ?? config.maxTokens ?? 1024
  if (isReasoning(config)) return { max_completion_tokens: maxTokens }
  const stop = config.stopSequences === undefined ? undefined : [...config.stopSequences]
  const isAnthropic = config.provider === 'anthropic'
  const hasPenalties = config.provider === 'openai' || config.provider === 'openai_compatible'
  return defined({
    temperature: request.temperature ?? config.temperature ?? 0,
    max_tokens: maxTokens,
    top_p: config.topP,
    [isAnthropic ? 'stop_sequences' : 'stop']: stop,
    presence_penalty: hasPenalties ? config.presencePenalty : undefined,
    frequency_penalty: hasPenalties ? config.frequencyPenalty : undefined,
  })
}

const defined = (members: Record<string, JsonValue | undefined>): JsonObject =>
  Object.fromEntries(Object.entries(members).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined))

function anthropicRequest(config: LLMConfig, request: CreateMessageRequest): JsonObject {
  const { tools = [], toolChoice, system = '' } = request
  return {
    model: config.model,
    ...parameters(config, request),
    messages: MessageAdapter.toAnthropic(request.messages),
    ...(system === '' ? {} : { system }),
    ...(tools.length === 0 ? {} : { tools: MessageAdapter.toolsToAnthropic(tools) }),
    ...(toolChoice === undefined || tools.length === 0 ? {} : { tool_choice: { ...toolChoice } }),
  }
}

/** Local models think aloud unless they are told not to. */
const withoutThinking = ({ provider, thinkingMode = 'auto' }: LLMConfig): JsonObject =>
  provider === 'openai_compatible' && thinkingMode !== 'on' ? { think: false, reasoning_effort: 'none' } : {}

function openAiRequest(config: LLMConfig, request: CreateMessageRequest): JsonObject {
  const { tools = [], toolChoice } = request
  const choice =
    config.byollmToolChoice || (toolChoice === undefined ? undefined : MessageAdapter.choiceToOpenAi(toolChoice))
  return {
    model: config.model,
    ...parameters(config, request),
    ...withoutThinking(config),
    messages: MessageAdapter.toOpenAi(request.messages, request.system),
    ...(tools.length === 0 ? {} : { tools: MessageAdapter.toolsToOpenAi(tools) }),
    ...(choice === undefined || tools.length === 0 ? {} : { tool_choice: choice }),
  }
}

/** What one config makes of a request: the Anthropic protocol, or that of OpenAI for all others. */
export function providerRequest(config: LLMConfig, request: CreateMessageRequest): ProviderRequest {
  const base = (config.baseUrl || BASE_URL[config.provider]).replace(/\/+$/, '')
  const key = keyOf(config)
  const timeoutSeconds = TIMEOUT[config.provider]
  if (config.provider === 'anthropic') {
    const headers = { 'content-type': 'application/json', 'x-api-key': key, 'anthropic-version': '2023-06-01' }
    const body = anthropicRequest(config, request)
    return { url: `${base}/messages`, headers, body, timeoutSeconds, read: MessageAdapter.fromAnthropic }
  }
  const headers = { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) }
  const body = openAiRequest(config, request)
  return { url: `${base}/chat/completions`, headers, body, timeoutSeconds, read: MessageAdapter.fromOpenAi }
}
