import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { assistantOf, plan, type Task, taskOf } from '../support/assistant.ts'
import { deploySource } from '../support/extension.ts'
import {
  type ModelAnswer,
  type ModelProvider,
  type ModelRequest,
  startModelProvider,
} from '../support/model-provider.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin } from '../support/session.ts'

// From the registry's catalog to a handler: what the classifier reads, which model is asked, and who decides about it.
let server: TestServer
let model: ModelProvider
let admin: Session
let ada: Session
let eve: Session
let script: Partial<Record<Task, (request: ModelRequest) => ModelAnswer>>

const GARDEN = `
import { ActionResult, ChatExtension, Extension, getLlmProvider } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('garden', {
  version: '1.0.0', displayName: 'Garden', description: 'Plants and beds, for the tests of what the kernel dispatches.',
  icon: 'icon.svg', capabilities: ['garden:read', 'garden:write'],
})
const chat = new ChatExtension(ext, { toolName: 'garden', description: 'Plants and beds.', systemPrompt: 'Module for beds: never water twice.' })
chat.function('plant_bed', { description: 'Plants one bed with seeds of a kind.', actionType: 'write', effects: ['create:bed'],
  params: z.object({ kind: z.string(), rows: z.number().int(), warm: z.boolean().default(true) }) },
  async (ctx, params) => ActionResult.success({ bed_id: (await ctx.store.create('beds', params)).id, got: params }, 'Planted.'))
chat.function('list_beds', { description: 'Lists the beds that are planted.', params: z.object({}) },
  async (ctx) => ActionResult.success({ beds: await ctx.store.count('beds') }, 'Listed.'))
chat.function('ask_models', { description: 'Asks a model for each purpose, without naming one.', params: z.object({}) },
  async (ctx) => {
    const own = [(await ctx.ai.complete('Name a plant.')).model]
    for (const purpose of ['routing', 'execution', 'navigate'] as const)
      own.push((await getLlmProvider().createMessage({ messages: [{ role: 'user', content: 'Hello' }], purpose })).model)
    return ActionResult.success({ models: own }, 'Asked.')
  })
`

async function person(name: string): Promise<Session> {
  const email = `${name}@example.com`
  await admin.request('POST', '/v1/users', { email, password: 'long-password' })
  return signIn(server, email, 'long-password')
}

beforeAll(async () => {
  model = await startModelProvider((request) => script[taskOf(request)]?.(request) ?? { text: 'ok' })
  script = {}
  server = await startTestServer({
    env: {
      IMPERAL_ALLOW_PRIVATE_NETWORK: 'true',
      IMPERAL_LLM_PROVIDER: 'openai_compatible',
      IMPERAL_LLM_MODEL: 'm-talks',
      IMPERAL_ROUTING_MODEL: 'm-routes',
      IMPERAL_EXECUTION_MODEL: 'm-works',
      IMPERAL_LLM_BASE_URL: model.url,
      IMPERAL_LLM_API_KEY: 'sk-installation',
    },
  })
  admin = await signInAdmin(server)
  ada = await person('grace')
  eve = await person('eve')
  await ada.request('POST', '/v1/developer/register', {})
  await deploySource(server.url, ada, GARDEN)
  for (const who of [ada, eve]) await who.request('POST', '/v1/marketplace/apps/notes/install', {})
}, 180_000)
beforeEach(() => {
  script = {}
})
afterAll(async () => {
  await server?.stop()
  await model?.close()
})

const registry = (method: string, address: string, body?: unknown) => {
  const key = `imp_reg_key_${readFileSync(path.join(server.dataDir, 'keys/registry.key'), 'utf8').trim()}`
  return send(server.registryUrl + address, method, body, { 'x-api-key': key })
}
const text = (request: ModelRequest) =>
  [request.system, ...request.messages.map((message) => message.content)].join('\n')

/** What is asked of models while something runs. */
async function askedDuring<T>(work: () => Promise<T>): Promise<{ answer: T; asked: readonly ModelRequest[] }> {
  const before = model.requests.length
  const answer = await work()
  return { answer, asked: model.requests.slice(before) }
}

/** The functions that the classifier was shown when a person said something in a new conversation. */
async function shownTo(who: Session, conversation: string): Promise<string[]> {
  script = { classify: () => plan([], { intent: 'navigate' }) }
  const { asked } = await askedDuring(() => assistantOf(who).ask('What is a garden good for?', conversation))
  const classifier = asked.filter((request) => taskOf(request) === 'classify')
  expect(classifier.length).toBeGreaterThan(0)
  return [...text(classifier[0] as ModelRequest).matchAll(/^- ([a-z_-]+\.[a-z_]+) \[/gm)].map(
    ([, name]) => name as string,
  )
}

interface CatalogApp {
  readonly app_id: string
  readonly tools: readonly { readonly name: string; readonly owner_chat_tool?: string }[]
}
/** Chat functions of a user's catalog, as the registry answers them. */
async function catalogOf(who: Session): Promise<string[]> {
  const { apps } = (await registry('GET', `/v1/catalog?imperal_id=${who.userId}`)).body as { apps: CatalogApp[] }
  return apps.flatMap((app) =>
    app.tools.filter((tool) => (tool.owner_chat_tool ?? '') !== '').map((tool) => `${app.app_id}.${tool.name}`),
  )
}

describe('the catalog of a chat session', () => {
  test('[S002-002] [S002-026] [S001-056] the classifier reads exactly what the registry says of this person, at the start of each session', async () => {
    for (const who of [ada, eve]) {
      const catalog = await catalogOf(who)
      expect(catalog).toContain('notes.list_notes')
      expect(catalog.includes('garden.plant_bed')).toBe(who === ada)
      expect((await shownTo(who, 'first')).sort()).toEqual(catalog.sort())
    }

    // What is pushed to the registry is known to the next session, what is taken away is not.
    const { tools } = (await registry('GET', '/v1/apps/garden/tools')).body as { tools: { name: string }[] }
    const weed = { name: 'weed_bed', description: 'Weeds one bed.', action_type: 'write', owner_chat_tool: 'garden' }
    const pushed = await registry('PUT', '/v1/apps/garden/tools', {
      tools: [...tools, { ...weed, params_schema: { type: 'object', properties: {} } }],
    })
    expect(pushed.status).toBe(200)
    expect(await shownTo(ada, 'second')).toContain('garden.weed_bed')
    expect((await registry('PUT', '/v1/apps/garden/tools', { tools })).status).toBe(200)
    expect(await shownTo(ada, 'third')).not.toContain('garden.weed_bed')
    await registry('DELETE', `/v1/users/${eve.userId}/extensions/notes`)
    expect((await shownTo(eve, 'second')).filter((name) => name.startsWith('notes.'))).toEqual([])
    await registry('POST', `/v1/users/${eve.userId}/extensions`, { app_id: 'notes' })
    expect(await shownTo(eve, 'third')).toContain('notes.list_notes')
  })
})

describe('typed dispatch', () => {
  test('[S003-008] [S003-047] [S003-110] [S003-111] the plan’s arguments reach the handler as they are; one model routes, another works, and none stands between', async () => {
    const args = { kind: 'beans', rows: 3 }
    script = { classify: () => plan([{ tool: 'garden.plant_bed', args }]) }
    const planted = await askedDuring(() => assistantOf(ada).ask('plant three rows of beans', 'dispatch'))
    expect(planted.answer.actions).toMatchObject([{ function: 'plant_bed', status: 'success', arguments: args }])
    // Planned by one model; what a write did is told in the words of the app.
    expect(planted.asked.map((request) => [taskOf(request), request.model])).toEqual([['classify', 'm-routes']])

    script = { classify: () => plan([{ tool: 'garden.list_beds' }]) }
    const listed = await askedDuring(() => assistantOf(ada).ask('which beds are there?', 'dispatch'))
    expect(listed.answer.actions).toMatchObject([{ function: 'list_beds', status: 'success' }])
    expect(listed.asked.map((request) => [taskOf(request), request.model])).toEqual([
      ['classify', 'm-routes'],
      ['narrate', 'm-works'],
      // Its first answer was no object.
      ['narrate', 'm-works'],
    ])
    // Nobody was asked to choose a tool on behalf of the app.
    expect([...planted.asked, ...listed.asked].flatMap((request) => request.tools)).toEqual([])

    script = { classify: () => plan([], { intent: 'navigate' }), talk: () => ({ text: 'Good morning.' }) }
    const talked = await askedDuring(() => assistantOf(ada).ask('What is a garden good for?', 'dispatch'))
    expect(talked.asked.map((request) => [taskOf(request), request.model])).toEqual([
      ['classify', 'm-routes'],
      ['talk', 'm-talks'],
    ])

    // Each of them knew who speaks, and all that this person's apps can do.
    for (const request of [...planted.asked, ...listed.asked, ...talked.asked]) {
      expect(request.system).toMatch(/^You are Webbee, the one assistant/)
      expect(request.system).toMatch(/Capabilities: .*Garden: plant bed, list beds, ask models/i)
      expect(request.system).toContain('\nYou are Webbee, and nobody else.')
    }

    const direct = await askedDuring(() => ada.call('garden', 'plant_bed', args))
    expect(direct.answer.data).toMatchObject({ got: { kind: 'beans', rows: 3, warm: true } })
    expect(direct.asked).toEqual([])
  })

  test('[S003-004] every read function that needs no argument, of every app of the platform, runs as a step of a plan', async () => {
    const mine = (await admin.request('GET', '/v1/me/extensions')).body as {
      app_id: string
      functions: { name: string; action_type: string; params_schema: { required?: string[] } }[]
    }[]
    const steps = mine.flatMap((app) =>
      app.functions
        .filter((one) => one.action_type === 'read' && (one.params_schema.required ?? []).length === 0)
        .map((one) => ({ app: app.app_id, tool: `${app.app_id}.${one.name}` })),
    )
    // Some ask for an account elsewhere first: what a direct call cannot do, a plan cannot either.
    const able: typeof steps = []
    for (const step of steps)
      if ((await admin.call(step.app, step.tool.slice(step.app.length + 1))).status === 'success') able.push(step)
    expect(new Set(able.map(({ app }) => app)).size).toBeGreaterThan(8)
    for (const [app, functions] of Map.groupBy(able, (step) => step.app)) {
      script = { classify: () => plan(functions.map(({ tool }) => ({ tool }))) }
      const reply = await assistantOf(admin).ask(`show me all of ${app}`, `chain-${app}`)
      expect(reply.actions.map((action) => [`${action.app_id}.${action.function}`, action.status])).toEqual(
        functions.map(({ tool }) => [tool, 'success']),
      )
    }
  })
})

describe('models', () => {
  test('[S003-022] a handler that names no model gets the one of the kernel for its purpose, and no key', async () => {
    const { answer, asked } = await askedDuring(() => ada.call('garden', 'ask_models'))
    expect(answer.data).toEqual({ models: ['m-works', 'm-routes', 'm-works', 'm-talks'] })
    expect(asked.map(({ model: name, key }) => [name, key])).toEqual(
      ['m-works', 'm-routes', 'm-works', 'm-talks'].map((name) => [name, 'sk-installation']),
    )
  })

  test.each(['anthropic', 'openai', 'google', 'openai_compatible'] as const)(
    '[S003-046] a person’s own key of %s is asked for that person’s calls, and for nobody else’s',
    async (provider) => {
      const own = { provider, model: 'm-own', base_url: model.url, api_key: `sk-own-${provider}` }
      expect((await ada.request('PATCH', '/v1/me/settings', { llm: own })).status).toBe(200)
      const mine = await askedDuring(() => ada.call('garden', 'ask_models'))
      expect(mine.answer.status).toBe('success')
      const protocol = provider === 'openai_compatible' ? 'openai' : provider
      expect(new Set(mine.asked.map((request) => `${request.protocol} ${request.model} ${request.key}`))).toEqual(
        new Set([`${protocol} m-own sk-own-${provider}`]),
      )
      expect(JSON.stringify(mine.answer)).not.toContain('sk-own')

      script = { classify: () => plan([], { intent: 'navigate' }), talk: () => ({ text: 'Hello.' }) }
      const others = await askedDuring(() => assistantOf(eve).ask('What is a garden good for?', `byo-${provider}`))
      expect(new Set(others.asked.map((request) => request.key))).toEqual(new Set(['sk-installation']))

      expect((await ada.request('PATCH', '/v1/me/settings', { llm: null })).status).toBe(200)
      const back = await askedDuring(() => ada.call('garden', 'ask_models'))
      expect(new Set(back.asked.map((request) => request.key))).toEqual(new Set(['sk-installation']))
    },
  )
})
