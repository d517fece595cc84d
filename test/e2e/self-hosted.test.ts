import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assistantOf, plan, taskOf } from '../support/assistant.ts'
import { deploySource } from '../support/extension.ts'
import { mailedToken } from '../support/mailbox.ts'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { send, signIn, signInAdmin } from '../support/session.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'imperal-self-hosted-'))
const record = path.join(folder, 'connections')
const recorder = pathToFileURL(path.join(import.meta.dirname, '../support/record-connections.mjs')).href
let server: TestServer
let model: ModelProvider

const SOURCE = `
import { ActionResult, ChatExtension, Extension, WebhookResponse } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('house', {
  version: '1.0.0', displayName: 'House', icon: 'icon.svg', actionsExplicit: true,
  description: 'Rings and thinks, for a test of an installation without an internet.', capabilities: ['house:read', 'house:write'],
})
const chat = new ChatExtension(ext, { toolName: 'house', description: 'A house.' })
chat.function('think', { description: 'Asks the model of the house.', params: z.object({}) },
  async (ctx) => ActionResult.success({ text: (await ctx.ai.complete('Think.')).text }, 'Thought.'))
ext.webhook('/bell', { method: 'POST' }, async (ctx, request) => {
  await ctx.forUser(request.json().user).notify.push({ title: 'Somebody rang', body: 'at the door' })
  return WebhookResponse.ok({ rung: true })
})
`

beforeAll(async () => {
  model = await startModelProvider((request) =>
    taskOf(request) === 'classify' ? plan([{ tool: 'house.think' }]) : { text: 'Quiet here.' },
  )
  server = await startTestServer({
    env: {
      NODE_OPTIONS: `--import=${recorder}`,
      RECORD_CONNECTIONS: record,
      // What an operator sets who has a model on the same machine.
      IMPERAL_LLM_PROVIDER: 'openai_compatible',
      IMPERAL_LLM_MODEL: 'llama3.2',
      IMPERAL_LLM_BASE_URL: model.url,
    },
  })
}, 180_000)
afterAll(async () => {
  await server?.stop()
  await model?.close()
  rmSync(folder, { recursive: true, force: true })
})

const isHere = (target: string): boolean =>
  target.startsWith('/') ||
  target === 'localhost' ||
  target === '::1' ||
  (isIP(target) === 4 && target.startsWith('127.'))

test('[S003-057] [S003-058] [K8.45] an installation needs nobody else: sign-up, apps, models, webhooks and mail, and no connection that leaves the machine', async () => {
  const admin = await signInAdmin(server)
  const account = { email: 'grace@example.com', password: 'quiet rivers turn slowly' }
  expect((await send(`${server.url}/v1/auth/signup`, 'POST', account)).status).toBe(201)
  const token = await mailedToken(server, account.email)
  expect((await send(`${server.url}/v1/auth/verify-email`, 'POST', { token })).status).toBe(200)
  const grace = await signIn(server, account.email, account.password)
  expect((await grace.request('POST', '/v1/marketplace/apps/notes/install', {})).status).toBe(200)
  expect(await grace.call('notes', 'create_note', { title: 'Mine' })).toMatchObject({ status: 'success' })

  await deploySource(server.url, admin, SOURCE)
  expect((await admin.call('house', 'think')).data).toEqual({ text: 'Quiet here.' })
  const reply = await assistantOf(admin).ask('What does the house think?')
  expect(reply.actions).toMatchObject([{ function: 'think', status: 'success' }])
  const rung = await send(`${server.url}/v1/ext/house/webhook/bell`, 'POST', { user: admin.userId })
  expect([rung.status, rung.body]).toEqual([200, { rung: true }])
  expect((await admin.request('GET', '/v1/admin/doctor')).status).toBe(200)
  // The model of the environment may be on this machine; whoever types such an address hears what opens it.
  const typed = { provider: 'openai_compatible', model: 'llama3.2', base_url: 'http://127.0.0.1:4/v1' }
  const { body: tried } = await admin.request('POST', '/v1/admin/llm/test', { config: typed })
  expect(tried).toMatchObject({
    ok: false,
    error: expect.stringMatching(/address .* is closed: 127\.0\.0\.1 .* this machine\..*IMPERAL_ALLOW_PRIVATE_NETWORK/),
  })

  // The page of the panel brings everything with it, and tells the browser to take it from nowhere else.
  const page = await fetch(`${server.url}/`)
  const html = await page.text()
  const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source as string)
  expect(sources.length).toBeGreaterThan(1)
  expect(sources.filter((source) => /^(?:[a-z]+:)?\/\//i.test(source))).toEqual([])
  const policy = Object.fromEntries(
    (page.headers.get('content-security-policy') ?? '').split(';').map((part) => {
      const [name = '', ...values] = part.trim().split(/\s+/)
      return [name, values.join(' ')]
    }),
  )
  for (const name of ['script-src', 'style-src', 'font-src', 'connect-src'])
    expect(policy[name] ?? policy['default-src'], name).not.toMatch(/https?:|\*/)

  const lines = [...new Set(readFileSync(record, 'utf8').trim().split('\n'))]
  const targets = lines.map((line) => line.split(' ')[1] ?? '')
  expect(targets.filter((target) => !isHere(target))).toEqual([])
  // The recorder saw what was meant to be seen: the database, the hosts and the model.
  expect(lines.some((line) => line.startsWith('connect /'))).toBe(true)
  const { hostname, port } = new URL(model.url)
  expect(lines).toContain(`connect ${hostname} ${port}`)
}, 180_000)
