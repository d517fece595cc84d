import type { DeployIssue, JsonObject } from '@imperal/contract'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  mountForTest,
  openTestNode,
  principalOf,
  publishApp,
  type TestNode,
  testIcon,
  testManifest,
  userOf,
} from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { EVERY_TENANT } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { type Mail, openPost } from '../../foundation/mail/index.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { openAudit } from '../audit/index.ts'
import { type Identity, openIdentity } from '../identity/index.ts'
import { type AdministratorNotice, type Developer, openDeveloper } from './index.ts'
import { openTestBilling, testJobs } from './test-billing.ts'
import { TIERS } from './tiers.ts'

const database = await createTestDatabase()
const { jobs } = testJobs()
let node: TestNode
let identity: Identity
let billing: Awaited<ReturnType<typeof openTestBilling>>
/** Mails about reviews. */
const posted: Mail[] = []
const noticed: AdministratorNotice[] = []
let developer: Developer
let app: FastifyInstance

const ada = userOf('default', 'ada')
const buyers = ['bob', 'cleo'].map((name) => userOf('default', name))
const asAda = principalOf(ada, { isDeveloper: true })
const root = principalOf(userOf('default', 'root'), { role: 'admin' })
let caller: Principal | null = null
/** What the publish gate finds in the next upload. */
let findings: DeployIssue[] = []

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
    ...{
      db,
      log,
      clock,
      audit,
      outbox,
      identity,
      registry,
      billing,
      jobs,
      appLimitFactor: 1000,
      post: { post: (mail) => void posted.push(mail) },
      tellAdministrators: async (notice) => void noticed.push(notice),
      publicUrl: 'http://x',
      packagesFolder: '/',
    },
    analyse: async () => ({
      total_actions: 0,
      unique_users: 0,
      success_rate: 0,
      avg_duration_ms: 0,
      by_day: [],
      by_tool: [],
    }),
    hosts: {
      // The code of a test is its own manifest, or the way in which it fails.
      async describe({ bundle }) {
        if (bundle.startsWith('throw ')) throw new Error(bundle.slice(6))
        return JSON.parse(bundle) as JsonObject
      },
      drain: () => {},
    },
    validate: async () => findings,
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
        if (next !== null && (step === 'approve' || step === 'reject'))
          expect(posted.at(-1)).toMatchObject({
            kind: step === 'approve' ? 'app_approved' : 'app_rejected',
            to: 'imp_u_default_ada@example.com',
            text: expect.stringContaining(step === 'approve' ? 'approved' : 'No.'),
          })
        model = next ?? model
        expect((await node.registry.app(appId))?.status ?? 'deleted').toBe(model.state)
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)

let selling: Promise<void> | undefined
/** Ada's app, whose function costs what it costs. */
function sellThings(): Promise<void> {
  const begin = async () => {
    await publishApp(node, 'mine', { owner: ada })
    const terms = { ownerId: ada.userId, model: 'per_action' as const, freeTools: [], monthlyPrice: 0, split: 85 }
    await node.db.everyTenant((tx) => billing.agreeTerms(tx, 'mine', { ...terms, toolPrices: { list_things: 12_345 } }))
    await billing.refreshPrices()
  }
  selling ??= begin()
  return selling
}

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
  const [result] = await node.db.atomic(EVERY_TENANT, [{ text, values: [] }])
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
  if (kind === 'grant') return billing.buy(user, 50_000)
  const sale = { price: TIERS.indie.price, description: kind, eventId: `walk-${++serial}` }
  return refusable(node.db.everyTenant((tx) => billing.sell(tx, user, sale)))
}

test('[K10.11] [K10.31] [api 5.9] any interleaving of what moves money keeps the ledger balanced and every account above zero', async () => {
  await sellThings()
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
      const { pendingPayout, paidOut, total, ofGiven, payable } = await billing.earnings(ada.userId)
      expect(pendingPayout).toBe(open.reduce((sum, payout) => sum + payout.amount_tokens, 0))
      expect(open.filter(({ status }) => status === 'pending').length).toBeLessThanOrEqual(1)
      expect(total).toBe(payable + pendingPayout + paidOut + ofGiven)
    }),
    { numRuns: 25 },
  )
}, 120_000)

type PayoutStep = 'approve' | 'reject' | 'paid' | 'ask again'
const PAYOUT: Readonly<Record<string, Partial<Record<PayoutStep, string>>>> = {
  pending: { approve: 'approved', reject: 'rejected' },
  approved: { paid: 'paid' },
  rejected: {},
  paid: {},
}

test('[K10.31] [api 5.7] any walk of a payout is one of the table, and its credits are where the table says', async () => {
  await sellThings()
  const steps = fc.array(fc.constantFrom<PayoutStep>('approve', 'reject', 'paid', 'ask again'), { maxLength: 6 })
  const request = () => send('POST', '/v1/developer/payouts/request', asAda, { amount_tokens: 10_000 })
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      // What an earlier walk left waiting is turned down.
      for (const { id, status } of await billing.payoutsOf(ada.userId))
        if (status === 'pending') await send('POST', `/v1/admin/payouts/${id}/reject`, root, {})
      for (const kind of ['grant', 'call', 'call'] as const) await act(kind, 0)
      const before = await billing.earnings(ada.userId)
      const asked = await request()
      expect([asked.status, asked.body.status, asked.body.amount_usd]).toEqual([200, 'pending', '10.000'])
      let state = 'pending'
      for (const step of list) {
        if (step === 'ask again') {
          // One waits at a time; with none waiting the next one is asked for and turned down.
          const again = await request()
          expect([state, again.status]).toEqual([state, state === 'pending' ? 409 : 200])
          if (again.status === 200) await send('POST', `/v1/admin/payouts/${again.body.id}/reject`, root, {})
          continue
        }
        const next = PAYOUT[state]?.[step]
        const { status } = await send('POST', `/v1/admin/payouts/${asked.body.id}/${step}`, root, {})
        expect([state, step, status]).toEqual([state, step, next === undefined ? 409 : 200])
        state = next ?? state
      }
      expect((await billing.payoutsOf(ada.userId)).find(({ id }) => id === asked.body.id)?.status).toBe(state)
      const after = await billing.earnings(ada.userId)
      const isOut = state === 'pending' || state === 'approved'
      expect([after.pendingPayout - before.pendingPayout, after.paidOut - before.paidOut]).toEqual([
        isOut ? 10_000 : 0,
        state === 'paid' ? 10_000 : 0,
      ])
      expect(before.payable - after.payable).toBe(state === 'rejected' ? 0 : 10_000)
    }),
    { numRuns: 25 },
  )
}, 120_000)

type Deploy = 'good' | 'refused' | 'throws' | 'same again' | 'roll back'

async function deploy(appId: string, parts: { version: string; bundle?: string; note: string }) {
  const manifest = JSON.stringify(testManifest(appId, { version: parts.version, description: parts.note }))
  const data = new FormData()
  data.set('version', parts.version)
  data.set('changelog', parts.note)
  data.set('manifest', new Blob([manifest]), 'imperal.json')
  data.set('bundle', new Blob([parts.bundle ?? manifest]), 'bundle.js')
  data.set('source_map', new Blob(['{"version":3}']), 'bundle.js.map')
  data.set('icon', new Blob([testIcon]), 'icon.svg')
  const request = new Request('http://x', { method: 'POST', body: data })
  caller = asAda
  const answer = await app.inject({
    method: 'POST',
    url: `/v1/developer/apps/${appId}/deploys`,
    payload: Buffer.from(await request.arrayBuffer()),
    headers: { 'content-type': request.headers.get('content-type') ?? '' },
  })
  return { status: answer.statusCode, body: answer.json() }
}

test('[api 5.5] any walk of deploys: what fails never changes what is live, and every deploy says how it ended', async () => {
  const kinds = fc.constantFrom<Deploy>('good', 'refused', 'throws', 'same again', 'roll back')
  let walks = 0
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { minLength: 1, maxLength: 7 }), async (list) => {
      const appId = `deployed-${++walks}`
      await send('POST', '/v1/developer/apps', asAda, { app_id: appId, name: 'Deployed' })
      const live: { version: string; note: string }[] = []
      let current: string | null = null
      const ends: string[] = []
      for (const [index, kind] of list.entries()) {
        const version = `1.0.${index}`
        const note = `The walk number ${walks}, at its step number ${index}, as every step.`
        const place = { rule: 'V1', level: 'ERROR' as const, message: 'No.', fix: '', file: 'imperal.json', line: 0 }
        findings = kind === 'refused' ? [place] : []
        const last = live.at(-1)
        const first = live[0]
        if (kind === 'roll back' && first !== undefined) {
          const back = await send('POST', `/v1/developer/apps/${appId}/deploys`, asAda, {
            ...{ version: first.version, changelog: 'Back.' },
          })
          expect([kind, back.status, back.body.status]).toEqual([kind, 201, 'pending'])
          await vi.waitFor(async () => {
            const { body } = await send('GET', `/v1/developer/apps/${appId}/deploys?limit=1`, asAda)
            expect((body as { status: string }[])[0]?.status).toBe('live')
          })
          current = first.version
        } else if (kind === 'same again' && last !== undefined && current === last.version) {
          const same = await deploy(appId, last)
          expect([kind, same.status, same.body.status]).toEqual([kind, 201, 'live'])
        } else {
          const isGood = kind !== 'refused' && kind !== 'throws'
          const made = await deploy(appId, { version, note, ...(kind === 'throws' ? { bundle: 'throw it' } : {}) })
          expect([kind, made.status, made.body.status]).toEqual([kind, 201, isGood ? 'live' : 'failed'])
          expect([kind, made.body.error_message === null]).toEqual([kind, isGood])
          ends.push(made.body.status)
          if (isGood) {
            live.push({ version, note })
            current = version
          }
        }
        expect([list, index, (await node.registry.liveVersion(appId))?.version ?? null]).toEqual([list, index, current])
      }
      const { body } = await send('GET', `/v1/developer/apps/${appId}/deploys?limit=100`, asAda)
      const rows = body as { status: string; finished_at: string | null; error_message: string | null }[]
      expect(rows.filter(({ status }) => status === 'failed')).toHaveLength(
        ends.filter((end) => end === 'failed').length,
      )
      expect(rows.every(({ finished_at }) => finished_at !== null)).toBe(true)
      expect(rows.every(({ status, error_message }) => (status === 'failed') === (error_message !== null))).toBe(true)
    }),
    { numRuns: 20 },
  )
}, 120_000)
