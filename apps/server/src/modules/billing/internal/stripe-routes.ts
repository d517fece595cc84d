import { billingInternal as routes } from '@imperal/contract'
import { implement, type MountedRoute } from '../../../foundation/http/index.ts'
import { billingErrors } from '../errors.ts'
import type { BillingParts } from '../parts.ts'
import { STRIPE_SETTING } from '../payments/choose-provider.ts'
import type { StripeAccount, StripeKeys } from '../payments/stripe-provider.ts'
import { actingAdmin, storeSetting } from './setting-routes.ts'

/** `sk_test_…4242`: enough to tell keys apart. */
const masked = (key: string): string => (key === '' ? '' : `${key.slice(0, 8)}…${key.slice(-4)}`)

const modeOf = (key: string): 'test' | 'live' | 'unset' =>
  key === '' ? 'unset' : /^(?:sk|rk)_live_/.test(key) ? 'live' : 'test'

const DAY_MS = 86_400_000

async function lastEventIsFresh(parts: BillingParts): Promise<boolean> {
  const row = await parts.db.everyTenant((tx) =>
    tx
      .selectFrom('billing.provider_event')
      .select('received_at')
      .where('provider', '=', 'stripe')
      .orderBy('received_at', 'desc')
      .limit(1)
      .executeTakeFirst(),
  )
  return row !== undefined && row.received_at.getTime() > parts.clock.now() - 30 * DAY_MS
}

async function accountOf(parts: BillingParts): Promise<StripeAccount | null> {
  try {
    return (await (await parts.providers.stripe())?.account()) ?? null
  } catch (error) {
    parts.log.warn({ err: error }, 'the account at Stripe could not be read')
    return null
  }
}

async function describe(parts: BillingParts) {
  const setup = parts.providers.setup()
  const keys: StripeKeys = setup?.keys ?? { secretKey: '', publishableKey: '', webhookSecret: '' }
  const [account, fresh] = await Promise.all([accountOf(parts), lastEventIsFresh(parts)])
  return {
    configured: keys.secretKey !== '',
    enabled: parts.providers.takesCards(),
    mode: modeOf(keys.secretKey),
    source: setup?.source ?? ('none' as const),
    secret_key_masked: masked(keys.secretKey),
    publishable_key_masked: masked(keys.publishableKey),
    webhook_secret_set: keys.webhookSecret !== '',
    account: account && {
      id: account.id,
      charges_enabled: account.chargesEnabled,
      payouts_enabled: account.payoutsEnabled,
    },
    balance: { ...account?.balance },
    webhook: {
      url: `${parts.publicUrl}/v1/webhooks/stripe`,
      healthy: keys.webhookSecret !== '' && fresh,
      events_ok: fresh,
    },
  }
}

/** How Stripe is set up; changed while the platform runs. */
export const stripeRoutes = (parts: BillingParts): readonly MountedRoute[] => [
  implement(routes.stripeConfig, async ({ principal }) => {
    actingAdmin(principal)
    return describe(parts)
  }),
  implement(routes.setStripeConfig, async ({ principal, body }) => {
    const by = actingAdmin(principal)
    const before = parts.providers.setup()
    const keys: StripeKeys = {
      secretKey: body.secret_key ?? before?.keys.secretKey ?? '',
      publishableKey: body.publishable_key ?? before?.keys.publishableKey ?? '',
      webhookSecret: body.webhook_secret ?? before?.keys.webhookSecret ?? '',
    }
    const enabled = body.enabled ?? before?.enabled ?? true
    if (enabled && keys.secretKey === '') throw billingErrors.KEY_REJECTED()
    // A key that does not work is refused now, not at the first payment.
    if (body.secret_key !== undefined) await (await parts.providers.trying(keys)).account()
    const shown = { enabled, mode: modeOf(keys.secretKey), changed: Object.keys(body) }
    await storeSetting(parts, {
      key: STRIPE_SETTING,
      value: { sealed: parts.providers.seal(keys), enabled },
      by,
      shown,
    })
    return describe(parts)
  }),
]
