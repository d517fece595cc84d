import type { AssistantLimits, JsonObject, LlmPurpose, PublicPurpose } from '@imperal/contract'
import type { MountedRoute } from '../../foundation/http/index.ts'

export type { LlmPurpose }

/** How models are asked for a purpose, where a request says nothing of it. */
export interface Tuning {
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
}

export interface LlmRequest {
  readonly purpose: LlmPurpose
  readonly tenantId: string
  readonly userId: string
  readonly appId: string | null
  /** What the request belongs to. */
  readonly traceId?: string | undefined
  readonly system?: string | undefined
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[]
  readonly model?: string | undefined
  readonly temperature?: number | undefined
  readonly maxTokens?: number | undefined
  readonly topP?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly frequencyPenalty?: number | undefined
  /** JSON schema of the object that is wanted instead of text. */
  readonly schema?: JsonObject | undefined
  readonly signal?: AbortSignal | undefined
  /** Text as it arrives; only without `schema`. */
  readonly onText?: ((delta: string) => void) | undefined
}

export type LlmTextBlock = { readonly type: 'text'; readonly text: string }
export type LlmToolUseBlock = {
  readonly type: 'tool_use'
  readonly id: string
  readonly name: string
  readonly input: JsonObject
}
export type LlmToolResultBlock = { readonly type: 'tool_result'; readonly toolUseId: string; readonly content: string }
export type LlmBlock = LlmTextBlock | LlmToolUseBlock | LlmToolResultBlock

export interface LlmMessage {
  readonly role: 'user' | 'assistant'
  readonly content: string | readonly LlmBlock[]
}

export interface LlmTool {
  readonly name: string
  readonly description: string
  readonly inputSchema: JsonObject
}

export type LlmToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'any' }
  | { readonly type: 'tool'; readonly name: string }

/** One turn in the block format of sdk.md 10.1: the model may call tools, which it does not run itself. */
export interface LlmMessageRequest {
  readonly purpose: LlmPurpose
  readonly tenantId: string
  readonly userId: string
  readonly appId: string | null
  readonly traceId?: string | undefined
  readonly system?: string | undefined
  /** Each tool result answers a tool use of an earlier message. */
  readonly messages: readonly LlmMessage[]
  readonly model?: string | undefined
  readonly temperature?: number | undefined
  readonly maxTokens?: number | undefined
  readonly topP?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly frequencyPenalty?: number | undefined
  readonly stopSequences?: readonly string[] | undefined
  readonly tools?: readonly LlmTool[] | undefined
  readonly toolChoice?: LlmToolChoice | undefined
  readonly signal?: AbortSignal | undefined
}

export interface LlmMessageAnswer {
  readonly content: readonly (LlmTextBlock | LlmToolUseBlock)[]
  readonly stopReason: string
  readonly model: string
  /** Whose key was used; the user's own costs no credits. */
  readonly owner: 'user' | 'installation'
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
}

/** The installation's model for each purpose, as calls may know it. */
export type LlmModels = Readonly<Record<PublicPurpose, { readonly provider: string; readonly model: string }>>

export interface LlmAnswer {
  readonly text: string
  readonly object: JsonObject | null
  readonly model: string
  readonly provider: string
  /** Whose key was used; the user's own costs no platform fee. */
  readonly owner: 'user' | 'installation'
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number; readonly total_tokens: number }
  readonly stopReason: string
}

/** What a request of an app to a model of the installation may cost. */
export interface TokensAsked {
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  readonly traceId: string | null
  readonly model: string
  /** Most tokens of the answer. */
  readonly maxTokens: number
  /** Size of everything that is sent. */
  readonly promptBytes: number
}

/** Credits that are kept back for one request. */
export interface TokenCharge {
  /** Charges what was used, and gives back the rest; null: the request failed. Never throws. */
  end(usage: { readonly input_tokens: number; readonly output_tokens: number } | null): Promise<void>
}

/** Charges users for the installation's models, where the operator wants that; plugged in. */
export interface TokenMeter {
  /** Null: it costs nothing. Rejects when the user cannot pay for it. */
  begin(asked: TokensAsked): Promise<TokenCharge | null>
}

export interface Llm {
  /** Whether some model would answer for this user; the chat chooses its path by it. */
  available(tenantId: string, userId: string): Promise<boolean>
  /** @throws LLM_UNAVAILABLE, LLM_FAILED, LLM_TIMEOUT */
  complete(request: LlmRequest): Promise<LlmAnswer>
  /** @throws LLM_UNAVAILABLE, LLM_FAILED, LLM_REFUSED, LLM_RATE_LIMITED, LLM_TIMEOUT */
  createMessage(request: LlmMessageRequest): Promise<LlmMessageAnswer>
  /** Null when the installation has no model. */
  models(): LlmModels | null
}

/** The module: models, and the settings of administrators about them and the assistant. */
export interface OpenLlm extends Llm {
  /** Limits of the assistant as administrators set them, at most a few seconds old (K9.3). */
  assistantLimits(): Promise<AssistantLimits>
  /** The model that an administrator set for a tier, also by the names of terminals (`supersmart`…); undefined: none. */
  modelOfTier(tier: string | null): Promise<string | undefined>
  readonly routes: readonly MountedRoute[]
}
