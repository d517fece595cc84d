import { logged, readCallLog, resetCallLog } from '../llm/call-log.ts'
import { checkRequest } from '../llm/check-request.ts'
import { overrideProvider } from '../llm/override.ts'
import type { Block, CreateMessageRequest, LLMProvider, LLMResponse, LLMTool, Message, Purpose } from '../llm/types.ts'

/** One request that a `MockLLM` was asked. */
export interface MockLLMRequest {
  readonly system: string
  readonly messages: readonly Message[]
  readonly tools: readonly LLMTool[]
  readonly purpose: Purpose | ''
  readonly userId: string
}

/** A model with a script: each turn is what it says to the next request. */
export interface MockLLM extends LLMProvider {
  /** Adds turns to those that are still to be said. */
  script(turns: readonly (readonly Block[])[]): void
  readonly requests: readonly MockLLMRequest[]
  /** `getLlmProvider()` answers again what it answered before. */
  restore(): void
}

function responseOf(turn: readonly Block[], request: CreateMessageRequest): LLMResponse {
  const hasCalls = turn.some(({ type }) => type === 'tool_use')
  return Object.freeze({
    content: Object.freeze([...turn]),
    stopReason: hasCalls ? 'tool_use' : 'end_turn',
    model: request.config?.model || 'mock',
    usage: Object.freeze({ inputTokens: 10, outputTokens: 5 }),
  })
}

/**
 * From here on `getLlmProvider()` answers this model, until `restore()`. A request beyond the script fails the test.
 */
export function mockLlm(): MockLLM {
  const turns: (readonly Block[])[] = []
  const requests: MockLLMRequest[] = []
  const createMessage = async (request: CreateMessageRequest): Promise<LLMResponse> => {
    checkRequest(request)
    request.signal?.throwIfAborted()
    const { system = '', messages, tools = [], purpose = '', userId = '' } = request
    requests.push({ system, messages: structuredClone(messages), tools, purpose, userId })
    return logged({ provider: 'mock', model: 'mock', isFailover: false, purpose: request.purpose }, async () => {
      const turn = turns.shift()
      if (turn === undefined) throw new Error(`mockLlm was asked ${requests.length} times; its script is shorter`)
      return responseOf(turn, request)
    })
  }
  const provider: LLMProvider = {
    createMessage,
    resetCallLog,
    getCallLog: readCallLog,
    getAvailableProviders: () => [
      { provider: 'openai_compatible', hasKey: true, defaultModel: 'mock', routingModel: 'mock' },
    ],
  }
  const restore = overrideProvider(provider)
  return Object.freeze({
    ...provider,
    script: (more: readonly (readonly Block[])[]) => void turns.push(...more),
    requests,
    restore,
  })
}
