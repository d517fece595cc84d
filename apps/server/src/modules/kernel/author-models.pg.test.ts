import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { buildApp } from '../../../../../test/support/extension.ts'
import { type ModelProvider, startModelProvider } from '../../../../../test/support/model-provider.ts'
import { createLog } from '../../foundation/log.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { type Hosts, openHosts } from '../hosts/index.ts'
import { openLlm } from '../llm/index.ts'
import type { Kernel } from './index.ts'
import { type Fixture, openFixture, PATIENCE } from './test-fixture.ts'

/** An app as its author writes it, in a process of its own. */
const SOURCE = `
import { ActionResult, ChatExtension, Extension, getLlmProvider, getRoutingModel } from '@imperal/sdk'
import * as z from 'zod'

export const ext = new Extension('greenhouse', { version: '1.0.0', capabilities: ['greenhouse:read', 'greenhouse:write'] })
const chat = new ChatExtension(ext, { toolName: 'greenhouse', description: 'Asks models.' })
const reads = (name, run) => chat.function(name, { description: 'Asks a model for the test.', params: z.object({ user: z.string().optional() }) }, run)

reads('with_tools', async () => {
  const answer = await getLlmProvider().createMessage({
    messages: [
      { role: 'user', content: 'How many ferns?' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c0', name: 'count', input: { bed: 'a' } }] },
      { role: 'user', content: [{ type: 'tool_result', toolUseId: 'c0', content: '3' }] },
    ],
    tools: [{ name: 'count', description: 'Counts plants.', inputSchema: { type: 'object', properties: { bed: { type: 'string' } } } }],
    toolChoice: { type: 'any' },
    purpose: 'routing',
    config: { provider: 'anthropic', model: '', topP: 0.4 },
  })
  return ActionResult.success({ ...answer, routing: getRoutingModel() })
})
reads('for_user', async (_ctx, { user }) => {
  const failure = await getLlmProvider().createMessage({ messages: [{ role: 'user', content: 'x' }], userId: user }).then(() => null, (error) => error)
  return ActionResult.success({ code: failure === null ? 'none' : failure.code })
})
reads('streamed', async (ctx) => {
  const pieces = []
  const stream = ctx.ai.stream('Tell me about ferns')
  for await (const piece of stream) pieces.push(piece)
  return ActionResult.success({ pieces, text: (await stream.result).text })
})
reads('given_up', async (ctx) => {
  for await (const piece of ctx.ai.stream('Tell me')) return ActionResult.success({ first: piece })
  return ActionResult.error('nothing came')
})
reads('several_at_once', async () => {
  const llm = getLlmProvider()
  await Promise.all([1, 2, 3].map((n) => llm.createMessage({ messages: [{ role: 'user', content: 'n' + n }] })))
  return ActionResult.success({ logged: llm.getCallLog().length })
})
reads('in_the_background', async (ctx) => {
  await ctx.backgroundTask(async () => {
    const { content } = await getLlmProvider().createMessage({ messages: [{ role: 'user', content: 'later' }] })
    return ActionResult.success({ content }, 'Asked later')
  })
  return ActionResult.success()
})
ext.schedule('for_each', { cron: '0 6 * * *' }, async (ctx) => {
  for await (const userId of ctx.store.listUsers()) {
    await ctx.asUser(userId).backgroundTask(async (task) => {
      await getLlmProvider().createMessage({ messages: [{ role: 'user', content: 'for ' + userId }], userId })
      await task.store.create('asked', { by: 'schedule' })
      return ActionResult.success({}, 'Asked for ' + userId)
    })
  }
})
`

let fixture: Fixture
let hosts: Hosts
let kernel: Kernel
let provider: ModelProvider
let said: Fixture['said']
let ada: { tenantId: string; userId: string }
let bob: { tenantId: string; userId: string }
const folder = mkdtempSync(path.join(tmpdir(), 'km-'))

beforeAll(async () => {
  provider = await startModelProvider()
  fixture = await openFixture()
  hosts = await openHosts({ runtimeDir: folder, log: createLog({ level: 'silent' }), isolation: 'process' })
  ada = await fixture.person()
  bob = await fixture.person()
  const llm = openLlm({
    keyring: testKeyring(),
    db: fixture.db,
    log: fixture.log,
    clock: fixture.clock,
    installation: {
      provider: 'anthropic',
      model: 'big',
      routingModel: 'small',
      executionModel: null,
      baseUrl: provider.url,
      apiKey: 'installation-key',
      owner: 'installation',
    },
    ownModel: async (_tenantId, userId) =>
      userId === bob.userId
        ? {
            provider: 'openai',
            model: 'bobs-own',
            routingModel: null,
            executionModel: null,
            baseUrl: provider.url,
            apiKey: 'bobs-key',
            owner: 'user',
            fallback: 'error',
          }
        : null,
    fetchFor: () => fetch,
  })
  const node = await fixture.openNode({ hosts, llm })
  kernel = node.kernel
  said = node.said
  const { bundle, manifest } = await buildApp(SOURCE)
  await fixture.app('greenhouse', manifest, [ada, bob], { bundle } as never)
})
afterAll(async () => {
  await hosts.close()
  await fixture.close()
  await provider.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => provider.script(() => ({ text: 'Ferns like shade.' })))

const call = (name: string, params: JsonObject = {}, user = ada) =>
  kernel.call({ source: 'api', ...user, appId: 'greenhouse', function: name, params })

test('[S003-074] [K9.5] a handler has the model layer in its own process: tools, purposes, blocks, and no key', async () => {
  provider.script(() => ({ text: '', calls: [{ id: 'c1', name: 'count', input: { bed: 'b' } }] }))
  const { response } = await call('with_tools')
  expect(response.data).toMatchObject({
    content: [{ type: 'tool_use', id: 'c1', name: 'count', input: { bed: 'b' } }],
    stopReason: 'tool_use',
    model: 'small',
    routing: 'small',
    usage: { inputTokens: 11, outputTokens: 7 },
  })
  const sent = provider.requests.at(-1)
  expect(sent).toMatchObject({ protocol: 'anthropic', model: 'small', key: 'installation-key', tools: ['count'] })
  expect(sent?.body).toMatchObject({ tool_choice: { type: 'any' }, top_p: 0.4, temperature: 0, max_tokens: 1024 })
  expect(JSON.stringify(sent?.body.messages)).toContain('"tool_use_id":"c0"')
  expect(JSON.stringify(response)).not.toContain('installation-key')
})

test('[S003-076] [I-KEY-PER-USER] the own key of the acting user is used for that user alone', async () => {
  await call('with_tools', {}, bob)
  expect(provider.requests.at(-1)).toMatchObject({ protocol: 'openai', key: 'bobs-key', model: 'bobs-own' })
  await call('with_tools', {}, ada)
  expect(provider.requests.at(-1)).toMatchObject({ key: 'installation-key' })
  const before = provider.requests.length
  expect((await call('for_user', { user: bob.userId })).response.data).toEqual({ code: 'auth_error' })
  expect(provider.requests).toHaveLength(before)
  expect((await call('for_user', { user: ada.userId })).response.data).toEqual({ code: 'none' })
})

test('[9.5] what the provider is asked for is metered for the user, the app and the purpose', async () => {
  await call('with_tools', {}, bob)
  const rows = await fixture.rows(
    'select app_id, purpose, model, is_own_key, input_tokens from llm.usage where user_id = $1 order by id desc limit 1',
    [bob.userId],
  )
  expect(rows).toEqual([
    { app_id: 'greenhouse', purpose: 'routing', model: 'bobs-own', is_own_key: true, input_tokens: 11 },
  ])
})

test('a streamed answer reaches the handler piece by piece', async () => {
  const { data } = (await call('streamed')).response as { data: { pieces: string[]; text: string } }
  expect(data.pieces.length).toBeGreaterThan(0)
  expect(data.pieces.join('')).toBe('Ferns like shade.')
  expect(data.text).toBe('Ferns like shade.')
})

test('a handler that leaves its stream ends well, and so does the next call', async () => {
  expect((await call('given_up')).status).toBe('success')
  expect((await call('streamed')).status).toBe('success')
})

test('requests of one call at once are one log; background work has one of its own', async () => {
  expect((await call('several_at_once')).response.data).toEqual({ logged: 3 })
  const before = said.length
  await call('in_the_background')
  await vi.waitFor(() => expect(said.slice(before)).toMatchObject([{ text: 'Asked later' }]), PATIENCE)
})

test('[3.16] work that a schedule detaches for a user is that user’s: model, documents and message', async () => {
  const before = said.length
  await kernel.call({
    source: 'schedule',
    tenantId: 'default',
    userId: '__system__',
    appId: 'greenhouse',
    function: 'for_each',
    params: {},
  })
  await vi.waitFor(
    () =>
      expect(
        said
          .slice(before)
          .map(({ userId, text }) => [userId, text])
          .sort(),
      ).toEqual([
        [ada.userId, `Asked for ${ada.userId}`],
        [bob.userId, `Asked for ${bob.userId}`],
      ]),
    PATIENCE,
  )
  const keys = provider.requests.slice(-2).map(({ key }) => key)
  expect(keys.sort()).toEqual(['bobs-key', 'installation-key'])
  expect(await fixture.rows("select user_id from store.document where collection = 'asked' order by user_id")).toEqual([
    { user_id: ada.userId },
    { user_id: bob.userId },
  ])
  const tasks = await fixture.rows<{ user_id: string }>(
    "select user_id from kernel.task where app_id = 'greenhouse' and user_id in ($1, $2)",
    [ada.userId, bob.userId],
  )
  expect(tasks.length).toBeGreaterThanOrEqual(2)
})
