import { currentCall } from './call-scope.ts'
import { configFromEnvironment } from './config.ts'
import { directProvider } from './direct-provider.ts'
import { overriddenProvider } from './override.ts'
import {
  isAirGapped as isCallAirGapped,
  getRoutingModel as modelOfCall,
  getLlmProvider as providerOfCall,
} from './runtime.ts'
import type { LLMProvider } from './types.ts'

export { DEFAULT_MODELS, llmConfig } from './config.ts'
export { MessageAdapter } from './message-adapter.ts'
export type * from './types.ts'

const isInside = (): boolean => overriddenProvider() !== undefined || currentCall() !== null

/**
 * The model layer. Inside a handler it is the platform's: the acting user's own model or the installation's, metered.
 * Outside of one (a script, a test without a context) it is what the environment names (`LLM_PROVIDER`, `LLM_API_KEY`, …).
 */
export const getLlmProvider = (): LLMProvider => (isInside() ? providerOfCall() : directProvider)

/** The model for cheap classification; `""` when the platform has none. */
export const getRoutingModel = (): string =>
  currentCall() === null ? configFromEnvironment('routing').model : modelOfCall()

/** Whether the models run on an endpoint of the operator's own. */
export const isAirGapped = (): boolean =>
  currentCall() === null ? configFromEnvironment('execution').provider === 'openai_compatible' : isCallAirGapped()
