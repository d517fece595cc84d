import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { principalOf } from '../../../../../../test/support/apps.ts'
import { type StripeServer, startStripeServer } from '../../../../../../test/support/stripe-server.ts'
import { asAdmin, type BillingFixture, openBillingFixture, type Person, serviceFor } from '../test-fixture.ts'

const DAY = 86_400_000
let stripe: StripeServer
let fixture: BillingFixture
/** People whose accounts were deactivated. */
const away = new Set<string>()

beforeAll(async () => {
  stripe = await startStripeServer()
  const { secretKey, webhookSecret } = stripe
  const settings = { stripe: { secretKey, webhookSecret, publishableKey: 'pk' }, stripeUrl: stripe.url }
  fixture = await openBillingFixture(settings, { isActive: async ({ userId }) => !away.has(userId) })
})
afterAll(async () => {
  await fixture.close()
  await stripe.close()
})

const send = (...given: Parameters<BillingFixture['send']>) => fixture.send(...given)
const customerOf = (user: Person): string =>
  [...stripe.customers.values()].find((one) => one.metadata.user_id === user.userId)?.id ?? ''
async function withCard(behaviour: 'pays' | 'declines' | 'asks' = 'pays'): Promise<Person & { card: string }> {
  const user = fixture.someone()
  await send('POST', '/v1/billing/payment-methods/setup', user)
  return { ...user, card: stripe.addCard(customerOf(user), behaviour) }
}
const subscribe = (user: Person, plan_id = 'pro', more: object = {}) =>
  send('POST', '/v1/billing/subscribe', user, { plan_id, ...more })
const change = (user: Person, plan_id: string, period = 'monthly') =>
  send('POST', '/v1/billing/change-plan', user, { plan_id, period })
const act = (user: Person, what: 'cancel' | 'resume' | 'renew') => send('POST', `/v1/billing/${what}`, user)
const planOf = async (user: Person) => (await send('GET', '/v1/billing/subscription', user)).body
const walletOf = async (user: Person) => (await send('GET', '/v1/billing/wallet', user)).body
const chargedCents = async (user: Person): Promise<[string, string, number][]> =>
  (await send('GET', '/v1/billing/payments', user)).body.map(
    (one: { type: string; status: string; amount_cents: number }) => [one.type, one.status, one.amount_cents],
  )
const mailsTo = (user: Person) =>
  fixture.mails.filter((mail) => mail.to.startsWith(user.userId)).map(({ kind }) => kind)
/** Days go by, and the platform looks after what has ended. */
async function pass(days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    fixture.clock.advance(DAY)
    while (((await fixture.run('billing.renew')) as number) > 0);
  }
}
const untilEnd = async (user: Person) =>
  Math.ceil((Date.parse((await planOf(user)).expires_at) - fixture.clock.now()) / DAY)

describe('[GET /v1/billing/plans]', () => {
  test('[S003-053] [kernel 10.4] exactly the documented members, prices in dollars, and what each plan includes', async () => {
    const { body } = await send('GET', '/v1/billing/plans', null)
    expect(body.map((plan: { id: string }) => plan.id)).toEqual([
      'free',
      'micro',
      'starter',
      'pro',
      'business',
      'enterprise',
    ])
    for (const plan of body)
      expect(Object.keys(plan)).toEqual(['id', 'name', 'price', 'interval', 'features', 'limits'])
    const catalog = body.map(
      ({
        id,
        price,
        interval,
        limits,
      }: {
        id: string
        price: number
        interval: string
        limits: { extensions: number }
      }) => [id, price, interval, limits.extensions],
    )
    expect(catalog).toEqual([
      ['free', 0, 'month', -1],
      ['micro', 0, 'month', 2],
      ['starter', 9, 'month', 5],
      ['pro', 29, 'month', 10],
      ['business', 79, 'month', 25],
      ['enterprise', 0, 'month', -1],
    ])
  })
})

describe('[POST /v1/billing/subscribe]', () => {
  test('[S003-053] [GET /v1/billing/subscription] the free plan first; a paid one after its price was charged, with its credits', async () => {
    const user = await withCard()
    expect(await planOf(user)).toEqual({
      plan: 'free',
      status: 'free',
      started_at: null,
      expires_at: null,
      cancel_at_period_end: false,
      billing_mode: 'card',
      card_required: true,
      contract_amount_cents: null,
      billing_note: null,
      pending_plan: null,
      period: 'monthly',
    })
    const { status, body } = await subscribe(user)
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        status: 'active',
        plan: 'pro',
        requires_action: false,
        payment_intent_id: expect.stringMatching(/^pi_/),
      }),
    ])
    expect(await chargedCents(user)).toEqual([['subscription', 'completed', 2900]])
    expect(await walletOf(user)).toMatchObject({
      balance: 50_000,
      plan: 'pro',
      status: 'active',
      cap: 50_000,
      included_tokens: 50_000,
    })
    expect(await planOf(user)).toMatchObject({ plan: 'pro', status: 'active', card_required: true })
    expect(mailsTo(user)).toEqual(['plan_activated', 'payment_receipt'])
  })

  test('what people cannot choose, a second plan, and no card are refused; a declined card begins nothing', async () => {
    const user = await withCard()
    for (const plan of ['free', 'starter', 'enterprise', 'nothing'])
      expect((await subscribe(user, plan)).status).toBe(400)
    await subscribe(user)
    const second = await subscribe(user, 'business')
    expect([second.status, second.body.detail]).toEqual([409, expect.stringContaining('change-plan')])
    expect((await subscribe(fixture.someone())).status).toBe(402)
    const poor = await withCard('declines')
    expect((await subscribe(poor)).status).toBe(402)
    expect(await planOf(poor)).toMatchObject({ plan: 'free', status: 'free' })
    for (const as of [principalOf(user, { tokenUse: 'cli' }), serviceFor(user)])
      expect((await send('POST', '/v1/billing/subscribe', as, { plan_id: 'pro' })).body.error).toBe('panel_required')
  })

  test('asked for ten times at once it is charged once', async () => {
    const user = await withCard()
    const answers = await Promise.all(Array.from({ length: 10 }, () => subscribe(user)))
    for (const { status } of answers) expect([200, 409]).toContain(status)
    expect(await chargedCents(user)).toEqual([['subscription', 'completed', 2900]])
    expect(await walletOf(user)).toMatchObject({ balance: 50_000, plan: 'pro' })
  })

  test('asked for again while the bank asks it is the same payment; another plan takes its place', async () => {
    const user = await withCard('asks')
    const [first, again] = [await subscribe(user), await subscribe(user)]
    expect(again.body).toMatchObject({ requires_action: true, action_url: first.body.action_url })
    expect(await chargedCents(user)).toEqual([['subscription', 'pending', 2900]])
    await subscribe(user, 'business')
    expect(stripe.intents.get(first.body.payment_intent_id)?.status).toBe('canceled')
    expect(await chargedCents(user)).toEqual([
      ['subscription', 'pending', 7900],
      ['subscription', 'failed', 2900],
    ])
  })

  test('a card that asks its owner: the plan begins when the bank has its answer', async () => {
    const user = await withCard('asks')
    const { body } = await subscribe(user)
    expect(body).toMatchObject({ status: 'free', requires_action: true, client_secret: expect.any(String) })
    expect(body.action_url).toBe(`${stripe.url}/bank/${body.payment_intent_id}`)
    stripe.finish(body.payment_intent_id, 'succeeded')
    await send('POST', '/v1/billing/topup/confirm', serviceFor(null), { payment_intent_id: body.payment_intent_id })
    expect(await planOf(user)).toMatchObject({ plan: 'pro', status: 'active' })
  })

  test('a year at once: its price, and the credits of twelve months', async () => {
    const user = await withCard()
    await subscribe(user, 'pro', { period: 'annual' })
    expect(await chargedCents(user)).toEqual([['subscription', 'completed', 29_000]])
    expect(await walletOf(user)).toMatchObject({ balance: 600_000, cap: 600_000 })
    expect(await untilEnd(user)).toBeGreaterThan(360)
  })

  test('money for a plan that came too late, because another has begun meanwhile, becomes credits', async () => {
    const user = await withCard('asks')
    const late = (await subscribe(user)).body.payment_intent_id
    stripe.behave(user.card, 'pays')
    await subscribe(user, 'business')
    stripe.finish(late, 'succeeded')
    await send('POST', '/v1/billing/topup/confirm', serviceFor(null), { payment_intent_id: late })
    expect(await planOf(user)).toMatchObject({ plan: 'business' })
    expect(await walletOf(user)).toMatchObject({ balance: 200_000 + 29_000 })
  })
})

describe('[POST /v1/billing/change-plan]', () => {
  test('a better plan begins now, for the price and with the credits of what is left of the period', async () => {
    const user = await withCard()
    await subscribe(user)
    const whole = Date.parse((await planOf(user)).expires_at) - fixture.clock.now()
    fixture.clock.advance(whole / 2)
    const { body } = await change(user, 'business')
    expect(body).toEqual({
      action: 'upgrade',
      plan: 'business',
      succeeded: true,
      requires_action: false,
      client_secret: expect.any(String),
      effective_at: fixture.clock.iso(),
      pending: false,
    })
    expect(await chargedCents(user)).toEqual([
      ['upgrade', 'completed', 2_500],
      ['subscription', 'completed', 2900],
    ])
    expect(await walletOf(user)).toMatchObject({ balance: 50_000 + 75_000, plan: 'business' })
  })

  test('a smaller plan begins with the next period; the same one again takes that back', async () => {
    const user = await withCard()
    await subscribe(user, 'business')
    const end = (await planOf(user)).expires_at
    const { body } = await change(user, 'pro')
    expect(body).toMatchObject({
      action: 'downgrade',
      plan: 'business',
      succeeded: true,
      effective_at: end,
      pending: true,
    })
    expect(await planOf(user)).toMatchObject({ plan: 'business', pending_plan: 'pro' })
    expect((await change(user, 'business')).body).toMatchObject({ action: 'none', plan: 'business' })
    expect(await planOf(user)).toMatchObject({ pending_plan: null })
    await change(user, 'pro')
    await pass(await untilEnd(user))
    expect(await planOf(user)).toMatchObject({ plan: 'pro', pending_plan: null, status: 'active' })
    expect(await chargedCents(user)).toEqual([
      ['renewal', 'completed', 2900],
      ['subscription', 'completed', 7900],
    ])
    expect(await walletOf(user)).toMatchObject({ balance: 50_000, cap: 50_000 })
  })

  test('from months to a year: its price less what is unused, and a period that begins now', async () => {
    const user = await withCard()
    await subscribe(user)
    const whole = Date.parse((await planOf(user)).expires_at) - fixture.clock.now()
    fixture.clock.advance(whole / 4)
    expect((await change(user, 'pro', 'annual')).body).toMatchObject({ action: 'upgrade', succeeded: true })
    expect((await chargedCents(user))[0]).toEqual(['upgrade', 'completed', 29_000 - 2_175])
    expect(await planOf(user)).toMatchObject({ period: 'annual' })
    expect(await untilEnd(user)).toBeGreaterThan(360)
    expect(await walletOf(user)).toMatchObject({ balance: 600_000 })
  })

  test('the free plan has nothing to change; a declined upgrade leaves the plan; a service acts for its user', async () => {
    expect((await change(fixture.someone(), 'pro')).status).toBe(409)
    const user = await withCard()
    await subscribe(user)
    stripe.behave(user.card, 'declines')
    expect((await change(user, 'business')).status).toBe(402)
    expect(await planOf(user)).toMatchObject({ plan: 'pro' })
    stripe.behave(user.card, 'pays')
    const service = await send('POST', '/v1/billing/change-plan', serviceFor(user), { plan_id: 'business' })
    expect(service.body).toMatchObject({ action: 'upgrade', plan: 'business' })
    expect((await change(user, 'enterprise')).status).toBe(400)
  })
})

describe('a payment for another plan', () => {
  const intentOf = (secret: string) => secret.split('_secret_')[0] ?? ''
  const confirm = (payment_intent_id: string) =>
    send('POST', '/v1/billing/topup/confirm', serviceFor(null), { payment_intent_id })
  const upgrades = async (user: Person) => (await chargedCents(user)).filter(([type]) => type === 'upgrade')

  test('begun for cents in the last hour and finished after the renewal, it is worth its cents', async () => {
    const user = await withCard()
    await subscribe(user)
    fixture.clock.advance(Date.parse((await planOf(user)).expires_at) - fixture.clock.now() - 3_600_000)
    stripe.behave(user.card, 'asks')
    const { body } = await change(user, 'business')
    stripe.behave(user.card, 'pays')
    await pass(1)
    stripe.finish(intentOf(body.client_secret), 'succeeded')
    await confirm(intentOf(body.client_secret))
    expect(await planOf(user)).toMatchObject({ plan: 'pro', status: 'active' })
    const [[, , cents]] = (await upgrades(user)) as [[string, string, number]]
    expect(await walletOf(user)).toMatchObject({ balance: 50_000 + 10 * cents })
  })

  test('asked for twice at once it is charged once', async () => {
    const user = await withCard()
    await subscribe(user)
    await Promise.all([change(user, 'business'), change(user, 'business')])
    expect(await upgrades(user)).toEqual([['upgrade', 'completed', 5000]])
    expect(await walletOf(user)).toMatchObject({ balance: 200_000, plan: 'business' })
  })

  test('is one while it is open; another target takes its place, and what is paid late becomes credits', async () => {
    const user = await withCard()
    await subscribe(user)
    stripe.behave(user.card, 'asks')
    const [first, again] = [await change(user, 'pro', 'annual'), await change(user, 'pro', 'annual')]
    expect(first.body).toMatchObject({ requires_action: true, succeeded: false })
    expect(again.body.client_secret).toBe(first.body.client_secret)
    stripe.behave(user.card, 'pays')
    expect((await change(user, 'business')).body).toMatchObject({ plan: 'business', succeeded: true })
    const late = intentOf(first.body.client_secret)
    expect(stripe.intents.get(late)?.status).toBe('canceled')
    const { balance } = await walletOf(user)
    stripe.finish(late, 'succeeded')
    await confirm(late)
    expect(await planOf(user)).toMatchObject({ plan: 'business' })
    expect(await walletOf(user)).toMatchObject({ balance: balance + 261_000 })
  })

  test('a year that was paid stays: what is paid by the month follows it, a better plan too', async () => {
    const user = await withCard()
    await subscribe(user, 'pro', { period: 'annual' })
    const end = (await planOf(user)).expires_at
    expect((await change(user, 'business')).body).toMatchObject({
      action: 'downgrade',
      plan: 'pro',
      effective_at: end,
      pending: true,
    })
    expect(await planOf(user)).toMatchObject({ plan: 'pro', period: 'annual', pending_plan: 'business' })
    expect(await walletOf(user)).toMatchObject({ balance: 600_000 })
  })

  const refund = (intentId: string, cents: number, type = 'charge.refunded') => {
    const sum = type === 'charge.refunded' ? { amount_refunded: cents } : { amount: cents }
    const { payload, signature } = stripe.message(type, { id: `dp_of_${intentId}`, payment_intent: intentId, ...sum })
    const headers = { 'stripe-signature': signature, 'content-type': 'application/json' }
    return send('POST', '/v1/webhooks/stripe', null, payload, headers)
  }
  const lastIntent = async (user: Person) =>
    (await send('GET', '/v1/billing/payments', user)).body[0].payment_intent_id as string

  test('given back, in full or by a dispute, takes its credits and its plan with it; in part only credits', async () => {
    const user = await withCard()
    await subscribe(user)
    const first = await lastIntent(user)
    await change(user, 'business')
    expect((await refund(await lastIntent(user), 5_000, 'charge.dispute.funds_withdrawn')).status).toBe(200)
    expect(await planOf(user)).toMatchObject({ plan: 'pro', status: 'active' })
    expect(await walletOf(user)).toMatchObject({ balance: 50_000 })
    await refund(first, 1_450)
    expect(await planOf(user)).toMatchObject({ plan: 'pro' })
    expect(await walletOf(user)).toMatchObject({ balance: 25_000 })
    await refund(first, 2_900)
    await refund(first, 2_900)
    expect(await planOf(user)).toMatchObject({ plan: 'free', status: 'free' })
    expect(await walletOf(user)).toMatchObject({ balance: 0, plan: 'free' })
  })
})

describe('[POST /v1/billing/cancel] and [POST /v1/billing/resume]', () => {
  test('[S003-053] a plan goes on to the end of its period, then the free one is back; bought credits stay', async () => {
    const user = await withCard()
    await send('POST', '/v1/billing/topup', user, { tokens: 10_000, price_cents: 1_000, off_session: true })
    await subscribe(user)
    expect(await walletOf(user)).toMatchObject({ balance: 60_000 })
    const { body } = await act(user, 'cancel')
    expect(body).toMatchObject({ status: 'active', plan: 'pro', cancel_at_period_end: true })
    expect((await act(user, 'cancel')).status).toBe(409)
    expect((await change(user, 'business')).status).toBe(409)
    await fixture.run('billing.remind')
    expect(mailsTo(user)).not.toContain('expiry_reminder')
    await pass((await untilEnd(user)) - 2)
    for (let twice = 0; twice < 2; twice++) await fixture.run('billing.remind')
    expect(mailsTo(user).filter((kind) => kind === 'expiry_reminder')).toHaveLength(1)
    await pass(3)
    expect(await planOf(user)).toMatchObject({ plan: 'free', status: 'free' })
    expect(await walletOf(user)).toMatchObject({ balance: 10_000, plan: 'free', cap: 500 })
    expect((await chargedCents(user)).map(([type]) => type)).toEqual(['subscription', 'topup'])
    expect((await subscribe(user)).status).toBe(200)
  })

  test('resumed in time it is renewed; what is not cancelled cannot be resumed', async () => {
    const user = await withCard()
    expect([(await act(user, 'cancel')).status, (await act(user, 'resume')).status]).toEqual([400, 409])
    await subscribe(user)
    expect((await act(user, 'resume')).status).toBe(409)
    await act(user, 'cancel')
    expect((await act(user, 'resume')).body).toMatchObject({
      status: 'active',
      plan: 'pro',
      cancel_at_period_end: false,
    })
    await pass(await untilEnd(user))
    expect(await planOf(user)).toMatchObject({ plan: 'pro', status: 'active' })
    expect((await chargedCents(user)).map(([type]) => type)).toEqual(['renewal', 'subscription'])
  })
})

describe('renewal', () => {
  test('[S003-053] charges the next period once, though five nodes look; unused credits of the plan end, bought ones stay', async () => {
    const user = await withCard()
    await send('POST', '/v1/billing/topup', user, { tokens: 10_000, price_cents: 1_000, off_session: true })
    await subscribe(user)
    await send('POST', '/v1/internal/billing/adjust', asAdmin, {
      user_id: user.userId,
      amount: -20_000,
      reason: 'used',
    })
    const end = (await planOf(user)).expires_at
    fixture.clock.advance(Date.parse(end) - fixture.clock.now())
    await Promise.all(Array.from({ length: 5 }, () => fixture.run('billing.renew')))
    expect(await chargedCents(user)).toEqual([
      ['renewal', 'completed', 2900],
      ['subscription', 'completed', 2900],
      ['topup', 'completed', 1000],
    ])
    expect(await walletOf(user)).toMatchObject({ balance: 60_000 })
    const plan = await planOf(user)
    expect(Date.parse(plan.expires_at) - Date.parse(end)).toBeGreaterThan(27 * DAY)
    expect(mailsTo(user)).toContain('renewal_success')
  })

  test('[K6.3] [POST /v1/billing/renew] a declined card is past due, tried again, and after seven days expired; paying brings it back', async () => {
    const user = await withCard()
    await subscribe(user)
    expect((await act(user, 'renew')).status).toBe(409)
    stripe.behave(user.card, 'declines')
    await pass(await untilEnd(user))
    expect(await planOf(user)).toMatchObject({ plan: 'pro', status: 'past_due' })
    expect(mailsTo(user).filter((kind) => kind === 'renewal_failed')).toHaveLength(1)
    expect((await act(user, 'renew')).status).toBe(402)
    await pass(6)
    expect(await planOf(user)).toMatchObject({ status: 'past_due' })
    await pass(2)
    expect(await planOf(user)).toMatchObject({ plan: 'pro', status: 'expired' })
    expect(await walletOf(user)).toMatchObject({ balance: 0, cap: 500, status: 'expired' })
    const plans = (await fixture.eventsOf(user)).filter(({ type }) => type.startsWith('billing.plan_'))
    const plan = { plan: 'pro', period: 'monthly', expires_at: expect.any(String) }
    expect(plans).toEqual([
      { type: 'billing.plan_activated', data: plan },
      { type: 'billing.plan_past_due', data: plan },
      { type: 'billing.plan_ended', data: plan },
    ])
    expect((await send('GET', '/v1/billing/usage', user)).body.plan).toBe('free')
    await pass(10)
    stripe.behave(user.card, 'pays')
    const { body } = await act(user, 'renew')
    expect(body).toMatchObject({ status: 'active', plan: 'pro', payment_intent_id: expect.stringMatching(/^pi_/) })
    expect(await walletOf(user)).toMatchObject({ balance: 50_000, status: 'active' })
    expect(await untilEnd(user)).toBeGreaterThan(27)
    expect((await act(user, 'renew')).status).toBe(409)
  })

  test('[POST /v1/billing/renew] a bank that asks is answered by whoever is there; for a service it is 402', async () => {
    const user = await withCard()
    await subscribe(user)
    stripe.behave(user.card, 'asks')
    await pass(await untilEnd(user))
    expect(await planOf(user)).toMatchObject({ status: 'past_due' })
    expect((await send('POST', '/v1/billing/renew', serviceFor(user))).status).toBe(402)
    const { body } = await act(user, 'renew')
    expect(body).toMatchObject({ status: 'past_due', action_url: `${stripe.url}/bank/${body.payment_intent_id}` })
    stripe.finish(body.payment_intent_id, 'succeeded')
    await send('POST', '/v1/billing/topup/confirm', serviceFor(null), { payment_intent_id: body.payment_intent_id })
    expect(await planOf(user)).toMatchObject({ plan: 'pro', status: 'active' })
  })

  test('paid within the grace, the next period follows the one before without a gap', async () => {
    const user = await withCard()
    await subscribe(user)
    const end = (await planOf(user)).expires_at
    stripe.behave(user.card, 'declines')
    await pass(await untilEnd(user))
    stripe.behave(user.card, 'pays')
    await pass(3)
    const plan = await planOf(user)
    expect(plan.status).toBe('active')
    expect(Date.parse(plan.expires_at) - Date.parse(end)).toBeGreaterThan(27 * DAY)
    expect(
      (await chargedCents(user)).filter(([type, status]) => type === 'renewal' && status === 'completed'),
    ).toHaveLength(1)
  })

  test('whose answer was lost is looked for, and not charged again when Stripe has forgotten its name', async () => {
    const user = await withCard()
    await subscribe(user)
    const charges = () => [...stripe.intents.values()].filter((one) => one.customer === customerOf(user))
    fixture.clock.advance(Date.parse((await planOf(user)).expires_at) - fixture.clock.now())
    stripe.fail('after')
    await fixture.run('billing.renew')
    stripe.fail(null)
    expect(charges()).toHaveLength(2)
    stripe.forgetKeys()
    fixture.clock.advance(6 * 60_000)
    await fixture.run('billing.renew')
    expect(charges()).toHaveLength(2)
    expect((await chargedCents(user))[0]).toEqual(['renewal', 'completed', 2900])
  }, 180_000)

  test('Stripe that is away is no fault of the customer’s: nothing is past due, and it is tried again', async () => {
    const user = await withCard()
    await subscribe(user)
    fixture.clock.advance(Date.parse((await planOf(user)).expires_at) - fixture.clock.now())
    stripe.fail(500)
    await fixture.run('billing.renew')
    stripe.fail(null)
    expect(await planOf(user)).toMatchObject({ status: 'active' })
    fixture.clock.advance(6 * 60_000)
    await fixture.run('billing.renew')
    expect((await chargedCents(user))[0]).toEqual(['renewal', 'completed', 2900])
  }, 180_000)
})

describe('an installation without a payment provider', () => {
  test('[K10.22] plans and credits wait until the operator has seen the money', async () => {
    const manual = await openBillingFixture()
    const user = manual.someone()
    const root = principalOf({ tenantId: 'default', userId: 'imp_u_default_root' }, { role: 'admin' })
    const topup = await manual.send('POST', '/v1/billing/topup', user, { tokens: 10_000, price_cents: 1_000 })
    expect(topup.body).toMatchObject({
      succeeded: false,
      requires_action: true,
      client_secret: '',
      publishable_key: '',
    })
    const begun = await manual.send('POST', '/v1/billing/subscribe', user, { plan_id: 'pro' })
    expect(begun.body).toMatchObject({ status: 'free', plan: 'free', requires_action: true })
    expect(
      (
        await manual.send('POST', '/v1/billing/topup/confirm', serviceFor(null), {
          payment_intent_id: topup.body.payment_intent_id,
        })
      ).status,
    ).toBe(409)
    const { body: waiting } = await manual.send('GET', '/v1/admin/payments', root)
    expect(waiting).toMatchObject([
      { type: 'topup', tokens: 10_000, amount_cents: 1000, email: `${user.userId}@example.com`, plan: null },
      { type: 'subscription', plan: 'pro', amount_cents: 2900 },
    ])
    const foreign = principalOf({ tenantId: 'acme', userId: 'imp_u_acme_boss' }, { role: 'admin' })
    for (const as of [user, foreign]) expect((await manual.send('GET', '/v1/admin/payments', as)).status).toBe(403)
    const approve = (id: string) => manual.send('POST', `/v1/admin/payments/${id}/approve`, root)
    expect((await approve(topup.body.payment_intent_id)).body).toMatchObject({ status: 'completed' })
    expect((await approve(topup.body.payment_intent_id)).status).toBe(409)
    await approve(begun.body.payment_intent_id)
    expect((await manual.send('GET', '/v1/billing/subscription', user)).body).toMatchObject({
      plan: 'pro',
      status: 'active',
      billing_mode: 'manual',
      card_required: false,
    })
    expect((await manual.send('GET', '/v1/billing/wallet', user)).body).toMatchObject({ balance: 60_000 })
    const other = await manual.send('POST', '/v1/billing/topup', user, { tokens: 10_000, price_cents: 1_000 })
    await manual.send('POST', `/v1/admin/payments/${other.body.payment_intent_id}/reject`, root, { note: 'never came' })
    expect((await manual.send('GET', '/v1/billing/payments', user)).body[0]).toMatchObject({ status: 'failed' })
    // The next period waits for the operator as well, and is past due meanwhile.
    manual.clock.advance(32 * DAY)
    await manual.run('billing.renew')
    expect((await manual.send('GET', '/v1/billing/subscription', user)).body).toMatchObject({ status: 'past_due' })
    const [renewal] = (await manual.send('GET', '/v1/admin/payments', root)).body
    await approve(renewal.payment_intent_id)
    expect((await manual.send('GET', '/v1/billing/subscription', user)).body).toMatchObject({ status: 'active' })
    expect((await manual.send('GET', '/v1/admin/payments', root)).body).toEqual([])
    await manual.close()
  })
})

describe('an account that is not active any more', () => {
  test('is charged nothing: its plan ends with its period, a given one too, and nothing is bought automatically', async () => {
    const user = await withCard()
    await subscribe(user)
    const given = fixture.someone()
    await send('PUT', '/v1/internal/billing/user-plan', asAdmin, { user_id: given.userId, plan_ref: 'business' })
    const late = await withCard()
    await subscribe(late)
    stripe.behave(late.card, 'declines')
    await pass(await untilEnd(late))
    expect(await planOf(late)).toMatchObject({ status: 'past_due' })
    stripe.behave(late.card, 'pays')
    const wish = { enabled: true, threshold_pct: 10, recharge_tokens: 10_000 }
    expect((await send('PUT', '/v1/billing/auto-topup', user, wish)).status).toBe(200)
    for (const { userId } of [user, given, late]) away.add(userId)
    const before = await chargedCents(user)
    await send('POST', '/v1/internal/billing/adjust', asAdmin, {
      ...{ user_id: user.userId, amount: -49_000, reason: 'used' },
    })
    await fixture.billing.allTold()
    await pass(40)
    expect(await chargedCents(user)).toEqual(before)
    expect((await chargedCents(late)).filter(([, status]) => status === 'completed')).toHaveLength(1)
    for (const one of [user, given, late]) expect(await planOf(one)).toMatchObject({ plan: 'free', status: 'free' })
  })

  test('deleted, it leaves ledger and payments: no plan, no wish to buy, no name and address, and no card at the provider', async () => {
    const user = await withCard()
    await subscribe(user)
    await send('PUT', '/v1/billing/auto-topup', user, { enabled: true, threshold_pct: 10, recharge_tokens: 10_000 })
    await send('PUT', '/v1/billing/profile', user, { name: 'Ada Lovelace', address: '12 St James’s Square' })
    stripe.behave(user.card, 'asks')
    const open = await send('POST', '/v1/billing/topup', user, {
      ...{ tokens: 10_000, price_cents: 1_000, payment_method_id: user.card },
    })
    const customer = customerOf(user)
    stripe.fail(500)
    await expect(fixture.billing.forget(user)).rejects.toMatchObject({ code: 'BILLING_PROVIDER_FAILED' })
    stripe.fail(null)
    const kept = async (table: string) =>
      (await fixture.rows(`select 1 from billing.${table} where user_id = $1`, [user.userId])).length
    // While the provider is away nothing is charged any more already.
    for (const table of ['subscription', 'auto_topup', 'profile'])
      expect([table, await kept(table)]).toEqual([table, 0])
    for (let twice = 0; twice < 2; twice++) await fixture.billing.forget(user)
    expect(await kept('customer')).toBe(0)
    expect([stripe.customers.has(customer), stripe.intents.get(open.body.payment_intent_id)?.status]).toEqual([
      false,
      'canceled',
    ])
    expect(await chargedCents(user)).toEqual([
      ['topup', 'failed', 1_000],
      ['subscription', 'completed', 2_900],
    ])
    expect(await kept('wallet')).toBe(1)
  })
})

describe('a plan that is paid by hand', () => {
  test('[api 5.8] charges no card, though there is one: renewed and upgraded when the operator has seen the money', async () => {
    const user = await withCard()
    await subscribe(user)
    await fixture.rows("update billing.subscription set billing_mode = 'manual' where user_id = $1", [user.userId])
    const charges = () => [...stripe.intents.values()].filter((one) => one.customer === customerOf(user)).length
    expect(charges()).toBe(1)
    const approve = async (type: string) => {
      const { body } = await send('GET', '/v1/admin/payments', asAdmin)
      const waiting = body.filter((one: { user_id: string }) => one.user_id === user.userId)
      expect(waiting).toMatchObject([{ type, status: 'pending' }])
      await send('POST', `/v1/admin/payments/${waiting[0].payment_intent_id}/approve`, asAdmin)
    }
    expect((await change(user, 'business')).body).toMatchObject({ succeeded: false, pending: true })
    await approve('upgrade')
    expect(await planOf(user)).toMatchObject({ plan: 'business', billing_mode: 'manual', card_required: false })
    await pass(await untilEnd(user))
    expect(await planOf(user)).toMatchObject({ status: 'past_due', card_required: false })
    expect((await act(user, 'renew')).status).toBe(200)
    await approve('renewal')
    expect(await planOf(user)).toMatchObject({ plan: 'business', status: 'active', billing_mode: 'manual' })
    expect(charges()).toBe(1)
  })
})

describe('[PUT /v1/internal/billing/user-plan]', () => {
  test('an administrator gives a plan: nothing is charged, now or later; the free one takes it away', async () => {
    const user = fixture.someone()
    const give = (plan_ref: string, as = asAdmin) =>
      send('PUT', '/v1/internal/billing/user-plan', as, { user_id: user.userId, plan_ref })
    expect((await give('pro', serviceFor(user))).status).toBe(403)
    expect((await give('nothing')).status).toBe(404)
    expect((await give('Business')).body).toEqual({ plan: 'Business', plan_id: 'business', status: 'active' })
    expect(await planOf(user)).toMatchObject({ plan: 'business', billing_mode: 'free', card_required: false })
    expect(await walletOf(user)).toMatchObject({ balance: 200_000 })
    await pass(await untilEnd(user))
    expect(await planOf(user)).toMatchObject({ plan: 'business', status: 'active' })
    expect(await chargedCents(user)).toEqual([])
    expect((await give('free')).body).toEqual({ plan: 'Free', plan_id: 'free', status: 'free' })
    expect(await walletOf(user)).toMatchObject({ balance: 0, plan: 'free' })
  })
})
