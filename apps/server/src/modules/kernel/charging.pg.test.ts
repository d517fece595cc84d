import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openBilling, type Terms } from '../billing/index.ts'
import { TEST_PORTS, TEST_SETTINGS } from '../billing/test-fixture.ts'
import { chatFunction, type Fixture, fails, openFixture, PATIENCE, success } from './test-fixture.ts'
import type { CallIntent } from './types.ts'

let fixture: Fixture
type Person = { tenantId: string; userId: string }
let owner: Person

const TOOLS = [
  chatFunction('look', 'read'),
  chatFunction('work', 'write', {
    params_schema: { type: 'object', properties: { size: { type: 'number' } }, required: ['size'] },
  }),
  chatFunction('refuse', 'write'),
  chatFunction('crash', 'write'),
  chatFunction('hang', 'write'),
  chatFunction('wipe', 'destructive'),
  chatFunction('gift', 'write'),
]

const agree = async (appId: string, terms: Partial<Omit<Terms, 'appId'>>) => {
  const whole = { ownerId: owner.userId, toolPrices: {}, freeTools: [], monthlyPrice: 0, split: 70 }
  await fixture.db.everyTenant((tx) =>
    fixture.billing.agreeTerms(tx, appId, { ...whole, model: 'per_action', ...terms }),
  )
  await fixture.billing.refreshPrices()
}

const handlers = (appId: string) => {
  for (const name of ['look', 'work', 'wipe', 'gift']) fixture.handler(appId, 'function', name, () => success())
  fixture.handler(appId, 'function', 'refuse', () => ({
    status: 'error',
    error: 'Not today.',
    error_code: 'NOT_TODAY',
  }))
  fixture.handler(appId, 'function', 'crash', () => fails('EXT_TIMEOUT'))
}

beforeAll(async () => {
  fixture = await openFixture()
  owner = await fixture.person()
  for (const appId of ['paid', 'gratis', 'first-class']) {
    await fixture.app(appId, { tools: TOOLS }, [owner], { owner })
    handlers(appId)
  }
  await fixture.rows("update registry.app set first_party = true, owner_id = null where app_id = 'first-class'")
  fixture.registry.forget('first-class')
  await agree('paid', { toolPrices: { work: 33 }, freeTools: ['gift'] })
})
afterAll(() => fixture.close())

const customer = async (...apps: string[]) => {
  const user = await fixture.person()
  for (const appId of apps) await fixture.registry.install(user, appId)
  return user
}
const call = (user: Person, name: string, more: Partial<CallIntent> = {}) =>
  fixture.kernel.call({ source: 'api', ...user, appId: 'paid', function: name, params: {}, ...more })
const work = (user: Person, more: Partial<CallIntent> = {}) => call(user, 'work', { params: { size: 1 }, ...more })
const walletOf = (user: Person) => fixture.billing.balance(user.tenantId, user.userId)
const linesOf = (callId: string) =>
  fixture.rows<{ account: string; amount: number; reason: string }>(
    'select account, amount::int, reason from billing.entry where event_id like $1 order by account',
    [`${callId}%`],
  )
const holdsOf = (user: Person) => fixture.rows('select status from billing.hold where user_id = $1', [user.userId])
/** Takes credits away until so many are left. */
async function drain({ tenantId, userId }: Person, left: number): Promise<void> {
  const amount = (await walletOf({ tenantId, userId })).balance - left
  const line = (account: string, value: number, event: string) => ({
    text: `insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at)
           values (gen_random_uuid()::text, $1, $2, $3, $4, 'adjustment', '', $5, now())`,
    values: [tenantId, `drain:${userId}`, account, value, event],
  })
  await fixture.db.atomic(tenantId, [
    line(`user:${userId}`, -amount, `drain:${userId}`),
    line('platform', amount, `drain:${userId}:platform`),
  ])
}
const byModel = (name: string, isOwn = false): Partial<CallIntent> => ({ source: 'chat', model: { name, isOwn } })

describe('a call of an app with prices', () => {
  test('[K10.2] [K10.11] [K10.30] [S003-052] costs its base price; user, developer and platform are booked in one transaction', async () => {
    const user = await customer('paid')
    const outcome = await work(user)
    expect(outcome.status).toBe('success')
    expect(await linesOf(outcome.callId)).toEqual([
      { account: `developer:${owner.userId}`, amount: 23, reason: 'commission' },
      { account: 'platform', amount: 10, reason: 'commission' },
      { account: `user:${user.userId}`, amount: -33, reason: 'action' },
    ])
    expect(await walletOf(user)).toMatchObject({ balance: 467, held: 0 })
    const [row] = await fixture.ledger({ traceId: outcome.traceId })
    expect(row?.facts).toMatchObject({ extension_price: 33, platform_fee: 0 })
    await expect
      .poll(
        () => fixture.streamed.filter((one) => one.userId === user.userId && one.type === 'wallet_update'),
        PATIENCE,
      )
      .toMatchObject([{ payload: { balance: 467, available: 467, reason: 'action', delta: -33 } }])
  })

  test('[K10.2] without a price of its own a function costs what its kind does; a free tool costs nothing', async () => {
    const user = await customer('paid')
    await call(user, 'look')
    expect(await walletOf(user)).toMatchObject({ balance: 499 })
    await call(user, 'refuse')
    await call(user, 'gift')
    expect(await walletOf(user)).toMatchObject({ balance: 499, held: 0 })
  })

  test('[K10.32] the owner pays like everybody and earns nothing of it', async () => {
    const outcome = await work(owner)
    expect((await linesOf(outcome.callId)).map((line) => [line.account, line.amount])).toEqual([
      ['platform', 33],
      [`user:${owner.userId}`, -33],
    ])
  })

  test('[K10.4] failures of the app, timeouts, rejected arguments and unknown functions cost nothing and leave nothing held', async () => {
    const user = await customer('paid')
    for (const name of ['refuse', 'crash', 'work', 'nothing-like-this']) await call(user, name)
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 0 })
    expect(await holdsOf(user)).toEqual(Array.from({ length: 3 }, () => ({ status: 'released' })))
  })

  test('[K3.2] [K10.10] a wallet that does not hold the price refuses before anything runs', async () => {
    const user = await customer('paid')
    await drain(user, 32)
    const before = fixture.hosts.calls.length
    const outcome = await work(user)
    expect(outcome.response).toMatchObject({
      status: 'error',
      error_code: 'INSUFFICIENT_CREDITS',
      data: { price: 33, base_price: 33, platform_fee: 0 },
    })
    expect(fixture.hosts.calls).toHaveLength(before)
    expect(await fixture.ledger({ traceId: outcome.traceId })).toMatchObject([
      { status: 'denied', error_code: 'INSUFFICIENT_CREDITS' },
    ])
    expect((await call(user, 'look')).status).toBe('success')
  })

  test('[K10.10] ten calls at once of a wallet for three: three run', async () => {
    const user = await customer('paid')
    await drain(user, 100)
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => work(user)))
    expect(outcomes.filter((one) => one.status === 'success')).toHaveLength(3)
    expect(await walletOf(user)).toMatchObject({ balance: 1, held: 0 })
  })

  test('[K3.26] a destructive call holds nothing while its question waits, and is charged when it runs', async () => {
    const user = await customer('paid')
    const outcome = await call(user, 'wipe', byModel('unknown-model'))
    const { confirmation } = outcome.response.data as { confirmation: { confirmation_id: string; items: object[] } }
    expect(confirmation.items).toMatchObject([{ price: 260 }])
    expect(await fixture.kernel.pending(user)).toMatchObject([{ total_price: 260, items: [{ price: 260 }] }])
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 0 })
    await fixture.kernel.decide(user, confirmation.confirmation_id, 'confirm', 'panel')
    expect(await walletOf(user)).toMatchObject({ balance: 240, held: 0 })
  })

  test('an app that waits for publication is free for those who try it', async () => {
    await fixture.rows("update registry.app set status = 'draft' where app_id = 'paid'")
    fixture.registry.forget('paid')
    const before = await walletOf(owner)
    expect((await work(owner, byModel('m'))).status).toBe('success')
    expect(await walletOf(owner)).toMatchObject({ balance: before.balance })
    await fixture.rows("update registry.app set status = 'active' where app_id = 'paid'")
    fixture.registry.forget('paid')
  })
})

describe('the platform fee', () => {
  test('[K10.3] depends on the tier of the model that chose the call; the panel and the API pay none', async () => {
    const user = await customer('gratis')
    await fixture.rows(
      `insert into billing.model_rate (model_id, tier, input_cost_per_1k, output_cost_per_1k, updated_at)
       values ('small', 'economy', 0, 0, now()), ('large', 'premium', 0, 0, now())`,
    )
    await fixture.billing.refreshPrices()
    const free = { appId: 'gratis' }
    for (const source of ['api', 'panel', 'mcp'] as const) await work(user, { ...free, source })
    expect(await walletOf(user)).toMatchObject({ balance: 500 })
    await work(user, { ...free, ...byModel('small') })
    expect(await walletOf(user)).toMatchObject({ balance: 440 })
    await work(user, { ...free, ...byModel('never-rated') })
    expect(await walletOf(user)).toMatchObject({ balance: 190 })
    expect((await work(user, { ...free, ...byModel('large') })).response).toMatchObject({
      error_code: 'INSUFFICIENT_CREDITS',
      data: { price: 2200, platform_fee: 2200 },
    })
  })

  test('[I-BYOLLM-PLATFORM-FEE-ZERO] with a key of one’s own the price is the base price', async () => {
    const user = await customer('paid', 'gratis')
    await work(user, byModel('large', true))
    expect(await walletOf(user)).toMatchObject({ balance: 467 })
    await work(user, { appId: 'gratis', ...byModel('large', true) })
    expect(await walletOf(user)).toMatchObject({ balance: 467 })
  })

  test('[K10.4] failed calls of one turn pay for the model once, and no base price', async () => {
    const user = await customer('paid')
    const first = await call(user, 'refuse', byModel('small'))
    await call(user, 'refuse', { ...byModel('small'), traceId: first.traceId })
    expect(await walletOf(user)).toMatchObject({ balance: 440, held: 0 })
    await call(user, 'crash', byModel('small'))
    expect(await walletOf(user)).toMatchObject({ balance: 440, held: 0 })
  })

  test('[K10.13] without credits the reads of the platform’s own apps go on, and nothing else that has a price', async () => {
    const user = await customer('first-class', 'gratis')
    await drain(user, 0)
    const asked = { ...byModel('small'), appId: 'first-class' }
    expect((await call(user, 'look', asked)).status).toBe('success')
    expect((await work(user, asked)).response.error_code).toBe('INSUFFICIENT_CREDITS')
    expect((await call(user, 'look', { ...asked, appId: 'gratis' })).response.error_code).toBe('INSUFFICIENT_CREDITS')
    expect(await walletOf(user)).toMatchObject({ balance: 0, held: 0 })
  })
})

describe('a call between extensions', () => {
  test('costs what the called app asks for', async () => {
    const user = await customer('paid')
    await fixture.app('sold', { tools: [], exposed: [{ name: 'forecast', action_type: 'read' }] }, [user], { owner })
    fixture.handler('sold', 'expose', 'forecast', () => ({ sunny: true }))
    await agree('sold', { toolPrices: { forecast: 7 } })
    fixture.handler('paid', 'function', 'gift', async (_call, kernel) => {
      await kernel.onCallback({ client: 'extensions', method: 'call', args: ['sold', 'forecast', {}], asUser: null })
      return success()
    })
    expect((await call(user, 'gift')).status).toBe('success')
    expect(await walletOf(user)).toMatchObject({ balance: 493, held: 0 })
  })
})

describe('what free calls ask of the database', () => {
  test('[K10.2] nothing: a free call, warm or not, is priced from memory, and its user has no wallet after it', async () => {
    const user = await customer('gratis', 'paid')
    let asked = 0
    const counting =
      <Given extends unknown[], Answer>(work: (...given: Given) => Answer) =>
      (...given: Given): Answer => {
        asked++
        return work(...given)
      }
    const counted: Pick<typeof fixture.db, 'atomic' | 'tenant' | 'everyTenant'> = {
      atomic: counting(fixture.db.atomic),
      tenant: counting(fixture.db.tenant) as typeof fixture.db.tenant,
      everyTenant: counting(fixture.db.everyTenant) as typeof fixture.db.everyTenant,
    }
    const db = { ...fixture.db, ...counted }
    const billing = await openBilling({
      ...fixture.options,
      ...{ db, post: { post: () => {} }, keyring: testKeyring(), settings: TEST_SETTINGS, ports: TEST_PORTS },
    })
    const node = await fixture.openNode({ billing })
    for (const appId of ['gratis', 'paid'])
      for (const name of ['look', 'gift']) node.hosts.handlers.set(`${appId} function ${name}`, () => success())
    asked = 0
    for (const source of ['api', 'panel', 'chat'] as const)
      expect((await node.kernel.call({ source, ...user, appId: 'gratis', function: 'look', params: {} })).status).toBe(
        'success',
      )
    const gift = { ...user, appId: 'paid', function: 'gift', params: {} }
    expect((await node.kernel.call({ source: 'api', ...gift })).status).toBe('success')
    expect(asked).toBe(0)
    expect(await fixture.rows('select 1 from billing.wallet where user_id = $1', [user.userId])).toEqual([])
    expect((await node.kernel.call({ source: 'api', ...gift, function: 'look' })).status).toBe('success')
    expect(asked).toBeGreaterThan(0)
    await node.close()
    await billing.close()
  })
})

describe('crashes', () => {
  test('[K10.10] [K11.2] a node that dies between hold and charge: recovery gives the credits back and charges nothing', async () => {
    const user = await customer('paid')
    const dying = await fixture.openNode()
    let entered = () => {}
    const inside = new Promise<void>((resolve) => {
      entered = resolve
    })
    dying.hosts.handlers.set('paid function work', async (_call, kernel) => {
      await kernel.onCallback({ client: 'store', method: 'create', args: ['things', { a: 1 }], asUser: null })
      entered()
      return new Promise(() => {})
    })
    const given = { source: 'api', ...user, appId: 'paid', function: 'work', params: { size: 1 } } as const
    const controller = new AbortController()
    const lost = dying.kernel.call({ ...given, signal: controller.signal })
    await inside
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 33 })
    await fixture.rows(
      "update kernel.node set heartbeat_at = now() - interval '1 hour' where node_id in (select node_id from kernel.open_call)",
    )
    await fixture.repeated.get('kernel.recover')?.()
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 0 })
    expect(await fixture.ledger({ appId: 'paid' })).toContainEqual(
      expect.objectContaining({ user_id: user.userId, status: 'unknown' }),
    )
    // It was not dead after all: what it finds out is too late, for its record is there.
    controller.abort()
    await Promise.race([lost, delay(5_000)])
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 0 })
    await dying.close()
  })

  test('[K11.2] a call whose record cannot be written is answered 503 and costs nothing', async () => {
    const user = await customer('paid')
    const real = fixture.db.atomic.bind(fixture.db)
    const broken = vi.spyOn(fixture.db, 'atomic').mockImplementation(async (tenant, statements, options) => {
      if (statements.some(({ text }) => text.startsWith('insert into ledger.action')))
        throw Object.assign(new Error('no'), { code: '22000' })
      return real(tenant, statements, options)
    })
    const outcome = await work(user)
    expect(outcome.refusal?.status).toBe(503)
    broken.mockRestore()
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 0 })
  })
})
