import type { BillingProfile } from '@imperal/contract'
import type Stripe from 'stripe'
import { billingErrors } from '../errors.ts'
import type { Charge, ChargeRequest, CustomerFacts, PaymentProvider, ProviderEvent } from './types.ts'

export interface StripeKeys {
  readonly secretKey: string
  readonly publishableKey: string
  readonly webhookSecret: string
}

/** What the operator sees of the account behind the keys. */
export interface StripeAccount {
  readonly id: string
  readonly chargesEnabled: boolean
  readonly payoutsEnabled: boolean
  /** Cents by currency. */
  readonly balance: Readonly<Record<string, number>>
}

export interface StripeProvider extends PaymentProvider {
  /** @throws BILLING_KEY_REJECTED */
  account(): Promise<StripeAccount>
}

const TIMEOUT_MS = 15_000

type Intent = Stripe.PaymentIntent

const REFUSED = 'the card was declined'

function toCharge(intent: Intent): Charge {
  const latest = typeof intent.latest_charge === 'object' ? intent.latest_charge : null
  const failed = intent.status === 'canceled' || intent.last_payment_error != null
  return {
    providerId: intent.id,
    status:
      intent.status === 'succeeded'
        ? 'succeeded'
        : intent.status === 'processing'
          ? 'processing'
          : failed
            ? 'failed'
            : 'open',
    clientSecret: intent.client_secret ?? '',
    requiresAction: intent.status === 'requires_action',
    actionUrl: intent.status === 'requires_action' ? (intent.next_action?.redirect_to_url?.url ?? null) : null,
    receiptUrl: latest?.receipt_url ?? null,
    failure: failed ? (intent.last_payment_error?.message ?? 'the payment was cancelled') : null,
  }
}

const addressOf = ({ address, country }: BillingProfile) =>
  address || country ? { line1: address, country } : undefined

function toCustomer({ tenantId, userId, email, profile }: CustomerFacts): Stripe.CustomerCreateParams {
  const address = addressOf(profile)
  return {
    ...(email === null ? {} : { email }),
    name: profile.company || profile.name || undefined,
    ...(address === undefined ? {} : { address }),
    metadata: { user_id: userId, tenant_id: tenantId, vat: profile.vat },
  } as Stripe.CustomerCreateParams
}

function toIntent(request: ChargeRequest): Stripe.PaymentIntentCreateParams {
  const { methodId, offSession, saveMethod } = request
  return {
    amount: request.amountCents,
    currency: request.currency,
    customer: request.customerId,
    description: request.description,
    metadata: { payment_id: request.paymentId },
    ...(methodId === null
      ? { automatic_payment_methods: { enabled: true } }
      : {
          payment_method: methodId,
          payment_method_types: ['card'],
          confirm: true,
          // With an address to come back to, a bank that wants to ask does so on a page of its own.
          ...(offSession ? { off_session: true } : { return_url: request.returnUrl }),
        }),
    ...(saveMethod ? { setup_future_usage: 'off_session' } : {}),
  }
}

const typeOf = (error: unknown): unknown => (error as { type?: unknown } | null)?.type

/** A refused card carries the intent that it refused. */
function refusedIntent(error: unknown): Intent | null {
  if (typeOf(error) !== 'StripeCardError') return null
  const { payment_intent, raw } = error as { payment_intent?: Intent; raw?: { payment_intent?: Intent } }
  return payment_intent ?? raw?.payment_intent ?? null
}

function refusal(error: unknown, paymentId: string): Charge | null {
  if (typeOf(error) !== 'StripeCardError') return null
  const intent = refusedIntent(error)
  const { code, message } = error as { code?: string; message?: string }
  return {
    providerId: intent?.id ?? paymentId,
    status: 'failed',
    clientSecret: intent?.client_secret ?? '',
    requiresAction: code === 'authentication_required',
    actionUrl: null,
    receiptUrl: null,
    failure: message ?? REFUSED,
  }
}

const isUnknown = (error: unknown): boolean =>
  typeOf(error) === 'StripeInvalidRequestError' && (error as { code?: string }).code === 'resource_missing'

/** Whatever else went wrong with the provider, said in our words; the original is the cause for the log. */
async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (typeof typeOf(error) !== 'string' || !String(typeOf(error)).startsWith('Stripe')) throw error
    if (isUnknown(error)) throw billingErrors.METHOD_UNKNOWN({}, error)
    throw billingErrors.PROVIDER_FAILED({}, error)
  }
}

function toEvent(event: Stripe.Event): ProviderEvent {
  const { id, type } = event
  if (event.type.startsWith('payment_intent.')) {
    const intent = event.data.object as Intent
    return { id, type, kind: 'payment', charge: toCharge(intent), paymentId: intent.metadata?.payment_id ?? null }
  }
  if (event.type === 'charge.refunded') {
    const { payment_intent: intent, amount_refunded: refundedCents, metadata } = event.data.object
    const providerId = typeof intent === 'string' ? intent : intent?.id
    // A charge carries the metadata of its payment, so ours is known even when this is faster than the first answer.
    const paymentId = metadata?.payment_id ?? null
    if (providerId !== undefined)
      return { id, type, kind: 'refund', providerId, paymentId, refundedCents, disputeId: null }
  }
  if (event.type === 'charge.dispute.funds_withdrawn' || event.type === 'charge.dispute.funds_reinstated') {
    const { id: disputeId, payment_intent: intent, amount } = event.data.object
    const providerId = typeof intent === 'string' ? intent : intent?.id
    if (providerId !== undefined)
      return event.type === 'charge.dispute.funds_reinstated'
        ? { id, type, kind: 'reinstated', providerId, disputeId }
        : { id, type, kind: 'refund', providerId, paymentId: null, refundedCents: amount, disputeId }
  }
  return { id, type, kind: 'other' }
}

async function accountOf(stripe: Stripe): Promise<StripeAccount> {
  try {
    const account = await stripe.accounts.retrieveCurrent()
    const balance = await stripe.balance.retrieve()
    return {
      id: account.id,
      chargesEnabled: account.charges_enabled,
      payoutsEnabled: account.payouts_enabled,
      balance: Object.fromEntries(balance.available.map(({ currency, amount }) => [currency, amount])),
    }
  } catch (error) {
    if (typeOf(error) === 'StripeAuthenticationError' || typeOf(error) === 'StripePermissionError')
      throw billingErrors.KEY_REJECTED({}, error)
    throw billingErrors.PROVIDER_FAILED({}, error)
  }
}

function addressing(apiUrl: string | undefined): Stripe.StripeConfig {
  if (apiUrl === undefined) return {}
  const url = new URL(apiUrl)
  const protocol = url.protocol === 'http:' ? 'http' : 'https'
  return { host: url.hostname, port: url.port || (protocol === 'http' ? 80 : 443), protocol }
}

/** Payments by Stripe's own library, which is loaded only where Stripe is set up. `apiUrl` is for proxies and tests. */
export async function openStripe(keys: StripeKeys, apiUrl?: string): Promise<StripeProvider> {
  const { default: Library } = await import('stripe')
  const stripe = new Library(keys.secretKey, {
    ...addressing(apiUrl),
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 2,
    telemetry: false,
  })
  async function look(providerId: string): Promise<Charge | null> {
    try {
      return toCharge(await stripe.paymentIntents.retrieve(providerId, { expand: ['latest_charge'] }))
    } catch (error) {
      if (isUnknown(error)) return null
      throw error
    }
  }
  return {
    name: 'stripe',
    publishableKey: keys.publishableKey,
    takesCards: true,
    createCustomer: (facts) =>
      asking(async () => {
        const once = { idempotencyKey: `customer:${facts.tenantId}:${facts.userId}` }
        return (await stripe.customers.create(toCustomer(facts), once)).id
      }),
    updateCustomer: (customerId, facts) =>
      asking(async () => void (await stripe.customers.update(customerId, toCustomer(facts)))),
    charge: (request) =>
      asking(async () => {
        try {
          const once = { idempotencyKey: request.paymentId }
          return toCharge(await stripe.paymentIntents.create(toIntent(request), once))
        } catch (error) {
          const refused = refusal(error, request.paymentId)
          if (refused !== null) return refused
          throw error
        }
      }),
    look: (providerId) => asking(() => look(providerId)),
    find: (customerId, paymentId) =>
      asking(async () => {
        for await (const intent of stripe.paymentIntents.list({ customer: customerId, limit: 100 }))
          if (intent.metadata.payment_id === paymentId) return look(intent.id)
        return null
      }),
    cancel: (providerId) =>
      asking(async () => {
        try {
          return toCharge(await stripe.paymentIntents.cancel(providerId))
        } catch (error) {
          // It is paid, or ended, already.
          if (typeOf(error) === 'StripeInvalidRequestError') return look(providerId)
          throw error
        }
      }),
    removeCustomer: (customerId) =>
      asking(async () => {
        try {
          await stripe.customers.del(customerId)
        } catch (error) {
          if (!isUnknown(error)) throw error
        }
      }),
    methods: (customerId) =>
      asking(async () => {
        const [customer, { data }] = await Promise.all([
          stripe.customers.retrieve(customerId),
          stripe.paymentMethods.list({ customer: customerId, type: 'card', limit: 100 }),
        ])
        const chosen = 'deleted' in customer ? null : customer.invoice_settings?.default_payment_method
        const standard = typeof chosen === 'string' ? chosen : (chosen?.id ?? data[0]?.id)
        return data.map(({ id, type, card }) => ({
          id,
          type,
          brand: card?.brand ?? '',
          last4: card?.last4 ?? '',
          exp_month: card?.exp_month ?? 0,
          exp_year: card?.exp_year ?? 0,
          is_default: id === standard,
        }))
      }),
    beginSetup: (customerId) =>
      asking(async () => {
        const setup = await stripe.setupIntents.create({ customer: customerId, usage: 'off_session' })
        return { clientSecret: setup.client_secret ?? '' }
      }),
    removeMethod: (methodId) => asking(async () => void (await stripe.paymentMethods.detach(methodId))),
    setDefaultMethod: (customerId, methodId) =>
      asking(
        async () =>
          void (await stripe.customers.update(customerId, { invoice_settings: { default_payment_method: methodId } })),
      ),
    portal: (customerId, returnUrl) =>
      asking(
        async () => (await stripe.billingPortal.sessions.create({ customer: customerId, return_url: returnUrl })).url,
      ),
    readEvent(raw, signature) {
      if (keys.webhookSecret === '') throw billingErrors.PAYMENTS_OFF()
      try {
        return toEvent(stripe.webhooks.constructEvent(raw, signature, keys.webhookSecret))
      } catch (error) {
        throw billingErrors.SIGNATURE({}, error)
      }
    },
    account: () => accountOf(stripe),
  }
}
