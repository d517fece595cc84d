import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts'
import { type ModelProvider, startModelProvider } from '../../../../../test/support/model-provider.ts'
import { systemClock } from '../../foundation/clock.ts'
import { type Database, openDatabase } from '../../foundation/db/index.ts'
import { createLog } from '../../foundation/log.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { type Llm, type LlmRequest, type ModelSource, openLlm } from './index.ts'

let database: TestDatabase
let db: Database
let provider: ModelProvider

beforeAll(async () => {
  database = await createTestDatabase()
  db = openDatabase(database.connection)
  provider = await startModelProvider()
})
afterEach(() => provider.script(() => ({ text: 'ok' })))
afterAll(async () => {
  await provider?.close()
  await db?.close()
  await database?.drop()
})

const source = (over: Partial<ModelSource> = {}): ModelSource => ({
  provider: 'anthropic',
  model: 'm-main',
  routingModel: 'm-routing',
  executionModel: null,
  baseUrl: provider.url,
  apiKey: 'installation-key',
  owner: 'installation',
  ...over,
})

const open = (
  options: { installation?: ModelSource | null; own?: (ModelSource & { fallback: 'platform' | 'error' }) | null } = {},
): Llm =>
  openLlm({
    keyring: testKeyring(),
    db,
    log: createLog({ level: 'silent' }),
    clock: systemClock,
    installation: options.installation === undefined ? source() : options.installation,
    ownModel: async () => options.own ?? null,
    fetchFor: () => fetch,
  })

const asked = (over: Partial<LlmRequest> = {}): LlmRequest => ({
  purpose: 'navigate',
  tenantId: 'default',
  userId: 'imp_u_ada0001',
  appId: null,
  messages: [{ role: 'user', content: 'hello' }],
  ...over,
})

const last = () => provider.requests.at(-1)

test.each(['anthropic', 'openai', 'google', 'openai_compatible'] as const)(
  '[S003-077] %s answers text, an object and a stream over its own protocol',
  async (name) => {
    const llm = open({ installation: source({ provider: name }) })
    provider.script(() => ({ text: 'Hello Ada, nice day' }))
    const text = await llm.complete(asked({ system: 'be brief' }))
    expect(text).toMatchObject({ text: 'Hello Ada, nice day', usage: { input_tokens: 11, output_tokens: 7 } })
    expect(last()).toMatchObject({ system: 'be brief', key: 'installation-key', model: 'm-main' })

    const deltas: string[] = []
    const streamed = await llm.complete(asked({ onText: (delta) => deltas.push(delta) }))
    expect(deltas.length).toBeGreaterThan(2)
    expect(deltas.join('')).toBe(streamed.text)

    provider.script(() => ({ text: '{"intent":"read"}' }))
    const schema = {
      type: 'object',
      properties: { intent: { type: 'string' } },
      required: ['intent'],
      additionalProperties: false,
    }
    const object = await llm.complete(asked({ purpose: 'routing', schema }))
    expect(object.object).toEqual({ intent: 'read' })
    expect(last()?.model).toBe('m-routing')
  },
)

test('[K9.1] a user key is asked first and goes only to its own provider', async () => {
  const llm = open({ own: { ...source({ apiKey: 'my-own-key', owner: 'user', model: 'mine' }), fallback: 'error' } })
  await llm.complete(asked())
  expect(last()).toMatchObject({ key: 'my-own-key', model: 'mine' })
})

test('[S003-077] a local server (Ollama, vLLM, LM Studio) is an address and a model, and needs no key', async () => {
  const local = source({
    provider: 'openai_compatible',
    model: 'llama3.2',
    apiKey: null,
    baseUrl: `${provider.url}/v1`,
  })
  const llm = open({ installation: local })
  expect(await llm.available('default', 'imp_u_ada0001')).toBe(true)
  expect((await llm.complete(asked())).text).toBe('ok')
  expect(last()).toMatchObject({ protocol: 'openai', model: 'llama3.2', key: '' })
})

test('[S003-025] [K9.1] the first layer that is usable answers: the user, the call, the purpose, the installation', async () => {
  const own = {
    ...source({ apiKey: 'mine', owner: 'user', model: 'own', routingModel: null }),
    fallback: 'error' as const,
  }
  const models = async (options: Parameters<typeof open>[0], over: Partial<LlmRequest> = {}) => {
    const llm = open(options)
    const found: string[] = []
    for (const purpose of ['routing', 'execution', 'navigate'] as const) {
      await llm.complete(asked({ ...over, purpose }))
      found.push(`${last()?.key} ${last()?.model}`)
    }
    return found
  }
  const installation = source({ executionModel: 'm-execution' })
  const platform = ['installation-key m-routing', 'installation-key m-execution', 'installation-key m-main']
  expect(await models({ installation })).toEqual(platform)
  // What the call itself names wins over the purpose, the user's own model over what the installation says of purposes.
  expect(await models({ installation }, { model: 'm-named' })).toEqual(Array(3).fill('installation-key m-named'))
  expect(await models({ installation, own })).toEqual(Array(3).fill('mine own'))
  // Without a key a layer does not count, and its model is never asked with the key of another one.
  expect(await models({ installation, own: { ...own, apiKey: null } })).toEqual(platform)
  expect(await models({ installation: null, own })).toEqual(Array(3).fill('mine own'))
})

test('[K9.6] [S003-072] a failing own model falls back once, only when the user agreed', async () => {
  provider.script((request) => (request.key === 'my-own-key' ? { status: 500 } : { text: 'from the installation' }))
  const own = source({ apiKey: 'my-own-key', owner: 'user' })
  expect((await open({ own: { ...own, fallback: 'platform' } }).complete(asked())).text).toBe('from the installation')
  await expect(open({ own: { ...own, fallback: 'error' } }).complete(asked())).rejects.toMatchObject({
    code: 'LLM_FAILED',
  })
})

test('[K9.7] every request leaves a metered row, failures with their code', async () => {
  provider.script(() => ({ status: 401 }))
  await expect(open().complete(asked({ userId: 'imp_u_meter01' }))).rejects.toMatchObject({ code: 'LLM_REFUSED' })
  provider.script(() => ({ text: 'fine' }))
  await open().complete(asked({ userId: 'imp_u_meter01' }))
  const [rows] = await db.atomic('default', [
    { text: "select error, output_tokens from llm.usage where user_id = 'imp_u_meter01' order by id", values: [] },
  ])
  expect(rows?.rows).toEqual([
    { error: 'LLM_KEY_REFUSED', output_tokens: 0 },
    { error: null, output_tokens: 7 },
  ])
})

test('[K2.34] without a usable model nothing is asked', async () => {
  const llm = open({ installation: source({ apiKey: null }) })
  expect(await llm.available('default', 'imp_u_ada0001')).toBe(false)
  await expect(llm.complete(asked())).rejects.toMatchObject({ code: 'LLM_UNAVAILABLE' })
})

test('a slow provider can be given up by the caller, a broken one is an error and not a hang', async () => {
  provider.script(() => ({ stall: true }))
  const abort = new AbortController()
  const waiting = open().complete(asked({ signal: abort.signal }))
  abort.abort()
  await expect(waiting).rejects.toThrow()
  provider.script(() => ({ text: 'no json here' }))
  await expect(
    open({ installation: source({ provider: 'openai_compatible' }) }).complete(asked({ schema: { type: 'object' } })),
  ).rejects.toMatchObject({ code: 'LLM_BAD_OBJECT' })
})

test.each(['anthropic', 'openai', 'google', 'openai_compatible'] as const)(
  '[9.1] %s takes messages in blocks, tools and results, and answers blocks',
  async (name) => {
    const llm = open({ installation: source({ provider: name }) })
    provider.script(() => ({ text: 'Looking.', calls: [{ id: 'c1', name: 'count', input: { bed: 'b' } }] }))
    const answer = await llm.createMessage({
      purpose: 'execution',
      tenantId: 'default',
      userId: 'imp_u_ada0001',
      appId: 'greenhouse',
      system: 'Be brief.',
      messages: [
        { role: 'user', content: 'How many ferns?' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'One moment.' },
            { type: 'tool_use', id: 'c0', name: 'count', input: { bed: 'a' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', toolUseId: 'c0', content: '3' },
            { type: 'text', text: 'And in bed b?' },
          ],
        },
      ],
      tools: [{ name: 'count', description: 'Counts.', inputSchema: { type: 'object', properties: {} } }],
      toolChoice: { type: 'tool', name: 'count' },
      temperature: 0,
      maxTokens: 77,
    })
    expect(answer).toMatchObject({ stopReason: 'tool_use', usage: { input_tokens: 11, output_tokens: 7 } })
    expect(answer.content).toMatchObject([
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', name: 'count', input: { bed: 'b' } },
    ])
    expect(last()).toMatchObject({ system: 'Be brief.', tools: ['count'] })
    const body = JSON.stringify(last()?.body)
    for (const said of ['One moment.', 'And in bed b?', '77']) expect(body).toContain(said)
  },
)

test('a model that talks although it must call a tool is heard, and metered', async () => {
  provider.script(() => ({ text: 'I would rather talk.' }))
  const answer = await open({ installation: source({ provider: 'openai' }) }).createMessage({
    ...asked({ userId: 'imp_u_talker1' }),
    messages: [{ role: 'user', content: 'hello' }],
    tools: [{ name: 'count', description: 'Counts.', inputSchema: { type: 'object', properties: {} } }],
    toolChoice: { type: 'any' },
  })
  expect(answer).toMatchObject({
    content: [{ type: 'text', text: 'I would rather talk.' }],
    stopReason: 'end_turn',
    usage: { input_tokens: 11, output_tokens: 7 },
  })
})

test('[K9.4] an explicit temperature of 0 reaches the provider; reasoning models get none', async () => {
  const ask = (model: string) =>
    open({ installation: source({ provider: 'openai' }) }).createMessage({
      ...asked(),
      messages: [{ role: 'user', content: 'hello' }],
      model,
      temperature: 0,
    })
  await ask('gpt-4.1')
  expect(last()?.body.temperature).toBe(0)
  await ask('gpt-5-mini')
  expect(last()?.body).not.toHaveProperty('temperature')
  expect(last()?.body).toHaveProperty('max_completion_tokens', 1024)
})

test('[K9.4] models that think are told not to where somebody waits, on a machine of one’s own always', async () => {
  const bodyOf = async (name: ModelSource['provider'], model: string, purpose: LlmRequest['purpose']) => {
    await open({ installation: source({ provider: name, model }) }).complete({ ...asked(), purpose, model })
    return last()?.body ?? {}
  }
  for (const purpose of ['routing', 'action_narrator', 'navigate'] as const) {
    expect(await bodyOf('openai', 'gpt-5-mini', purpose)).toMatchObject({ reasoning_effort: 'minimal' })
    expect(await bodyOf('openai', 'o3', purpose)).toMatchObject({ reasoning_effort: 'low' })
    for (const model of ['gpt-5-chat-latest', 'gpt-5.1-chat-latest'])
      expect(await bodyOf('openai', model, purpose)).not.toHaveProperty('reasoning_effort')
    const google = { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }
    expect(await bodyOf('google', 'gemini-2.5-flash', purpose)).toMatchObject(google)
    expect(await bodyOf('anthropic', 'claude-sonnet-4-5', purpose)).not.toHaveProperty('thinking')
  }
  expect(await bodyOf('openai', 'gpt-5-mini', 'automation_main')).not.toHaveProperty('reasoning_effort')
  expect(await bodyOf('openai', 'gpt-4.1', 'routing')).not.toHaveProperty('reasoning_effort')
  for (const purpose of ['routing', 'execution'] as const)
    expect(await bodyOf('openai_compatible', 'qwen3', purpose)).toMatchObject({
      think: false,
      reasoning_effort: 'none',
    })
})

test.each([400, 422])(
  '[K9.4] a server that answers %i to members it does not know is asked without them',
  async (status) => {
    const knowsThinking = (body: object) => 'think' in body || 'reasoning_effort' in body
    provider.script(({ body }) => (knowsThinking(body) ? { status } : { text: 'plain' }))
    const model = `old-${status}`
    const llm = open({ installation: source({ provider: 'openai_compatible', model, routingModel: null }) })
    const before = provider.requests.length
    expect(await llm.complete(asked())).toMatchObject({ text: 'plain' })
    expect(provider.requests.slice(before).map(({ body }) => knowsThinking(body))).toEqual([true, false])
    // Known from now on, for streams and for tools too.
    expect(await llm.complete(asked({ onText: () => {} }))).toMatchObject({ text: 'plain' })
    await llm.createMessage({ ...asked(), messages: [{ role: 'user', content: 'hello' }] })
    expect(provider.requests.slice(before + 2).map(({ body }) => knowsThinking(body))).toEqual([false, false])
    // Another model of that server is asked anew.
    await llm.complete(asked({ model: `newer-${status}` }))
    expect(provider.requests.slice(before + 4).map(({ body }) => knowsThinking(body))).toEqual([true, false])
  },
)

test('[K9.4] a refusal that the members are not to blame for stays one, and is not remembered', async () => {
  provider.script(() => ({ status: 400 }))
  const llm = open({ installation: source({ provider: 'openai_compatible', model: 'strict', routingModel: null }) })
  await expect(llm.complete(asked())).rejects.toMatchObject({ code: 'LLM_REFUSED' })
  provider.script(() => ({ text: 'well' }))
  await llm.complete(asked())
  expect(last()?.body).toMatchObject({ think: false, reasoning_effort: 'none' })
})

test('[K9.6] a turn with tools falls back like every other', async () => {
  provider.script((request) => (request.key === 'my-own-key' ? { status: 500 } : { text: 'from the installation' }))
  const own = source({ apiKey: 'my-own-key', owner: 'user' })
  const llm = open({ own: { ...own, fallback: 'platform' } })
  const { content } = await llm.createMessage({ ...asked(), messages: [{ role: 'user', content: 'hello' }] })
  expect(content).toEqual([{ type: 'text', text: 'from the installation' }])
})
