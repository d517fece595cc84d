import type { Keyring } from '../../../foundation/keyring.ts'
import { billingErrors } from '../errors.ts'
import { manualProvider } from './manual-provider.ts'
import { openStripe, type StripeKeys, type StripeProvider } from './stripe-provider.ts'
import type { PaymentProvider } from './types.ts'

/** What was set up at run time; sealed, for it holds keys. */
export interface StoredStripe {
  readonly sealed: string
  readonly enabled: boolean
}

export interface StripeSetup {
  readonly keys: StripeKeys
  readonly enabled: boolean
  readonly source: 'database' | 'environment'
}

export interface ProviderOptions {
  readonly keyring: Keyring
  /** False: nobody can pay here (`IMPERAL_PAYMENTS=off`). */
  readonly isOn: boolean
  readonly environment: StripeKeys | null
  readonly apiUrl?: string | undefined
  stored(): StoredStripe | undefined
}

export const STRIPE_SETTING = 'stripe'
const CONTEXT = 'billing:stripe'

/** The payment provider of this moment; it may be set up, changed and switched off while the platform runs. */
export interface Providers {
  /** @throws BILLING_PAYMENTS_OFF */
  current(): Promise<PaymentProvider>
  /** Null while Stripe is not set up, or switched off. */
  stripe(): Promise<StripeProvider | null>
  setup(): StripeSetup | null
  /** The one that somebody's customer was made with, also while payments are switched off; null: its keys are gone. */
  madeBy(name: string): Promise<PaymentProvider | null>
  /** A provider with these keys, to try them. */
  trying(keys: StripeKeys): Promise<StripeProvider>
  seal(keys: StripeKeys): string
  /** Whether people pay by card here. */
  takesCards(): boolean
  isOn(): boolean
}

/**
 * Who takes the money for a plan: of one that is paid by hand always the operator, whatever else is set up (api 5.8).
 * @throws BILLING_PAYMENTS_OFF
 */
export async function providerFor(
  { providers }: { readonly providers: Pick<Providers, 'current'> },
  plan: { readonly billing_mode: 'card' | 'manual' | 'free' },
): Promise<PaymentProvider> {
  const provider = await providers.current()
  return plan.billing_mode === 'manual' ? manualProvider : provider
}

export function chooseProviders(options: ProviderOptions): Providers {
  let open: { readonly key: string; readonly provider: Promise<StripeProvider> } | undefined

  function setup(): StripeSetup | null {
    const stored = options.stored()
    if (stored !== undefined) {
      const keys = JSON.parse(options.keyring.open(stored.sealed, CONTEXT)) as StripeKeys
      return { keys, enabled: stored.enabled, source: 'database' }
    }
    return options.environment === null ? null : { keys: options.environment, enabled: true, source: 'environment' }
  }
  async function stripe(): Promise<StripeProvider | null> {
    const found = setup()
    if (!options.isOn || found === null || !found.enabled || found.keys.secretKey === '') return null
    const key = JSON.stringify(found.keys)
    if (open?.key !== key) open = { key, provider: openStripe(found.keys, options.apiUrl) }
    return open.provider
  }
  return {
    async current() {
      if (!options.isOn) throw billingErrors.PAYMENTS_OFF()
      return (await stripe()) ?? manualProvider
    },
    stripe,
    setup,
    async madeBy(name) {
      if (name === manualProvider.name) return manualProvider
      const keys = setup()?.keys
      return keys === undefined || keys.secretKey === '' ? null : openStripe(keys, options.apiUrl)
    },
    trying: (keys) => openStripe(keys, options.apiUrl),
    seal: (keys) => options.keyring.seal(JSON.stringify(keys), CONTEXT),
    takesCards() {
      const found = setup()
      return options.isOn && found?.enabled === true && found.keys.secretKey !== ''
    },
    isOn: () => options.isOn,
  }
}
