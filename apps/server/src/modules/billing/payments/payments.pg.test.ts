import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { principalOf } from '../../../../../../test/support/apps.ts'
import { type StripeServer, startStripeServer } from '../../../../../../test/support/stripe-server.ts'
import { EVERY_TENANT } from '../../../foundation/db/index.ts'
import type { Principal } from '../../../foundation/http/index.ts'
import type { CallEnding } from '../charge-calls.ts'
import { asAdmin, type BillingFixture, openBillingFixture, type Person, serviceFor } from '../test-fixture.ts'

let stripe: StripeServer
let fixture: BillingFixture

beforeAll(async () => {
  stripe = await startStripeServer()
  const { secretKey, webhookSecret } = stripe
  fixture = await openBillingFixture({
    stripe: { secretKey, webhookSecret, publishableKey: 'pk_test_public' },
    stripeUrl: stripe.url,
  })
})
afterAll(async () => {
  await fixture.close()
  await stripe.close()
})

const send = (...given: Parameters<BillingFixture['send']>) => fixture.send(...given)
const balanceOf = async (user: Person) => (await fixture.billing.balance(user.tenantId, user.userId)).balance
const customerOf = (user: Person): string =>
  [...stripe.customers.values()].find((one) => one.metadata.user_id === user.userId)?.id ?? ''
/** A user with a card, stored as the browser does it. */
async function withCard(behaviour: 'pays' | 'declines' | 'asks' = 'pays'): Promise<Person & { card: string }> {
  const user = fixture.someone()
  expect((await send('POST', '/v1/billing/payment-methods/setup', user)).status).toBe(200)
  return { ...user, card: stripe.addCard(customerOf(user), behaviour) }
}
const buy = (user: Person, body: object = {}) =>
  send('POST', '/v1/billing/topup', user, { tokens: 10_000, price_cents: 1_000, ...body })
const post = ({ payload, signature }: { payload: string; signature: string }) =>
  send('POST', '/v1/webhooks/stripe', null, payload, {
    'stripe-signature': signature,
    'content-type': 'application/json',
  })
const about = (intentId: string, type: string, options: Parameters<StripeServer['message']>[2] = {}) =>
  stripe.message(type, structuredClone(stripe.intents.get(intentId) ?? {}), options)
const paymentsOf = async (user: Person) => (await send('GET', '/v1/billing/payments', user)).body

describe('[POST /v1/billing/topup]', () => {
  test('[GET /v1/billing/topup-config] what is sold, and at which price', async () => {
    const { body } = await send('GET', '/v1/billing/topup-config', null)
    expect(body).toMatchObject({
      publishable_key: 'pk_test_public',
      custom_min_cents: 500,
      custom_max_cents: 100_000,
      token_rate: 1000,
    })
    expect(body.tiers[0]).toEqual({ tokens: 10_000, price_cents: 1000, label: '10,000 credits', bonus_tokens: 0 })
  })

  test('[K10.1] the price is computed here: what does not match is refused, and nothing is begun', async () => {
    const user = fixture.someone()
    const before = stripe.requests.length
    for (const wrong of [{ price_cents: 999 }, { tokens: 10_001 }, { tokens: 4_000, price_cents: 400 }]) {
      expect((await buy(user, wrong)).status).toBe(400)
    }
    expect((await buy(user, { tokens: 1.5 })).status).toBe(422)
    expect(stripe.requests).toHaveLength(before)
    expect(await paymentsOf(user)).toEqual([])
  })

  test('in the browser: a secret for the form, and credits when Stripe says that it was paid', async () => {
    const user = fixture.someone()
    const { status, body } = await buy(user, { tokens: 50_000, price_cents: 5_000, save_payment_method: true })
    expect([status, body]).toEqual([
      200,
      {
        client_secret: expect.stringMatching(/^pi_.*_secret_/),
        payment_intent_id: expect.stringMatching(/^pi_/),
        publishable_key: 'pk_test_public',
        succeeded: false,
        requires_action: false,
      },
    ])
    const intent = stripe.intents.get(body.payment_intent_id)
    expect(intent).toMatchObject({ amount: 5000, currency: 'usd', setup_future_usage: 'off_session' })
    expect(await balanceOf(user)).toBe(500)
    stripe.finish(body.payment_intent_id, 'succeeded')
    expect((await post(about(body.payment_intent_id, 'payment_intent.succeeded'))).body).toEqual({ received: true })
    expect(await balanceOf(user)).toBe(500 + 50_000 + 2_500)
    expect(fixture.mails).toContainEqual(
      expect.objectContaining({ kind: 'payment_receipt', to: `${user.userId}@example.com` }),
    )
    expect(await paymentsOf(user)).toEqual([
      {
        payment_intent_id: body.payment_intent_id,
        amount_cents: 5000,
        currency: 'usd',
        tokens: 50_000,
        status: 'completed',
        type: 'topup',
        created_at: expect.any(String),
        completed_at: expect.any(String),
        receipt_url: null,
      },
    ])
  })

  test('[K10.21] with a stored card the credits are there at once, without any message', async () => {
    const user = await withCard()
    const { body } = await buy(user, { off_session: true })
    expect(body).toMatchObject({ succeeded: true, requires_action: false })
    expect(await balanceOf(user)).toBe(10_500)
  })

  test('without a card, and with one that is declined, it is 402; a card that needs its owner names the page of the bank', async () => {
    expect((await buy(fixture.someone(), { off_session: true })).status).toBe(402)
    const poor = await withCard('declines')
    const declined = await buy(poor, { off_session: true })
    expect([declined.status, declined.body.detail]).toEqual([402, expect.stringContaining('declined')])
    expect(await balanceOf(poor)).toBe(500)
    expect(await paymentsOf(poor)).toMatchObject([{ status: 'failed' }])
    expect((await fixture.eventsOf(poor)).map(({ type }) => type)).toEqual(['billing.payment_failed'])
    const careful = await withCard('asks')
    const { body } = await buy(careful, { off_session: true })
    expect(body).toMatchObject({
      succeeded: false,
      requires_action: true,
      client_secret: expect.stringMatching(/^pi_/),
      action_url: `${stripe.url}/bank/${body.payment_intent_id}`,
    })
    const page = stripe.intents.get(body.payment_intent_id)?.next_action?.redirect_to_url
    expect(page?.return_url).toMatch(/\/wallet\/payments$/)
    stripe.finish(body.payment_intent_id, 'succeeded')
    await post(about(body.payment_intent_id, 'payment_intent.succeeded'))
    expect(await balanceOf(careful)).toBe(10_500)
    // Whom a service asks for is nobody who could answer a bank now.
    const away = await send('POST', '/v1/billing/topup', serviceFor(careful), {
      ...{ tokens: 10_000, price_cents: 1_000, off_session: true },
    })
    expect(away.body).toMatchObject({ succeeded: false, requires_action: true })
    expect(away.body.action_url).toBeUndefined()
  })

  test('[K10.21] whose bank was answered without a message of it is found by looking', async () => {
    const user = await withCard('asks')
    const { body } = await buy(user, { off_session: true })
    expect(await paymentsOf(user)).toMatchObject([{ status: 'pending' }])
    stripe.finish(body.payment_intent_id, 'succeeded')
    fixture.clock.advance(11 * 60_000)
    await fixture.run('billing.reconcile')
    expect(await paymentsOf(user)).toMatchObject([{ status: 'completed' }])
    expect(await balanceOf(user)).toBe(10_500)
  })

  test('[K10.21] [POST /v1/billing/payments/{payment_id}/check] whoever left the page of the bank is led back to it; what came of it is known without a message', async () => {
    const check = (as: Person | Principal, id: string) => send('POST', `/v1/billing/payments/${id}/check`, as, {})
    const user = await withCard('asks')
    const { payment_intent_id: id } = (await buy(user, { off_session: true })).body
    const open = { payment_intent_id: id, status: 'pending', waits_for: 'bank', failure: null }
    expect((await check(user, id)).body).toEqual({ ...open, action_url: `${stripe.url}/bank/${id}` })
    expect((await check(fixture.someone(), id)).status).toBe(404)
    expect((await check(fixture.someone('elsewhere'), id)).status).toBe(404)
    expect((await check(principalOf(user, { tokenUse: 'cli' }), id)).body.error).toBe('panel_required')
    stripe.finish(id, 'succeeded')
    const paid = { ...open, status: 'completed', waits_for: 'none', action_url: null }
    const answers = await Promise.all(Array.from({ length: 5 }, () => check(user, id)))
    expect(answers.map(({ body }) => body)).toEqual(Array(5).fill(paid))
    expect(await balanceOf(user)).toBe(10_500)
    // The page ran out: the payment is over, and says why.
    const late = (await buy(user, { off_session: true })).body.payment_intent_id
    stripe.finish(late, 'refused')
    expect((await check(user, late)).body).toMatchObject({
      ...{ status: 'failed', waits_for: 'none', action_url: null },
      failure: expect.stringContaining('bank'),
    })
    expect(await balanceOf(user)).toBe(10_500)
    // The form of the browser was left: there is no page to go back to, and nothing is charged.
    const form = (await buy(user)).body.payment_intent_id
    expect((await check(user, form)).body).toMatchObject({ status: 'pending', waits_for: 'none', action_url: null })
    stripe.fail(500)
    expect((await check(user, form)).status).toBe(503)
    stripe.fail(null)
  })

  test('only the panel, or a service in somebody’s name, moves money', async () => {
    const user = fixture.someone()
    const terminal = principalOf(user, { tokenUse: 'cli' })
    const key = principalOf(user, { credential: 'api_key' })
    for (const as of [terminal, key]) {
      const { status, body } = await send('POST', '/v1/billing/topup', as, { tokens: 10_000, price_cents: 1_000 })
      expect([status, body.error]).toEqual([403, 'panel_required'])
    }
    const service = await send('POST', '/v1/billing/topup', serviceFor(user), { tokens: 10_000, price_cents: 1_000 })
    expect(service.status).toBe(200)
  })

  test('Stripe that is away is 503, and nothing was bought; when only its answer was lost, the message brings the credits', async () => {
    const user = await withCard()
    stripe.fail(500)
    expect((await buy(user, { off_session: true })).status).toBe(503)
    stripe.fail(null)
    expect(await balanceOf(user)).toBe(500)
    const before = stripe.intents.size
    stripe.fail('after')
    expect((await buy(user, { off_session: true })).status).toBe(503)
    stripe.fail(null)
    // The library tried three times with one key, so there is one charge, whose answer nobody got.
    const made = [...stripe.intents.values()].slice(before)
    expect(made).toHaveLength(1)
    await post(about(made[0]?.id ?? '', 'payment_intent.succeeded'))
    expect(await balanceOf(user)).toBe(10_500)
  })
})

describe('[POST /v1/billing/topup/confirm]', () => {
  const confirm = (intentId: string) =>
    send('POST', '/v1/billing/topup/confirm', serviceFor(null), { payment_intent_id: intentId })

  test('[S001-011] is for services; asks Stripe itself; ten at once credit once', async () => {
    const user = fixture.someone()
    const { body } = await buy(user)
    const id = body.payment_intent_id
    const refused = await send('POST', '/v1/billing/topup/confirm', user, { payment_intent_id: id })
    expect(refused.status).toBe(403)
    expect((await confirm(id)).status).toBe(409)
    expect((await confirm('pi_nothing')).status).toBe(404)
    stripe.finish(id, 'succeeded')
    const answers = await Promise.all(Array.from({ length: 10 }, () => confirm(id)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(answers.filter((one) => !one.body.already_completed)).toHaveLength(1)
    expect(answers[0]?.body).toMatchObject({ status: 'completed', tokens: 10_000, balance: 10_500 })
    expect(await balanceOf(user)).toBe(10_500)
  })
})

describe('[POST /v1/webhooks/stripe]', () => {
  const paid = async () => {
    const user = fixture.someone()
    const { body } = await buy(user)
    stripe.finish(body.payment_intent_id, 'succeeded')
    return { user, id: body.payment_intent_id as string }
  }

  test('what is not signed by Stripe, is altered, or is too old is 400 and has no effect', async () => {
    const { user, id } = await paid()
    const good = about(id, 'payment_intent.succeeded')
    const forged = [
      about(id, 'payment_intent.succeeded', { secret: 'whsec_other' }),
      { ...good, signature: '' },
      { ...good, payload: good.payload.replace('succeeded', 'succeeded ') },
      about(id, 'payment_intent.succeeded', { at: Math.floor(Date.now() / 1000) - 600 }),
    ]
    for (const message of forged) expect((await post(message)).status).toBe(400)
    expect(await balanceOf(user)).toBe(500)
  })

  test('a message that comes again, in the same or another wrapping, credits once', async () => {
    const { user, id } = await paid()
    const message = about(id, 'payment_intent.succeeded')
    await Promise.all([post(message), post(message), post(message)])
    await post(message)
    await post(about(id, 'payment_intent.succeeded'))
    expect(await balanceOf(user)).toBe(10_500)
  })

  test('the failure of an earlier attempt that comes late changes nothing; a success after a failure counts', async () => {
    const { user, id } = await paid()
    const failed = stripe.message('payment_intent.payment_failed', {
      ...stripe.intents.get(id),
      status: 'requires_payment_method',
      last_payment_error: { message: 'declined' },
    })
    await post(failed)
    expect(await paymentsOf(user)).toMatchObject([{ status: 'failed' }])
    await post(about(id, 'payment_intent.succeeded'))
    expect(await paymentsOf(user)).toMatchObject([{ status: 'completed' }])
    await post({
      ...failed,
      ...stripe.message('payment_intent.payment_failed', JSON.parse(failed.payload).data.object),
    })
    expect(await paymentsOf(user)).toMatchObject([{ status: 'completed' }])
    expect(await balanceOf(user)).toBe(10_500)
  })

  test('[K6.3] a refund takes credits back, as far as they are there; its parts count once, in whatever order they come', async () => {
    const { user, id } = await paid()
    const refunded = (cents: number) =>
      stripe.message('charge.refunded', { payment_intent: id, amount_refunded: cents })
    await post(refunded(250))
    expect(await balanceOf(user)).toBe(500 + 7_500)
    await post(refunded(1_000))
    await post(refunded(600))
    await post(about(id, 'payment_intent.succeeded'))
    expect(await balanceOf(user)).toBe(500)
    expect(await paymentsOf(user)).toMatchObject([{ status: 'refunded' }])
    const history = (await send('GET', '/v1/billing/wallet/history', user)).body
    expect(history.map((entry: { amount: number; reason: string }) => [entry.reason, entry.amount])).toEqual([
      ['refund', -7_500],
      ['refund', -2_500],
      ['topup', 10_000],
      ['plan_credit', 500],
    ])
    const payment = {
      payment_id: expect.any(String),
      type: 'topup',
      amount_cents: 1_000,
      currency: 'usd',
      tokens: 10_000,
    }
    expect(await fixture.eventsOf(user)).toEqual([
      { type: 'billing.topup_completed', data: payment },
      { type: 'billing.payment_refunded', data: { ...payment, refunded_cents: 250 } },
      { type: 'billing.payment_refunded', data: { ...payment, refunded_cents: 1_000 } },
    ])
  })

  test('a refund takes what was given on top as well, and is known though the answer to our request was lost', async () => {
    const user = await withCard()
    const before = stripe.intents.size
    stripe.fail('after')
    await buy(user, { tokens: 50_000, price_cents: 5_000, off_session: true })
    stripe.fail(null)
    const { id, metadata } = [...stripe.intents.values()].slice(before)[0] ?? { id: '', metadata: {} }
    const refunded = (cents: number) =>
      stripe.message('charge.refunded', { payment_intent: id, amount_refunded: cents, metadata })
    await post(refunded(2_500))
    expect(await balanceOf(user)).toBe(500 + 26_250)
    await post(refunded(5_000))
    expect(await balanceOf(user)).toBe(500)
    expect(await paymentsOf(user)).toMatchObject([{ status: 'refunded' }])
  })

  type Act =
    | { readonly kind: 'paid'; readonly which: number }
    | { readonly kind: 'failed'; readonly which: number }
    | { readonly kind: 'refund'; readonly which: number; readonly cents: number }
    | { readonly kind: 'spend'; readonly which: number; readonly credits: number; readonly ending: CallEnding }
  const which = fc.nat({ max: 3 })
  const acts = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('paid' as const), which }),
      fc.record({ kind: fc.constant('failed' as const), which }),
      fc.record({ kind: fc.constant('refund' as const), which, cents: fc.integer({ min: 1, max: 1_200 }) }),
      fc.record({
        ...{ kind: fc.constant('spend' as const), which, credits: fc.integer({ min: 1, max: 8_000 }) },
        ending: fc.constantFrom('succeeded' as const, 'failed' as const, 'not_done' as const),
      }),
    ),
    { minLength: 4, maxLength: 20 },
  )
  let spends = 0

  async function spend(user: Person, credits: number, ending: CallEnding): Promise<void> {
    const callId = `spend_${++spends}`
    const app = { appId: 'paid', status: 'active', system: false, firstParty: false, ownerId: 'imp_u_owner' } as const
    const call = { ...user, callId, traceId: callId, app, functionName: 'work', isPriced: true, model: null } as const
    const price = {
      base: credits,
      fee: 1,
      share: Math.floor(credits * 0.7),
      developerId: 'imp_u_owner',
      isWaivable: false,
    }
    const held = await fixture.billing.reserve({ ...call, actionType: 'write' }, price)
    if (held === null) return
    // Charged twice, as after a crash that nobody is sure of.
    const settle = () => fixture.db.atomic(EVERY_TENANT, fixture.billing.settling(held, ending))
    await Promise.all([settle(), settle()])
  }

  test('[K10.11] payments, their repetitions, failures and refunds in any order and all at once, beside what is spent: each credits once, all adds up, nothing is below zero', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (list: readonly Act[]) => {
        const payments = [await paid(), await paid(), await paid(), await paid()]
        await Promise.all(
          list.map(async (act) => {
            const { user, id } = payments[act.which] ?? (await paid())
            if (act.kind === 'spend') return spend(user, act.credits, act.ending)
            const message =
              act.kind === 'paid'
                ? about(id, 'payment_intent.succeeded')
                : act.kind === 'failed'
                  ? stripe.message('payment_intent.payment_failed', {
                      ...{ ...stripe.intents.get(id), status: 'requires_payment_method' },
                      last_payment_error: { message: 'declined' },
                    })
                  : stripe.message('charge.refunded', { payment_intent: id, amount_refunded: act.cents })
            // The same message twice at once, as providers do.
            const [first, again] = await Promise.all([post(message), post(message)])
            expect([first.status, again.status]).toEqual([200, 200])
          }),
        )
        expect(
          await fixture.rows(
            'select transaction_id from billing.entry group by tenant_id, transaction_id having sum(amount) <> 0',
          ),
        ).toEqual([])
        for (const [index, { user }] of payments.entries()) {
          const [wallet] = await fixture.rows<{ balance: number; held: number; plan_credits: number; entries: number }>(
            `select w.balance, w.held, w.plan_credits, (select coalesce(sum(amount), 0)::bigint from billing.entry e
               where e.account = 'user:' || w.user_id) as entries from billing.wallet w where user_id = $1`,
            [user.userId],
          )
          if (wallet === undefined) continue
          expect([wallet.balance, wallet.held]).toEqual([wallet.entries, 0])
          expect(wallet.balance >= 0 && wallet.plan_credits >= 0 && wallet.plan_credits <= wallet.balance).toBe(true)
          const sums = await fixture.rows<{ reason: string; total: number }>(
            `select reason, sum(amount)::bigint as total from billing.entry where account = $1 group by reason`,
            [`user:${user.userId}`],
          )
          const sum = (reason: string) => sums.find((row) => row.reason === reason)?.total ?? 0
          const mine = list.filter((act) => act.which === index)
          const refunds = mine.flatMap((act) => (act.kind === 'refund' ? [Math.min(act.cents, 1_000)] : []))
          const arrived = refunds.length > 0 || mine.some(({ kind }) => kind === 'paid')
          expect(sum('topup')).toBe(arrived ? 10_000 : 0)
          expect(-sum('refund')).toBeLessThanOrEqual(10 * Math.max(0, ...refunds))
        }
      }),
      { numRuns: 15 },
    )
  }, 120_000)

  const PLAN = { subscribe: 'pro', upgrade: 'business' } as const
  const MOVES = ['subscribe', 'upgrade', 'cancel', 'month', 'spend', 'top up', 'declines', 'pays'] as const
  async function move(user: Person & { card: string }, what: (typeof MOVES)[number]): Promise<void> {
    const plan = async (path: string, plan_id: string) => {
      const { status, body } = await send('POST', `/v1/billing/${path}`, user, { plan_id })
      // Refused in words, or done; never broken.
      expect([200, 400, 402, 409], JSON.stringify(body)).toContain(status)
    }
    if (what === 'subscribe') return plan('subscribe', PLAN.subscribe)
    if (what === 'upgrade') return plan('change-plan', PLAN.upgrade)
    if (what === 'cancel') return void (await send('POST', '/v1/billing/cancel', user))
    if (what === 'top up') return void (await buy(user, { off_session: true }))
    if (what === 'declines' || what === 'pays') return stripe.behave(user.card, what)
    if (what === 'month') {
      fixture.clock.advance(31 * 86_400_000)
      return void (await fixture.run('billing.renew'))
    }
    await spend(user, 7_000, 'succeeded')
  }

  test('[K10.11] [api 5.8] subscribing, upgrades, renewals and automatic top-ups among calls, in any order and some at once: money that was taken counts once, all adds up, nothing is below zero', async () => {
    const rounds = fc.array(fc.array(fc.constantFrom(...MOVES), { minLength: 1, maxLength: 4 }), {
      ...{ minLength: 2, maxLength: 5 },
    })
    await fc.assert(
      fc.asyncProperty(rounds, async (list) => {
        const user = await withCard()
        const automatic = { enabled: true, threshold_pct: 50, recharge_tokens: 20_000 }
        expect((await send('PUT', '/v1/billing/auto-topup', user, automatic)).status).toBe(200)
        for (const round of list) {
          await Promise.all(round.map((what) => move(user, what)))
          await fixture.billing.allTold()
        }
        expect(
          await fixture.rows(
            'select transaction_id from billing.entry group by tenant_id, transaction_id having sum(amount) <> 0',
          ),
        ).toEqual([])
        const [wallet] = await fixture.rows<{ balance: number; held: number; plan_credits: number; entries: number }>(
          `select w.balance, w.held, w.plan_credits, (select coalesce(sum(amount), 0)::bigint from billing.entry e
             where e.account = 'user:' || w.user_id) as entries from billing.wallet w where user_id = $1`,
          [user.userId],
        )
        expect([wallet?.balance ?? 0, wallet?.held ?? 0]).toEqual([wallet?.entries ?? 0, 0])
        const { balance = 0, plan_credits = 0 } = wallet ?? {}
        expect(plan_credits >= 0 && plan_credits <= balance).toBe(true)
        const payments = await fixture.rows<{ status: string; amount_cents: number; credits: number }>(
          `select p.status, p.amount_cents, (select count(*)::int from billing.entry e where e.account = 'user:' || p.user_id
             and e.amount > 0 and e.event_id in (p.payment_id, 'plan:' || p.payment_id)) as credits
           from billing.payment p where p.user_id = $1`,
          [user.userId],
        )
        for (const { status, credits } of payments)
          expect([status, credits]).toEqual([status, +(status === 'completed')])
        const taken = [...stripe.intents.values()].filter((one) => one.customer === customerOf(user))
        const cents = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0)
        expect(cents(payments.map((one) => (one.status === 'completed' ? one.amount_cents : 0)))).toBe(
          cents(taken.map((one) => (one.status === 'succeeded' ? one.amount : 0))),
        )
      }),
      { numRuns: 5 },
    )
  }, 120_000)

  test('messages about payments of somebody else, and of kinds that say nothing, are taken and mean nothing', async () => {
    const foreign = stripe.message('payment_intent.succeeded', { id: 'pi_other', status: 'succeeded', metadata: {} })
    expect((await post(foreign)).status).toBe(200)
    expect((await post(stripe.message('customer.created', { id: 'cus_x' }))).status).toBe(200)
  })
})

describe('payments whose message never came', () => {
  test('[K10.21] are looked up: what was paid is credited, what was given up is closed', async () => {
    const [paid, left, gone] = [fixture.someone(), fixture.someone(), fixture.someone()]
    const ids: string[] = []
    for (const user of [paid, left, gone]) ids.push((await buy(user)).body.payment_intent_id)
    stripe.finish(ids[0] ?? '', 'succeeded')
    stripe.finish(ids[2] ?? '', 'canceled')
    await fixture.run('billing.reconcile')
    expect(await balanceOf(paid)).toBe(500)
    fixture.clock.advance(11 * 60_000)
    await fixture.run('billing.reconcile')
    expect(await balanceOf(paid)).toBe(10_500)
    expect(await paymentsOf(left)).toMatchObject([{ status: 'pending' }])
    expect(await paymentsOf(gone)).toMatchObject([{ status: 'failed' }])
    fixture.clock.advance(25 * 3_600_000)
    await fixture.run('billing.reconcile')
    expect(await paymentsOf(left)).toMatchObject([{ status: 'failed' }])
  })
})

describe('cards', () => {
  test('[GET /v1/billing/payment-methods] [PUT /v1/billing/payment-methods/{pm_id}/default] exactly the documented members; one is charged', async () => {
    const user = await withCard()
    const second = stripe.addCard(customerOf(user))
    const list = async () => (await send('GET', '/v1/billing/payment-methods', user)).body
    expect(await list()).toEqual([
      {
        id: user.card,
        type: 'card',
        brand: 'visa',
        last4: expect.any(String),
        exp_month: 12,
        exp_year: 2030,
        is_default: true,
      },
      {
        id: second,
        type: 'card',
        brand: 'visa',
        last4: expect.any(String),
        exp_month: 12,
        exp_year: 2030,
        is_default: false,
      },
    ])
    const chosen = await send('PUT', `/v1/billing/payment-methods/${second}/default`, user)
    expect(chosen.body).toEqual({ message: expect.any(String), id: second })
    expect((await list()).map((one: { is_default: boolean }) => one.is_default)).toEqual([false, true])
    expect((await send('GET', '/v1/billing/payment-methods', fixture.someone())).body).toEqual([])
  })

  test('[DELETE /v1/billing/payment-methods/{pm_id}] somebody else’s card is not there; an own one goes', async () => {
    const [user, eve] = [await withCard(), await withCard()]
    for (const method of ['DELETE', 'PUT'] as const) {
      const path = `/v1/billing/payment-methods/${user.card}${method === 'PUT' ? '/default' : ''}`
      expect((await send(method, path, eve)).status).toBe(404)
    }
    expect((await send('DELETE', `/v1/billing/payment-methods/${user.card}`, user)).body.id).toBe(user.card)
    expect((await send('GET', '/v1/billing/payment-methods', user)).body).toEqual([])
  })

  test('[POST /v1/billing/payment-methods/setup] one customer is made, however many begin at once', async () => {
    const user = fixture.someone()
    const setups = await Promise.all(
      Array.from({ length: 5 }, () => send('POST', '/v1/billing/payment-methods/setup', user)),
    )
    expect(setups[0]?.body).toEqual({ client_secret: 'seti_secret_x', publishable_key: 'pk_test_public' })
    expect([...stripe.customers.values()].filter((one) => one.metadata.user_id === user.userId)).toHaveLength(1)
  })

  test('[POST /v1/billing/portal] a first card can be stored there; leads back to the wallet', async () => {
    const user = fixture.someone()
    const { body } = await send('POST', '/v1/billing/portal', user)
    expect(customerOf(user)).not.toBe('')
    const url = new URL(body.url)
    expect([url.pathname, url.searchParams.get('back')]).toEqual([
      `/portal/${customerOf(user)}`,
      expect.stringMatching(/\/wallet\/payments$/),
    ])
  })

  test('[GET /v1/billing/profile] [PUT /v1/billing/profile] is kept in parts and told to Stripe', async () => {
    const user = await withCard()
    expect((await send('GET', '/v1/billing/profile', user)).body).toEqual({
      name: '',
      company: '',
      vat: '',
      country: '',
      address: '',
    })
    await send('PUT', '/v1/billing/profile', user, { company: 'Ada GmbH', vat: 'DE123456789', country: 'DE' })
    const { body } = await send('PUT', '/v1/billing/profile', user, { address: 'Main street 1' })
    expect(body).toMatchObject({ company: 'Ada GmbH', vat: 'DE123456789', country: 'DE', address: 'Main street 1' })
    expect(stripe.customers.get(customerOf(user))).toMatchObject({ name: 'Ada GmbH', address: { country: 'DE' } })
    for (const wrong of [{ country: 'Germany' }, { vat: '12' }])
      expect((await send('PUT', '/v1/billing/profile', user, wrong)).status).toBe(422)
  })
})

describe('[PUT /v1/billing/auto-topup]', () => {
  const wanted = { enabled: true, threshold_pct: 10, recharge_tokens: 20_000 }
  const spend = async (user: Person, amount: number) => {
    await send('POST', '/v1/internal/billing/adjust', asAdmin, {
      user_id: user.userId,
      amount: -amount,
      reason: 'test',
    })
    await fixture.billing.allTold()
  }
  const settingOf = async (user: Person) => (await send('GET', '/v1/billing/auto-topup', user)).body

  test('[GET /v1/billing/auto-topup] exactly the documented members, with their defaults', async () => {
    const { body } = await send('GET', '/v1/billing/auto-topup', fixture.someone())
    expect(body).toEqual({
      enabled: false,
      threshold_pct: 10,
      recharge_tokens: 20_000,
      recharge_cents: 2000,
      payment_method_id: '',
    })
  })

  test('needs a card, an own one; bounds are held', async () => {
    expect((await send('PUT', '/v1/billing/auto-topup', fixture.someone(), wanted)).status).toBe(400)
    const user = await withCard()
    const foreign = await send('PUT', '/v1/billing/auto-topup', user, { ...wanted, payment_method_id: 'pm_other' })
    expect(foreign.status).toBe(400)
    for (const wrong of [{ threshold_pct: 51 }, { threshold_pct: 0 }, { recharge_tokens: 0 }])
      expect((await send('PUT', '/v1/billing/auto-topup', user, { ...wanted, ...wrong })).status).toBe(422)
    expect((await send('PUT', '/v1/billing/auto-topup', user, wanted)).body).toMatchObject({ enabled: true })
  })
  test('[K10.12] buys once when the wallet falls below the threshold, and again not within five minutes', async () => {
    const user = await withCard()
    await send('PUT', '/v1/billing/auto-topup', user, wanted)
    await spend(user, 440)
    expect(await balanceOf(user)).toBe(60)
    await spend(user, 20)
    expect(await balanceOf(user)).toBe(20_040)
    expect(await paymentsOf(user)).toMatchObject([{ type: 'auto_topup', status: 'completed', amount_cents: 2000 }])
    await spend(user, 20_000)
    expect(await balanceOf(user)).toBe(40)
    fixture.clock.advance(5 * 60_000 + 1)
    await spend(user, 1)
    expect(await balanceOf(user)).toBe(20_039)
  })

  test('[K10.12] a declined card waits an hour and is told by mail; after three it is switched off', async () => {
    const user = await withCard('declines')
    await send('PUT', '/v1/billing/auto-topup', user, wanted)
    await spend(user, 480)
    expect(await paymentsOf(user)).toMatchObject([{ type: 'auto_topup', status: 'failed' }])
    fixture.clock.advance(30 * 60_000)
    await spend(user, 1)
    expect(await paymentsOf(user)).toHaveLength(1)
    for (let hour = 0; hour < 3; hour++) {
      fixture.clock.advance(3_600_001)
      await spend(user, 1)
    }
    expect(await paymentsOf(user)).toHaveLength(3)
    expect(await settingOf(user)).toMatchObject({ enabled: false })
    expect(
      fixture.mails.filter((mail) => mail.kind === 'auto_topup_failed' && mail.to.startsWith(user.userId)),
    ).toHaveLength(3)
    await send('PUT', '/v1/billing/auto-topup', user, wanted)
    stripe.behave(user.card, 'pays')
    await spend(user, 1)
    expect(await balanceOf(user)).toBe(20_015)
  })

  test('[K10.12] a charge whose answer was lost goes on with the next attempt, and is not made again', async () => {
    const user = await withCard()
    await send('PUT', '/v1/billing/auto-topup', user, wanted)
    stripe.fail('after')
    await spend(user, 480)
    stripe.fail(null)
    stripe.forgetKeys()
    fixture.clock.advance(5 * 60_000 + 1)
    await spend(user, 1)
    expect(await paymentsOf(user)).toMatchObject([{ type: 'auto_topup', status: 'completed' }])
    expect([...stripe.intents.values()].filter((one) => one.customer === customerOf(user))).toHaveLength(1)
    expect(await balanceOf(user)).toBe(20_019)
  })

  test('[K10.12] a card that pays again has its three attempts again', async () => {
    const user = await withCard('declines')
    await send('PUT', '/v1/billing/auto-topup', user, wanted)
    const attempt = async (behaviour: 'pays' | 'declines', amount: number) => {
      stripe.behave(user.card, behaviour)
      fixture.clock.advance(3_600_001)
      await spend(user, amount)
    }
    await attempt('declines', 460)
    await attempt('declines', 1)
    await attempt('pays', 1)
    await attempt('declines', 20_010)
    await attempt('declines', 1)
    expect(await settingOf(user)).toMatchObject({ enabled: true })
  })

  test('[K10.12] the owner is warned below a fifth of the plan’s credits, and once more below a twentieth', async () => {
    const user = fixture.someone()
    const told = () => fixture.notices.filter((notice) => notice.userId === user.userId).map(({ title }) => title)
    await spend(user, 390)
    expect(told()).toEqual([])
    await spend(user, 20)
    await spend(user, 10)
    expect(told()).toEqual(['Few credits are left'])
    await spend(user, 60)
    expect(told()).toEqual(['Few credits are left', 'Your credits are nearly used up'])
    expect((await fixture.eventsOf(user)).map(({ type, data }) => [type, data.level])).toEqual([
      ['billing.balance_low', 'warning'],
      ['billing.balance_low', 'critical'],
    ])
    expect(fixture.mails.filter((mail) => mail.kind === 'low_balance' && mail.to.startsWith(user.userId))).toHaveLength(
      1,
    )
    await spend(user, -480)
    await spend(user, 450)
    expect(told()).toHaveLength(3)
  })
})

describe('[GET /v1/billing/payments] of others', () => {
  test('[api 7.2] nobody sees payments, cards or profiles of another tenant, in the database either', async () => {
    const user = await withCard()
    await buy(user, { off_session: true })
    expect(await paymentsOf({ ...user, tenantId: 'acme' })).toEqual([])
    await fixture.db.tenant('acme', async (tx) => {
      for (const table of [
        'billing.payment',
        'billing.customer',
        'billing.profile',
        'billing.auto_topup',
        'billing.usage',
      ] as const)
        expect(await tx.selectFrom(table).selectAll().execute()).toEqual([])
    })
  })
})

describe('an installation without payments', () => {
  test('[GET /v1/billing/topup-config] sells nothing and says so; everything that would cost money is 503', async () => {
    const off = await openBillingFixture({ payments: false })
    const user = off.someone()
    expect((await off.send('GET', '/v1/billing/topup-config', null)).body).toMatchObject({
      publishable_key: '',
      tiers: [],
    })
    const asked: [string, object | undefined][] = [
      ['topup', { tokens: 10_000, price_cents: 1_000 }],
      ['subscribe', { plan_id: 'pro' }],
      ['portal', undefined],
      ['payment-methods/setup', undefined],
    ]
    for (const [path, body] of asked)
      expect((await off.send('POST', `/v1/billing/${path}`, user, body)).status).toBe(503)
    const json = { 'content-type': 'application/json' }
    expect((await off.send('POST', '/v1/webhooks/stripe', null, '{}', json)).status).toBe(503)
    expect((await off.send('GET', '/v1/billing/payment-methods', user)).body).toEqual([])
    expect((await off.send('GET', '/v1/billing/wallet', user)).body).toMatchObject({ balance: 500 })
    await off.close()
  })
})

describe('[PUT /v1/internal/billing/stripe-config]', () => {
  test('keys are tried before they are kept, shown by their ends, and take effect at once', async () => {
    const own = await openBillingFixture({ stripeUrl: stripe.url })
    const path = '/v1/internal/billing/stripe-config'
    expect((await own.send('GET', path, asAdmin)).body).toMatchObject({
      configured: false,
      mode: 'unset',
      source: 'none',
    })
    expect((await own.send('GET', path, serviceFor(null))).status).toBe(403)
    const stranger = serviceFor({ tenantId: 'acme', userId: 'imp_u_acme_boss' }, { role: 'admin' })
    expect((await own.send('PUT', path, stranger, { secret_key: stripe.secretKey })).status).toBe(403)
    const wrong = await own.send('PUT', path, asAdmin, { secret_key: 'sk_test_this_is_wrong' })
    expect([wrong.status, (await own.send('GET', path, asAdmin)).body.configured]).toEqual([400, false])
    const keys = { secret_key: stripe.secretKey, publishable_key: 'pk_test_x', webhook_secret: stripe.webhookSecret }
    const set = await own.send('PUT', path, asAdmin, keys)
    expect(set.body).toMatchObject({
      configured: true,
      enabled: true,
      mode: 'test',
      source: 'database',
      webhook_secret_set: true,
      account: { id: 'acct_test', charges_enabled: true, payouts_enabled: false },
      balance: { usd: 4200 },
    })
    const kept = JSON.stringify([
      set.body,
      await own.rows('select * from billing.setting'),
      await own.rows('select * from audit.entry'),
    ])
    for (const secret of [stripe.secretKey, stripe.webhookSecret]) expect(kept).not.toContain(secret)
    expect((await own.send('GET', '/v1/billing/topup-config', null)).body.publishable_key).toBe('pk_test_x')
    await own.send('PUT', path, asAdmin, { enabled: false })
    expect((await own.send('GET', '/v1/billing/subscription', own.someone())).body.billing_mode).toBe('manual')
    await own.close()
  })
})
