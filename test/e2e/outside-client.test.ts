import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { CallResponse, JsonObject } from '@imperal/contract'
import { validateDocument } from '@imperal/ir'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailedToken } from '../support/mailbox.ts'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, until } from '../support/session.ts'

/** The text that the model writes in this file. */
const DIGEST = 'Two people are in the house.'
const documentNamed = (name: string): JsonObject =>
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, `../../packages/ir/test/documents/${name}.json`), 'utf8'))

let model: ModelProvider
let server: TestServer
let eve: Session
beforeAll(async () => {
  model = await startModelProvider(() => ({ text: DIGEST }))
  server = await startTestServer({
    env: {
      ...{ IMPERAL_LLM_PROVIDER: 'openai_compatible', IMPERAL_LLM_MODEL: 'm', IMPERAL_LLM_BASE_URL: model.url },
      IMPERAL_LLM_API_KEY: 'sk-installation',
    },
  })
  const email = 'eve@example.com'
  await send(`${server.url}/v1/auth/signup`, 'POST', { email, password: 's3cure! and long' })
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(server, email) })
  eve = await signIn(server, email, 's3cure! and long')
}, 240_000)
afterAll(() => model.close())

type Tokens = { access_token: string; refresh_token: string; expires_in: number }
let tokens: Tokens
let me: { imperal_id: string }
const ask = (method: string, address: string, body?: unknown) =>
  send(server.url + address, method, body, { authorization: `Bearer ${tokens.access_token}` })

/** As the client does it: everything below 400 has to be JSON, everything else is an error with its text. */
async function must(method: string, address: string, body?: unknown): Promise<never> {
  const answer = await ask(method, address, body)
  if (answer.status >= 400) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`.slice(0, 300))
  expect(typeof answer.body).toBe('object')
  return answer.body
}
const call = (appId: string, name: string, params: object): Promise<CallResponse & { data: never }> =>
  must('POST', `/v1/extensions/${appId}/call`, {
    ...{ user_id: me.imperal_id, tenant_id: 'default', function: name, params },
  })
const operate = (appId: string, name: string, params: object): Promise<{ kind: string; content: CallResponse }> =>
  must('POST', `/v1/extensions/${appId}/operate`, {
    ...{ user_id: me.imperal_id, tenant_id: 'default', function: name, params, confirmation_bypassed: true },
  })

interface Tool {
  readonly name: string
  readonly action_type: string
}
/** Types of an app's functions, from the developer's record or the manifest in it (api 8.1, “Read tool”). */
async function typesOf(appId: string): Promise<ReadonlyMap<string, string>> {
  const app = (await must('GET', `/v1/developer/apps/${appId}`)) as {
    tools_json?: Tool[]
    manifest_json?: { tools: Tool[] }
  }
  return new Map((app.tools_json ?? app.manifest_json?.tools ?? []).map(({ name, action_type }) => [name, action_type]))
}
/** A read goes through `/call`; whatever is not marked `read` is refused by the client itself. */
async function read(appId: string, name: string, params: object = {}) {
  expect((await typesOf(appId)).get(name)).toBe('read')
  return call(appId, name, params)
}
async function write(appId: string, name: string, params: object): Promise<CallResponse & { data: never }> {
  expect((await typesOf(appId)).get(name)).not.toBe('read')
  const { kind, content } = await operate(appId, name, params)
  expect(kind, JSON.stringify(content)).toBe('tool_result')
  return content as CallResponse & { data: never }
}
/** What destroys waits for its person in the panel, whatever the client says about confirmations. */
async function destroy(appId: string, name: string, params: object): Promise<CallResponse & { data: never }> {
  expect((await typesOf(appId)).get(name)).toBe('destructive')
  const asked = await operate(appId, name, params)
  expect(asked.kind).toBe('confirmation')
  const { confirmations } = (await eve.request('GET', '/v1/confirmations/active')).body as {
    confirmations: { confirmation_id: string }[]
  }
  expect(confirmations).toHaveLength(1)
  const decided = await eve.request('POST', `/v1/confirmations/${confirmations[0]?.confirmation_id}/confirm`, {})
  expect(decided.status, JSON.stringify(decided.body)).toBe(200)
  return (decided.body as { results: (CallResponse & { data: never })[] }).results[0] as never
}

/** List, make, validate here, try out, deploy: the tool of the client that builds an app. */
async function build(
  appId: string,
  probe: { readonly function: string; readonly args: JsonObject },
): Promise<CallResponse> {
  const ir_dict = documentNamed(appId)
  expect((await ask('GET', `/v1/developer/apps/${appId}`)).status).toBe(404)
  const app = { app_id: appId, display_name: appId, git_url: `https://imperal.io/ir-apps/${appId}` }
  await must('POST', '/v1/developer/apps', app)
  const again = await ask('POST', '/v1/developer/apps', app)
  expect(again.status).toBe(409)
  expect(validateDocument(ir_dict).valid).toBe(true)
  const smoke = await call('developer', 'smoke_ir', { ir_dict, ...probe })
  expect(smoke, JSON.stringify(smoke)).toMatchObject({ status: 'success', data: { ok: true } })
  const deployed = await call('developer', 'deploy_ir', { app_id: appId, ir_dict })
  expect(deployed, JSON.stringify(deployed)).toMatchObject({ status: 'success', error: null })
  const apps = (await must('GET', '/v1/developer/apps')) as { app_id: string }[]
  expect(Array.isArray(apps)).toBe(true)
  expect(apps.map(({ app_id }) => app_id)).toContain(appId)
  return deployed
}

describe('the client of api 8.1, step by step', () => {
  test('[8.1] login: exactly 200, then pending as 200 without a token, then the tokens', async () => {
    const verifier = randomBytes(32).toString('base64url')
    const code_challenge = createHash('sha256').update(verifier).digest('base64url')
    const begun = await send(`${server.url}/v1/auth/cli/device/authorize`, 'POST', {
      ...{ code_challenge, code_challenge_method: 'S256' },
    })
    expect(begun.status).toBe(200)
    const codes = begun.body as { device_code: string; user_code: string; interval: number; expires_in: number }
    expect(codes).toMatchObject({ verification_uri: expect.any(String), verification_uri_complete: expect.any(String) })
    const poll = () =>
      send(`${server.url}/v1/auth/cli/device/token`, 'POST', {
        device_code: codes.device_code,
        code_verifier: verifier,
      })
    const pending = await poll()
    expect(pending.status).toBe(200)
    expect(pending.body).not.toHaveProperty('access_token')
    await eve.request('POST', `/v1/auth/cli/device/${codes.user_code}/approve`, {})
    tokens = await until(async () => {
      const { body } = await poll()
      return 'access_token' in body ? (body as Tokens) : null
    })
    expect(tokens.refresh_token).not.toBe('')
    me = await must('GET', '/v1/auth/me')
    expect(me).toMatchObject({ imperal_id: eve.userId, email: 'eve@example.com' })
  })

  test('[8.1] refresh: new tokens for the old; only 401 is a verdict', async () => {
    const renewed = await send(`${server.url}/v1/auth/refresh`, 'POST', { refresh_token: tokens.refresh_token })
    expect(renewed.status).toBe(200)
    expect(renewed.body).toMatchObject({
      ...{ access_token: expect.any(String), refresh_token: expect.any(String), expires_in: expect.any(Number) },
    })
    tokens = renewed.body
    expect((await send(`${server.url}/v1/auth/refresh`, 'POST', { refresh_token: 'nonsense' })).status).toBe(401)
  })

  test('[8.1] enrol: 2xx, and 400 “already registered” for a second time', async () => {
    const enrol = {
      tier: 'explorer',
      nickname: `u${me.imperal_id
        .slice(-6)
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, 'x')}`,
    }
    expect((await ask('POST', '/v1/developer/register', enrol)).status).toBeLessThan(300)
    const again = await ask('POST', '/v1/developer/register', enrol)
    expect(again.status).toBe(400)
    expect(JSON.stringify(again.body)).toContain('already registered')
  })

  test('[8.1] [18.1] the reading log: made, tried, deployed, run as its table says', async () => {
    const deployed = await build('pageturner', { function: 'add_book', args: { title: 'x' } })
    expect(deployed.data).toMatchObject({
      ...{
        steps_registered: 4,
        ir_version: '1.0.0',
        functions: ['add_book', 'list_books', 'finish_book', 'drop_book'],
      },
    })
    const tide = (await write('pageturner', 'add_book', { title: 'The Long Tide' })).data as { id: string; doc: object }
    expect(tide.doc).toMatchObject({ title: 'The Long Tide', author: 'unknown', done: false, id: tide.id })
    const salt = (await write('pageturner', 'add_book', { title: 'Salt Roads', author: 'M. Idris' })).data as {
      id: string
    }
    const finished = (id: string) => ({ ids: [id], count: 1, missing: [] })
    expect((await write('pageturner', 'finish_book', { book_id: tide.id })).data).toEqual(finished(tide.id))
    expect((await write('pageturner', 'finish_book', { book_id: salt.id, rating: 5 })).data).toEqual(finished(salt.id))
    const { docs } = (await read('pageturner', 'list_books')).data as { docs: JsonObject[] }
    expect(docs.find(({ id }) => id === tide.id)).not.toHaveProperty('rating')
    expect(docs.find(({ id }) => id === salt.id)).toMatchObject({ done: true, rating: 5 })
    expect((await destroy('pageturner', 'drop_book', { book_id: tide.id })).data).toEqual({ ids: [tide.id], count: 1 })
    expect((await destroy('pageturner', 'drop_book', { book_id: tide.id })).data).toEqual({ ids: [], count: 0 })
    expect(await write('pageturner', 'finish_book', { book_id: tide.id })).toMatchObject({
      ...{ status: 'error', error_code: 'IR_NOT_FOUND', data: { step: 'finish_book' } },
    })
    expect(await write('pageturner', 'finish_book', {})).toMatchObject({ error_code: 'IR_MISSING_VALUE' })
  })

  test('[8.1] [18.2] the stockroom: branches, notices, the panel', async () => {
    const deployed = await build('stockroom', { function: 'add_item', args: { name: 'Tea', qty: 1 } })
    expect(deployed.data).toMatchObject({ steps_registered: 9, functions_registered: 3 })
    const add = (name: string, qty: number, floor?: number) => write('stockroom', 'add_item', { name, qty, floor })
    const milk = await add('Oat milk', 12, 4)
    const beans = await add('Beans', 30)
    expect(milk.summary).toBe('Added Oat milk (12 on the shelf).')
    expect(beans.summary).toBe('Added Beans (30 on the shelf).')
    const [milkId, beansId] = [milk, beans].map(({ data }) => (data as { id: string }).id)
    expect((await read('stockroom', 'low_stock')).data).toEqual({ items: [], total: 0 })
    expect(await write('stockroom', 'set_count', { item_id: milkId, qty: 3 })).toMatchObject({
      summary: 'Oat milk counted at 3 - below its floor of 4.',
      data: { id: milkId, qty: 3, low: true },
      directives: [{ action: 'send', message: 'Oat milk is down to 3 (floor 4).', channel: 'notification' }],
    })
    expect(await write('stockroom', 'set_count', { item_id: beansId, qty: 28 })).toMatchObject({
      ...{ summary: 'Beans counted at 28.', data: { id: beansId, qty: 28, low: false } },
    })
    expect(await write('stockroom', 'set_count', { item_id: 'doc_9', qty: 28 })).toMatchObject({
      summary: 'There is no item doc_9 on the shelf.',
      data: { id: 'doc_9', found: false },
      directives: [{ action: 'send', message: 'There is no item doc_9 on the shelf.' }],
    })
    expect((await read('stockroom', 'low_stock')).data).toMatchObject({ total: 1, items: [{ id: milkId }] })
    const { ui } = await call('stockroom', '__panel__shelf', {})
    expect(JSON.stringify(ui)).toContain('1 item(s) below the floor.')
  })

  test('[8.1] [18.3] the visitor desk: calls of siblings, a completion, destruction that is asked for', async () => {
    await build('visitor-desk', { function: 'sign_in', args: { visitor: 'Ada' } })
    expect((await write('visitor-desk', 'sign_in', { visitor: 'Ada Quill', host: 'Rita' })).summary).toBe(
      'Ada Quill signed in.',
    )
    const ben = await write('visitor-desk', 'sign_in', { visitor: 'Ben Marsh' })
    expect(ben.data).toMatchObject({ title: 'Ben Marsh' })
    expect(await write('visitor-desk', 'sign_in', {})).toMatchObject({ error_code: 'VALIDATION_MISSING_FIELD' })
    const inside = await read('visitor-desk', 'who_is_inside')
    expect(inside).toMatchObject({ summary: '2 visitor(s) inside.', data: { total: 2 } })
    const digest = await read('visitor-desk', 'draft_digest')
    expect(digest).toMatchObject({ summary: DIGEST, data: { text: DIGEST, visitors: 2 } })
    // The prompt ends with the records, as compact JSON with sorted keys (6.5).
    const prompt = JSON.stringify(model.requests.at(-1))
    expect(prompt).toMatch(/VISITORS:.{1,4}\[\{.{1,4}created_at.{1,60}day.{1,40}host.{1,4}:.{1,4}Rita/)
    const [today] = (inside.data as { items: { day: string }[] }).items.map(({ day }) => day)
    expect(await destroy('visitor-desk', 'clear_day', { day: '2001-01-01' })).toMatchObject({
      ...{ summary: 'No visits were recorded on 2001-01-01.', data: { deleted: 0, day: '2001-01-01' } },
    })
    expect(await destroy('visitor-desk', 'clear_day', { day: today })).toMatchObject({
      ...{ summary: `Deleted 2 visit(s) from ${today}.`, data: { deleted: 2, day: today } },
    })
    expect(await read('visitor-desk', 'draft_digest')).toMatchObject({
      ...{ summary: 'Nobody is inside right now.', data: { text: '', visitors: 0 } },
    })
  })

  test('[8.1] [18.3] the refused variants say what is wrong, and an update is rolled back', async () => {
    const original = documentNamed('visitor-desk')
    const text = JSON.stringify(original)
    const renamed = JSON.parse(
      text.replaceAll('"visitor"', '"guest"').replaceAll('args.visitor', 'args.guest'),
    ) as JsonObject
    const second = await call('developer', 'deploy_ir', { app_id: 'visitor-desk', ir_dict: renamed, dev_mode: true })
    expect(second, JSON.stringify(second)).toMatchObject({ status: 'success', data: { revision: 2 } })
    expect(JSON.stringify(second.data)).toContain("param 'guest' of 'sign_in' became required")
    const back = await call('developer', 'rollback_ir', { app_id: 'visitor-desk' })
    expect(back.data).toMatchObject({ revision: 3, previous_revision: 2 })
    const unread = JSON.parse(text.replace('"ai:complete"', '"store:read"')) as JsonObject
    const refused = await call('developer', 'deploy_ir', { app_id: 'visitor-desk', ir_dict: unread })
    expect(refused).toMatchObject({
      status: 'error',
      error: expect.stringContaining(
        "function 'draft_digest' uses ai.complete but capability 'ai:complete' is not declared",
      ),
    })
  })

  test('[8.1] read tool of an app of somebody else: the reduced record, then its page in the marketplace', async () => {
    await eve.request('POST', '/v1/marketplace/apps/notes/install', {})
    expect((await typesOf('notes')).get('list_notes')).toBe('read')
    const page = (await must('GET', '/v1/marketplace/apps/notes')) as { tools: Tool[] }
    expect(page.tools.find(({ name }) => name === 'list_notes')?.action_type).toBe('read')
    expect(await call('notes', 'list_notes', {})).toMatchObject({ status: 'success' })
  })

  test('[8.1] logout ends the session', async () => {
    await ask('POST', '/v1/auth/logout', { refresh_token: tokens.refresh_token })
    expect((await send(`${server.url}/v1/auth/refresh`, 'POST', { refresh_token: tokens.refresh_token })).status).toBe(
      401,
    )
  })
})
