import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { LLM_PURPOSES, type LlmPurpose } from '@imperal/contract'
import type { LanguageModel } from 'ai'
import { toServerOfAnyKind } from './any-server.ts'

export type ProviderName = 'anthropic' | 'openai' | 'google' | 'openai_compatible'

/** One place where a model can be asked, from the installation's settings or from the user's. */
export interface ModelSource {
  readonly provider: ProviderName
  readonly model: string
  readonly routingModel: string | null
  readonly executionModel: string | null
  readonly navigateModel?: string | null
  readonly baseUrl: string | null
  readonly apiKey: string | null
  readonly owner: 'installation' | 'user'
  /** Somebody typed its address: it passes the egress checks. */
  readonly isTyped?: boolean
}

const DEFAULT_MODEL: Readonly<Record<ProviderName, string | null>> = {
  anthropic: 'claude-sonnet-4-5',
  openai: 'gpt-4.1-mini',
  google: 'gemini-2.5-flash',
  openai_compatible: null,
}

/** A source is usable when it names a model and has what its provider needs; a local endpoint needs no key (K9.1). */
export function isUsable(source: ModelSource): boolean {
  if (source.provider === 'openai_compatible') return source.baseUrl !== null && source.model !== ''
  return source.apiKey !== null && source.apiKey !== '' && modelName(source, 'execution') !== ''
}

export function modelName(source: ModelSource, purpose: LlmPurpose): string {
  const { base } = LLM_PURPOSES[purpose]
  const own =
    base === 'routing'
      ? source.routingModel
      : base === 'execution'
        ? source.executionModel
        : (source.navigateModel ?? null)
  return own || source.model || DEFAULT_MODEL[source.provider] || ''
}

/** The provider library's model object. Keys stay inside the closure of the library. */
export function languageModel(source: ModelSource, name: string, doFetch: typeof fetch): LanguageModel {
  const common = { fetch: doFetch, ...(source.baseUrl === null ? {} : { baseURL: source.baseUrl }) }
  const key = source.apiKey ?? ''
  switch (source.provider) {
    case 'anthropic':
      return createAnthropic({ ...common, apiKey: key })(name)
    case 'openai':
      return createOpenAI({ ...common, apiKey: key }).chat(name)
    case 'google':
      return createGoogle({ ...common, apiKey: key })(name)
    case 'openai_compatible':
      return createOpenAICompatible({
        name: 'openai_compatible',
        baseURL: source.baseUrl ?? '',
        fetch: toServerOfAnyKind(source.baseUrl ?? '', name, doFetch),
        includeUsage: true,
        ...(key === '' ? {} : { apiKey: key }),
      })(name)
  }
}
