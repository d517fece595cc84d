import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { EVERY_TENANT } from '../../../foundation/db/index.ts'
import type { CallEnding } from '../charge-calls.ts'
import type { CallPrice, CallToPrice } from '../index.ts'
import { DEFAULT_PLANS, PlanFile } from '../plans/default-plans.ts'
import type { Plan } from '../plans/types.ts'
import { openBillingFixture, type Person } from '../test-fixture.ts'
import { booking, PLATFORM_ACCOUNT, userAccount } from './book.ts'
import { expireHolds, putHold, releasing } from './holds.ts'

const fixture = await openBillingFixture()
const { db, clock, rows, someone, billing } = fixture
afterAll(() => fixture.close())
const free = PlanFile.parse(DEFAULT_PLANS)[0]
const plan = { planId: 'free', cap: 500, includedTokens: free?.included_tokens ?? 0 } as Plan
const wallets = { db, clock, book: { plan: () => undefined, freePlan: () => plan } }

const callOf = (user: Person, callId: string): CallToPrice => ({
  ...user,
  callId,
  traceId: callId,
  app: { appId: 'paid', status: 'active', system: false, firstParty: false, ownerId: 'imp_u_owner' },
  functionName: 'work',
  actionType: 'write',
  isPriced: true,
  model: null,
})
const priceOf = (base: number, fee: number): CallPrice => ({
  base,
  fee,
  share: Math.floor((base * 70) / 100),
  developerId: 'imp_u_owner',
  isWaivable: false,
})

/** Half of what comes was paid for. */
const move = (user: Person, amount: number, eventId: string, reason: 'adjustment' | 'topup' = 'adjustment') =>
  db.atomic(user.tenantId, [
    booking({
      tenantId: user.tenantId,
      transactionId: `txn_${eventId}`,
      at: clock.iso(),
      lines: [
        {
          account: userAccount(user.userId),
          amount,
          paid: reason === 'topup' ? amount >> 1 : 0,
          reason,
          description: '',
          eventId,
        },
        { account: PLATFORM_ACCOUNT, amount: -amount, reason: 'adjustment', description: '', eventId: `${eventId}:p` },
      ],
    }),
  ])

/** Everything that must hold whatever happened before. */
async function checkLedger(): Promise<void> {
  const unbalanced = await rows(
    'select tenant_id, transaction_id from billing.entry group by 1, 2 having sum(amount) <> 0',
  )
  expect(unbalanced).toEqual([])
  const wrong = await rows(`
    select w.user_id, w.balance, w.held, w.plan_credits from billing.wallet w where w.held < 0 or w.held > w.balance or w.balance < 0
      or w.plan_credits < 0 or w.plan_credits > w.balance or w.paid_credits < 0 or w.paid_credits > w.balance
      or w.balance <> (select coalesce(sum(e.amount), 0) from billing.entry e where e.tenant_id = w.tenant_id and e.account = 'user:' || w.user_id)
      or w.held <> (select coalesce(sum(h.amount), 0) from billing.hold h where h.tenant_id = w.tenant_id and h.user_id = w.user_id and h.status = 'held')`)
  expect(wrong).toEqual([])
  // Nobody can be paid more than the developer's part of what people paid for and have spent (K10.31).
  const [paid] = await rows<{ earned: number; spent: number }>(`select
    (select coalesce(sum(paid), 0)::bigint from billing.entry where account = 'developer:imp_u_owner') as earned,
    (select coalesce(sum(paid), 0)::bigint from billing.entry where account like 'user:%')
      - (select coalesce(sum(paid_credits), 0)::bigint from billing.wallet) as spent`)
  expect((paid?.earned ?? 0) * 100).toBeLessThanOrEqual((paid?.spent ?? 0) * 70)
}

const amount = fc.integer({ min: 1, max: 400 })
const who = fc.nat({ max: 1 })
type Operation =
  | { kind: 'move'; who: number; amount: number; up: boolean; isBought: boolean }
  | { kind: 'reserve'; who: number; base: number; fee: number; end: CallEnding | 'give_up' | 'crash'; twice: boolean }
  | { kind: 'expire' }
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), who, amount, up: fc.boolean(), isBought: fc.boolean() }),
  fc.record({
    kind: fc.constant('reserve' as const),
    who,
    base: fc.nat({ max: 300 }),
    fee: amount,
    end: fc.constantFrom('succeeded', 'failed', 'not_done', 'give_up', 'crash'),
    twice: fc.boolean(),
  }),
  fc.constant({ kind: 'expire' as const }),
)

let events = 0
const nextId = () => `e${++events}`

async function perform(people: readonly Person[], step: Operation): Promise<void> {
  if (step.kind === 'expire') {
    clock.advance(16 * 60_000)
    await expireHolds(db, clock.iso())
    return
  }
  const user = people[step.who] as Person
  if (step.kind === 'move') {
    const reason = step.up && step.isBought ? 'topup' : 'adjustment'
    const moved = move(user, step.up ? step.amount : -step.amount, nextId(), reason)
    await moved.catch((error: { constraint?: string }) => expect(error.constraint).toMatch(/^wallet_/))
    return
  }
  const call = callOf(user, nextId())
  const price = priceOf(step.base, step.fee)
  const reserve = () => billing.reserve(call, price)
  const [reservation] = await Promise.all(step.twice ? [reserve(), reserve()] : [reserve()])
  if (!reservation || step.end === 'crash') return
  if (step.end === 'give_up') return billing.giveUp(reservation)
  const settle = () => db.atomic(EVERY_TENANT, billing.settling(reservation, step.end as CallEnding))
  await Promise.all(step.twice ? [settle(), settle()] : [settle()])
}

describe('the wallet', () => {
  test('[K10.11] any interleaving of operations, ten at a time, keeps every transaction balanced and nobody below zero', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(operation, { minLength: 1, maxLength: 10 }), { maxLength: 8 }),
        async (rounds) => {
          const people = [someone(), someone('other')]
          for (const user of people) await billing.balance(user.tenantId, user.userId)
          for (const together of rounds) await Promise.all(together.map((step) => perform(people, step)))
          await checkLedger()
          // Nothing is lost in a hold whose node died.
          clock.advance(16 * 60_000)
          await expireHolds(db, clock.iso())
          expect(await rows(`select * from billing.hold where status = 'held'`)).toEqual([])
          await checkLedger()
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)

  test('[K10.10] one after the other, the wallet is what a simple model says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 15 }), async (steps) => {
        const user = someone()
        let balance = (await billing.balance(user.tenantId, user.userId)).balance
        let held = 0
        let developer = await earned()
        for (const step of steps) {
          if (step.kind === 'expire') held = 0
          else if (step.kind === 'move') {
            const after = balance + (step.up ? step.amount : -step.amount)
            if (after >= held) balance = after
          } else if (step.base + step.fee <= balance - held) {
            if (step.end === 'crash') held += step.base + step.fee
            if (step.end === 'succeeded') {
              balance -= step.base + step.fee
              developer += Math.floor((step.base * 70) / 100)
            }
            if (step.end === 'failed') balance -= step.fee
          }
          await perform([user, user], step)
          expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({
            balance,
            held,
            available: balance - held,
          })
          expect(await earned()).toBe(developer)
        }
      }),
      { numRuns: 15 },
    )
  }, 120_000)

  const earned = async () => {
    const [row] = await rows<{ sum: number }>(
      `select coalesce(sum(amount), 0)::bigint as sum from billing.entry where account = 'developer:imp_u_owner'`,
    )
    return row?.sum ?? 0
  }

  test('[lessons 27] fifty debits at once of a wallet for ten: ten come through', async () => {
    const user = someone()
    const results = await Promise.all(
      Array.from({ length: 50 }, () => billing.reserve(callOf(user, nextId()), priceOf(0, 50))),
    )
    const taken = results.filter((one) => one !== null)
    expect(taken).toHaveLength(10)
    await Promise.all(taken.map((one) => db.atomic(EVERY_TENANT, billing.settling(one, 'succeeded'))))
    expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({ balance: 0, held: 0 })
    await checkLedger()
  })

  test('the whole wallet may be held and spent: what is held is freed before it is taken', async () => {
    const user = someone()
    const reservation = await billing.reserve(callOf(user, nextId()), priceOf(500, 0))
    if (!reservation) throw new Error('nothing was reserved')
    await db.atomic(EVERY_TENANT, billing.settling(reservation, 'succeeded'))
    expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({ balance: 0, held: 0, available: 0 })
  })

  test('what the plan gave is spent before what was bought', async () => {
    const user = someone()
    await billing.balance(user.tenantId, user.userId)
    await move(user, 300, nextId())
    await move(user, -400, nextId())
    expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({ balance: 400, planCredits: 100 })
    await move(user, -200, nextId())
    expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({ balance: 200, planCredits: 0 })
  })
})

describe('holds', () => {
  const hold = (user: Person, holdId: string, value = 100) => ({
    ...user,
    holdId,
    amount: value,
    appId: null,
    traceId: null,
  })

  test('[K10.10] a node that died gives its credits back after 15 minutes; one that runs keeps them', async () => {
    const user = someone()
    const alive = await billing.reserve(callOf(user, nextId()), priceOf(100, 0))
    expect(await putHold(wallets, hold(user, nextId()))).toEqual({ available: 300 })
    clock.advance(14 * 60_000)
    await fixture.run('billing.expire_holds')
    expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({ held: 200 })
    await fixture.run('billing.keep_holds')
    clock.advance(2 * 60_000)
    await fixture.run('billing.expire_holds')
    expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({ held: 100, balance: 500 })
    if (!alive) throw new Error('nothing was reserved')
    await db.atomic(EVERY_TENANT, billing.settling(alive, 'succeeded'))
    expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({ held: 0, balance: 400 })
  })

  test('a call that recovery has written off is given back at once, and charging it later has no effect', async () => {
    const user = someone()
    const reservation = await billing.reserve(callOf(user, nextId()), priceOf(100, 10))
    if (!reservation) throw new Error('nothing was reserved')
    await billing.lost([reservation.holdId])
    expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({ held: 0, balance: 500 })
    await db.atomic(EVERY_TENANT, billing.settling(reservation, 'succeeded'))
    expect(await billing.balance(user.tenantId, user.userId)).toMatchObject({ held: 0, balance: 500 })
  })

  test('a closed hold cannot be opened again', async () => {
    const user = someone()
    const id = nextId()
    await putHold(wallets, hold(user, id))
    await db.atomic(EVERY_TENANT, [releasing({ holdId: id, tenantId: user.tenantId }, clock.iso())])
    const reopen = {
      text: "update billing.hold set status = 'held', closed_at = null where hold_id = $1",
      values: [id],
    }
    await expect(db.atomic(EVERY_TENANT, [reopen])).rejects.toThrow(/released already/)
  })

  test('a wallet that nobody has looked at is opened by the first hold', async () => {
    const user = someone()
    expect(await putHold(wallets, hold(user, nextId(), 500))).toEqual({ available: 0 })
    const poor = someone()
    expect(await putHold(wallets, hold(poor, nextId(), 501))).toBeNull()
    expect(await billing.balance(poor.tenantId, poor.userId)).toMatchObject({ balance: 500, held: 0 })
  })
})
