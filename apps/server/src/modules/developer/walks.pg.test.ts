import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  mountForTest,
  openTestNode,
  principalOf,
  publishApp,
  type TestNode,
  userOf,
} from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { openPost } from '../../foundation/mail/index.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import { type Identity, openIdentity } from '../identity/index.ts'
import { type Developer, openDeveloper } from './index.ts'
import { openTestBilling, testJobs } from './test-billing.ts'
import { TIERS } from './tiers.ts'

const database = await createTestDatabase()
const { jobs } = testJobs()
let node: TestNode
let identity: Identity
let billing: Awaited<ReturnType<typeof openTestBilling>>
let developer: Developer
let app: FastifyInstance

const ada = userOf('default', 'ada')
const buyers = ['bob', 'cleo'].map((name) => userOf('default', name))
const asAda = principalOf(ada, { isDeveloper: true })
const root = principalOf(userOf('default', 'root'), { role: 'admin' })
let caller: Principal | null = null

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
    for (const { tenantId, userId } of [ada, ...buyers]) {
      const since = { created_at: new Date(clock.now()), updated_at: new Date(clock.now()) }
      const who = { tenant_id: tenantId, user_id: userId, email: `${userId.toLowerCase()}@example.com`, ...since }
      await tx
        .insertInto('identity.account')
        .values({ ...who, status: 'active' })
        .execute()
    }
  })
  billing = await openTestBilling(node, jobs)
  developer = openDeveloper({
    ...{ db, log, clock, audit, outbox, identity, registry, billing, jobs, appLimitFactor: 1000, packagesFolder: '/' },
    analyse: async () => ({
      total_actions: 0,
      unique_users: 0,
      success_rate: 0,
      avg_duration_ms: 0,
      by_day: [],
      by_tool: [],
    }),
    hosts: { describe: async () => ({}), drain: () => {} },
    validate: async () => [],
  })
  app = await mountForTest(developer.routes, () => caller)
  await send('POST', '/v1/developer/register', principalOf(ada), {})
  await send('POST', '/v1/admin/developer/tier', root, { user_id: ada.userId, tier: 'indie' })
})
afterAll(async () => {
  await app.close()
  await developer.close()
  await billing.close()
  await identity.close()
  await node.close()
})

async function send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, as: Principal, body?: object) {
  caller = as
  const answer = await app.inject({ method, url, ...(body === undefined ? {} : { payload: body }) })
  return { status: answer.statusCode, body: answer.json() }
}

/** What api.md 5.3 says of an app: its state, who suspended it, and whether its content was approved once. */
interface Model {
  readonly state: 'draft' | 'pending_review' | 'active' | 'rejected' | 'suspended' | 'deleted'
  readonly by: 'developer' | 'admin' | null
  readonly approved: boolean
}
type Step = 'submit' | 'approve' | 'reject' | 'suspend' | 'admin active' | 'admin suspended' | 'admin draft' | 'delete'
const STEPS: readonly Step[] = [
  'submit',
  'approve',
  'reject',
  'suspend',
  'admin active',
  'admin suspended',
  'admin draft',
  'delete',
]

/** The table, a row each: what the step makes of a state; null: refused with 409. */
function follow({ state, by, approved }: Model, step: Step): Model | null {
  const open = state === 'draft' || state === 'rejected' || state === 'suspended'
  switch (step) {
    case 'submit':
      if (!open || by === 'admin') return null
      return { state: state === 'suspended' && approved ? 'active' : 'pending_review', by: null, approved }
    case 'approve':
      return state === 'pending_review' ? { state: 'active', by, approved: true } : null
    case 'reject':
      return state === 'pending_review' ? { state: 'rejected', by, approved } : null
    case 'suspend':
      return state === 'active' ? { state: 'suspended', by: 'developer', approved } : null
    case 'admin active':
      return state === 'active' ? null : { state: 'active', by: null, approved: true }
    case 'admin suspended':
      return state === 'suspended' ? null : { state: 'suspended', by: 'admin', approved }
    case 'admin draft':
      return state === 'draft' ? null : { state: 'draft', by: null, approved }
    case 'delete':
      return open ? { state: 'deleted', by, approved } : null
  }
}

function take(appId: string, step: Step) {
  const own = `/v1/developer/apps/${appId}`
  const admin = `/v1/admin/apps/${appId}`
  if (step === 'submit' || step === 'suspend') return send('POST', `${own}/${step}`, asAda)
  if (step === 'approve') return send('POST', `${admin}/approve`, root)
  if (step === 'reject') return send('POST', `${admin}/reject`, root, { reason: 'No.' })
  if (step === 'delete') return send('DELETE', own, asAda, { confirm_name: appId })
  return send('POST', `${admin}/status`, root, { status: step.slice('admin '.length) })
}

test('[api 5.3] any walk of an app through its states is one of the table, and what the table refuses changes nothing', async () => {
  let walks = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 12 }), async (steps) => {
      const appId = `walk-${++walks}`
      await publishApp(node, appId, { owner: ada, status: 'draft' })
      let model: Model = { state: 'draft', by: null, approved: false }
      for (const step of steps) {
        const next = model.state === 'deleted' ? null : follow(model, step)
        const { status } = await take(appId, step)
        if (model.state === 'deleted') expect([step, status]).toEqual([step, 404])
        else expect([model, step, status]).toEqual([model, step, next === null ? 409 : 200])
        model = next ?? model
        expect((await node.registry.app(appId))?.status ?? 'deleted').toBe(model.state)
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)

type Act = 'call' | 'failed call' | 'buy tier' | 'ask' | 'approve' | 'reject' | 'pay' | 'grant'
const ACTS: readonly Act[] = ['call', 'failed call', 'buy tier', 'ask', 'approve', 'reject', 'pay', 'grant']
let serial = 0

async function call(user: (typeof buyers)[number], ending: 'succeeded' | 'not_done'): Promise<void> {
  const record = await node.registry.app('mine')
  if (record === null) throw new Error('no such app')
  const asked = {
    ...{ callId: `call_${++serial}_walk`, traceId: 'trace', ...user, app: record },
    ...{ functionName: 'list_things', actionType: 'read' as const, isPriced: true, model: null },
  }
  const price = billing.price(asked)
  const reservation = price === null ? null : await billing.reserve(asked, price)
  if (reservation !== null) await node.db.atomic(user.tenantId, billing.settling(reservation, ending))
}

const rows = async <Row>(text: string): Promise<Row[]> => {
  const [result] = await node.db.atomic('*', [{ text, values: [] }])
  return (result?.rows ?? []) as Row[]
}

async function act(kind: Act, which: number): Promise<void> {
  const user = buyers[which % buyers.length] ?? ada
  const payouts = await billing.payoutsOf(ada.userId)
  const payout = payouts[which % Math.max(1, payouts.length)]
  const decided = (step: 'approve' | 'reject' | 'pay') =>
    payout === undefined ? Promise.resolve() : billing.decidePayout(payout.id, { step, actorId: 'root', note: '' })
  // What is refused is refused; the ledger afterwards is what counts.
  const refusable = (work: Promise<unknown>) =>
    work.then(
      () => {},
      (error: { code?: string }) => expect(error.code).toMatch(/^BILLING_/),
    )
  if (kind === 'call') return call(user, 'succeeded')
  if (kind === 'failed call') return call(user, 'not_done')
  if (kind === 'ask')
    return refusable(
      billing.requestPayout(ada, { amount: 10_000 + ((which * 977) % 30_000), method: 'manual', notes: '' }),
    )
  if (kind === 'approve' || kind === 'reject' || kind === 'pay') return refusable(decided(kind))
  const price = kind === 'grant' ? -50_000 : TIERS.indie.price
  const sale = { price, description: kind, eventId: `walk-${++serial}` }
  return refusable(node.db.everyTenant((tx) => billing.sell(tx, user, sale)))
}

test('[K10.11] [K10.31] [api 5.9] any interleaving of what moves money keeps the ledger balanced and every account above zero', async () => {
  await publishApp(node, 'mine', { owner: ada })
  const terms = { ownerId: ada.userId, model: 'per_action' as const, freeTools: [], monthlyPrice: 0, split: 85 }
  await node.db.everyTenant((tx) => billing.agreeTerms(tx, 'mine', { ...terms, toolPrices: { list_things: 12_345 } }))
  await billing.refreshPrices()
  const acts = fc.array(fc.tuple(fc.constantFrom(...ACTS), fc.nat(20)), { minLength: 8, maxLength: 24 })
  await fc.assert(
    fc.asyncProperty(acts, async (list) => {
      await Promise.all(list.map(([kind, which]) => act(kind, which)))
      const accounts = await rows<{ account: string; total: number }>(
        'select account, sum(amount)::bigint as total from billing.entry group by account',
      )
      expect(accounts.reduce((sum, { total }) => sum + total, 0)).toBe(0)
      const below = accounts.filter(({ account, total }) => total < 0 && /^(user|developer|payout):/.test(account))
      expect(below).toEqual([])
      // What wallets say is what their entries add up to; nothing stays held.
      const wallets = await rows<{ user_id: string; balance: number; held: number }>('select * from billing.wallet')
      for (const { user_id, balance, held } of wallets) {
        expect([user_id, balance, held]).toEqual([
          user_id,
          accounts.find(({ account }) => account === `user:${user_id}`)?.total ?? 0,
          0,
        ])
      }
      // What is asked for is what the payouts of the developer say, and at most one waits.
      const payouts = await billing.payoutsOf(ada.userId)
      const open = payouts.filter(({ status }) => status === 'pending' || status === 'approved')
      const { pendingPayout, paidOut, total, payable } = await billing.earnings(ada.userId)
      expect(pendingPayout).toBe(open.reduce((sum, payout) => sum + payout.amount_tokens, 0))
      expect(open.filter(({ status }) => status === 'pending').length).toBeLessThanOrEqual(1)
      expect(total).toBe(payable + pendingPayout + paidOut)
    }),
    { numRuns: 25 },
  )
}, 120_000)
