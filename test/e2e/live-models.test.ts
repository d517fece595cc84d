import { describe, expect, test } from 'vitest'
import { askModel, type ModelSource } from '../../apps/server/src/modules/llm/index.ts'

interface Live {
  readonly provider: ModelSource['provider']
  readonly apiKey: string | undefined
  readonly model: string
  readonly baseUrl?: string | undefined
}

/** Providers that can be asked for real: those whose key the environment has. It is part of every run where one is set, and of a run that names it. */
const LIVE: readonly Live[] = [
  {
    provider: 'anthropic',
    apiKey: process.env.ANTHROPIC_API_KEY || undefined,
    model: process.env.ANTHROPIC_MODEL ?? 'claude-haiku-4-5',
  },
  {
    provider: 'openai',
    apiKey: process.env.OPENAI_API_KEY || undefined,
    model: process.env.OPENAI_MODEL ?? 'gpt-4.1-mini',
  },
  {
    provider: 'google',
    apiKey: process.env.GOOGLE_API_KEY || undefined,
    model: process.env.GOOGLE_MODEL ?? 'gemini-2.5-flash',
  },
  {
    provider: 'openai_compatible',
    apiKey: (process.env.IMPERAL_LIVE_BASE_URL ?? '') === '' ? undefined : (process.env.IMPERAL_LIVE_KEY ?? ''),
    model: process.env.IMPERAL_LIVE_MODEL ?? '',
    baseUrl: process.env.IMPERAL_LIVE_BASE_URL,
  },
]

const MINUTES = 180_000

if (LIVE.every(({ apiKey }) => apiKey === undefined))
  console.warn(
    'No model is asked: no key is set. Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GOOGLE_API_KEY (and ANTHROPIC_MODEL, OPENAI_MODEL or ' +
      'GOOGLE_MODEL for another model than the usual one), or IMPERAL_LIVE_BASE_URL, IMPERAL_LIVE_MODEL and, where it needs one, ' +
      'IMPERAL_LIVE_KEY for a server that speaks the protocol of OpenAI, such as Ollama. Whatever is set is asked, and costs what it costs.',
  )

describe.each(LIVE)('[live] $provider', ({ provider, apiKey, model, baseUrl }) => {
  const source: ModelSource = {
    provider,
    model,
    routingModel: null,
    executionModel: null,
    baseUrl: baseUrl ?? null,
    apiKey: apiKey ?? null,
    owner: 'installation',
  }
  const asked = { tenantId: '', userId: '', appId: null, purpose: 'navigate' } as const
  const isThere = apiKey !== undefined

  test.runIf(isThere)(
    'answers text, and says what it took',
    async () => {
      const answer = await askModel(source, {
        ...asked,
        messages: [{ role: 'user', content: 'Answer with the one word: ready' }],
      })
      expect(answer.text.toLowerCase()).toContain('ready')
      expect(answer.usage.total_tokens).toBeGreaterThan(0)
    },
    MINUTES,
  )

  test.runIf(isThere)(
    'answers an object of the wanted shape',
    async () => {
      const answer = await askModel(source, {
        ...asked,
        purpose: 'routing',
        messages: [{ role: 'user', content: 'The person says: show my notes. Is it read or write?' }],
        temperature: 0,
        schema: {
          type: 'object',
          additionalProperties: false,
          required: ['intent'],
          properties: { intent: { type: 'string', enum: ['read', 'write'] } },
        },
      })
      expect(answer.object).toEqual({ intent: 'read' })
    },
    MINUTES,
  )

  test.runIf(isThere)(
    'streams',
    async () => {
      const deltas: string[] = []
      const answer = await askModel(source, {
        ...asked,
        messages: [{ role: 'user', content: 'Count from one to ten in words.' }],
        onText: (delta) => void deltas.push(delta),
      })
      expect(deltas.join('')).toBe(answer.text)
      expect(answer.text.toLowerCase()).toContain('seven')
    },
    MINUTES,
  )
})
