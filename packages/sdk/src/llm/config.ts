import { ValidationError } from '../errors.ts'
import { purposeOf } from './check-request.ts'
import type { AvailableProvider, LLMConfig, ProviderName, Purpose } from './types.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The models that are asked when nothing else is configured. */
export const DEFAULT_MODELS: Readonly<Record<ProviderName, string>> = {
  anthropic: 'claude-haiku-4-5-20251001',
  openai: 'gpt-4o-mini',
  openai_compatible: 'llama3.1:8b',
  google: 'gemini-2.0-flash',
}
const PROVIDERS = Object.keys(DEFAULT_MODELS) as ProviderName[]
const OWN_KEYS: Readonly<Record<ProviderName, readonly string[]>> = {
  anthropic: ['ANTHROPIC_API_KEY'],
  openai: ['OPENAI_API_KEY'],
  google: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
  openai_compatible: [],
}
const PURPOSE_MODEL: Readonly<Record<Purpose, string>> = {
  routing: 'LLM_ROUTING_MODEL',
  execution: 'LLM_EXECUTION_MODEL',
  navigate: 'LLM_NAVIGATE_MODEL',
}

// Keys lie beside their configs: whoever logs or serialises a config shows none.
const keys = new WeakMap<LLMConfig, string>()

/**
 * A config with its key. The key cannot be read from it again.
 * @throws ValidationError for a provider that is not known; `custom` is read as `openai_compatible`
 */
export function llmConfig(
  { provider, ...rest }: Omit<LLMConfig, 'provider'> & { readonly provider: ProviderName | 'custom' },
  apiKey = '',
): LLMConfig {
  const config = Object.freeze({ ...rest, provider: providerOf(provider) })
  keys.set(config, apiKey)
  return config
}

export const keyOf = (config: LLMConfig): string => keys.get(config) ?? ''

/** A key of one provider is never used for another; a local endpoint may have none. */
export const isUsable = (config: LLMConfig): boolean =>
  config.model !== '' && (config.provider === 'openai_compatible' || keyOf(config) !== '')

function providerOf(name: string): ProviderName {
  const found = name === 'custom' ? 'openai_compatible' : PROVIDERS.find((provider) => provider === name)
  if (found !== undefined) return found
  throw new ValidationError('provider', `A model provider is one of ${PROVIDERS.join(', ')}, not '${name}'`)
}

/** The environment, where there is one: an extension host has none. */
export function processEnvironment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } }
  return process?.env ?? {}
}

function keyFromEnvironment(provider: ProviderName, env: Environment): string {
  if (env.LLM_API_KEY && provider === providerOf(env.LLM_PROVIDER || 'anthropic')) return env.LLM_API_KEY
  return OWN_KEYS[provider].map((name) => env[name]).find((key) => key !== undefined && key !== '') ?? ''
}

function failoverFromEnvironment(env: Environment): LLMConfig | undefined {
  if (!env.LLM_FALLBACK_PROVIDER) return undefined
  const provider = providerOf(env.LLM_FALLBACK_PROVIDER)
  const model = env.LLM_FALLBACK_MODEL || DEFAULT_MODELS[provider]
  const key = env.LLM_FALLBACK_API_KEY || keyFromEnvironment(provider, { ...env, LLM_API_KEY: '' })
  return llmConfig(
    { provider, model, ...(env.LLM_FALLBACK_BASE_URL ? { baseUrl: env.LLM_FALLBACK_BASE_URL } : {}) },
    key,
  )
}

/** What the environment says for one purpose (sdk.md 10.2), with its failover. */
export function configFromEnvironment(purpose: string | undefined, env: Environment = processEnvironment()): LLMConfig {
  const provider = providerOf(env.LLM_PROVIDER || 'anthropic')
  const model = env[PURPOSE_MODEL[purposeOf(purpose)]] || env.LLM_MODEL || DEFAULT_MODELS[provider]
  const failover = failoverFromEnvironment(env)
  return llmConfig(
    {
      provider,
      model,
      ...(env.LLM_BASE_URL ? { baseUrl: env.LLM_BASE_URL } : {}),
      ...(failover === undefined ? {} : { failoverConfig: failover }),
    },
    keyFromEnvironment(provider, env),
  )
}

export function providersFromEnvironment(env: Environment = processEnvironment()): readonly AvailableProvider[] {
  const chosen = providerOf(env.LLM_PROVIDER || 'anthropic')
  return PROVIDERS.flatMap((provider) => {
    const isChosen = provider === chosen
    const hasKey = keyFromEnvironment(provider, env) !== '' || (isChosen && provider === 'openai_compatible')
    const defaultModel = (isChosen && env.LLM_MODEL) || DEFAULT_MODELS[provider]
    const routingModel = (isChosen && env.LLM_ROUTING_MODEL) || defaultModel
    return hasKey ? [{ provider, hasKey, defaultModel, routingModel }] : []
  })
}
