import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  mountForTest,
  openTestNode,
  principalOf,
  publishApp,
  type TestNode,
  userOf,
} from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { EVERY_TENANT } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { type Mail, openPost } from '../../foundation/mail/index.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import { type Identity, openIdentity } from '../identity/index.ts'
import { analyseApp } from '../kernel/ledger/count-actions.ts'
import { type AdministratorNotice, type Developer, openDeveloper } from './index.ts'
import { openTestBilling, testJobs } from './test-billing.ts'

const database = await createTestDatabase()
const { jobs, run } = testJobs()
let node: TestNode
let identity: Identity
let billing: Awaited<ReturnType<typeof openTestBilling>>
/** Mails about reviews. */
const posted: Mail[] = []
const noticed: AdministratorNotice[] = []
let developer: Developer
let app: FastifyInstance
let caller: Principal | null = null
/** Another node, which hears no notice of changed prices and pays from 500 credits on. */
let deafBilling: typeof billing
let deafDeveloper: Developer
let deafApp: FastifyInstance

const people = ['ada', 'bob', 'cleo', 'dan', 'eve'].map((name) => userOf('default', name))
const [ada, bob, cleo, dan, eve] = people as [
  (typeof people)[0],
  (typeof people)[0],
  (typeof people)[0],
  (typeof people)[0],
  (typeof people)[0],
]
const asDeveloper = (user: typeof ada) => principalOf(user, { isDeveloper: true })
const root = principalOf(userOf('default', 'root'), { role: 'admin' })

beforeAll(async () => {
  node = await openTestNode(database)
  const { db, bus, log, clock, outbox, registry } = node
  const audit = openAudit({ db, clock })
  identity = await openIdentity({
    ...{ db, bus, log, clock, outbox, audit, keyring: testKeyring(), serviceTokens: [] },
    post: openPost({ send: async () => {}, close: async () => {} }, log),
    policy: {
      publicUrl: 'http://x',
      revealExisting: true,
      passwordMinimum: 0,
      limitFactor: 0,
      allowPrivateNetwork: false,
    },
  })
  await db.everyTenant(async (tx) => {
    for (const { tenantId, userId } of people) {
      const since = { created_at: new Date(clock.now()), updated_at: new Date(clock.now()) }
      const who = { tenant_id: tenantId, user_id: userId, email: `${userId.toLowerCase()}@example.com`, ...since }
      await tx
        .insertInto('identity.account')
        .values({ ...who, status: 'active' })
        .execute()
    }
  })
  billing = await openTestBilling(node, jobs)
  const open = (prices: typeof billing, works: typeof jobs) =>
    openDeveloper({
      ...{
        db,
        log,
        clock,
        audit,
        outbox,
        identity,
        registry,
        billing: prices,
        jobs: works,
        appLimitFactor: 1,
        post: { post: (mail) => void posted.push(mail) },
        tellAdministrators: async (notice) => void noticed.push(notice),
        publicUrl: 'http://x',
        packagesFolder: '/',
      },
      analyse: (appId, since) => analyseApp(db, appId, since),
      hosts: { describe: async () => ({}), drain: () => {} },
      validate: async () => [],
    })
  developer = open(billing, jobs)
  app = await mountForTest(developer.routes, () => caller)
  // Its repeated work is not the one that `run` starts.
  const deafJobs = testJobs().jobs
  deafBilling = await openTestBilling({ ...node, bus: { ...bus, subscribe: () => () => {} } }, deafJobs, 500)
  deafDeveloper = open(deafBilling, deafJobs)
  deafApp = await mountForTest(deafDeveloper.routes, () => caller)
})
afterAll(async () => {
  await deafApp.close()
  await deafDeveloper.close()
  await deafBilling.close()
  await app.close()
  await developer.close()
  await billing.close()
  await identity.close()
  await node.close()
})

async function send(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  as: Principal,
  body?: object,
  to: FastifyInstance = app,
) {
  caller = as
  const answer = await to.inject({ method, url, ...(body === undefined ? {} : { payload: body }) })
  return { status: answer.statusCode, body: answer.json() }
}

const grant = (user: typeof ada, amount: number) => billing.buy(user, amount)
const agreedOn = (appId: string) => node.db.everyTenant(async (tx) => (await billing.agreement(tx, appId)).terms)
const balance = async (user: typeof ada) => (await billing.balance(user.tenantId, user.userId)).balance

/** One priced call of an app by somebody, paid as the kernel pays it. */
async function pay(user: typeof ada, appId: string, functionName = 'list_things'): Promise<void> {
  const record = await node.registry.app(appId)
  if (record === null) throw new Error('no such app')
  const call = {
    callId: `call_${Math.random().toString(36).slice(2)}`,
    traceId: 'trace_1',
    ...user,
    app: record,
    functionName,
    actionType: 'read' as const,
    isPriced: true,
    model: null,
  }
  const price = billing.price(call)
  if (price === null) throw new Error('the call is free')
  const reservation = await billing.reserve(call, price)
  if (reservation === null) throw new Error('the wallet is empty')
  await node.db.atomic(user.tenantId, billing.settling(reservation, 'succeeded'))
}

const ledgerSum = async () => {
  const [result] = await node.db.atomic(EVERY_TENANT, [
    { text: 'select coalesce(sum(amount), 0)::bigint as sum from billing.entry', values: [] },
  ])
  const [row] = (result?.rows ?? []) as { sum: number }[]
  return row?.sum
}

describe('tiers', () => {
  test('[PUT /v1/developer/tier] [POST /v1/developer/register] a paid tier costs its price for a year; without credits it is refused with 402', async () => {
    const poor = await send('POST', '/v1/developer/register', principalOf(bob), { tier: 'studio' })
    expect([poor.status, poor.body.error]).toEqual([402, 'payment_required'])
    expect((await send('GET', '/v1/developer/profile', principalOf(bob))).status).toBe(403)
    expect((await send('POST', '/v1/developer/register', principalOf(ada), {})).status).toBe(200)
    expect((await send('PUT', '/v1/developer/tier', asDeveloper(ada), { tier: 'indie' })).status).toBe(402)
    await grant(ada, 40_000)
    const before = await balance(ada)
    const bought = await send('PUT', '/v1/developer/tier', asDeveloper(ada), { tier: 'indie' })
    expect(bought.body).toEqual({ tier: 'indie', revenue_split_dev: 80, expires_at: expect.any(String) })
    expect(before - (await balance(ada))).toBe(9_000)
    // The same tier again costs nothing.
    expect((await send('PUT', '/v1/developer/tier', asDeveloper(ada), { tier: 'indie' })).body).toEqual(bought.body)
    expect(before - (await balance(ada))).toBe(9_000)
    expect((await send('GET', '/v1/developer/profile', asDeveloper(ada))).body).toMatchObject({
      tier: 'indie',
      revenue_split_dev: 80,
      app_limit: 3,
      analytics_days: 30,
      tier_expires_at: bought.body.expires_at,
    })
    expect((await send('PUT', '/v1/developer/tier', asDeveloper(ada), { tier: 'partner' })).status).toBe(400)
  })

  test('moving down keeps the year, is refused with too many apps, and the year ends', async () => {
    await grant(cleo, 30_000)
    expect((await send('POST', '/v1/developer/register', principalOf(cleo), { tier: 'studio' })).status).toBe(200)
    for (const id of ['cleo-one', 'cleo-two']) await publishApp(node, id, { owner: cleo })
    const refused = await send('PUT', '/v1/developer/tier', asDeveloper(cleo), { tier: 'explorer' })
    expect([refused.status, refused.body.error]).toEqual([409, 'conflict'])
    const down = await send('PUT', '/v1/developer/tier', asDeveloper(cleo), { tier: 'indie' })
    expect(down.body).toMatchObject({ tier: 'indie', expires_at: expect.any(String) })
    await run('developer.end_tiers')
    expect((await identity.developer(cleo.tenantId, cleo.userId))?.tier).toBe('indie')
    node.clock.advance(366 * 86_400_000)
    await run('developer.end_tiers')
    expect((await identity.developer(cleo.tenantId, cleo.userId))?.tier).toBe('explorer')
    expect((await send('GET', '/v1/developer/profile', asDeveloper(cleo))).body.tier_expires_at).toBeNull()
  })

  test('[POST /v1/admin/developer/tier] [GET /v1/admin/developer/config] an administrator gives a tier for nothing', async () => {
    expect((await send('POST', '/v1/developer/register', principalOf(dan), {})).status).toBe(200)
    const given = await send('POST', '/v1/admin/developer/tier', root, { user_id: dan.userId, tier: 'partner' })
    expect(given.body).toEqual({ user_id: dan.userId, tier: 'partner', comped_by: root.userId })
    expect((await send('GET', '/v1/developer/profile', asDeveloper(dan))).body).toMatchObject({
      tier: 'partner',
      app_limit: null,
      tier_expires_at: null,
    })
    const nobody = await send('POST', '/v1/admin/developer/tier', root, { user_id: eve.userId, tier: 'indie' })
    expect(nobody.status).toBe(404)
    const service = principalOf(null, { role: 'admin' })
    expect(
      (await send('POST', '/v1/admin/developer/tier', service, { user_id: dan.userId, tier: 'indie' })).status,
    ).toBe(403)
    const { body } = await send('GET', '/v1/admin/developer/config', root)
    expect(body).toMatchObject({ payout_min_tokens: 10_000, token_rate: 1000 })
    expect(body.tiers.studio).toEqual({ split: 85, app_limit: 10, analytics_days: 90, rate_limit: 2000, price: 29_000 })
  })
})

describe('an app with prices', () => {
  const appId = 'weather-pro'
  const review = async (pricing: object) => {
    await node.db.everyTenant(async (tx) => {
      await node.registry.updateApp(tx, appId, {
        status: 'pending_review',
        pricingModel: 'per_action',
        pricingConfig: pricing as never,
      })
    })
    node.registry.forget(appId)
  }

  test('[K10.30] [K10.32] [POST /v1/admin/apps/{app_id}/approve] [GET /v1/developer/earnings] [GET /v1/developer/earnings/{app_id}] approval agrees on prices and share; calls then pay both sides', async () => {
    await publishApp(node, appId, { owner: dan, status: 'draft' })
    await review({ tool_prices: { list_things: 99, nothing: 4 } })
    const wrong = await send('POST', `/v1/admin/apps/${appId}/approve`, root)
    expect([wrong.status, wrong.body.message]).toEqual([422, expect.stringContaining('nothing')])
    await review({ tool_prices: { list_things: 99 } })
    expect((await send('POST', `/v1/admin/apps/${appId}/approve`, root)).status).toBe(200)
    expect(await agreedOn(appId)).toMatchObject({ toolPrices: { list_things: 99 }, split: 95, ownerId: dan.userId })
    await grant(eve, 100_000)
    // Her free credits would be spent first, and pay nobody.
    await node.db.everyTenant((tx) => billing.sell(tx, eve, { price: 500, description: '', eventId: 'none-free' }))
    const before = await balance(eve)
    for (let call = 0; call < 3; call++) await pay(eve, appId)
    expect(before - (await balance(eve))).toBe(297)
    // floor(99 × 95 / 100) = 94 of each call.
    expect((await send('GET', '/v1/developer/earnings', asDeveloper(dan))).body).toEqual({
      total_earnings: 282,
      total_platform_share: 15,
      pending_payout: 0,
      paid_out: 0,
      of_given_credits: 0,
      disputed: 0,
      payable: 282,
      payout_min_tokens: 10_000,
    })
    const month = new Date(node.clock.now()).toISOString().slice(0, 7)
    expect((await send('GET', `/v1/developer/earnings/${appId}`, asDeveloper(dan))).body).toEqual({
      app_id: appId,
      total_earnings: 282,
      action_count: 3,
      by_period: [{ period: month, earned: 282, actions: 3 }],
    })
    expect((await send('GET', `/v1/developer/earnings/${appId}`, asDeveloper(ada))).status).toBe(404)
    expect(await ledgerSum()).toBe(0)
  })

  test('[POST /v1/admin/apps/{app_id}/sync-pricing] [POST /v1/admin/apps/sync-pricing] a changed price counts when it is synced, the share stays', async () => {
    await node.db.everyTenant((tx) =>
      node.registry.updateApp(tx, appId, { pricingConfig: { tool_prices: { list_things: 10 } } }),
    )
    node.registry.forget(appId)
    expect(billing.basePrice(appId, 'list_things', 'read')).toBe(99)
    expect((await send('POST', `/v1/admin/apps/${appId}/sync-pricing`, root)).body).toEqual({
      app_id: appId,
      synced: true,
    })
    expect(billing.basePrice(appId, 'list_things', 'read')).toBe(10)
    await node.db.everyTenant((tx) =>
      node.registry.updateApp(tx, appId, { pricingConfig: { tool_prices: { list_things: -1 } } }),
    )
    node.registry.forget(appId)
    const all = await send('POST', '/v1/admin/apps/sync-pricing', root)
    expect(all.body.failed).toEqual([{ app_id: appId, problem: expect.stringContaining('list_things') }])
    expect(await agreedOn(appId)).toMatchObject({ toolPrices: { list_things: 10 }, split: 95 })
    expect((await send('POST', '/v1/admin/apps/nowhere/sync-pricing', root)).status).toBe(404)
    // Of all apps at once, none gets dearer; of one, an administrator may decide it.
    await node.db.everyTenant((tx) =>
      node.registry.updateApp(tx, appId, { pricingConfig: { tool_prices: { list_things: 12 } } }),
    )
    node.registry.forget(appId)
    const raised = await send('POST', '/v1/admin/apps/sync-pricing', root)
    expect(raised.body.failed).toEqual([
      { app_id: appId, problem: expect.stringContaining('a price of 12 for list_things (was 10)') },
    ])
    expect(billing.basePrice(appId, 'list_things', 'read')).toBe(10)
    await send('POST', `/v1/admin/apps/${appId}/sync-pricing`, root)
    expect(billing.basePrice(appId, 'list_things', 'read')).toBe(12)
  })

  test('[api 5.3] a node that remembers a higher price than the agreed one lets no raise pass', async () => {
    await deafBilling.refreshPrices()
    const price = async (credits: number) => {
      const pricingConfig = { tool_prices: { list_things: credits } }
      await node.db.everyTenant((tx) => node.registry.updateApp(tx, appId, { pricingConfig }))
      node.registry.forget(appId)
    }
    await price(10)
    await send('POST', `/v1/admin/apps/${appId}/sync-pricing`, root)
    await price(11)
    expect(deafBilling.basePrice(appId, 'list_things', 'read')).toBe(12)
    const raised = await send('POST', '/v1/admin/apps/sync-pricing', root, undefined, deafApp)
    expect(raised.body.failed).toEqual([
      { app_id: appId, problem: expect.stringContaining('a price of 11 for list_things (was 10)') },
    ])
  })

  test('[GET /v1/developer/apps/{app_id}/analytics] days of the tier, with a row for each', async () => {
    const days = async (query: string) => send('GET', `/v1/developer/apps/${appId}/analytics${query}`, asDeveloper(dan))
    const { body } = await days('?days=7')
    expect(body).toMatchObject({ app_id: appId, days: 7, earnings: 282, total_actions: 0, by_tool: [] })
    expect(body.by_day).toHaveLength(7)
    expect(body.by_day.at(-1)).toEqual({
      date: new Date(node.clock.now()).toISOString().slice(0, 10),
      actions: 0,
      earnings: 282,
    })
    expect((await days('')).body.days).toBe(30)
    expect((await days('?days=366')).status).toBe(422)
    const own = await send('GET', '/v1/developer/apps/cleo-one/analytics?days=8', asDeveloper(cleo))
    expect([own.status, own.body.message]).toEqual([400, 'The tier explorer looks back 7 days at the most.'])
    expect((await send('GET', '/v1/developer/apps/cleo-one/analytics', asDeveloper(cleo))).body.days).toBe(7)
    expect((await send('GET', `/v1/developer/apps/${appId}/analytics`, asDeveloper(ada))).status).toBe(404)
  })
})

describe('payouts', () => {
  const ask = (user: typeof ada, body: object, path = 'payouts/request') =>
    send('POST', `/v1/developer/${path}`, asDeveloper(user), body)
  const decide = (id: number, step: string, body: object = {}) =>
    send('POST', `/v1/admin/payouts/${id}/${step}`, root, body)

  test('[K10.30] [K10.31] credits that were given earn and are not paid out: accounts with free credits mint nothing', async () => {
    const appId = 'mint'
    await publishApp(node, appId, { owner: ada })
    const terms = { ownerId: ada.userId, model: 'per_action' as const, toolPrices: { list_things: 99 } }
    await node.db.everyTenant((tx) =>
      billing.agreeTerms(tx, appId, { ...terms, freeTools: [], monthlyPrice: 0, split: 80 }),
    )
    await billing.refreshPrices()
    const earnings = async () => (await send('GET', '/v1/developer/earnings', asDeveloper(ada))).body
    // Twenty accounts spend what everybody begins with: five calls each, 79 of 99 credits for the developer.
    const puppets = Array.from({ length: 20 }, (_, index) => userOf('default', `puppet-${index}`))
    for (const puppet of puppets) for (let call = 0; call < 5; call++) await pay(puppet, appId)
    expect(await earnings()).toMatchObject({ total_earnings: 7_900, of_given_credits: 7_900, payable: 0 })
    const wish = { amount: 500, method: 'manual', notes: '' }
    await expect(deafBilling.requestPayout(ada, wish)).rejects.toMatchObject({ code: 'BILLING_NOT_EARNED' })

    // Five credits are left of those that were given. Of the next call 94 are paid for: 79 × 94 / 99, rounded down.
    const [buyer] = puppets as [typeof ada]
    await billing.buy(buyer, 10_000)
    await pay(buyer, appId)
    expect(await earnings()).toMatchObject({ total_earnings: 7_979, payable: 75 })
    await pay(buyer, appId)
    expect(await earnings()).toMatchObject({ total_earnings: 8_058, of_given_credits: 7_904, payable: 154 })
    expect(await ledgerSum()).toBe(0)
  })

  test('[K10.31] the least credits of a payout are what the installation sets', async () => {
    const asked = (amount: number) =>
      send('POST', '/v1/developer/payouts/request', asDeveloper(dan), { amount_tokens: amount }, deafApp)
    const config = await send('GET', '/v1/admin/developer/config', root, undefined, deafApp)
    expect(config.body).toMatchObject({ payout_min_tokens: 500 })
    const earned = await send('GET', '/v1/developer/earnings', asDeveloper(dan), undefined, deafApp)
    expect(earned.body).toMatchObject({ payout_min_tokens: 500 })
    const small = await asked(499)
    expect([small.status, small.body.message]).toEqual([422, expect.stringContaining('500 credits at the least')])
    // Enough for a payout here, and more than was earned.
    expect((await asked(500)).status).toBe(400)
    expect((await asked(0)).status).toBe(422)
  })

  test('[S003-054] [K10.31] [POST /v1/developer/payouts/request] [GET /v1/developer/payouts] [GET /v1/admin/payouts/pending] [POST /v1/admin/payouts/{payout_id}/approve] [POST /v1/admin/payouts/{payout_id}/reject] earned credits are asked for, approved and paid, never more than were earned', async () => {
    await publishApp(node, 'gold', { owner: dan })
    await node.db.everyTenant((tx) =>
      billing.agreeTerms(tx, 'gold', {
        ownerId: dan.userId,
        model: 'per_action',
        toolPrices: { list_things: 16_000 },
        freeTools: [],
        monthlyPrice: 0,
        split: 95,
      }),
    )
    await billing.refreshPrices()
    await pay(eve, 'gold')
    const { payable } = (await send('GET', '/v1/developer/earnings', asDeveloper(dan))).body
    expect(payable).toBe(15_482)
    expect((await ask(cleo, { amount_tokens: 10_000 })).status).toBe(403)
    const small = await ask(dan, { amount_tokens: 9_999 })
    expect([small.status, small.body.message]).toEqual([422, expect.stringContaining('10000 credits at the least')])
    expect((await ask(dan, { amount_tokens: payable + 1 })).status).toBe(400)
    expect((await ask(dan, { amount_tokens: 10_000, amount: 10_001 })).status).toBe(422)
    // Ten at once are one.
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        ask(dan, { amount: 10_001, payout_method: 'bank', notes: 'IBAN on file' }, 'payouts'),
      ),
    )
    expect(noticed).toEqual([expect.objectContaining({ title: 'A payout was asked for', link: '/admin/money' })])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(409)])
    const made = answers.find(({ status }) => status === 200)?.body
    expect(made).toMatchObject({
      developer_id: dan.userId,
      amount_tokens: 10_001,
      amount_usd: '10.001',
      status: 'pending',
      method: 'bank',
      admin_note: null,
      processed_at: null,
    })
    expect((await send('GET', '/v1/developer/earnings', asDeveloper(dan))).body).toMatchObject({
      pending_payout: 10_001,
      payable: payable - 10_001,
    })
    expect((await send('GET', '/v1/admin/payouts/pending', root)).body).toEqual([
      { ...made, developer_email: `${dan.userId.toLowerCase()}@example.com`, nickname: null },
    ])
    expect((await decide(made.id, 'paid')).status).toBe(409)
    const rejected = await decide(made.id, 'reject', { note: 'Name the account.' })
    expect(rejected.body).toMatchObject({
      status: 'rejected',
      admin_note: 'Name the account.',
      processed_at: expect.any(String),
    })
    expect((await send('GET', '/v1/developer/earnings', asDeveloper(dan))).body).toMatchObject({
      pending_payout: 0,
      payable,
    })
    expect((await decide(made.id, 'approve')).status).toBe(409)
    const second = (await ask(dan, { amount_tokens: 10_000 })).body
    // An administrator who develops apps does not pay themselves.
    const himself = principalOf(dan, { role: 'admin', isDeveloper: true })
    const own = await send('POST', `/v1/admin/payouts/${second.id}/approve`, himself, {})
    expect([own.status, own.body.message]).toEqual([403, expect.stringContaining('Another administrator')])
    expect((await decide(second.id, 'approve')).body).toMatchObject({ status: 'approved', amount_usd: '10.000' })
    expect((await send('POST', `/v1/admin/payouts/${second.id}/paid`, himself, {})).status).toBe(403)
    expect((await send('GET', '/v1/admin/payouts/pending', root)).body).toEqual([])
    expect((await send('GET', '/v1/admin/payouts/pending?include_approved=true', root)).body).toMatchObject([
      { id: second.id, status: 'approved' },
    ])
    expect((await decide(second.id, 'paid')).body).toMatchObject({ status: 'paid', paid_at: expect.any(String) })
    expect((await decide(second.id, 'reject')).status).toBe(409)
    expect((await decide(4711, 'approve')).status).toBe(404)
    expect((await send('GET', '/v1/developer/earnings', asDeveloper(dan))).body).toMatchObject({
      pending_payout: 0,
      paid_out: 10_000,
      payable: payable - 10_000,
    })
    expect(
      (await send('GET', '/v1/developer/payouts', asDeveloper(dan))).body.map(
        ({ status }: { status: string }) => status,
      ),
    ).toEqual(['paid', 'rejected'])
    const [told] = await node.db.atomic(EVERY_TENANT, [
      {
        text: `select payload ->> 'event_type' as type from outbox.message
          where user_id = $1 and payload ->> 'event_type' like 'billing.payout%' order by xid, seq`,
        values: [dan.userId],
      },
    ])
    expect(told?.rows.map((row) => (row as { type: string }).type)).toEqual(
      ['requested', 'rejected', 'requested', 'approved', 'paid'].map((step) => `billing.payout_${step}`),
    )
    expect(billing.mails.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['payout_rejected', 'payout_approved', 'payout_paid']),
    )
    expect(await ledgerSum()).toBe(0)
  })
})

describe('administrators and apps', () => {
  test('[GET /v1/admin/apps] [POST /v1/admin/apps/{app_id}/metadata] all apps are listed, found and changed', async () => {
    await publishApp(node, 'plain', { owner: ada, status: 'draft' })
    const all = (await send('GET', '/v1/admin/apps', root)).body as { app_id: string; developer_email: string }[]
    expect(all.map(({ app_id }) => app_id)).toEqual(expect.arrayContaining(['plain', 'gold', 'weather-pro']))
    expect(all.find(({ app_id }) => app_id === 'plain')).toMatchObject({
      system: false,
      install_count: 0,
      developer_email: `${ada.userId.toLowerCase()}@example.com`,
    })
    const found = async (query: string) =>
      ((await send('GET', `/v1/admin/apps?${query}`, root)).body as { app_id: string }[]).map(({ app_id }) => app_id)
    expect(await found('search=PLAI')).toEqual(['plain'])
    expect(await found('search=%25')).toEqual([])
    expect(await found('status=draft')).toEqual(['plain'])
    const changed = await send('POST', '/v1/admin/apps/plain/metadata', root, {
      display_name: 'Plain',
      featured: true,
      category: 'productivity',
      tags: ['a'],
    })
    expect(changed.body).toMatchObject({
      app_id: 'plain',
      display_name: 'Plain',
      featured: true,
      category: 'productivity',
      tags: ['a'],
    })
    expect(await node.registry.app('plain')).toMatchObject({ name: 'Plain', featured: true })
    expect((await send('POST', '/v1/admin/apps/nowhere/metadata', root, {})).status).toBe(404)
  })

  test('[POST /v1/admin/apps/{app_id}/status] publishes, suspends and withdraws; whom an administrator suspended, no developer publishes', async () => {
    const set = (status: string, reason = '') => send('POST', '/v1/admin/apps/plain/status', root, { status, reason })
    expect((await set('active')).body).toEqual({ app_id: 'plain', status: 'active' })
    expect(await agreedOn('plain')).toMatchObject({ ownerId: ada.userId, split: 70 })
    expect((await set('active')).status).toBe(409)
    expect((await set('suspended', 'spam')).body.status).toBe('suspended')
    const submitted = await send('POST', '/v1/developer/apps/plain/submit', asDeveloper(ada))
    expect([submitted.status, submitted.body.error]).toEqual([409, 'conflict'])
    expect((await set('draft')).body.status).toBe('draft')
    expect((await node.registry.app('plain'))?.status).toBe('draft')
  })

  test('[DELETE /v1/admin/apps/{app_id}] an app goes for good, with its installs', async () => {
    await node.registry.install(eve, 'gold')
    const remove = (body: object) => send('DELETE', '/v1/admin/apps/gold', root, body)
    expect((await remove({ confirm_name: 'golden' })).status).toBe(400)
    expect((await remove({ confirm_name: 'gold' })).status).toBe(409)
    expect((await remove({ confirm_name: 'gold', force: true })).body).toEqual({
      app_id: 'gold',
      status: 'deleted',
      installs_purged: 1,
    })
    expect((await remove({ confirm_name: 'gold', force: true })).status).toBe(404)
    expect(await agreedOn('gold')).toBeNull()
    const apps = (await send('GET', '/v1/admin/apps?status=all', root)).body as { app_id: string }[]
    expect(apps.map(({ app_id }) => app_id)).not.toContain('gold')
    // What it earned stays.
    expect((await send('GET', '/v1/developer/earnings', asDeveloper(dan))).body.total_earnings).toBe(15_482)
  })
})
