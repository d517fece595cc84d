import { billingInternal } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { principalOf } from '../../../../../../test/support/apps.ts'
import { asAdmin, type BillingFixture, openBillingFixture, type Person, serviceFor } from '../test-fixture.ts'

let fixture: BillingFixture
const installs = new Map<string, number>()
beforeAll(async () => {
  fixture = await openBillingFixture(
    {},
    {
      installsOf: async ({ userId }) => installs.get(userId) ?? 0,
      actionsOf: async () => 7,
      automationsOf: async () => 2,
    },
  )
})
afterAll(() => fixture.close())

const send = (...given: Parameters<BillingFixture['send']>) => fixture.send(...given)
const service = serviceFor(null)
const walletOf = (user: Person) => fixture.billing.balance(user.tenantId, user.userId)

describe('who may call', () => {
  test('[api 7.3] every internal route refuses administrators, API keys and users alike with 403', async () => {
    const user = fixture.someone()
    const routes = fixture.billing.routes.filter(({ route }) => route.path.includes('/internal/'))
    expect(routes.length).toBeGreaterThanOrEqual(30)
    for (const { route } of routes) {
      const url = route.path.replaceAll(/\{\w+\}/g, 'x')
      for (const as of [user, principalOf(user, { role: 'admin' }), principalOf(user, { credential: 'api_key' })]) {
        const { status } = await send(route.method as 'GET', url, as, route.method === 'GET' ? undefined : {})
        expect([route.id, status]).toEqual([route.id, 403])
      }
    }
  })
})

describe('figures of the operator', () => {
  const cases = [
    ['platform-fees', { economy: 1, standard: 2, premium: 3 }, { economy: -1, standard: 2, premium: 3 }],
    ['token-rate', { token_rate: 2000 }, { token_rate: 0 }],
    ['category-defaults', { read: 2, write: 3, destructive: 4 }, { read: 1.5, write: 3, destructive: 4 }],
    [
      'coding-pricing',
      { markup: 1.5, credits_per_dollar: 1000, min_charge: 5, grace_cap: 100, low_warn_threshold: 50 },
      { markup: 1001, credits_per_dollar: 1000, min_charge: 5, grace_cap: 100, low_warn_threshold: 50 },
    ],
    ['voice-costs', { stt: 3, speak: 4 }, { stt: 3 }],
    ['voice-enabled', { enabled: true }, { enabled: 'yes' }],
  ] as const

  test.each(cases)(
    '%s: any service reads, an administrator writes, the answer is the value',
    async (name, value, wrong) => {
      const path = `/v1/internal/billing/${name}`
      const before = await send('GET', path, service)
      expect(before.status).toBe(200)
      expect((await send('PUT', path, service, value)).status).toBe(403)
      expect((await send('PUT', path, serviceFor(fixture.someone()), value)).status).toBe(403)
      expect((await send('PUT', path, asAdmin, wrong)).status).toBe(422)
      expect((await send('GET', path, service)).body).toEqual(before.body)
      expect((await send('PUT', path, asAdmin, value)).body).toEqual(value)
      expect((await send('GET', path, service)).body).toEqual(value)
      const [audit] = await fixture.rows<{ before_state: object; after_state: object }>(
        'select * from audit.entry where action = $1 order by id desc limit 1',
        [`billing.${name.replaceAll('-', '_')}_saved`],
      )
      expect(audit?.after_state).toEqual(value)
    },
  )

  test('[K10.3] the documented defaults; more grace than allowed is cut to what is', async () => {
    const fresh = await openBillingFixture()
    const get = async (name: string) => (await fresh.send('GET', `/v1/internal/billing/${name}`, service)).body
    expect(await get('platform-fees')).toEqual({ economy: 60, standard: 250, premium: 2200 })
    expect(await get('token-rate')).toEqual({ token_rate: 1000 })
    expect(await get('category-defaults')).toEqual({ read: 1, write: 5, destructive: 10 })
    const pricing = { markup: 1, credits_per_dollar: 1000, min_charge: 1, low_warn_threshold: 1 }
    const { body } = await fresh.send('PUT', '/v1/internal/billing/coding-pricing', asAdmin, {
      ...pricing,
      grace_cap: 50_000,
    })
    expect(body.grace_cap).toBe(20_000)
    await fresh.close()
  })

  test('another node knows a change at once', async () => {
    const { openBilling } = await import('../index.ts')
    const other = await openBilling(fixture.options)
    await send('PUT', '/v1/internal/billing/platform-fees', asAdmin, { economy: 11, standard: 22, premium: 33 })
    const call = {
      ...fixture.someone(),
      ...{ callId: 'c', traceId: 't', functionName: 'f', actionType: 'read' as const, isPriced: true },
      app: { appId: 'a', status: 'active', system: false, firstParty: false, ownerId: null },
      model: { name: 'whatever', isOwn: false },
    }
    await expect.poll(() => other.price(call)?.fee).toBe(22)
    await other.close()
  })
})

describe('model rates', () => {
  const path = '/v1/internal/billing/model-rates'
  test('are written, listed, read, and only put away when deleted', async () => {
    const rate = { tier: 'premium', input_cost_per_1k: 0.003, output_cost_per_1k: 0.015 }
    expect((await send('PUT', `${path}/claude-test`, service, rate)).body).toEqual({
      model_id: 'claude-test',
      action: 'saved',
    })
    const one = await send('GET', '/v1/internal/billing/model-rate/claude-test', service)
    expect(one.body).toEqual({
      id: expect.any(Number),
      model_id: 'claude-test',
      ...rate,
      is_available: true,
      platform_fee_default: null,
    })
    expect((await send('GET', '/v1/internal/billing/model-rate/none', service)).status).toBe(404)
    expect((await send('DELETE', `${path}/none`, service)).status).toBe(404)
    expect((await send('DELETE', `${path}/claude-test`, service)).body).toEqual({
      model_id: 'claude-test',
      action: 'softdeleted',
    })
    const ids = async (query: string) =>
      (await send('GET', `${path}${query}`, service)).body.map((each: { model_id: string }) => each.model_id)
    expect(await ids('')).not.toContain('claude-test')
    expect(await ids('?include_unavailable=true')).toContain('claude-test')
    expect((await send('PUT', `${path}/claude-test`, service, { ...rate, tier: 'golden' })).status).toBe(422)
  })
})

describe('[GET /v1/billing/usage] and what services count', () => {
  test('[S001-069] [S003-052] [K10.20] meters of this month against the plan', async () => {
    const user = fixture.someone()
    installs.set(user.userId, 3)
    await send('PUT', '/v1/internal/billing/user-plan', asAdmin, { user_id: user.userId, plan_ref: 'micro' })
    const track = (body: object, as = service) => send('POST', '/v1/billing/internal/usage/track', as, body)
    expect((await track({ user_id: user.userId, tenant_id: 'default', meter: 'pages', quantity: 4 })).body).toEqual({
      tracked: true,
      meter: 'pages',
      used: 4,
      limit: -1,
      exceeded: false,
    })
    expect((await track({ meter: 'pages' }, serviceFor(user))).body.used).toBe(5)
    expect((await send('GET', '/v1/billing/usage', user)).body).toEqual({
      plan: 'micro',
      usage: { pages: 5, actions: 7, extensions: 3, automations: 2, credits: 0 },
      limits: { pages: -1, actions: 500, extensions: 2, automations: 3, credits: -1 },
      exceeded: ['extensions'],
    })
    const limits = await send('GET', `/v1/billing/internal/user-limits/${user.userId}`, service)
    expect(limits.body).toEqual((await send('GET', '/v1/billing/usage', user)).body)
    fixture.clock.advance(32 * 86_400_000)
    expect((await send('GET', '/v1/billing/usage', user)).body.usage).not.toHaveProperty('pages')
  })

  test('nobody, nobody known, and another tenant’s user are refused; fifty at once are all counted', async () => {
    const user = fixture.someone()
    const track = (body: object) => send('POST', '/v1/billing/internal/usage/track', service, body)
    expect((await track({ meter: 'pages' })).status).toBe(400)
    expect((await track({ meter: 'pages', user_id: 'nobody' })).status).toBe(404)
    expect((await track({ meter: 'pages', user_id: user.userId, tenant_id: 'acme' })).status).toBe(404)
    expect((await track({ meter: 'PAGES!', user_id: user.userId })).status).toBe(422)
    await Promise.all(Array.from({ length: 50 }, () => fixture.billing.track(user, { meter: 'pages', quantity: 2 })))
    expect((await fixture.billing.usage(user)).usage.pages).toBe(100)
  })
})

describe('holds of services', () => {
  const open = (user: Person, amount: number) =>
    send('POST', '/v1/internal/billing/holds', service, {
      user_id: user.userId,
      amount,
      app_id: 'coder',
      trace_id: 't1',
    })
  const close = (id: string, how: 'settle' | 'release', amount?: number) =>
    send('POST', `/v1/internal/billing/holds/${id}/${how}`, service, amount === undefined ? {} : { amount })

  test('[K10.10] reserve, settle less than was held, and the rest is back; twice is refused', async () => {
    const user = fixture.someone()
    const { body } = await open(user, 300)
    expect(body).toEqual({ hold_id: expect.stringMatching(/^hold_/), available: 200 })
    expect((await open(user, 201)).status).toBe(402)
    const shown = await send('GET', `/v1/billing/internal/balance/${user.userId}`, service)
    expect(shown.body).toMatchObject({ balance: 500, held: 300, available: 200 })
    expect(shown.body.holds).toMatchObject([{ hold_id: body.hold_id, amount: 300, app_id: 'coder' }])
    expect((await close(body.hold_id, 'settle', 301)).status).toBe(409)
    expect((await close(body.hold_id, 'settle', 120)).body).toEqual({ charged: 120, balance: 380 })
    expect((await close(body.hold_id, 'settle', 120)).status).toBe(409)
    expect((await close(body.hold_id, 'release')).status).toBe(409)
    expect(await walletOf(user)).toMatchObject({ balance: 380, held: 0 })
  })

  test('[K10.10] released, everything is back; settled with nothing, too; an unknown hold is 404', async () => {
    const user = fixture.someone()
    expect((await close((await open(user, 300)).body.hold_id, 'release')).body).toEqual({ charged: 0, balance: 500 })
    expect((await close((await open(user, 300)).body.hold_id, 'settle', 0)).body).toEqual({ charged: 0, balance: 500 })
    expect((await close('hold_none', 'release')).status).toBe(404)
    expect((await send('POST', '/v1/internal/billing/holds', service, { user_id: 'nobody', amount: 1 })).status).toBe(
      404,
    )
  })

  test('ten services that settle one hold at once charge it once', async () => {
    const user = fixture.someone()
    const { body } = await open(user, 100)
    const answers = await Promise.all(Array.from({ length: 10 }, () => close(body.hold_id, 'settle', 100)))
    expect(answers.filter((one) => one.status === 200)).toHaveLength(1)
    expect(await walletOf(user)).toMatchObject({ balance: 400, held: 0 })
  })
})

describe('[POST /v1/internal/billing/adjust]', () => {
  const adjust = (user: Person, amount: number, as = asAdmin) =>
    send('POST', '/v1/internal/billing/adjust', as, { user_id: user.userId, amount, reason: 'goodwill' })

  test('an administrator gives and takes, never below zero, and it is written down', async () => {
    const user = fixture.someone()
    expect((await adjust(user, 50)).body).toEqual({
      user_id: user.userId,
      balance: 550,
      adjustment: 50,
      reason: 'goodwill',
    })
    expect((await adjust(user, -551)).status).toBe(409)
    expect((await adjust(user, 0)).status).toBe(422)
    expect((await adjust(user, 1, service)).status).toBe(403)
    expect((await adjust({ ...user, userId: 'nobody' }, 1)).status).toBe(404)
    const [entry] = await fixture.rows('select * from audit.entry where action = $1 and user_id = $2', [
      'wallet.adjusted',
      user.userId,
    ])
    expect(entry).toMatchObject({ metadata: { amount: 50, reason: 'goodwill' }, actor_id: asAdmin.userId })
    const history = (await send('GET', '/v1/billing/wallet/history', user)).body
    expect(history[0]).toMatchObject({ amount: 50, reason: 'adjustment', description: 'goodwill' })
  })
})

describe('[PUT /v1/internal/billing/plan-feature]', () => {
  test('switches a feature of a plan, for everybody', async () => {
    const set = (body: object) => send('PUT', '/v1/internal/billing/plan-feature', asAdmin, body)
    const body = { plan_id: 'pro', feature: 'coding', enabled: true }
    expect((await set(body)).body).toEqual(body)
    const plans = (await send('GET', '/v1/billing/plans', null)).body
    expect(plans.find((plan: { id: string }) => plan.id === 'pro').features.coding).toBe(true)
    expect((await set({ ...body, plan_id: 'none' })).status).toBe(404)
    expect((await set({ ...body, feature: 'teleport' })).status).toBe(422)
  })
})

describe('reading somebody’s plan and payments', () => {
  test('has the shapes of the public routes; an unknown user is 404', async () => {
    const user = fixture.someone()
    for (const what of ['subscription', 'payment-methods', 'payments'] as const) {
      const internal = await send('GET', `/v1/billing/internal/${what}/${user.userId}`, service)
      expect(internal.body).toEqual((await send('GET', `/v1/billing/${what}`, user)).body)
      expect((await send('GET', `/v1/billing/internal/${what}/nobody`, service)).status).toBe(404)
    }
    expect(Object.keys(billingInternal).length).toBeGreaterThan(20)
  })
})
