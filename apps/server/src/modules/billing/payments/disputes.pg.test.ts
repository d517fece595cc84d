import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishApp } from '../../../../../../test/support/apps.ts'
import { type StripeServer, startStripeServer } from '../../../../../../test/support/stripe-server.ts'
import { asAdmin, type BillingFixture, openBillingFixture, type Person } from '../test-fixture.ts'

/** A dispute takes money back whose credits were spent: what becomes of the wallet, the plan and the developer's part. */
let stripe: StripeServer
let fixture: BillingFixture
let maker: Person
beforeAll(async () => {
  stripe = await startStripeServer()
  const { secretKey, webhookSecret } = stripe
  const keys = { secretKey, webhookSecret, publishableKey: 'pk_test_public' }
  fixture = await openBillingFixture({ stripe: keys, stripeUrl: stripe.url, payoutMinimum: 1_000 })
  maker = fixture.someone()
  await publishApp(fixture as never, 'forge', { owner: maker }) // the parts of a node are all in the fixture
  await fixture.db.everyTenant((tx) =>
    fixture.billing.agreeTerms(tx, 'forge', {
      ...{ ownerId: maker.userId, model: 'per_action', toolPrices: { strike: 1_000 } },
      ...{ freeTools: [], monthlyPrice: 0, split: 80 },
    }),
  )
  await fixture.billing.refreshPrices()
})
afterAll(async () => {
  await fixture?.close()
  await stripe?.close()
})

const send = (...given: Parameters<BillingFixture['send']>) => fixture.send(...given)
const walletOf = async (user: Person) => (await send('GET', '/v1/billing/wallet', user)).body
const earned = () => fixture.billing.earnings(maker.userId)
const debts = async (): Promise<{ user_id: string; owed_credits: number; status: string }[]> =>
  (await send('GET', '/v1/admin/payments?standing=owed', asAdmin)).body
const ledgerSum = async () =>
  (await fixture.rows<{ sum: number }>('select coalesce(sum(amount), 0)::bigint as sum from billing.entry'))[0]?.sum

async function withCard(): Promise<Person> {
  const user = fixture.someone()
  await send('POST', '/v1/billing/payment-methods/setup', user)
  const customer = [...stripe.customers.values()].find((one) => one.metadata.user_id === user.userId)
  stripe.addCard(customer?.id ?? '', 'pays')
  return user
}
/** Credits for money; gives the provider's id of the payment. */
async function buy(user: Person, tokens = 10_000): Promise<string> {
  const body = { tokens, price_cents: tokens / 10, off_session: true }
  const answer = await send('POST', '/v1/billing/topup', user, body)
  expect(answer.body).toMatchObject({ succeeded: true })
  return answer.body.payment_intent_id
}
async function call(user: Person, times: number): Promise<void> {
  const app = await fixture.registry.app('forge')
  if (app === null) throw new Error('no such app')
  for (let n = 0; n < times; n++) {
    const one = {
      callId: `call_${user.userId}_${Math.random()}`,
      traceId: 'trace',
      ...user,
      app,
      functionName: 'strike',
    }
    const priced = { ...one, actionType: 'read' as const, isPriced: true, model: null }
    const price = fixture.billing.price(priced)
    const hold = price === null ? null : await fixture.billing.reserve(priced, price)
    if (hold === null) throw new Error('the wallet does not hold the price')
    await fixture.db.atomic(user.tenantId, fixture.billing.settling(hold, 'succeeded'))
  }
}
async function hear(type: string, intent: string, amount: number, id = `dp_of_${intent}`): Promise<void> {
  const { payload, signature } = stripe.message(type, { id, payment_intent: intent, amount, amount_refunded: amount })
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json' }
  expect((await send('POST', '/v1/webhooks/stripe', null, payload, headers)).status).toBe(200)
}
const withdrawn = (intent: string, cents = 1_000) => hear('charge.dispute.funds_withdrawn', intent, cents)

test('what was spent is owed: the wallet is empty and never below, the debt is seen by its owner and the operator', async () => {
  const user = await withCard()
  const intent = await buy(user)
  const wish = { enabled: true, threshold_pct: 10, recharge_tokens: 10_000 }
  expect((await send('PUT', '/v1/billing/auto-topup', user, wish)).status).toBe(200)
  await call(user, 8)
  await withdrawn(intent)
  // 500 came with the account, 10,000 were bought, 8,000 spent: 2,500 were left, and 7,500 are missing.
  expect(await walletOf(user)).toMatchObject({ balance: 0, available: 0, held: 0, debt: 7_500 })
  expect((await debts()).filter((one) => one.user_id === user.userId)).toEqual([
    expect.objectContaining({ payment_intent_id: intent, owed_credits: 7_500, status: 'refunded' }),
  ])
  const told = (await fixture.eventsOf(user)).filter(({ type }) => type === 'billing.payment_refunded')
  expect(told.map(({ data }) => data)).toEqual([
    expect.objectContaining({ disputed: true, owed_credits: 7_500, refunded_cents: 1_000 }),
  ])
  const noted = "select retention_class, metadata from audit.entry where action = 'billing.disputed' and user_id = $1"
  expect(await fixture.rows(noted, [user.userId])).toEqual([
    { retention_class: 'security_forever', metadata: { amount_cents: 1_000, owed_credits: 7_500 } },
  ])
  // The card is not charged by itself any more.
  expect((await send('GET', '/v1/billing/auto-topup', user)).body).toMatchObject({ enabled: false })
  // Said again, or later by another message about the same sum, it changes nothing.
  await withdrawn(intent)
  expect(await walletOf(user)).toMatchObject({ balance: 0, debt: 7_500 })
  expect(await ledgerSum()).toBe(0)
})

test('the next purchase makes it good first, and what is over is there to spend', async () => {
  const user = await withCard()
  await withdrawn(
    await (async () => {
      const intent = await buy(user)
      await call(user, 10)
      return intent
    })(),
  )
  expect(await walletOf(user)).toMatchObject({ balance: 0, debt: 9_500 })
  await buy(user, 5_000)
  expect(await walletOf(user)).toMatchObject({ balance: 0, debt: 4_500 })
  await buy(user)
  expect(await walletOf(user)).toMatchObject({ balance: 5_500, debt: 0 })
  expect((await debts()).map((one) => one.user_id)).not.toContain(user.userId)
  const history = (await send('GET', '/v1/billing/wallet/history', user)).body as { description: string }[]
  expect(history.filter((one) => one.description === 'Owed since a payment was disputed')).toHaveLength(2)
  expect(await ledgerSum()).toBe(0)
})

test('the developer’s part of those calls is not paid out while it is owed, also when it was asked for before', async () => {
  const before = await earned()
  const honest = await withCard()
  await buy(honest)
  await call(honest, 5)
  const user = await withCard()
  const intent = await buy(user)
  await call(user, 10)
  // 500 of each wallet were given and earn nothing that is paid out: 0.8 × 4,500 and 0.8 × 9,500.
  expect((await earned()).payable).toBe(before.payable + 3_600 + 7_600)
  const asked = await fixture.billing.requestPayout(maker, {
    ...{ amount: before.payable + 3_600 + 7_600, method: 'manual', notes: '' },
  })
  await withdrawn(intent)
  const { payable, disputed } = await earned()
  expect(disputed - before.disputed).toBe(7_600)
  expect(payable).toBe(0)
  const decide = (step: 'approve' | 'reject') =>
    fixture.billing.decidePayout(asked.id, { step, actorId: 'imp_u_default_root', note: '' })
  await expect(decide('approve')).rejects.toMatchObject({ code: 'BILLING_EARNINGS_DISPUTED' })
  await decide('reject')
  const open = (await earned()).payable
  expect(open).toBe(before.payable + 3_600)
  const wish = (amount: number) => fixture.billing.requestPayout(maker, { amount, method: 'manual', notes: '' })
  await expect(wish(open + 1)).rejects.toMatchObject({ code: 'BILLING_EARNINGS_DISPUTED' })
  // Made good, or won: the developer has earned it.
  await hear('charge.dispute.funds_reinstated', intent, 1_000)
  expect(await walletOf(user)).toMatchObject({ balance: 0, debt: 0 })
  expect((await earned()).payable).toBe(open + 7_600)
  expect((await wish(open + 7_600)).status).toBe('pending')
  expect(await ledgerSum()).toBe(0)
})

test('a plan whose payment is withdrawn ends, and its spent credits are owed; money given back of one’s own will is not', async () => {
  const user = await withCard()
  const plan = async () => (await send('GET', '/v1/billing/subscription', user)).body.plan
  expect((await send('POST', '/v1/billing/subscribe', user, { plan_id: 'pro' })).body).toMatchObject({ plan: 'pro' })
  const [{ payment_intent_id: intent }] = (await send('GET', '/v1/billing/payments', user)).body
  await call(user, 3)
  await withdrawn(intent, 2_900)
  expect(await plan()).toBe('free')
  expect(await walletOf(user)).toMatchObject({ balance: 0, debt: 3_000, plan: 'free' })
  const other = await withCard()
  const bought = await buy(other)
  await call(other, 8)
  const { payload, signature } = stripe.message('charge.refunded', { payment_intent: bought, amount_refunded: 1_000 })
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json' }
  await send('POST', '/v1/webhooks/stripe', null, payload, headers)
  expect(await walletOf(other)).toMatchObject({ balance: 0, debt: 0 })
  expect(await ledgerSum()).toBe(0)
})

test('a refund and a dispute of one payment are two sums: together they take what was paid, and never more', async () => {
  const refunded = (intent: string, cents: number) => hear('charge.refunded', intent, cents)
  const statusOf = async (user: Person) => (await send('GET', '/v1/billing/payments', user)).body[0].status
  const first = await withCard()
  const whole = await buy(first)
  await refunded(whole, 300)
  expect(await walletOf(first)).toMatchObject({ balance: 7_500 })
  await withdrawn(whole, 700)
  expect(await walletOf(first)).toMatchObject({ balance: 500, debt: 0 })
  expect(await statusOf(first)).toBe('refunded')
  // Whatever else is said of that payment, there is no more of it.
  await refunded(whole, 1_000)
  expect(await walletOf(first)).toMatchObject({ balance: 500, debt: 0 })

  // 10,500 credits, of which the refund takes 5,000 and calls 4,000: of the disputed 5,000, 1,500 are left.
  const second = await withCard()
  const spent = await buy(second)
  await refunded(spent, 500)
  await call(second, 4)
  await withdrawn(spent, 500)
  expect(await walletOf(second)).toMatchObject({ balance: 0, debt: 3_500 })
  expect(await statusOf(second)).toBe('refunded')

  // A dispute that was won is no part of it any more: what is refunded afterwards goes back for the first time.
  const third = await withCard()
  const won = await buy(third)
  await withdrawn(won, 400)
  await hear('charge.dispute.funds_reinstated', won, 400)
  expect(await walletOf(third)).toMatchObject({ balance: 6_500, debt: 0 })
  await refunded(won, 400)
  expect(await walletOf(third)).toMatchObject({ balance: 2_500 })
  expect(await ledgerSum()).toBe(0)
})

test.each([
  ['a', 'b', 'won a'],
  ['a', 'won a', 'b'],
  ['b', 'a', 'won a'],
  ['b', 'won a', 'a'],
  ['won a', 'a', 'b'],
  ['won a', 'b', 'a'],
])(
  '[K10.11] two disputes of one payment, one of them won, told as %s, %s, %s: what the other took stays taken',
  async (...told) => {
    const user = await withCard()
    const intent = await buy(user)
    await call(user, 10)
    const cents = { a: 400, b: 300 }
    // Each is said twice: what is known changes nothing.
    for (const what of [...told, ...told]) {
      const name = what.replace('won ', '') as 'a' | 'b'
      const type = `charge.dispute.funds_${what.startsWith('won') ? 'reinstated' : 'withdrawn'}`
      await hear(type, intent, cents[name], `dp_${name}_${user.userId}`)
    }
    const [payment] = await fixture.rows<{ disputed_cents: number }>(
      'select disputed_cents::int from billing.payment where user_id = $1',
      [user.userId],
    )
    expect(payment).toEqual({ disputed_cents: 300 })
    const { balance, debt } = await walletOf(user)
    // 500 were left: whichever dispute came first took them, and what the winner took comes back by hand.
    expect([balance >= 0, debt >= 2_500, debt <= 3_000]).toEqual([true, true, true])
    expect(await ledgerSum()).toBe(0)
  },
)
