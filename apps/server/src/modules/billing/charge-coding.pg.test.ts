import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BillingFixture, openBillingFixture, type Person, serviceFor } from './test-fixture.ts'

let fixture: BillingFixture
beforeAll(async () => {
  fixture = await openBillingFixture()
  const rate = { tier: 'standard', input_cost_per_1k: 1, output_cost_per_1k: 2 }
  await fixture.send('PUT', '/v1/internal/billing/model-rates/m-main', serviceFor(null), rate)
})
afterAll(() => fixture.close())

const use = (inputTokens: number, outputTokens = 0, model = 'm-main') => ({ model, inputTokens, outputTokens })
const spend = (user: Person, amount: number, eventId: string) =>
  fixture.db.tenant(user.tenantId, (tx) =>
    fixture.billing.coding.spend(tx, { ...user, amount, description: 'Coding: x', eventId }),
  )

test('[api 5.9] a turn costs what its models cost, marked up, and never less than the smallest charge', () => {
  const { coding } = fixture.billing
  // 100 tokens in and 50 out: 100 + 100 thousandths of a dollar are 200 credits.
  expect(coding.cost([use(100, 50)])).toBe(200)
  expect(coding.cost([use(60), use(40, 50)])).toBe(200)
  expect(coding.cost([use(0)])).toBe(1)
  expect(coding.cost([use(100, 50, 'unrated')])).toBe(0)
  expect(coding.cost([])).toBe(0)
})

test('[api 5.9] a wallet gives what it has and never more; the same charge sent again is none', async () => {
  const user = fixture.someone()
  expect(await spend(user, 300, 'coding:t1:0')).toEqual({ taken: 300, available: 200 })
  await spend(user, 300, 'coding:t1:0')
  expect(await fixture.billing.balance(user.tenantId, user.userId)).toMatchObject({ balance: 200, held: 0 })
  expect(await spend(user, 300, 'coding:t1:1')).toEqual({ taken: 200, available: 0 })
  const taken = await Promise.all(Array.from({ length: 5 }, (_, index) => spend(user, 10, `coding:t2:${index}`)))
  expect(taken.every((one) => one.taken === 0 && one.available === 0)).toBe(true)
  expect(await fixture.billing.balance(user.tenantId, user.userId)).toMatchObject({ balance: 0 })
})
