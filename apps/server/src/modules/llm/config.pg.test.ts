import type { LlmConfig, ModelTest, UsageReport } from '@imperal/contract'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../test/support/apps.ts'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts'
import { type ModelProvider, startModelProvider } from '../../../../../test/support/model-provider.ts'
import { manualClock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT, openDatabase } from '../../foundation/db/index.ts'
import { createLog } from '../../foundation/log.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import {
  type BudgetAlert,
  type LlmOptions,
  type LlmPurpose,
  type LlmRequest,
  type ModelSource,
  openLlm,
} from './index.ts'

let database: TestDatabase
let db: Database
let one: ModelProvider
let two: ModelProvider
let app: FastifyInstance
let llm: ReturnType<typeof open>
let alerts: BudgetAlert[] = []
let audits: unknown[] = []
let own: (ModelSource & { fallback: 'platform' | 'error' }) | null = null
const clock = manualClock(Date.now())
const ADA = { tenantId: 'default', userId: 'imp_u_ada0001' }
let caller = principalOf(ADA)

const environment = (): ModelSource => ({
  provider: 'anthropic',
  model: 'env-main',
  routingModel: 'env-routing',
  executionModel: null,
  baseUrl: one.url,
  apiKey: 'env-key',
  owner: 'installation',
})
const open = (more: Partial<LlmOptions> = {}) =>
  openLlm({
    db,
    keyring: testKeyring(),
    log: createLog({ level: 'silent' }),
    clock,
    installation: environment(),
    ownModel: async () => own,
    fetchFor: () => fetch,
    alert: async (alert) => void alerts.push(alert),
    audit: async (actor, what) => void audits.push({ ...actor, ...what }),
    rateOf: (model) => (model === 'priced' ? { inputCost: 1, outputCost: 2 } : null),
    ...more,
  })

beforeAll(async () => {
  database = await createTestDatabase()
  db = openDatabase(database.connection)
  one = await startModelProvider()
  two = await startModelProvider()
  llm = open()
  app = await mountForTest(llm.routes, () => caller)
})
beforeEach(() => {
  caller = principalOf(ADA, { role: 'admin', scopes: ['*'] })
})
afterEach(async () => {
  own = null
  alerts = []
  audits = []
  one.script(() => ({ text: 'one' }))
  two.script(() => ({ text: 'two' }))
  await db.atomic(EVERY_TENANT, [
    { text: 'delete from llm.config', values: [] },
    { text: 'delete from llm.alert', values: [] },
  ])
  clock.advance(10_000)
})
afterAll(async () => {
  await app?.close()
  await one?.close()
  await two?.close()
  await db?.close()
  await database?.drop()
})

const change = async (config: LlmConfig | Record<string, unknown>) => {
  const answer = await app.inject({ method: 'PATCH', url: '/v1/admin/llm', payload: config })
  return { status: answer.statusCode, body: answer.json(), text: answer.body }
}
const asked = (over: Partial<LlmRequest> = {}): LlmRequest => ({
  purpose: 'navigate',
  ...ADA,
  appId: null,
  messages: [{ role: 'user', content: 'hello' }],
  ...over,
})
/** Who was asked for a purpose: `provider key model`. */
async function who(purpose: LlmPurpose, appId: string | null = null, from = llm): Promise<string> {
  const before = [one.requests.length, two.requests.length]
  await from.complete(asked({ purpose, appId }))
  const request = [...one.requests.slice(before[0]), ...two.requests.slice(before[1])].at(-1)
  return `${request?.protocol} ${request?.key} ${request?.model}`
}

describe('[9.3] which model answers', () => {
  test('[K9.1] [S003-025] the first layer with what it needs: app, purpose, platform, environment', async () => {
    expect([await who('routing'), await who('navigate'), await who('action_narrator')]).toEqual([
      'anthropic env-key env-routing',
      'anthropic env-key env-main',
      'anthropic env-key env-main',
    ])
    await change({
      provider: 'openai',
      model: 'p-main',
      providers: { openai: { base_url: two.url, api_key: 'openai-key-0001' } },
      execution_model: 'p-execution',
      judge_model: 'p-judge',
      extension_overrides: { notes: { model: 'n-model' }, mail: { model: 'm-model', provider: 'anthropic' } },
    })
    expect(await who('routing')).toBe('openai openai-key-0001 p-main')
    // A purpose without a model of its own uses that of the one it belongs to.
    expect(await who('action_narrator')).toBe('openai openai-key-0001 p-execution')
    expect(await who('judge')).toBe('openai openai-key-0001 p-judge')
    expect(await who('execution', 'notes')).toBe('openai openai-key-0001 n-model')
    // A key of one provider is never sent to another one.
    expect(await who('execution', 'mail')).toBe('anthropic env-key m-model')
    await change({ providers: { openai: { api_key: null } } })
    expect(await who('routing')).toBe('anthropic env-key env-routing')
  })

  test('tiers are names for models', async () => {
    await change({ tiers: { economy: 'small', premium: 'large' }, routing_model: 'economy', navigate_model: 'premium' })
    expect([await who('routing'), await who('navigate')]).toEqual([
      'anthropic env-key small',
      'anthropic env-key large',
    ])
  })

  test('[I-ADMIN-LLM-CONFIG-IS-SOURCE-OF-TRUTH] [K9.3] a change drives every purpose, at once here and within seconds elsewhere', async () => {
    const other = open()
    expect(await who('routing', null, other)).toBe('anthropic env-key env-routing')
    await change({ routing_model: 'decided', assistant: { list_truncate_items: 7 } })
    expect(await who('routing')).toBe('anthropic env-key decided')
    clock.advance(6_000)
    expect(await who('routing', null, other)).toBe('anthropic env-key decided')
    expect((await other.assistantLimits()).list_truncate_items).toBe(7)
    expect(other.models()?.routing).toEqual({ provider: 'anthropic', model: 'decided' })
    await change({ routing_model: null, assistant: { list_truncate_items: null } })
    clock.advance(6_000)
    expect(await who('routing', null, other)).toBe('anthropic env-key env-routing')
    expect((await other.assistantLimits()).list_truncate_items).toBe(50)
  })

  test('[K9.2] a model of one’s own is asked as the platform says of the purpose', async () => {
    own = { ...environment(), apiKey: 'mine', owner: 'user', model: 'own', routingModel: null, fallback: 'error' }
    await change({ purposes: { navigate: { max_tokens: 333, temperature: 0.2 } }, navigate_model: 'not-this' })
    await llm.complete(asked())
    expect(one.requests.at(-1)).toMatchObject({
      key: 'mine',
      model: 'own',
      body: { max_tokens: 333, temperature: 0.2 },
    })
    await change({ caps: { quality_ceiling_tokens: 1024 } })
    await llm.complete(asked({ maxTokens: 30_000 }))
    expect(one.requests.at(-1)?.body.max_tokens).toBe(1024)
  })

  test('[kernel 9.4a] what a tenant says of a purpose reaches the provider, before what holds for the installation', async () => {
    await change({ purposes: { navigate: { max_tokens: 333, temperature: 0.2 } } })
    const tuned = open({
      tuningOf: async (tenantId, purpose) =>
        tenantId === 'default' && purpose === 'navigate' ? { maxTokens: 444, topP: 0.5 } : {},
    })
    await tuned.complete(asked({ purpose: 'navigate' }))
    expect(one.requests.at(-1)?.body).toMatchObject({ max_tokens: 444, top_p: 0.5 })
    await tuned.complete(asked({ purpose: 'navigate', maxTokens: 20, topP: 0.9 }))
    expect(one.requests.at(-1)?.body).toMatchObject({ max_tokens: 20, top_p: 0.9 })
    await tuned.complete(asked({ purpose: 'routing' }))
    expect(one.requests.at(-1)?.body).not.toHaveProperty('top_p')
  })

  test('[K9.6] a failure falls over once: to the fallback of the purpose, else to the platform’s', async () => {
    one.script((request) => (request.model.startsWith('bad') ? { status: 500 } : { text: 'one' }))
    await change({ routing_model: 'bad', routing_fallback_model: 'good', navigate_model: 'bad' })
    expect(await who('routing')).toBe('anthropic env-key good')
    await expect(llm.complete(asked())).rejects.toMatchObject({ code: 'LLM_FAILED' })
    await change({
      failover_enabled: true,
      failover_provider: 'google',
      failover_model: 'g',
      providers: { google: { base_url: two.url, api_key: 'google-key-0001' } },
    })
    expect(await who('navigate')).toBe('google google-key-0001 g')
    // No third one.
    two.script(() => ({ status: 503 }))
    const before = one.requests.length + two.requests.length
    await expect(llm.complete(asked())).rejects.toMatchObject({ code: 'LLM_FAILED' })
    expect(one.requests.length + two.requests.length - before).toBe(2)
  })

  test.each([400, 401, 429, 503])(
    '[K9.6] a user’s own model that answers %i leads to the installation’s, and from there to its failover',
    async (status) => {
      own = { ...environment(), model: 'own', routingModel: null, apiKey: 'mine', owner: 'user', fallback: 'platform' }
      one.script(() => ({ status }))
      await change({
        failover_enabled: true,
        failover_provider: 'google',
        failover_model: 'g',
        providers: { google: { base_url: two.url, api_key: 'google-key-0001' } },
      })
      expect((await llm.complete(asked())).text).toBe('two')
      expect(one.requests.slice(-2).map(({ key }) => key)).toEqual(['mine', 'env-key'])
      // Who agreed to no other model gets none.
      own = { ...own, fallback: 'error' }
      await expect(llm.complete(asked())).rejects.toThrow()
    },
  )
})

describe('[K9.5] keys', () => {
  test('are sealed, never told, and stay as they are when their masked form comes back', async () => {
    const key = 'sk-super-secret-abcd'
    const saved = await change({ providers: { openai: { base_url: two.url, api_key: key } } })
    expect(saved.body.config.providers.openai).toEqual({ base_url: two.url, api_key: '…abcd' })
    const [rows] = await db.atomic(EVERY_TENANT, [
      { text: 'select config::text || sealed_keys::text as all from llm.config', values: [] },
    ])
    for (const text of [saved.text, JSON.stringify(rows?.rows), JSON.stringify(audits)])
      expect(text).not.toContain('super')
    expect(audits).toEqual([expect.objectContaining({ userId: ADA.userId, changed: ['providers'] })])
    await change({ provider: 'openai', model: 'm', providers: { openai: { base_url: two.url, api_key: '…abcd' } } })
    expect(await who('routing')).toBe(`openai ${key} m`)
    // Nobody can point a stored key at another server.
    await change({ providers: { openai: { base_url: one.url } } })
    expect(await who('routing')).toBe('anthropic env-key env-routing')
  })

  test('of the environment goes to its own address only', async () => {
    await change({ providers: { anthropic: { base_url: two.url } } })
    const asks = two.requests.length
    await llm.complete(asked()).catch(() => undefined)
    expect(two.requests.slice(asks).map((request) => request.key)).not.toContain('env-key')
  })

  test('addresses that are none are refused, and so is everybody but administrators of the installation', async () => {
    for (const base_url of ['ftp://models.example', 'no address', 'https://a:b@models.example'])
      expect((await change({ providers: { openai: { base_url } } })).status, base_url).toBe(400)
    caller = principalOf(ADA)
    for (const [method, url] of [
      ['GET', '/v1/admin/llm'],
      ['PATCH', '/v1/admin/llm'],
      ['GET', '/v1/admin/llm/usage'],
      ['POST', '/v1/admin/llm/test'],
      ['GET', '/v1/internal/config/llm'],
    ] as const)
      expect((await app.inject({ method, url, ...(method === 'GET' ? {} : { payload: {} }) })).statusCode, url).toBe(
        403,
      )
  })
})

describe('budgets', () => {
  const eve = { tenantId: 'default', userId: 'imp_u_eve0001' }

  test('a user’s stops the installation’s model for that user alone, told at 80 percent and at the end, once each', async () => {
    await change({ caps: { user_monthly_tokens: 40, alert_percent: 80 } })
    // Each request takes 18 tokens.
    await llm.complete(asked(eve))
    expect(alerts).toEqual([])
    await llm.complete(asked(eve))
    expect(alerts).toEqual([{ user: expect.objectContaining(eve), percent: 80, used: 36, cap: 40 }])
    await llm.complete(asked(eve))
    expect(alerts.map((alert) => alert.percent)).toEqual([80, 100])
    const before = one.requests.length
    await expect(llm.complete(asked(eve))).rejects.toMatchObject({ code: 'LLM_BUDGET_SPENT' })
    expect(one.requests.length).toBe(before)
    await llm.complete(asked({ userId: 'imp_u_dan0001' }))
    own = { ...environment(), apiKey: 'mine', owner: 'user', fallback: 'error' }
    await llm.complete(asked(eve))
    expect(alerts).toHaveLength(2)
  })

  test('they begin anew with the month', async () => {
    await change({ caps: { user_monthly_tokens: 40 } })
    await expect(llm.complete(asked(eve))).rejects.toMatchObject({ code: 'LLM_BUDGET_SPENT' })
    clock.advance(40 * 86_400_000)
    await expect(llm.complete(asked(eve))).resolves.toMatchObject({ text: 'one' })
    clock.advance(-40 * 86_400_000)
  })
})

describe('what was used', () => {
  test('by day, purpose and model, with what it cost; one’s own for everybody', async () => {
    const fay = { tenantId: 'default', userId: 'imp_u_fay0001' }
    await change({ routing_model: 'priced' })
    await llm.complete(asked({ ...fay, purpose: 'routing' }))
    await llm.complete(asked({ ...fay, purpose: 'routing' }))
    await llm.complete(asked(fay))
    caller = principalOf(fay)
    const report = (await app.inject({ method: 'GET', url: '/v1/me/llm/usage?days=7' })).json() as UsageReport
    const today = new Date().toISOString().slice(0, 10)
    const line = { date: today, provider: 'anthropic', is_own_key: false, failed_calls: 0, failover_calls: 0 }
    expect(report.lines).toEqual([
      { ...line, purpose: 'navigate', model: 'env-main', calls: 1, input_tokens: 11, output_tokens: 7, cost: null },
      { ...line, purpose: 'routing', model: 'priced', calls: 2, input_tokens: 22, output_tokens: 14, cost: 0.05 },
    ])
    caller = principalOf(ADA, { role: 'admin', scopes: ['*'] })
    const all = (await app.inject({ method: 'GET', url: '/v1/admin/llm/usage' })).json() as UsageReport
    expect(all.lines.find((one) => one.model === 'priced')).toMatchObject({ calls: 2 })
    expect(all.lines.reduce((sum, one) => sum + one.calls, 0)).toBeGreaterThan(3)
  })
})

describe('the test button', () => {
  const tryIt = async (config: object, url = '/v1/admin/llm/test') =>
    (await app.inject({ method: 'POST', url, payload: { config } })).json() as ModelTest

  test('says whether a model answers, and why not in words', async () => {
    two.script(() => ({ text: 'ready' }))
    const config = { provider: 'openai', model: 'm', base_url: two.url, api_key: 'typed-key' }
    expect(await tryIt(config)).toMatchObject({ ok: true, text: 'ready', model: 'm', error: null })
    expect(two.requests.at(-1)?.key).toBe('typed-key')
    two.script(() => ({ status: 401 }))
    expect(await tryIt(config)).toMatchObject({ ok: false, error: expect.stringContaining('does not accept') })
    expect(await tryIt({ provider: 'openai', model: 'm' })).toMatchObject({
      ok: false,
      error: expect.stringContaining('missing'),
    })
    // What is stored, without typing it again.
    expect(await tryIt({ provider: 'anthropic', model: 'env-main' })).toMatchObject({ ok: true, text: 'one' })
    expect(one.requests.at(-1)?.key).toBe('env-key')
  })

  test('a person tries with the own key, and never with one of the installation', async () => {
    own = { ...environment(), apiKey: 'mine', baseUrl: two.url, provider: 'openai', owner: 'user', fallback: 'error' }
    caller = principalOf(ADA)
    two.script(() => ({ text: 'ready' }))
    expect(await tryIt({ provider: 'openai', model: 'm' }, '/v1/me/llm/test')).toMatchObject({ ok: true })
    expect(two.requests.at(-1)?.key).toBe('mine')
    const elsewhere = await tryIt({ provider: 'openai', model: 'm', base_url: one.url }, '/v1/me/llm/test')
    expect(elsewhere).toMatchObject({ ok: false, error: expect.stringContaining('missing') })
    expect(await tryIt({ provider: 'anthropic', model: 'm' }, '/v1/me/llm/test')).toMatchObject({ ok: false })
  })
})

test('[api 3.23] services read, change and try the same settings', async () => {
  caller = principalOf(null, { kind: 'service' })
  const put = await app.inject({
    method: 'PUT',
    url: '/v1/internal/config/llm',
    payload: {
      config: { provider: 'openai', model: 'm', base_url: two.url, api_key: 'openai-key-9999', unknown_key: 1 },
    },
  })
  expect(put.json()).toMatchObject({ provider: 'openai', unknown_key: 1, providers: { openai: { api_key: '…9999' } } })
  const get = async (url: string) => (await app.inject({ method: 'GET', url })).json()
  expect(await get('/v1/internal/config/llm')).toEqual(put.json())
  expect((await get('/v1/internal/config/llm/providers')).map((entry: { id: string }) => entry.id)).toEqual([
    'anthropic',
    'openai',
    'custom',
  ])
  const tools = await app.inject({
    method: 'POST',
    url: '/v1/internal/config/llm/test-tools',
    payload: { config: { provider: 'openai', model: 'm' } },
  })
  expect(tools.json()).toMatchObject({ ok: true, tool_use_supported: false })
  const date = new Date().toISOString().slice(0, 10)
  const day = await get(`/v1/internal/config/llm/usage?date=${date}`)
  expect(day).toMatchObject({ date, calls: expect.any(Number), by_model: expect.objectContaining({ priced: 2 }) })
  expect(await get(`/v1/internal/config/llm/usage/imp_u_fay0001?date=${date}`)).toMatchObject({
    calls: 3,
    input_tokens: 33,
  })
})
