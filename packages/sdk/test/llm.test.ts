import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { startModelProvider } from '../../../test/support/model-provider.ts'
import { ActionResult, APIError, ChatExtension, ContextUnavailable, Extension } from '../src/index.ts'
import { getLlmProvider, getRoutingModel, isAirGapped, llmConfig, MessageAdapter } from '../src/llm/index.ts'
import { getLlmProvider as runtimeProvider } from '../src/llm/runtime.ts'
import { mockContext, mockLlm, TestHarness } from '../src/testing/index.ts'

afterEach(() => vi.unstubAllEnvs())

const hello = [{ role: 'user', content: 'hello' }] as const

/** An environment without any model. */
function noModels(): void {
  for (const name of Object.keys(process.env))
    if (/^(?:LLM_|ANTHROPIC_|OPENAI_|GOOGLE_|GEMINI_)/.test(name)) vi.stubEnv(name, undefined)
}

describe('[10.1] where a provider is asked', () => {
  test('a host without a running handler has no model layer', () => {
    expect(() => runtimeProvider()).toThrow(ContextUnavailable)
  })

  test('[10.2] outside of handlers the environment decides, and without a key nothing is sent', async () => {
    noModels()
    await expect(getLlmProvider().createMessage({ messages: hello })).rejects.toMatchObject({ statusCode: 503 })
    expect(getLlmProvider().getAvailableProviders()).toEqual([])
    expect([getRoutingModel(), isAirGapped()]).toEqual(['claude-haiku-4-5-20251001', false])
  })

  test('[10.2] models of purposes, defaults, and the providers that have a key', () => {
    noModels()
    vi.stubEnv('LLM_PROVIDER', 'openai')
    vi.stubEnv('LLM_API_KEY', 'sk-1')
    vi.stubEnv('LLM_ROUTING_MODEL', 'small')
    vi.stubEnv('GEMINI_API_KEY', 'g-1')
    expect(getRoutingModel()).toBe('small')
    expect(getLlmProvider().getAvailableProviders()).toEqual([
      { provider: 'openai', hasKey: true, defaultModel: 'gpt-4o-mini', routingModel: 'small' },
      { provider: 'google', hasKey: true, defaultModel: 'gemini-2.0-flash', routingModel: 'gemini-2.0-flash' },
    ])
    vi.stubEnv('LLM_PROVIDER', 'custom')
    expect([isAirGapped(), getRoutingModel()]).toEqual([true, 'small'])
  })
})

describe('[10.2] keys', () => {
  test('a key is no member of its config: neither logged nor serialised', () => {
    const config = llmConfig({ provider: 'anthropic', model: 'm' }, 'sk-secret')
    expect(JSON.stringify(config)).not.toContain('sk-secret')
    expect(Object.values(config)).not.toContain('sk-secret')
  })

  test('a key of one provider is never used for another', async () => {
    noModels()
    vi.stubEnv('LLM_PROVIDER', 'anthropic')
    vi.stubEnv('LLM_API_KEY', 'sk-anthropic')
    vi.stubEnv('LLM_FALLBACK_PROVIDER', 'openai')
    const provider = await startModelProvider(() => ({ status: 500 }))
    vi.stubEnv('LLM_BASE_URL', provider.url)
    vi.stubEnv('LLM_FALLBACK_BASE_URL', provider.url)
    await expect(getLlmProvider().createMessage({ messages: hello })).rejects.toMatchObject({ statusCode: 500 })
    expect(provider.requests.map(({ protocol }) => protocol)).toEqual(['anthropic'])
    await provider.close()
  })
})

describe('[10.3] providers', () => {
  const tools = [
    { name: 'find', description: 'Find.', inputSchema: { type: 'object', properties: { tags: { type: 'array' } } } },
  ]

  test.each(['anthropic', 'openai', 'openai_compatible', 'google'] as const)('%s answers blocks', async (name) => {
    noModels()
    const provider = await startModelProvider(() => ({
      text: 'Looking.',
      calls: [{ id: 'c1', name: 'find', input: { tags: ['a'] } }],
    }))
    const config = llmConfig({ provider: name, model: 'm', baseUrl: provider.url, topP: 0.5, presencePenalty: 1 }, 'k')
    const answer = await getLlmProvider().createMessage({
      config,
      messages: hello,
      system: 'Be brief.',
      tools,
      toolChoice: { type: 'any' },
    })
    expect(answer).toEqual({
      content: [
        { type: 'text', text: 'Looking.' },
        { type: 'tool_use', id: 'c1', name: 'find', input: { tags: ['a'] } },
      ],
      stopReason: 'tool_use',
      model: 'm',
      usage: { inputTokens: 11, outputTokens: 7 },
    })
    const [sent] = provider.requests
    expect(sent).toMatchObject({ key: 'k', system: 'Be brief.', tools: ['find'] })
    expect(sent?.body).toMatchObject({ temperature: 0, max_tokens: 1024, top_p: 0.5 })
    // Only the two OpenAI-like ones know penalties; the others are not asked for what they refuse.
    expect('presence_penalty' in (sent?.body ?? {})).toBe(name === 'openai' || name === 'openai_compatible')
    await provider.close()
  })

  test('[I-REASONING-EFFORT-NONE] local models do not think aloud unless they are told to', async () => {
    const provider = await startModelProvider()
    const ask = (thinkingMode: 'auto' | 'on') =>
      getLlmProvider().createMessage({
        messages: hello,
        config: llmConfig({ provider: 'openai_compatible', model: 'm', baseUrl: provider.url, thinkingMode }),
      })
    await ask('auto')
    await ask('on')
    const [off, on] = provider.requests
    expect(off?.body).toMatchObject({ think: false, reasoning_effort: 'none' })
    expect(on?.body).not.toHaveProperty('think')
    expect(off?.key).toBe('')
    await provider.close()
  })

  test.each(['gpt-5-mini', 'o1', 'o3-mini', 'o4'])('%s gets a limit of tokens and no temperature', async (model) => {
    const provider = await startModelProvider()
    const config = llmConfig({ provider: 'openai', model, baseUrl: provider.url, temperature: 1 }, 'k')
    await getLlmProvider().createMessage({ messages: hello, config, maxTokens: 9 })
    expect(provider.requests[0]?.body).toMatchObject({ max_completion_tokens: 9 })
    expect(provider.requests[0]?.body).not.toHaveProperty('temperature')
    expect(provider.requests[0]?.body).not.toHaveProperty('max_tokens')
    await provider.close()
  })

  test('explicit arguments win over those of the config', async () => {
    const provider = await startModelProvider()
    const config = llmConfig(
      { provider: 'anthropic', model: 'm', baseUrl: provider.url, temperature: 1, maxTokens: 5 },
      'k',
    )
    await getLlmProvider().createMessage({ messages: hello, config })
    await getLlmProvider().createMessage({ messages: hello, config, temperature: 0, maxTokens: 6 })
    expect(provider.requests.map(({ body }) => [body.temperature, body.max_tokens])).toEqual([
      [1, 5],
      [0, 6],
    ])
    await provider.close()
  })

  test('an own signal ends the request with its reason; an address that nobody has is an APIError', async () => {
    const stalled = await startModelProvider(() => ({ stall: true }))
    const config = llmConfig({ provider: 'openai_compatible', model: 'm', baseUrl: stalled.url })
    const enough = new AbortController()
    const asked = getLlmProvider().createMessage({ messages: hello, config, signal: enough.signal })
    enough.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    await stalled.close()
    await expect(getLlmProvider().createMessage({ messages: hello, config })).rejects.toMatchObject({ statusCode: 502 })
  })
})

describe('[10.4] MessageAdapter', () => {
  const conversation = [
    { role: 'user', content: 'Find the ferns.' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'One' },
        { type: 'text', text: 'two' },
        { type: 'tool_use', id: 'c1', name: 'find', input: { q: 'fern' } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', toolUseId: 'c1', content: '3' }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'c2', name: 'find', input: {} }] },
  ] as const

  test('to OpenAI: system first, results as messages of role tool, arguments as text', () => {
    expect(MessageAdapter.toOpenAi(conversation, 'Rules')).toEqual([
      { role: 'system', content: 'Rules' },
      { role: 'user', content: 'Find the ferns.' },
      {
        role: 'assistant',
        content: 'One\ntwo',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q":"fern"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '3' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c2', type: 'function', function: { name: 'find', arguments: '{}' } }],
      },
    ])
  })

  test('arrays without items say that they hold texts; choices have their names', () => {
    const inputSchema = { type: 'object', properties: { tags: { type: 'array' }, ids: { type: 'array', items: {} } } }
    expect(MessageAdapter.toolsToOpenAi([{ name: 'f', description: 'd', inputSchema }])).toEqual([
      {
        type: 'function',
        function: {
          name: 'f',
          description: 'd',
          parameters: {
            type: 'object',
            properties: { tags: { type: 'array', items: { type: 'string' } }, ids: { type: 'array', items: {} } },
          },
        },
      },
    ])
    expect([
      MessageAdapter.choiceToOpenAi({ type: 'any' }),
      MessageAdapter.choiceToOpenAi({ type: 'auto' }),
      MessageAdapter.choiceToOpenAi({ type: 'tool', name: 'f' }),
    ]).toEqual(['required', 'auto', { type: 'function', function: { name: 'f' } }])
  })

  test('back: unreadable arguments are empty, usage has one form', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{broken' } }
    const body = { model: 'm', choices: [{ message: { content: null, tool_calls: [call] }, finish_reason: 'stop' }] }
    expect(MessageAdapter.fromOpenAi({ ...body, usage: { prompt_tokens: 2, completion_tokens: 3 } })).toEqual({
      content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }],
      stopReason: 'tool_use',
      model: 'm',
      usage: { inputTokens: 2, outputTokens: 3 },
    })
  })

  test('to Anthropic: blocks as they are, ids of results in their spelling', () => {
    expect(MessageAdapter.toAnthropic(conversation)[2]).toEqual({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'c1', content: '3' }],
    })
  })
})

describe('[10.5] failover and the log', () => {
  test('a failure is tried once at the second config; both are in the log', async () => {
    const provider = await startModelProvider((request) =>
      request.key === 'first' ? { status: 503 } : { text: 'from the second' },
    )
    const second = llmConfig({ provider: 'openai', model: 'b', baseUrl: provider.url }, 'second')
    const config = llmConfig(
      { provider: 'anthropic', model: 'a', baseUrl: provider.url, failoverConfig: second },
      'first',
    )
    const llm = getLlmProvider()
    llm.resetCallLog()
    const answer = await llm.createMessage({ messages: hello, config, purpose: 'navigate' })
    expect(answer.content).toEqual([{ type: 'text', text: 'from the second' }])
    expect(llm.getCallLog()).toMatchObject([
      { purpose: 'navigate', provider: 'anthropic', model: 'a', isFailover: false, inputTokens: 0 },
      { purpose: 'navigate', provider: 'openai', model: 'b', isFailover: true, inputTokens: 11, error: null },
    ])
    expect(llm.getCallLog()[0]?.error).toContain('503')
    provider.script(() => ({ status: 429 }))
    await expect(llm.createMessage({ messages: hello, config })).rejects.toMatchObject({ statusCode: 429 })
    await provider.close()
  })

  test('a failing key of the user is an error when the user wants it so, else the environment steps in', async () => {
    noModels()
    const provider = await startModelProvider((request) =>
      request.key === 'own' ? { status: 401 } : { text: 'from the platform' },
    )
    vi.stubEnv('LLM_PROVIDER', 'openai')
    vi.stubEnv('LLM_API_KEY', 'platform')
    vi.stubEnv('LLM_BASE_URL', provider.url)
    const own = { provider: 'openai', model: 'm', baseUrl: provider.url, isByollm: true } as const
    const ask = (byollmFallback: 'platform' | 'error') =>
      getLlmProvider().createMessage({ messages: hello, config: llmConfig({ ...own, byollmFallback }, 'own') })
    await expect(ask('error')).rejects.toBeInstanceOf(APIError)
    expect((await ask('platform')).content).toEqual([{ type: 'text', text: 'from the platform' }])
    await provider.close()
  })

  test('an error in the log has at most 200 characters', async () => {
    const server = createServer((_request: IncomingMessage, response) => response.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    const llm = getLlmProvider()
    llm.resetCallLog()
    const config = llmConfig({ provider: 'openai_compatible', model: 'm'.repeat(500), baseUrl })
    await expect(llm.createMessage({ messages: hello, config })).rejects.toBeInstanceOf(APIError)
    expect(llm.getCallLog()[0]?.error?.length).toBeLessThanOrEqual(200)
    // Callers without types say '' for no purpose.
    await expect(llm.createMessage({ messages: hello, config, purpose: '' as never })).rejects.toBeInstanceOf(APIError)
    expect(llm.getCallLog().map(({ purpose }) => purpose)).toEqual(['default', 'default'])
    server.close()
  })
})

describe('[7.3] mockLlm', () => {
  const ext = new Extension('garden-log', { version: '1.0.0' })
  const chat = new ChatExtension(ext)
  const ask = chat.function(
    'ask',
    { description: 'Asks a model to call a tool.', params: z.object({ what: z.string() }) },
    async (_ctx, { what }) => {
      const llm = getLlmProvider()
      const first = await llm.createMessage({
        messages: [{ role: 'user', content: what }],
        tools: [{ name: 'count', description: 'Counts.', inputSchema: { type: 'object' } }],
      })
      const call = first.content.find((block) => block.type === 'tool_use')
      const messages = [
        { role: 'user' as const, content: what },
        { role: 'assistant' as const, content: first.content },
        { role: 'user' as const, content: [{ type: 'tool_result' as const, toolUseId: call?.id ?? '', content: '3' }] },
      ]
      const [said] = (await llm.createMessage({ messages })).content
      return ActionResult.success({ said: said?.type === 'text' ? said.text : '' })
    },
  )

  test('says its turns one after the other, and remembers what it was asked', async () => {
    const llm = mockLlm()
    llm.script([
      [{ type: 'tool_use', id: 'c1', name: 'count', input: { bed: 'a' } }],
      [{ type: 'text', text: 'Three.' }],
    ])
    const result = await ask(mockContext({ extension: ext }), { what: 'How many?' })
    expect(result.data).toEqual({ said: 'Three.' })
    expect(llm.requests).toMatchObject([
      { messages: [{ content: 'How many?' }], tools: [{ name: 'count' }] },
      { messages: [{}, {}, { content: [{ type: 'tool_result', toolUseId: 'c1', content: '3' }] }] },
    ])
    await expect(llm.createMessage({ messages: hello })).rejects.toThrow('script is shorter')
    llm.restore()
  })

  test('without it the patterns of the context answer, also in a harness', async () => {
    const ctx = mockContext({ extension: ext })
    ctx.mock.ai.setResponse('How many', 'Some.')
    ctx.mock.ai.setResponse('3', 'Three in all.')
    expect((await ask(ctx, { what: 'How many?' })).data).toEqual({ said: 'Three in all.' })
    const harness = new TestHarness(ext)
    harness.mock.ai.setResponse('How many', 'Some.')
    expect((await harness.call('ask', { what: 'How many?' })).data).toEqual({ said: 'Mock AI response' })
  })

  test('calls that run at once do not see one another’s logs', async () => {
    const logs = await Promise.all(
      ['a', 'b'].map(async (bed) => {
        const seen: number[] = []
        const app = new Extension('garden-log', { version: '1.0.0' })
        const own = new ChatExtension(app).function(
          'look',
          { description: 'Looks at its own log.', params: z.object({}) },
          async () => {
            const llm = getLlmProvider()
            await llm.createMessage({ messages: [{ role: 'user', content: bed }] })
            seen.push(llm.getCallLog().length)
            return ActionResult.success({ bed })
          },
        )
        await own(mockContext({ extension: app }), {})
        return seen
      }),
    )
    expect(logs).toEqual([[1], [1]])
  })
})
