import type { JsonObject } from '@imperal/contract'

/** What a model is asked for; picks tier and model (kernel 9.2). */
export type LlmPurpose = 'routing' | 'execution' | 'navigate'

export interface LlmRequest {
  readonly purpose: LlmPurpose
  readonly tenantId: string
  readonly userId: string
  readonly appId: string | null
  readonly system?: string | undefined
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[]
  readonly model?: string | undefined
  readonly temperature?: number | undefined
  readonly maxTokens?: number | undefined
  /** JSON schema of the object that is wanted instead of text. */
  readonly schema?: JsonObject | undefined
  readonly signal?: AbortSignal | undefined
  /** Text as it arrives; only without `schema`. */
  readonly onText?: ((delta: string) => void) | undefined
}

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

export interface Llm {
  /** Whether some model would answer for this user; the chat chooses its path by it. */
  available(tenantId: string, userId: string): Promise<boolean>
  /** @throws LLM_UNAVAILABLE, LLM_FAILED, LLM_TIMEOUT */
  complete(request: LlmRequest): Promise<LlmAnswer>
}
