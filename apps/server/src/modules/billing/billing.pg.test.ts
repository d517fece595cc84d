import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { booking, PLATFORM_ACCOUNT, userAccount } from './ledger/book.ts'
import { PlanFile } from './plans/default-plans.ts'
import { asAdmin, openBillingFixture } from './test-fixture.ts'

const fixture = await openBillingFixture()
const { db, clock, someone, send, rows } = fixture
afterAll(() => fixture.close())

const entriesOf = (userId: string) =>
  rows<{ account: string; amount: number }>(
    `select account, amount from billing.entry where event_id like 'grant:' || $1 || '%' order by amount`,
    [userId],
  )

describe('[GET /v1/billing/balance]', () => {
  test('[S001-067] [S001-068] [K10.1] [K10.20] answers whole credits, the unit and the time', async () => {
    const { body } = await send('GET', '/v1/billing/balance', someone())
    expect(body).toEqual({
      balance: 500,
      currency: 'token',
      updated_at: clock.iso(),
      plan: 'free',
      status: 'free',
      cap: 500,
      included_tokens: 500,
    })
  })

  test('ten first looks at once give one grant', async () => {
    const user = someone()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => fixture.billing.balance(user.tenantId, user.userId)),
    )
    expect(new Set(answers.map((answer) => answer.balance))).toEqual(new Set([500]))
    expect(await entriesOf(user.userId)).toEqual([
      { account: 'platform', amount: -500 },
      { account: `user:${user.userId}`, amount: 500 },
    ])
  })

  test('a later look changes nothing', async () => {
    const user = someone()
    const first = await send('GET', '/v1/billing/balance', user)
    clock.advance(60_000)
    expect((await send('GET', '/v1/billing/balance', user)).body).toEqual(first.body)
    expect(await entriesOf(user.userId)).toHaveLength(2)
  })

  test('an operator without free credits gives none, and books none', async () => {
    const plansFile = path.join(mkdtempSync(path.join(tmpdir(), 'imperal-plans-')), 'plans.json')
    writeFileSync(plansFile, JSON.stringify([{ id: 'free', name: 'Free', price_cents: 0, included_tokens: 0 }]))
    const poor = await openBillingFixture({ plansFile })
    const user = someone()
    expect(await poor.billing.balance(user.tenantId, user.userId)).toMatchObject({ balance: 0, cap: 0 })
    expect(await poor.rows('select * from billing.entry')).toEqual([])
    await poor.close()
  })
})

describe('[K3.4] scopes through the features of a plan', () => {
  const plan = { name: 'Any', price_cents: 0, included_tokens: 0 }
  const withPlans = (plans: object[]) => {
    const plansFile = path.join(mkdtempSync(path.join(tmpdir(), 'imperal-plans-')), 'plans.json')
    writeFileSync(plansFile, JSON.stringify(plans))
    return openBillingFixture({ plansFile })
  }

  test('are those of the plan that somebody has now, and each change is told', async () => {
    const shop = await withPlans([
      { ...plan, id: 'free', features: { voice: true, coding: false } },
      { ...plan, id: 'team', features: { coding: true, 'reports:read': true }, limits: { actions: 9_000 } },
    ])
    const told: (string | null)[] = []
    const silence = shop.billing.onPlanChange((userId) => told.push(userId))
    // A subscription begins by saying that something may have been missed.
    await expect.poll(() => told.splice(0).length).toBeGreaterThan(0)
    const user = shop.someone()
    const mine = async () => [...(await shop.billing.planGrants(user)).scopes].sort()
    expect(await mine()).toEqual(['features:voice'])
    const give = (plan_ref: string) =>
      shop.send('PUT', '/v1/internal/billing/user-plan', asAdmin, { user_id: user.userId, plan_ref })
    expect((await give('team')).status).toBe(200)
    expect(await mine()).toEqual(['features:coding', 'reports:read'])
    expect((await shop.billing.planGrants(user)).actions).toBe(9_000)
    await expect.poll(() => told).toEqual([user.userId])
    const feature = { plan_id: 'team', feature: 'coding', enabled: false }
    expect((await shop.send('PUT', '/v1/internal/billing/plan-feature', asAdmin, feature)).status).toBe(200)
    expect(await mine()).toEqual(['reports:read'])
    await expect.poll(() => told).toEqual([user.userId, null])
    await shop.rows(`update billing.subscription set status = 'expired'`)
    expect(await mine()).toEqual(['features:voice'])
    await give('free')
    await expect.poll(() => told).toEqual([user.userId, null, user.userId, user.userId])
    expect(await mine()).toEqual(['features:voice'])
    silence()
    await shop.close()
  })

  test.each(['*', 'admin', 'admin:apps', 'users:manage', 'extensions:*', 'Reports:read'])(
    'no plan sells administration or everything: %s',
    (feature) => {
      const plans = [{ ...plan, id: 'free', features: { [feature]: true } }]
      expect(() => PlanFile.parse(plans)).toThrow(/not administrative/)
    },
  )
})

describe('[GET /v1/billing/wallet] and [GET /v1/billing/wallet/history]', () => {
  test('the wallet shows what is held, the history every movement with the newest first', async () => {
    const user = someone()
    await send('GET', '/v1/billing/balance', user)
    for (const [index, amount] of [7, -3].entries()) {
      const line = { reason: 'adjustment', description: `step ${index}` } as const
      const lines = [
        { ...line, account: userAccount(user.userId), amount, eventId: `${user.userId}:${index}` },
        { ...line, account: PLATFORM_ACCOUNT, amount: -amount, eventId: `${user.userId}:${index}:platform` },
      ]
      await db.atomic(user.tenantId, [
        booking({ tenantId: user.tenantId, transactionId: `txn_${user.userId}_${index}`, at: clock.iso(), lines }),
      ])
    }
    const { body: wallet } = await send('GET', '/v1/billing/wallet', user)
    expect(wallet).toMatchObject({ balance: 504, held: 0, available: 504, currency: 'token', plan: 'free' })
    // A debit takes the credits of the plan first.
    expect(wallet).toMatchObject({ included_tokens: 500, included_left: 497 })
    const { body } = await send('GET', '/v1/billing/wallet/history', user)
    expect(body.map((entry: { amount: number; reason: string }) => [entry.amount, entry.reason])).toEqual([
      [-3, 'adjustment'],
      [7, 'adjustment'],
      [500, 'plan_credit'],
    ])
    expect(body[0]).toEqual({
      id: expect.any(Number),
      transaction_id: `txn_${user.userId}_1`,
      amount: -3,
      reason: 'adjustment',
      app_id: null,
      description: 'step 1',
      created_at: clock.iso(),
      balance_after: 504,
      trace_id: null,
    })
    expect(body.map((entry: { balance_after: number }) => entry.balance_after)).toEqual([504, 507, 500])
    const second = await send('GET', '/v1/billing/wallet/history?limit=1&offset=1', user)
    expect(second.body).toMatchObject([{ amount: 7, balance_after: 507 }])
    // [api 1.11] a bare array says how many there are, and where the next page is.
    expect(second.headers).toMatchObject({
      'x-total-count': '3',
      link: '</v1/billing/wallet/history?limit=1&offset=2>; rel="next"',
    })
    const last = await send('GET', '/v1/billing/wallet/history?limit=1&offset=2', user)
    expect([last.headers['x-total-count'], last.headers.link]).toEqual(['3', undefined])
    const plans = await send('GET', '/v1/billing/plans', user)
    expect(plans.headers['x-total-count']).toBe(String(plans.body.length))
    expect((await send('GET', '/v1/billing/wallet/history?limit=201', user)).status).toBe(422)
    expect((await send('GET', '/v1/billing/wallet/history', someone())).body).toEqual([])
  })
})

describe('what the database itself holds', () => {
  const entry = (amount: number, event: string, account = 'a') => ({
    text: `insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at)
           values (gen_random_uuid()::text, 'default', 'txn_1', $3, $1, 'bonus', '', $2, now())`,
    values: [amount, event, account],
  })

  test('[K10.11] entries that do not add up to zero are refused at commit; an event is booked once', async () => {
    await expect(db.atomic('default', [entry(5, 'e1')])).rejects.toThrow(/do not add up to zero/)
    await db.atomic('default', [entry(5, 'e1'), entry(-5, 'e1:platform')])
    await expect(db.atomic('default', [entry(5, 'e1'), entry(-5, 'e2')])).rejects.toThrow(/duplicate key/)
  })

  test('entries cannot be changed, and figures of a wallet cannot be written past its entries', async () => {
    const user = someone()
    await send('GET', '/v1/billing/balance', user)
    const refused = [
      'update billing.entry set amount = 1',
      'delete from billing.entry',
      'update billing.wallet set balance = 1000000',
      'update billing.wallet set held = 0',
      `insert into billing.wallet (tenant_id, user_id, balance, created_at, updated_at)
       values ('default', 'imp_u_thief', 1000000, now(), now())`,
      'delete from billing.wallet',
      'update billing.hold set amount = 1',
      'delete from billing.hold',
    ]
    for (const text of refused) await expect(db.pool.query(text), text).rejects.toThrow(/permission denied/)
  })

  test('an entry below the balance, one of a wallet that is not there, and more held than there is are refused', async () => {
    const user = someone()
    await send('GET', '/v1/billing/balance', user)
    const mine = userAccount(user.userId)
    await expect(db.atomic('default', [entry(-501, 'o1', mine), entry(501, 'o2')])).rejects.toThrow(/wallet_/)
    await expect(db.atomic('default', [entry(-1, 'o3', 'user:nobody'), entry(1, 'o4')])).rejects.toThrow(/no wallet/)
    const hold = {
      text: `insert into billing.hold (hold_id, tenant_id, user_id, amount, created_at, expires_at)
             values ('h', 'default', $1, 501, now(), now())`,
      values: [user.userId],
    }
    await expect(db.atomic('default', [hold])).rejects.toThrow(/wallet_available/)
  })

  test('nobody is paid out what was not earned, in whatever tenant it was earned', async () => {
    const earn = (tenant: string, amount: number, event: string, paid = Math.max(0, amount)) => ({
      text: `insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at, paid)
             values (gen_random_uuid()::text, $3, $2, 'developer:imp_u_dev', $1, 'commission', '', $2, now(), $4),
                    (gen_random_uuid()::text, $3, $2, 'b', -$1::bigint, 'commission', '', $2 || ':b', now(), 0)`,
      values: [amount, event, tenant, paid],
    })
    // Of this nobody paid anything, so it adds nothing.
    await db.atomic('imp_t_one', [earn('imp_t_one', 500, 'd0', 0)])
    await expect(db.atomic('imp_t_one', [earn('imp_t_one', 30, 'd9', 31)])).rejects.toThrow(/entry_paid/)
    await db.atomic('imp_t_one', [earn('imp_t_one', 30, 'd1')])
    await db.atomic('imp_t_two', [earn('imp_t_two', 30, 'd2')])
    await expect(db.atomic('default', [earn('default', -61, 'd3')])).rejects.toThrow(/below zero/)
    const races = await Promise.allSettled([1, 2].map((n) => db.atomic('default', [earn('default', -40, `d4${n}`)])))
    expect(races.filter((race) => race.status === 'fulfilled')).toHaveLength(1)
  })

  test('[api 7.2] a query without any condition shows neither wallets, entries nor holds of another tenant', async () => {
    await send('GET', '/v1/billing/balance', someone())
    await db.tenant('imp_t_other', async (tx) => {
      expect(await tx.selectFrom('billing.wallet').selectAll().execute()).toEqual([])
      expect(await tx.selectFrom('billing.entry').selectAll().execute()).toEqual([])
      expect(await tx.selectFrom('billing.hold').selectAll().execute()).toEqual([])
    })
  })

  test('the migrations can be taken back and run again', async () => {
    const { ownerConnection } = await createTestDatabase()
    const owner = new pg.Client(ownerConnection)
    await owner.connect()
    const file = (name: string) => readFileSync(path.join(import.meta.dirname, 'migrations', name), 'utf8')
    const last = '0008-paid-credits'
    const names = readdirSync(path.join(import.meta.dirname, 'migrations'))
      .filter((name) => !name.endsWith('.down.sql'))
      .map((name) => name.replace(/\.sql$/, ''))
      .sort()
    for (const name of names.toReversed()) await owner.query(file(`${name}.down.sql`))
    expect((await owner.query("select 1 from pg_namespace where nspname = 'billing'")).rows).toEqual([])
    for (const name of names) await owner.query(file(`${name}.sql`))

    // What was there before credits were told apart: what is left of bought ones is what was given last.
    for (const name of names.filter((one) => one >= last).toReversed()) await owner.query(file(`${name}.down.sql`))
    await owner.query("select set_config('imperal.tenant', '*', false)")
    const entry =
      'insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at)'
    await owner.query(`insert into billing.wallet (tenant_id, user_id, created_at, updated_at)
      values ('one', 'buyer', now(), now()), ('one', 'guest', now(), now())`)
    await owner.query(`${entry} values ('1', 'one', 't', 'user:buyer', 900, 'topup', '', '1', now()), ('2', 'one', 't', 'user:guest', 500, 'bonus', '', '2', now()),
      ('3', 'one', 't', 'developer:dev', 70, 'commission', '', '3', now()), ('4', 'one', 't', 'platform', -1470, 'commission', '', '4', now())`)
    await owner.query(`insert into billing.payment (payment_id, tenant_id, user_id, provider, type, amount_cents, tokens, status, refunded_cents, created_at)
      values ('p', 'one', 'buyer', 'manual', 'topup', 100, 1000, 'completed', 20, now())`)
    await owner.query("select set_config('imperal.tenant', '', false)")
    await owner.query(file(`${last}.sql`))
    await owner.query("select set_config('imperal.tenant', '*', false)")
    const { rows: wallets } = await owner.query('select user_id, paid_credits::int from billing.wallet order by 1')
    expect(wallets).toEqual([
      { user_id: 'buyer', paid_credits: 800 },
      { user_id: 'guest', paid_credits: 0 },
    ])
    const { rows: earned } = await owner.query("select paid::int from billing.entry where account = 'developer:dev'")
    expect(earned).toEqual([{ paid: 70 }])
    await owner.end()
  })
})
