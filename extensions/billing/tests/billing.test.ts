import { generateManifest } from '@imperal/sdk'
import { TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import billing from '../main.ts'

test('it only looks: balance, movements and plans, each a read', async () => {
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
  expect(await app.call('list_plans', {})).toMatchObject({ data: { plans: [{ id: 'pro', name: 'Pro' }] } })
  const tools = generateManifest(billing).tools as { action_type?: string }[]
  expect(new Set(tools.map((tool) => tool.action_type ?? 'read'))).toEqual(new Set(['read']))
})

test('the panel shows balance, plan and use, and leads to where money is spent', async () => {
  const app = new TestHarness(billing, { billing: { balance: 1234, plan: 'pro' } })
  const panel = JSON.stringify(await app.panel('wallet'))
  for (const text of ['1,234 credits', 'Pro', 'Nothing was added or used yet.']) expect(panel).toContain(text)
  for (const place of ['/wallet/credits', '/wallet/plans', '/wallet/payments']) expect(panel).toContain(place)
})
