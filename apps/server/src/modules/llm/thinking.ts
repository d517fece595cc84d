import type { JsonObject, LlmPurpose } from '@imperal/contract'
import type { ModelSource } from './resolve-model.ts'

/** Purposes for which somebody waits, and for which thinking first gains nothing: one short answer of a given shape. */
const FAST: ReadonlySet<LlmPurpose> = new Set([
  'routing',
  'tool_picker',
  'step_reclassify',
  'judge',
  'automation_condition',
  'action_narrator',
  'navigate',
])

/** Of the models that always think, as little as each of them allows. */
function openaiEffort(model: string): string | null {
  if (/^o1-(?:mini|preview)/.test(model) || /^(?:o\d|gpt-5).*-pro/.test(model)) return null
  if (/^gpt-5(?:\.\d+)?-chat/.test(model)) return null
  if (/^o\d/.test(model) || /^gpt-5.*codex/.test(model)) return 'low'
  if (/^gpt-5\.\d/.test(model)) return 'none'
  return /^gpt-5/.test(model) ? 'minimal' : null
}

function googleThinking(model: string): JsonObject | null {
  if (/^gemini-2\.5-pro/.test(model)) return { thinkingBudget: 128 }
  if (/^gemini-2\.5/.test(model)) return { thinkingBudget: 0 }
  if (!/^gemini-[3-9]/.test(model)) return null
  return { thinkingLevel: model.includes('flash') ? 'minimal' : 'low' }
}

/**
 * Options of the provider library that keep a model from thinking (K9.4): on machines of one's own always, elsewhere for the
 * purposes that must be fast. Models that think only when they are asked to are not asked.
 */
export function withoutThinking(source: ModelSource, model: string, purpose: LlmPurpose): Record<string, JsonObject> {
  if (source.provider === 'openai_compatible') return { openaiCompatible: { think: false, reasoningEffort: 'none' } }
  if (!FAST.has(purpose)) return {}
  if (source.provider === 'openai') {
    const reasoningEffort = openaiEffort(model)
    return reasoningEffort === null ? {} : { openai: { reasoningEffort } }
  }
  if (source.provider !== 'google') return {}
  const thinkingConfig = googleThinking(model)
  return thinkingConfig === null ? {} : { google: { thinkingConfig } }
}
