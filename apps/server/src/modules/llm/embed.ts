import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { type EmbeddingModel, embedMany } from 'ai'
import type { ProviderName } from './resolve-model.ts'

/** Where texts are turned into vectors: the installation's provider, with a model for that. */
export interface EmbeddingSource {
  readonly provider: ProviderName
  readonly model: string
  readonly baseUrl: string | null
  readonly apiKey: string | null
}

export interface Embedder {
  /** Changes with the model: vectors of two models cannot be compared. */
  readonly id: string
  /** One vector for each text, in their order. Rejects when the provider is away. */
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>
}

const TIMEOUT_MS = 20_000

function modelOf({ provider, model, baseUrl, apiKey }: EmbeddingSource, doFetch: typeof fetch): EmbeddingModel | null {
  const common = { fetch: doFetch, ...(baseUrl === null ? {} : { baseURL: baseUrl }) }
  const key = apiKey ?? ''
  switch (provider) {
    case 'openai':
      return createOpenAI({ ...common, apiKey: key }).embeddingModel(model)
    case 'google':
      return createGoogle({ ...common, apiKey: key }).embeddingModel(model)
    case 'openai_compatible':
      if (baseUrl === null) return null
      return createOpenAICompatible({
        name: 'openai_compatible',
        baseURL: baseUrl,
        fetch: doFetch,
        ...(key === '' ? {} : { apiKey: key }),
      }).embeddingModel(model)
    case 'anthropic':
      return null // it has no such models
  }
}

/** Null: nothing is configured, or the provider makes no vectors; functions are then searched by words alone. */
export function openEmbedder(source: EmbeddingSource | null, doFetch: typeof fetch): Embedder | null {
  const model = source === null ? null : modelOf(source, doFetch)
  if (source === null || model === null) return null
  return {
    id: `${source.provider}:${source.model}`,
    async embed(texts) {
      const { embeddings } = await embedMany({
        model,
        values: [...texts],
        maxRetries: 1,
        abortSignal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return embeddings.map((vector) => Float32Array.from(vector))
    },
  }
}
