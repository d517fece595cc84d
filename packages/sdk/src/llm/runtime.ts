import { ContextUnavailable } from '../errors.ts'
import { currentCall } from './call-scope.ts'
import { kernelProvider } from './kernel-provider.ts'
import { overriddenProvider } from './override.ts'
import type { LLMProvider } from './types.ts'

export { MessageAdapter } from './message-adapter.ts'
export type * from './types.ts'

/**
 * The model layer of the call that the code runs in: the same cascade, metering and limits as `ctx.ai`.
 * @throws ContextUnavailable outside of a handler
 */
export function getLlmProvider(): LLMProvider {
  const override = overriddenProvider()
  if (override !== undefined) return override
  const call = currentCall()
  if (call !== null) return kernelProvider(call)
  throw new ContextUnavailable('getLlmProvider', 'function', 'no handler is running')
}

/** The model for cheap classification; `""` when none is configured. */
export const getRoutingModel = (): string => currentCall()?.ctx.models?.routing.model ?? ''

/** Whether the models run on an endpoint of the operator's own. */
export const isAirGapped = (): boolean => currentCall()?.ctx.models?.execution.provider === 'openai_compatible'
