import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StripeServer, startStripeServer } from '../../../../../test/support/stripe-server.ts'
import { asAdmin, type BillingFixture, openBillingFixture, type Person } from './test-fixture.ts'

/** Whatever happens to money or a plan is in the security log, whoever did it and also when nobody did. */
let stripe: StripeServer
let fixture: BillingFixture
beforeAll(async () => {
  stripe = await startStripeServer()
  const { secretKey, webhookSecret } = stripe
  const keys = { secretKey, webhookSecret, publishableKey: 'pk_test_public' }
  fixture = await openBillingFixture({ stripe: keys, stripeUrl: stripe.url })
})
afterAll(async () => {
  await fixture?.close()
  await stripe?.close()
})

const DAY_MS = 86_400_000
const send = (...given: Parameters<BillingFixture['send']>) => fixture.send(...given)
const ok = async (...given: Parameters<BillingFixture['send']>) => {
  const answer = await send(...given)
  expect([given[1], answer.status, answer.body]).toEqual([given[1], 200, answer.body])
  return answer.body
}
const logOf = (user: Person) =>
  fixture.rows<{ action: string; actor_id: string; actor_type: string; target_id: string }>(
    'select action, actor_id, actor_type, target_id from audit.entry where user_id = $1 order by id',
    [user.userId],
  )
const actionsOf = async (user: Person) => (await logOf(user)).map(({ action }) => action)

async function withCard(kind: Parameters<StripeServer['addCard']>[1] = 'pays'): Promise<Person & { card: string }> {
  const user = fixture.someone()
  await ok('POST', '/v1/billing/payment-methods/setup', user)
  const customer = [...stripe.customers.values()].find((one) => one.metadata.user_id === user.userId)
  return { ...user, card: stripe.addCard(customer?.id ?? '', kind) }
}

test('[api 7.9] a payment that is given back, cards, the profile and what is bought automatically', async () => {
  const user = await withCard()
  const order = { tokens: 10_000, price_cents: 1_000, off_session: true }
  const { payment_intent_id: intent } = await ok('POST', '/v1/billing/topup', user, order)
  await ok('PUT', '/v1/billing/profile', user, { name: 'Ada', address: 'A street of hers' })
  const wish = { enabled: true, threshold_pct: 10, recharge_tokens: 10_000 }
  await ok('PUT', '/v1/billing/auto-topup', user, wish)
  await ok('PUT', `/v1/billing/payment-methods/${user.card}/default`, user)
  await ok('DELETE', `/v1/billing/payment-methods/${user.card}`, user)
  const { payload, signature } = stripe.message('charge.refunded', {
    payment_intent: intent,
    amount: 1_000,
    amount_refunded: 400,
  })
  await ok('POST', '/v1/webhooks/stripe', null, payload, {
    'stripe-signature': signature,
    'content-type': 'application/json',
  })
  const log = await logOf(user)
  expect(log.map(({ action, actor_type }) => [action, actor_type])).toEqual([
    ['billing.card_setup', 'user'],
    ['billing.topup', 'user'],
    ['billing.profile_changed', 'user'],
    ['billing.auto_topup_set', 'user'],
    ['billing.card_chosen', 'user'],
    ['billing.card_removed', 'user'],
    ['billing.refunded', 'service'],
  ])
  const rows = await fixture.rows<object>('select metadata from audit.entry where user_id = $1', [user.userId])
  expect(JSON.stringify(rows)).not.toContain('A street of hers')
})

test('[api 7.9] a plan that begins, stays, is not paid and runs out', async () => {
  const user = await withCard()
  await ok('POST', '/v1/billing/subscribe', user, { plan_id: 'business', period: 'monthly' })
  await ok('POST', '/v1/billing/change-plan', user, { plan_id: 'pro', period: 'monthly' })
  await ok('POST', '/v1/billing/change-plan', user, { plan_id: 'business', period: 'monthly' })
  stripe.behave(user.card, 'declines')
  const [row] = await fixture.rows<{ expires_at: Date }>(
    'select expires_at from billing.subscription where user_id = $1',
    [user.userId],
  )
  fixture.clock.advance((row?.expires_at.getTime() ?? 0) - fixture.clock.now() + 1_000)
  await fixture.run('billing.renew')
  fixture.clock.advance(8 * DAY_MS)
  await fixture.run('billing.renew')
  const actions = await actionsOf(user)
  for (const action of ['billing.plan_activated', 'billing.plan_changed', 'billing.plan_kept'])
    expect(actions).toContain(action)
  expect(actions.filter((one) => /past_due|ended|failed/.test(one))).toEqual(
    expect.arrayContaining(['billing.payment_failed', 'billing.plan_past_due', 'billing.plan_ended']),
  )
})

test('[api 7.9] a payment that the operator turns down names the operator', async () => {
  const manual = await openBillingFixture()
  try {
    const user = manual.someone()
    const order = { tokens: 10_000, price_cents: 1_000 }
    const { payment_intent_id: id } = (await manual.send('POST', '/v1/billing/topup', user, order)).body
    const rejected = await manual.send('POST', `/v1/admin/payments/${id}/reject`, { ...asAdmin, kind: 'user' }, {})
    expect(rejected.status).toBe(200)
    expect(await manual.rows('select action, actor_id from audit.entry where user_id = $1', [user.userId])).toEqual([
      { action: 'billing.payment_rejected', actor_id: asAdmin.userId },
    ])
  } finally {
    await manual.close()
  }
})
