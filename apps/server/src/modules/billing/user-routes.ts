import { type PlanResponse, billing as routes } from '@imperal/contract'
import { implement, type MountedRoute, type Principal, pageOf } from '../../foundation/http/index.ts'
import { billingErrors } from './errors.ts'
import { noteOwn } from './note-money.ts'
import type { BillingParts } from './parts.ts'
import { readAutoTopup, writeAutoTopup } from './payments/auto-topup.ts'
import { checkPayment } from './payments/check-payment.ts'
import { confirmPayment } from './payments/confirm-payment.ts'
import { ensureCustomer, factsOf, findCustomer, methodsOf, ownMethod, readProfile } from './payments/customers.ts'
import { toPayment } from './payments/payment-rows.ts'
import { takeEvent } from './payments/take-event.ts'
import { topup, topupConfig } from './payments/topup.ts'
import { writeProfile } from './payments/write-profile.ts'
import { changePlan } from './subscriptions/change-plan.ts'
import { cancel, resume } from './subscriptions/end-or-resume.ts'
import { renew } from './subscriptions/renew.ts'
import { readSubscription, toSubscription } from './subscriptions/rows.ts'
import { subscribe } from './subscriptions/subscribe.ts'
import { readUsage } from './usage.ts'

/** Payments of one user, newest first. */
export const paymentsOf = (
  parts: BillingParts,
  owner: { tenantId: string; userId: string },
  page: { limit: number; offset: number },
) =>
  parts.db.tenant(owner.tenantId, async (tx) => {
    const rows = await tx
      .selectFrom('billing.payment')
      .selectAll()
      .where('user_id', '=', owner.userId)
      .orderBy('created_at', 'desc')
      .orderBy('payment_id', 'desc')
      .limit(page.limit)
      .offset(page.offset)
      .execute()
    return rows.map(toPayment)
  })

export const countPayments = async (parts: BillingParts, owner: { tenantId: string; userId: string }) => {
  const { total } = await parts.db.tenant(owner.tenantId, (tx) =>
    tx
      .selectFrom('billing.payment')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('user_id', '=', owner.userId)
      .executeTakeFirstOrThrow(),
  )
  return Number(total)
}

/** Plans as clients see them; strict ones take no further member, so what else is to be said lies in `features` (api.md 3.11). */
export const listPlans = (parts: Pick<BillingParts, 'book'>): PlanResponse[] =>
  parts.book.plans().map((plan) => ({
    id: plan.planId,
    name: plan.name,
    price: plan.priceCents / 100,
    interval: 'month',
    features: {
      ...plan.features,
      included_tokens: plan.includedTokens,
      annual_price: plan.annualPriceCents / 100,
      self_service: plan.selfService,
    },
    limits: plan.limits,
  }))

/** Services ask in the name of people who may be anywhere. */
const isPresent = (caller: Principal): boolean => caller.kind === 'user'

const planRoutes = (parts: BillingParts): readonly MountedRoute[] => [
  implement(routes.plans, () => listPlans(parts)),
  implement(routes.subscription, async ({ user }) => toSubscription(parts, await readSubscription(parts, user))),
  implement(routes.usage, ({ user }) => readUsage(parts, user)),
  implement(routes.subscribe, ({ user, body }) =>
    subscribe(parts, user, { planId: body.plan_id, period: body.period }),
  ),
  implement(routes.changePlan, ({ user, body }) =>
    changePlan(parts, user, { planId: body.plan_id, period: body.period }),
  ),
  implement(routes.cancel, ({ user }) => cancel(parts, user)),
  implement(routes.resume, ({ user }) => resume(parts, user)),
  implement(routes.renew, ({ user }) => renew(parts, user, isPresent(user))),
]

const methodRoutes = (parts: BillingParts): readonly MountedRoute[] => [
  implement(routes.paymentMethods, ({ user }) => methodsOf(parts, user)),
  implement(routes.setupPaymentMethod, async ({ user }) => {
    const provider = await parts.providers.current()
    if (!provider.takesCards) throw billingErrors.PAYMENTS_OFF()
    await noteOwn(parts, user, { action: 'billing.card_setup', targetType: 'card', targetId: user.userId })
    const { clientSecret } = await provider.beginSetup(await ensureCustomer(parts, provider, user))
    return { client_secret: clientSecret, publishable_key: provider.publishableKey }
  }),
  implement(routes.removePaymentMethod, async ({ user, params }) => {
    const { provider, methods } = await ownMethod(parts, user, params.pm_id)
    const row = await readSubscription(parts, user)
    const needed = row?.billing_mode === 'card' && row.status !== 'expired' && !row.cancel_at_period_end
    if (needed && methods.length === 1) throw billingErrors.LAST_CARD()
    await noteOwn(parts, user, { action: 'billing.card_removed', targetType: 'card', targetId: params.pm_id })
    await provider.removeMethod(params.pm_id)
    return { message: 'The card was removed.', id: params.pm_id }
  }),
  implement(routes.defaultPaymentMethod, async ({ user, params }) => {
    const { provider, customerId } = await ownMethod(parts, user, params.pm_id)
    await noteOwn(parts, user, { action: 'billing.card_chosen', targetType: 'card', targetId: params.pm_id })
    await provider.setDefaultMethod(customerId, params.pm_id)
    return { message: 'This card is charged from now on.', id: params.pm_id }
  }),
  implement(routes.autoTopup, ({ user }) => readAutoTopup(parts, user)),
  implement(routes.updateAutoTopup, ({ user, body }) => writeAutoTopup(parts, user, body)),
  implement(routes.portal, async ({ user }) => {
    const provider = await parts.providers.current()
    if (!provider.takesCards) throw billingErrors.PAYMENTS_OFF()
    // Whoever comes to store a first card has no customer yet.
    const customerId = await ensureCustomer(parts, provider, user)
    return { url: await provider.portal(customerId, `${parts.publicUrl}/wallet/payments`) }
  }),
]

const paymentRoutes = (parts: BillingParts): readonly MountedRoute[] => [
  implement(routes.payments, async (request) => {
    const { user, query } = request
    return pageOf(request, await paymentsOf(parts, user, query), await countPayments(parts, user))
  }),
  implement(routes.checkPayment, ({ user, params }) => checkPayment(parts, user, params.payment_id)),
  implement(routes.profile, ({ user }) => readProfile(parts, user)),
  implement(routes.updateProfile, async ({ user, body }) => {
    const profile = await writeProfile(parts, user, body)
    const provider = parts.providers.isOn() ? await parts.providers.current() : null
    const customerId = provider && (await findCustomer(parts, provider, user))
    if (provider && customerId) await provider.updateCustomer(customerId, await factsOf(parts, user))
    return profile
  }),
  implement(routes.topupConfig, () => topupConfig(parts)),
  implement(routes.topup, ({ user, body }) =>
    topup(parts, user, {
      tokens: body.tokens,
      priceCents: body.price_cents,
      saveMethod: body.save_payment_method,
      offSession: body.off_session,
      isPresent: isPresent(user),
    }),
  ),
  implement(routes.confirmTopup, ({ body }) => confirmPayment(parts, body.payment_intent_id)),
  implement(routes.stripeWebhook, async ({ raw, headers }) => {
    const stripe = await parts.providers.stripe()
    if (stripe === null) throw billingErrors.PAYMENTS_OFF()
    const signature = headers['stripe-signature']
    await takeEvent(parts, stripe.name, stripe.readEvent(raw, typeof signature === 'string' ? signature : ''))
    return { received: true as const }
  }),
]

/** Plans, payments and cards of the caller. */
export const userRoutes = (parts: BillingParts): readonly MountedRoute[] => [
  ...planRoutes(parts),
  ...methodRoutes(parts),
  ...paymentRoutes(parts),
]
