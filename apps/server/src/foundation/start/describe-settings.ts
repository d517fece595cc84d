import type { JsonObject } from '@imperal/contract'
import type { Settings } from '../config/index.ts'

export const VERSION = '0.1.0'

/** The installation's model, when the settings name one. */
export function modelOf(settings: Settings) {
  if (settings.IMPERAL_LLM_PROVIDER === undefined) return null
  return {
    provider: settings.IMPERAL_LLM_PROVIDER,
    model: settings.IMPERAL_LLM_MODEL ?? '',
    routingModel: settings.IMPERAL_ROUTING_MODEL ?? null,
    executionModel: settings.IMPERAL_EXECUTION_MODEL ?? null,
    baseUrl: settings.IMPERAL_LLM_BASE_URL ?? null,
    apiKey: settings.IMPERAL_LLM_API_KEY ?? null,
    owner: 'installation' as const,
  }
}

/** Where texts become vectors, as the settings say; null: nowhere. */
export function embeddingOf(settings: Settings) {
  const { IMPERAL_LLM_PROVIDER: provider, IMPERAL_EMBEDDING_MODEL: model } = settings
  if (provider === undefined || model === undefined || model === '') return null
  return {
    provider,
    model,
    baseUrl: settings.IMPERAL_LLM_BASE_URL ?? null,
    apiKey: settings.IMPERAL_LLM_API_KEY ?? null,
  }
}

/** How money is handled, as the settings say. */
export function billingSettings(settings: Settings) {
  const secretKey = settings.IMPERAL_STRIPE_SECRET_KEY
  return {
    chargeModels: settings.IMPERAL_CHARGE_MODELS,
    payments: settings.IMPERAL_PAYMENTS !== 'off',
    payoutMinimum: settings.IMPERAL_PAYOUT_MINIMUM,
    stripe:
      secretKey === undefined
        ? null
        : {
            secretKey,
            publishableKey: settings.IMPERAL_STRIPE_PUBLISHABLE_KEY ?? '',
            webhookSecret: settings.IMPERAL_STRIPE_WEBHOOK_SECRET ?? '',
          },
    stripeUrl: settings.IMPERAL_STRIPE_API_URL,
    plansFile: settings.IMPERAL_PLANS_FILE,
    publicUrl: settings.publicUrl,
  }
}

const SECRET = /PASSWORD|TOKEN|KEY|SECRET|DATABASE_URL|SMTP_URL|OTLP_HEADERS/

/** Effective settings for people; secrets only as "set" or "not set". */
export function describeSettings(settings: Settings): JsonObject {
  const shown: JsonObject = {
    profile: settings.profile,
    public_url: settings.publicUrl,
    registry_port: settings.registryPort,
  }
  for (const [name, value] of Object.entries(settings)) {
    if (!/^[A-Z]/.test(name)) continue
    shown[name] = SECRET.test(name)
      ? value === undefined
        ? 'not set'
        : 'set'
      : ((value as JsonObject[string] | undefined) ?? 'not set')
  }
  return shown
}
