import { AssistantLimits, type JsonObject, type LlmPurpose } from '@imperal/contract'
import type { Tuning } from '../modules/llm/index.ts'

/** What a tenant set of the assistant's limits stands before what holds for the installation (kernel 9.4a). */
export function limitsOfTenant(installation: AssistantLimits, defaults: JsonObject): AssistantLimits {
  const own = Object.entries(defaults).filter(([name]) => Object.hasOwn(AssistantLimits.shape, name))
  return own.length === 0 ? installation : AssistantLimits.parse({ ...installation, ...Object.fromEntries(own) })
}

/** Names under which tenants set the most tokens of what a model is asked for. */
const TOKENS: Readonly<Partial<Record<LlmPurpose, string>>> = {
  routing: 'intent_classifier_planner_max_tokens',
  judge: 'prose_judge_max_tokens',
  execution: 'system_handlers_max_tokens',
  navigate: 'default_max_response_tokens',
  automation_main: 'automation_main_max_tokens',
  automation_condition: 'automation_condition_max_tokens',
}

const SAMPLING = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
] as const

/** How a tenant wants models to be asked for a purpose; what it did not set is absent. */
export function tuningOfTenant(defaults: JsonObject, purpose: LlmPurpose): Tuning {
  const tokens = defaults[TOKENS[purpose] ?? '']
  const sampling = SAMPLING.flatMap(([name, wire]) => {
    const value = defaults[`purpose_${purpose}_${wire}`]
    return typeof value === 'number' ? [[name, value]] : []
  })
  return { ...(typeof tokens === 'number' ? { maxTokens: tokens } : {}), ...Object.fromEntries(sampling) }
}
