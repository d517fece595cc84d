import type { JsonObject } from '../values/json.ts'

/** What a model is asked for: cheap and quick, accurate, or conversation. */
export type Purpose = 'routing' | 'execution' | 'navigate'
export type ProviderName = 'anthropic' | 'openai' | 'openai_compatible' | 'google'

export type TextBlock = { type: 'text'; text: string }
export type ToolUseBlock = { type: 'tool_use'; id: string; name: string; input: JsonObject }
export type ToolResultBlock = { type: 'tool_result'; toolUseId: string; content: string }
/** A piece of what a model says. */
export type Block = TextBlock | ToolUseBlock

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string | readonly (Block | ToolResultBlock)[]
}

export interface LLMTool {
  readonly name: string
  readonly description: string
  /** JSON schema of the input. */
  readonly inputSchema: JsonObject
}

export type ToolChoice = { type: 'auto' } | { type: 'any' } | { type: 'tool'; name: string }

/**
 * Where and how a model is asked. A key is no member: it lies in a place of its own, so that a config that is logged or
 * serialised cannot leak it (see `llmConfig`). Inside a handler provider, address and failover are the platform's.
 */
export interface LLMConfig {
  readonly provider: ProviderName
  readonly model: string
  readonly baseUrl?: string
  readonly isByollm?: boolean
  readonly byollmFallback?: 'platform' | 'error'
  readonly thinkingMode?: 'auto' | 'off' | 'on'
  readonly byollmToolChoice?: '' | 'auto' | 'required' | 'none'
  /** Asked once when this one fails. */
  readonly failoverConfig?: LLMConfig
  readonly temperature?: number
  readonly maxTokens?: number
  readonly topP?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly stopSequences?: readonly string[]
}

/** What one call used. */
export interface LLMUsage {
  readonly provider: string
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
  readonly isByollm: boolean
  readonly isFailover: boolean
  readonly purpose: string
  readonly extensionId: string
  readonly userId: string
  readonly latencyMs: number
}

/** One line of the call log; `purpose` is `default` when none was given, `error` has at most 200 characters. */
export type CallLogEntry = Omit<LLMUsage, 'isByollm' | 'extensionId' | 'userId'> & { readonly error: string | null }

export interface LLMResponse {
  readonly content: readonly Block[]
  /** `end_turn`, `tool_use`, `max_tokens`, or what the provider says. */
  readonly stopReason: string
  readonly model: string
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number }
}

export interface CreateMessageRequest {
  readonly messages: readonly Message[]
  readonly system?: string
  /** 1024 unless told here or by the config. */
  readonly maxTokens?: number
  readonly config?: LLMConfig
  /** `execution` unless told. */
  readonly purpose?: Purpose
  readonly extensionId?: string
  /** Whose model and key are used. Inside a handler it must be the acting user. */
  readonly userId?: string
  readonly tools?: readonly LLMTool[]
  readonly toolChoice?: ToolChoice
  /** 0 unless told here or by the config. */
  readonly temperature?: number
  readonly signal?: AbortSignal
}

export interface AvailableProvider {
  readonly provider: ProviderName
  readonly hasKey: boolean
  readonly defaultModel: string
  readonly routingModel: string
}

/** The model layer for full control; `ctx.ai` is enough for most. Never a vendor's library. */
export interface LLMProvider {
  /** @throws AuthError for another user than the acting one, APIError when no model answers, ValidationError for a request that is none */
  createMessage(request: CreateMessageRequest): Promise<LLMResponse>
  /** Forgets the log of this call, or of this process outside of calls. */
  resetCallLog(): void
  getCallLog(): readonly CallLogEntry[]
  /** Providers with a key. */
  getAvailableProviders(): readonly AvailableProvider[]
}
