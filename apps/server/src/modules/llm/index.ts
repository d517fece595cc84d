export { askModel } from './complete.ts'
export type { BudgetAlert } from './config/caps.ts'
export { tryModel } from './config/try-model.ts'
export { type Embedder, type EmbeddingSource, openEmbedder } from './embed.ts'
export { isBadObject, isModelFailure, llmErrors } from './errors.ts'
export { type LlmOptions, openLlm } from './open-llm.ts'
export { type ModelUsage, readUsage } from './read-usage.ts'
export type { ModelSource } from './resolve-model.ts'
export type {
  Llm,
  LlmAnswer,
  LlmBlock,
  LlmMessage,
  LlmMessageAnswer,
  LlmMessageRequest,
  LlmModels,
  LlmPurpose,
  LlmRequest,
  LlmTool,
  LlmToolChoice,
  LlmToolUseBlock,
  OpenLlm,
  Tuning,
} from './types.ts'
