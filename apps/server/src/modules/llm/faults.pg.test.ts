import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts'
import { type ModelAnswer, type ModelProvider, startModelProvider } from '../../../../../test/support/model-provider.ts'
import { systemClock } from '../../foundation/clock.ts'
import { type Database, openDatabase } from '../../foundation/db/index.ts'
import { createLog } from '../../foundation/log.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { type LlmRequest, type ModelSource, openLlm } from './index.ts'

let database: TestDatabase
let db: Database
let main: ModelProvider
let spare: ModelProvider

beforeAll(async () => {
  database = await createTestDatabase()
  db = openDatabase(database.connection)
  main = await startModelProvider()
  spare = await startModelProvider(() => ({ text: 'from the spare' }))
})
afterAll(async () => {
  await main?.close()
  await spare?.close()
  await db?.close()
  await database?.drop()
})

const PROTOCOLS = ['anthropic', 'openai', 'google', 'openai_compatible'] as const
const FAULTS: readonly [name: string, answer: ModelAnswer, codes: readonly string[], recorded?: string][] = [
  ['429', { status: 429 }, ['LLM_RATE_LIMITED']],
  ['500', { status: 500 }, ['LLM_FAILED']],
  ['503', { status: 503 }, ['LLM_FAILED']],
  ['a connection that is cut at once', { hangUp: true }, ['LLM_FAILED']],
  ['an answer that breaks off', { breakAfter: 'Half of what I wanted to say' }, ['LLM_FAILED']],
  ['bytes that are no answer', { garbage: true }, ['LLM_FAILED']],
  ['a refused key', { status: 401 }, ['LLM_REFUSED'], 'LLM_KEY_REFUSED'],
  ['a refused request', { status: 404 }, ['LLM_REFUSED']],
]

const source = (provider: ModelSource['provider'], over: Partial<ModelSource> = {}): ModelSource => ({
  provider,
  model: 'm-main',
  routingModel: null,
  executionModel: null,
  baseUrl: main.url,
  apiKey: 'key',
  owner: 'installation',
  ...over,
})
let users = 0
const open = (provider: ModelSource['provider'], withSpare = false) =>
  openLlm({
    db,
    keyring: testKeyring(),
    log: createLog({ level: 'silent' }),
    clock: systemClock,
    installation: withSpare ? source('openai', { baseUrl: spare.url }) : source(provider),
    ownModel: async () =>
      withSpare ? { ...source(provider, { owner: 'user' }), fallback: 'platform' as const } : null,
    fetchFor: () => fetch,
  })
const asked = (over: Partial<LlmRequest> = {}): LlmRequest => ({
  purpose: 'navigate',
  tenantId: 'default',
  userId: `imp_u_fault${users}`,
  appId: null,
  messages: [{ role: 'user', content: 'hello' }],
  ...over,
})
const rows = async (userId: string) => {
  const [result] = await db.atomic('default', [
    { text: 'select provider, error, is_failover from llm.usage where user_id = $1 order by id', values: [userId] },
  ])
  return result?.rows as { provider: string; error: string | null; is_failover: boolean }[]
}

describe.each(PROTOCOLS)('[K9.6] [K9.7] faults of %s', (protocol) => {
  test.each(FAULTS)(
    '%s, without and with a stream: an error of its kind, metered',
    async (_name, answer, codes, recorded) => {
      users++
      main.script(() => answer)
      const shown: string[] = []
      for (const more of [{}, { onText: (delta: string) => shown.push(delta) }]) {
        const failure = await open(protocol)
          .complete(asked(more))
          .then(
            (answered) => `answered ${answered.text}`,
            (error: { code?: string }) => error.code,
          )
        expect(codes).toContain(failure)
      }
      expect(await rows(`imp_u_fault${users}`)).toEqual(
        [0, 1].map(() => ({ provider: protocol, error: recorded ?? codes[0], is_failover: false })),
      )
    },
  )

  test.each(FAULTS)('%s, with another model to fall back to: that one answers, once', async (_name, answer) => {
    users++
    main.script(() => answer)
    const before = [main.requests.length, spare.requests.length]
    expect((await open(protocol, true).complete(asked())).text).toBe('from the spare')
    expect([main.requests.length - (before[0] ?? 0), spare.requests.length - (before[1] ?? 0)]).toEqual([1, 1])
    expect((await rows(`imp_u_fault${users}`)).map((row) => [row.provider, row.is_failover])).toEqual([
      [protocol, false],
      ['openai', true],
    ])
  })

  test('a stream that breaks after words were shown does not begin again with another model', async () => {
    users++
    main.script(() => ({ breakAfter: 'These words were seen' }))
    const shown: string[] = []
    const before = spare.requests.length
    await expect(
      open(protocol, true).complete(asked({ onText: (delta) => void shown.push(delta) })),
    ).rejects.toMatchObject({ code: 'LLM_FAILED' })
    expect(shown.join('').trim()).toBe('These words were seen')
    expect(spare.requests.length).toBe(before)
  })

  test.each([
    ['at once', { stall: true as const }],
    ['amid the words', { stallAfter: 'One moment' }],
  ])('one that stalls %s is given up by whoever asked, and costs nothing', async (_when, answer) => {
    users++
    main.script(() => answer)
    const abort = new AbortController()
    const waiting = open(protocol).complete(asked({ signal: abort.signal, onText: () => abort.abort() }))
    if ('stall' in answer) {
      const asks = main.requests.length
      await expect.poll(() => main.requests.length).toBeGreaterThan(asks)
      abort.abort()
    }
    await expect(waiting).rejects.toThrow()
    expect(await rows(`imp_u_fault${users}`)).toEqual([
      { provider: protocol, error: expect.any(String), is_failover: false },
    ])
  })

  test('an object that is broken, or none, is an error of its kind', async () => {
    users++
    const schema = {
      type: 'object',
      properties: { intent: { type: 'string' } },
      required: ['intent'],
      additionalProperties: false,
    }
    for (const text of ['{"intent": "re', 'I would rather talk.', '[1, 2]', '']) {
      main.script(() => ({ text }))
      const failure = await open(protocol)
        .complete(asked({ schema }))
        .then(
          (answered) => `answered ${JSON.stringify(answered.object)}`,
          (error: { code?: string }) => error.code,
        )
      expect(failure, text).toBe('LLM_BAD_OBJECT')
    }
  })

  test('one that lies about its own shape is heard as what it says, and never followed', async () => {
    users++
    // A tool that was not offered, in place of text.
    main.script(() => ({ text: '', calls: [{ id: 'c1', name: 'delete_everything', input: {} }] }))
    const answer = await open(protocol).complete(asked())
    expect(answer.text).toBe('')
  })
})

test('[I-HTTPX-TIMEOUT-300S-OPENAI-COMPAT] a machine of one’s own may take 300 s, a provider 120 s', async () => {
  const { timeoutOf } = await import('./complete.ts')
  const asks: number[] = []
  const real = AbortSignal.timeout
  AbortSignal.timeout = (milliseconds) => {
    asks.push(milliseconds)
    return real.call(AbortSignal, milliseconds)
  }
  try {
    for (const protocol of PROTOCOLS) timeoutOf(source(protocol))
  } finally {
    AbortSignal.timeout = real
  }
  expect(asks).toEqual([120_000, 120_000, 120_000, 300_000])
})
