import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ModelProvider, startModelProvider } from '../../../../../test/support/model-provider.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { type LlmRequest, type ModelSource, openLlm } from '../llm/index.ts'
import { type BillingFixture, openBillingFixture, type Person, serviceFor } from './test-fixture.ts'

let provider: ModelProvider
let fixture: BillingFixture
beforeAll(async () => {
  provider = await startModelProvider()
  fixture = await openBillingFixture()
  // The stand-in reports 11 tokens in and 7 out: 11 + 14 = 25 thousandths of a dollar.
  const rate = { tier: 'standard', input_cost_per_1k: 1, output_cost_per_1k: 2 }
  await fixture.send('PUT', '/v1/internal/billing/model-rates/m-main', serviceFor(null), rate)
})
afterAll(async () => {
  await fixture.close()
  await provider.close()
})

const source = (over: Partial<ModelSource> = {}): ModelSource => ({
  provider: 'anthropic',
  model: 'm-main',
  routingModel: null,
  executionModel: null,
  baseUrl: provider.url,
  apiKey: 'key',
  owner: 'installation',
  ...over,
})
const open = (billing = fixture.billing, own: (ModelSource & { fallback: 'platform' | 'error' }) | null = null) =>
  openLlm({
    keyring: testKeyring(),
    ...fixture,
    installation: source(),
    ownModel: async () => own,
    fetchFor: () => fetch,
    meter: billing.tokens,
  })
const asked = (user: Person, more: Partial<LlmRequest> = {}): LlmRequest => ({
  purpose: 'execution',
  ...user,
  appId: 'poet',
  traceId: 'trace-1',
  messages: [{ role: 'user', content: 'hello' }],
  maxTokens: 100,
  ...more,
})
const walletOf = (user: Person) => fixture.billing.balance(user.tenantId, user.userId)
const usageOf = (user: Person) =>
  fixture.rows('select model, trace_id, is_failover, is_own_key, error from llm.usage where user_id = $1 order by id', [
    user.userId,
  ])

describe('ctx.ai with a model of the installation', () => {
  test('[api 5.9] costs its tokens, is attributed to the app, and leaves nothing held', async () => {
    const user = fixture.someone()
    provider.script(() => ({ text: 'ok' }))
    await open().complete(asked(user))
    expect(await walletOf(user)).toMatchObject({ balance: 475, held: 0 })
    const [entry] = (await fixture.send('GET', '/v1/billing/wallet/history', user)).body
    expect(entry).toMatchObject({ amount: -25, reason: 'action', app_id: 'poet', description: 'Model m-main' })
    await open().createMessage({ ...asked(user), messages: [{ role: 'user', content: 'hello' }] })
    expect(await walletOf(user)).toMatchObject({ balance: 450, held: 0 })
  })

  test('[K9.5] a request that failed costs nothing; its row says to what it belonged and who had failed before', async () => {
    const user = fixture.someone()
    provider.script(() => ({ status: 401 }))
    await expect(open().complete(asked(user))).rejects.toMatchObject({ code: 'LLM_REFUSED' })
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 0 })
    provider.script((request) => (request.model === 'm-own' ? { status: 401 } : { text: 'ok' }))
    const own = { ...source({ model: 'm-own', owner: 'user' }), fallback: 'platform' as const }
    await open(fixture.billing, own).complete(asked(user))
    expect(await usageOf(user)).toEqual([
      { model: 'm-main', trace_id: 'trace-1', is_failover: false, is_own_key: false, error: 'LLM_KEY_REFUSED' },
      { model: 'm-own', trace_id: 'trace-1', is_failover: false, is_own_key: true, error: 'LLM_KEY_REFUSED' },
      { model: 'm-main', trace_id: 'trace-1', is_failover: true, is_own_key: false, error: null },
    ])
    // The platform's model had to step in, and that is paid for (K9.6).
    expect(await walletOf(user)).toMatchObject({ balance: 475 })
  })

  test('[K10.13] whoever cannot pay for the longest answer is refused before anything is asked', async () => {
    const user = fixture.someone()
    provider.script(() => ({ text: 'ok' }))
    const before = provider.requests.length
    await expect(open().complete(asked(user, { maxTokens: 300 }))).rejects.toMatchObject({
      code: 'BILLING_INSUFFICIENT',
    })
    expect(provider.requests).toHaveLength(before)
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 0 })
  })

  test('[I-BYOLLM-PLATFORM-FEE-ZERO] an own key, the assistant’s own work, nobody, and a model without a rate cost nothing', async () => {
    const user = fixture.someone()
    provider.script(() => ({ text: 'ok' }))
    const own = { ...source({ owner: 'user' }), fallback: 'error' as const }
    await open(fixture.billing, own).complete(asked(user))
    await open().complete(asked(user, { appId: null }))
    await open().complete(asked(user, { model: 'm-unrated' }))
    await open().complete(asked({ ...user, userId: '__system__' }))
    expect(await walletOf(user)).toMatchObject({ balance: 500, held: 0 })
    const gratis = await openBillingFixture({ chargeModels: false })
    await gratis.send('PUT', '/v1/internal/billing/model-rates/m-main', serviceFor(null), {
      ...{ tier: 'standard', input_cost_per_1k: 1, output_cost_per_1k: 2 },
    })
    await open(gratis.billing).complete(asked(user))
    expect(await gratis.billing.balance(user.tenantId, user.userId)).toMatchObject({ balance: 500 })
    await gratis.close()
  })
})
