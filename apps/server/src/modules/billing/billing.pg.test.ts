import { billing as routes } from '@imperal/contract'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase } from '../../foundation/db/index.ts'
import type { MountedRoute, RouteRequest } from '../../foundation/http/index.ts'
import { openBilling } from './index.ts'

const database = await createTestDatabase()
const db = openDatabase(database.connection)
const clock = manualClock()
const billing = openBilling({ db, clock })
afterAll(() => db.close())

let users = 0
const someone = () => ({ tenantId: 'default', userId: `imp_u_user${++users}` })
const entriesOf = (userId: string) =>
  db.everyTenant((tx) =>
    tx
      .selectFrom('billing.entry')
      .selectAll()
      .where('event_id', 'like', `grant:${userId}%`)
      .orderBy('amount')
      .execute(),
  )
const ask = async (user: { tenantId: string; userId: string }) => {
  const [mounted] = billing.routes as [MountedRoute]
  return routes.balance.response.parse(await mounted.handle({ user } as unknown as RouteRequest<unknown>))
}

describe('GET /v1/billing/balance', () => {
  test('[S001-067] [S001-068] answers whole credits, the unit and the time', async () => {
    const user = someone()
    expect(await ask(user)).toEqual({
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
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(user)))
    expect(new Set(answers.map((answer) => answer.balance))).toEqual(new Set([500]))
    expect((await entriesOf(user.userId)).map((entry) => [entry.account, entry.amount])).toEqual([
      ['platform', -500],
      [`user:${user.userId}`, 500],
    ])
  })

  test('a later look changes nothing', async () => {
    const user = someone()
    const first = await ask(user)
    clock.advance(60_000)
    expect(await ask(user)).toEqual(first)
    expect(await entriesOf(user.userId)).toHaveLength(2)
  })

  test('an operator without free credits gives none, and books none', async () => {
    const user = someone()
    const empty = openBilling({ db, clock, plan: { name: 'free', credits: 0 } })
    expect(await empty.balance(user.tenantId, user.userId)).toMatchObject({ balance: 0, cap: 0 })
    expect(await entriesOf(user.userId)).toEqual([])
  })
})

describe('the ledger', () => {
  const entry = (amount: number, event: string) => ({
    text: `insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at)
           values (gen_random_uuid()::text, 'default', 'txn_1', 'a', $1, 'bonus', '', $2, now())`,
    values: [amount, event],
  })

  test('[K10.11] entries that do not add up to zero are refused at commit', async () => {
    await expect(db.atomic('default', [entry(5, 'e1')])).rejects.toThrow(/do not add up to zero/)
    await db.atomic('default', [entry(5, 'e1'), entry(-5, 'e1:platform')])
    await expect(db.atomic('default', [entry(5, 'e1'), entry(-5, 'e2')])).rejects.toThrow(/duplicate key/)
  })

  test('entries cannot be changed, and a balance cannot go below zero', async () => {
    const user = someone()
    await ask(user)
    await expect(db.pool.query('update billing.entry set amount = 1')).rejects.toThrow(/permission denied/)
    const spend = {
      text: 'update billing.wallet set balance = balance - 501 where user_id = $1',
      values: [user.userId],
    }
    await expect(db.atomic('default', [spend])).rejects.toThrow(/check constraint/)
  })

  test('[api 7.2] a query without any condition shows neither wallets nor entries of another tenant', async () => {
    await ask(someone())
    await db.tenant('imp_t_other', async (tx) => {
      expect(await tx.selectFrom('billing.wallet').selectAll().execute()).toEqual([])
      expect(await tx.selectFrom('billing.entry').selectAll().execute()).toEqual([])
    })
  })
})
