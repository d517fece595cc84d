import type { JsonObject, JsonValue } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'

let fixture: Fixture
type Person = { tenantId: string; userId: string }
let ada: Person

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  for (const appId of ['plain', 'platform'])
    await fixture.app(appId, { tools: [chatFunction('ask', 'read'), chatFunction('change', 'write')] }, [ada])
  await fixture.rows("update registry.app set first_party = true where app_id = 'platform'")
  fixture.registry.forget('platform')
})
afterAll(() => fixture.close())

/** What a function of an app is answered. */
async function ask(method: string, args: JsonValue[] = [], appId = 'plain', user = ada): Promise<JsonValue> {
  fixture.handler(appId, 'function', 'ask', async (_call, kernel) => {
    try {
      return success({ answer: await kernel.onCallback({ client: 'billing', method, args, asUser: null }) })
    } catch (error) {
      return success({ refused: (error as { wire: { code: string } }).wire.code })
    }
  })
  const outcome = await fixture.kernel.call({ source: 'api', ...user, appId, function: 'ask', params: {} })
  const data = outcome.response.data as JsonObject
  return data.answer ?? data.refused ?? null
}

describe('ctx.billing', () => {
  test('[sdk 3.15] [sdk 4.8] balance, plan and limits are those of the acting user', async () => {
    expect(await ask('get_balance')).toMatchObject({ balance: 500, plan: 'free', cap: 500, currency: 'token' })
    expect(await ask('get_subscription')).toEqual({
      plan: 'free',
      plan_id: 'free',
      plan_name: 'Free',
      status: 'free',
      period: 'monthly',
      started_at: '',
      expires_at: '',
      current_period_start: '',
      current_period_end: '',
      cancel_at_period_end: false,
      billing_mode: 'manual',
      card_required: false,
      contract_amount_cents: null,
      billing_note: null,
      pending_plan: null,
    })
    fixture.handler('plain', 'function', 'change', () => success())
    await fixture.kernel.call({ source: 'api', ...ada, appId: 'plain', function: 'change', params: {} })
    expect(await ask('check_limits')).toEqual({
      allowed: true,
      balance: 500,
      plan: 'free',
      usage: { actions: 1, automations: 0, extensions: 2, credits: 0 },
      limits: { actions: -1, automations: -1, extensions: -1, credits: -1 },
      exceeded: [],
      message: '',
    })
  })

  test('[sdk 3.15] a meter counts for its app alone, and shows in the usage of its user', async () => {
    const bob = await fixture.person()
    await fixture.registry.install(bob, 'plain')
    expect(await ask('track_usage', ['letters', 2], 'plain', bob)).toBe(true)
    expect(await ask('track_usage', ['letters'], 'plain', bob)).toBe(true)
    expect(await ask('check_limits', [], 'plain', bob)).toMatchObject({ usage: { 'plain:letters': 3 } })
    for (const wrong of [
      ['Letters!', 1],
      ['actions', -1],
      ['actions', 1.5],
      ['actions', 1e12],
    ])
      expect(await ask('track_usage', wrong, 'plain', bob)).toBe('validation_error')
    // What the platform counts itself, no app can move.
    await ask('track_usage', ['actions', 99], 'plain', bob)
    expect(await ask('check_limits', [], 'plain', bob)).toMatchObject({ usage: { actions: 0, 'plain:actions': 99 } })
  })

  test('[sdk 3.15] plans are for every app; what somebody has paid is for apps of the platform', async () => {
    expect((await ask('list_plans')) as unknown[]).toHaveLength(6)
    for (const method of ['list_entries', 'list_payments', 'list_payment_methods', 'get_auto_topup'])
      expect([method, await ask(method)]).toEqual([method, 'forbidden'])
    expect(await ask('list_entries', [1, 0], 'platform')).toMatchObject([{ amount: 500, reason: 'plan_credit' }])
    expect(await ask('list_entries', [1, 1], 'platform')).toEqual([])
    expect(await ask('list_payments', [], 'platform')).toEqual([])
    expect(await ask('list_payment_methods', [], 'platform')).toEqual([])
    expect(await ask('get_auto_topup', [], 'platform')).toMatchObject({ enabled: false, recharge_tokens: 20_000 })
  })
})
