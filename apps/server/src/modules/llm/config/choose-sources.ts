import { LLM_PURPOSES, type LlmConfig, type LlmProvider, type LlmPurpose } from '@imperal/contract'
import { isUsable, type ModelSource, modelName } from '../resolve-model.ts'
import type { StoredConfig } from './config-store.ts'

export interface Wanted {
  readonly purpose: LlmPurpose
  readonly appId: string | null
}

/** One provider of the installation with one model; its key is its own, else that of the environment for the same place. */
function at(stored: StoredConfig, env: ModelSource | null, provider: LlmProvider, model: string): ModelSource {
  const address = stored.config.providers?.[provider]?.base_url ?? null
  const ofEnvironment = env !== null && env.provider === provider && (address === null || address === env.baseUrl)
  return {
    provider,
    model,
    routingModel: null,
    executionModel: null,
    baseUrl: address ?? (ofEnvironment ? env.baseUrl : null),
    apiKey: stored.keys[provider] ?? (ofEnvironment ? env.apiKey : null),
    owner: 'installation',
    isTyped: address !== null && address !== env?.baseUrl,
  }
}

const withTiers = (config: LlmConfig, name: string): string => {
  const tiers: Readonly<Record<string, string | null | undefined>> = config.tiers ?? {}
  return tiers[name] || name
}

const named = (config: LlmConfig, key: string): string => {
  const value = (config as Readonly<Record<string, unknown>>)[key]
  return typeof value === 'string' ? value : ''
}

/** What a purpose is called in the configuration: itself, then the one that it belongs to. */
const forPurpose = (config: LlmConfig, purpose: LlmPurpose, suffix: string): string =>
  named(config, `${purpose}${suffix}`) || named(config, `${LLM_PURPOSES[purpose].base}${suffix}`)

/**
 * The installation's models for one request, the first that is to be asked first (kernel 9.3): override of the app, of the
 * purpose, default of the platform, environment; then the one to fail over to. A layer without what its provider needs does
 * not count (K9.1).
 */
export function installationSources(stored: StoredConfig, env: ModelSource | null, wanted: Wanted): ModelSource[] {
  const { config } = stored
  const ownModel = forPurpose(config, wanted.purpose, '_model')
  const override = wanted.appId === null ? undefined : config.extension_overrides?.[wanted.appId]
  const provider = config.provider ?? env?.provider ?? null
  const source = (of: LlmProvider, name: string) => at(stored, env, of, withTiers(config, name))
  const layers: ModelSource[] = []
  if (provider !== null) {
    if (override) layers.push(source(override.provider ?? provider, override.model))
    if (ownModel !== '') layers.push(source(provider, ownModel))
    if (config.model) layers.push(source(provider, config.model))
    else if (config.provider != null && config.provider !== env?.provider) layers.push(source(provider, ''))
  }
  if (env !== null) {
    // The purposes of the environment have models of their own.
    const model = modelName(env, LLM_PURPOSES[wanted.purpose].base)
    layers.push({ ...at(stored, env, env.provider, model), ...(model === '' ? { model: env.model } : {}) })
  }
  const primary = layers.find(isUsable)
  if (primary === undefined) return []
  const spare = forPurpose(config, wanted.purpose, '_fallback_model')
  const others = [
    ...(spare === '' ? [] : [source(primary.provider, spare)]),
    ...(config.failover_enabled && config.failover_provider
      ? [source(config.failover_provider, config.failover_model ?? '')]
      : []),
  ]
  const second = others.find(
    (one) => isUsable(one) && !(one.provider === primary.provider && one.model === primary.model),
  )
  return second === undefined ? [primary] : [primary, second]
}
