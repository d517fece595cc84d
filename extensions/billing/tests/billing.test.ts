import { generateManifest } from '@imperal/sdk'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import billing from '../main.ts'

test('it shows balance, movements and plans, and what moves money is declared to write', async () => {
  const app = new TestHarness(billing, { billing: { balance: 1234, plan: 'pro' } })
  expect(await app.call('get_balance', {})).toMatchObject({
    status: 'success',
    summary: '1,234 credits.',
    data: { balance: 1234, currency: 'token', plan: 'pro', status: 'active' },
  })
  expect(await app.call('list_recent', { limit: 5 })).toMatchObject({
    status: 'success',
    data: { entries: [], total: 0 },
  })
  expect(await app.call('list_plans', {})).toMatchObject({
    summary: 'Pro, free.',
    data: { plans: [{ id: 'pro', name: 'Pro' }] },
  })
  const tools = generateManifest(billing).tools as { name: string; action_type?: string }[]
  // The names that the kernel's wall knows (api.md 5.6): nothing else here changes anything.
  expect(
    tools
      .flatMap((tool) => ((tool.action_type ?? 'read') === 'read' ? [] : [`${tool.name} ${tool.action_type}`]))
      .sort(),
  ).toEqual(
    [
      ...['buy_tokens', 'cancel_subscription', 'change_plan', 'downgrade_plan', 'renew_subscription'],
      ...['resume_subscription', 'upgrade_plan'],
    ].map((name) => `${name} write`),
  )
})

test('the panel shows balance, plan and use, and leads to where money is spent', async () => {
  const app = new TestHarness(billing, { billing: { balance: 1234, plan: 'pro' } })
  const panel = JSON.stringify(await app.panel('wallet'))
  for (const text of ['1,234 credits', 'Pro', 'Nothing was added or used yet.']) expect(panel).toContain(text)
  for (const place of ['/wallet/credits', '/wallet/plans', '/wallet/payments']) expect(panel).toContain(place)
})

test('amounts are written as their reader writes them', async () => {
  const app = new TestHarness(billing, { attributes: { language: 'de' }, billing: { balance: 1234, plan: 'pro' } })
  expect(await app.call('get_balance', {})).toMatchObject({ summary: '1.234 credits.' })
  expect(JSON.stringify(await app.panel('wallet'))).toContain('1.234 credits')
})

test.each(['change_plan', 'upgrade_plan', 'downgrade_plan'])(
  '%s to a plan that is none is refused before anybody is asked',
  async (name) => {
    const ctx = mockContext({ extension: billing, billing: { balance: 1, plan: 'pro' } })
    const check = async (plan_id: string) => billing.exposed.get(`check_${name}`)?.handler(ctx, { plan_id })
    expect(await check('pro')).toEqual({})
    expect(await check('nope')).toMatchObject({ error: 'There is no plan “nope”. On offer are: pro.' })
  },
)
