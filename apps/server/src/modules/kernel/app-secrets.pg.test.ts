import type { JsonObject, JsonValue } from '@imperal/contract'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { mountForTest, principalOf } from '../../../../../test/support/apps.ts'
import type { Principal } from '../../foundation/http/index.ts'
import type { HostCallbacks } from '../hosts/index.ts'
import { chatFunction, type Fixture, fails, openFixture, success } from './test-fixture.ts'

let fixture: Fixture
let app: FastifyInstance
let caller: Principal | null
type Person = { tenantId: string; userId: string }
let owner: Person
let ada: Person
let eve: Person
let asked: { readonly system: string; readonly text: string }[] = []

const secret = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  description: `The ${name} of the tests.`,
  required: false,
  write_mode: 'user',
  max_bytes: 200,
  ...more,
})
const CLIENT_SECRET = 'GOCSPX-client-secret-of-the-app'

beforeAll(async () => {
  fixture = await openFixture()
  const node = await fixture.openNode({
    llm: {
      available: async () => true,
      models: () => null,
      complete: async ({ system = '', messages }) => {
        asked.push({ system, text: String(messages[0]?.content) })
        return {
          text: 'ok',
          object: null,
          model: 'm',
          provider: 'test',
          owner: 'installation',
          usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
          stopReason: 'end_turn',
        }
      },
      createMessage: async ({ messages }) => {
        asked.push({ system: '', text: JSON.stringify(messages) })
        return {
          content: [],
          stopReason: 'end_turn',
          model: 'm',
          owner: 'installation',
          usage: { input_tokens: 1, output_tokens: 1 },
        }
      },
    },
  })
  fixture = { ...fixture, ...node }
  owner = await fixture.person({ tenantId: 'makers' })
  ada = await fixture.person()
  eve = await fixture.person({ tenantId: 'elsewhere' })
  const secrets = [
    secret('client_secret', { scope: 'app' }),
    secret('shared_state', { scope: 'app', write_mode: 'both' }),
    secret('operators', { scope: 'app', env_fallback: 'IMPERAL_APPSECRET_PHOTO_ALBUMS__KEY' }),
    secret('stolen', { scope: 'app', env_fallback: 'IMPERAL_APPSECRET_OTHER_APP__KEY' }),
    secret('pin', { write_mode: 'both' }),
  ]
  const tools = [chatFunction('work', 'write')]
  await fixture.app('photo-albums', { secrets, tools }, [ada, eve, owner], { owner })
  const required = [secret('client_secret', { scope: 'app', required: true })]
  await fixture.app('unready', { secrets: required, tools }, [ada], { owner })
  app = await mountForTest(fixture.secrets.routes, () => caller)
})
afterAll(async () => {
  await app?.close()
  await fixture.close()
})
afterEach(() => {
  asked = []
  vi.unstubAllEnvs()
})

const signedIn = (person: Person, more: Partial<Principal> = {}) => {
  caller = principalOf(person, more)
}
const request = async (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: JsonObject, headers = {}) => {
  const answer = await app.inject({ method, url: `/v1/secrets/${path}`, headers, ...(body && { payload: body }) })
  return { status: answer.statusCode, body: answer.json() as JsonObject }
}

/** What the app's code does in a handler of one user. */
async function inHandler<T>(
  person: Person,
  work: (kernel: HostCallbacks) => Promise<T>,
  more: { answer?: JsonValue; appId?: string } = {},
): Promise<{ value: T; response: JsonObject }> {
  let value: T | undefined
  for (const hosts of [fixture.hosts])
    hosts.handlers.set('photo-albums function work', async (_call, kernel) => {
      value = await work(kernel)
      return more.answer ?? success()
    })
  const outcome = await fixture.kernel.call({
    source: 'api',
    ...person,
    appId: 'photo-albums',
    function: 'work',
    params: {},
  })
  return { value: value as T, response: outcome.response as unknown as JsonObject }
}
const ask = (kernel: HostCallbacks, method: string, ...args: JsonValue[]) =>
  kernel.onCallback({ client: 'secrets', method, args, asUser: null })
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: { wire?: { code: string } }) => error.wire?.code,
  )

describe('[I-SECRET-APP-WRITE-OWNER-ONLY] app-wide values', () => {
  test('are stored by the owner of the app, and by administrators of the owner’s tenant', async () => {
    signedIn(owner)
    expect(await request('PUT', 'photo-albums/client_secret', { value: CLIENT_SECRET })).toMatchObject({
      status: 200,
      body: { name: 'client_secret', is_set: true },
    })
    signedIn({ tenantId: 'makers', userId: 'imp_u_operator1' }, { role: 'admin' })
    expect((await request('PUT', 'photo-albums/shared_state', { value: 'first' })).status).toBe(200)
  })

  test('are for nobody else to write or to delete, in whichever tenant', async () => {
    for (const person of [ada, eve]) {
      signedIn(person)
      expect((await request('PUT', 'photo-albums/client_secret', { value: 'mine' })).status).toBe(403)
      expect((await request('DELETE', 'photo-albums/client_secret')).status).toBe(403)
    }
    signedIn(ada, { role: 'admin' })
    expect((await request('PUT', 'photo-albums/client_secret', { value: 'mine' })).status).toBe(403)
  })

  test('are written by code only in the name of the owner, and where it is declared so', async () => {
    const { value: byUser } = await inHandler(ada, (kernel) => codeOf(ask(kernel, 'set', 'shared_state', 'x')))
    expect(byUser).toBe('secret_write_forbidden')
    const { value: byOwner } = await inHandler(owner, async (kernel) => [
      await codeOf(ask(kernel, 'set', 'shared_state', 'renewed')),
      await codeOf(ask(kernel, 'set', 'client_secret', 'renewed')),
    ])
    expect(byOwner).toEqual(['none', 'secret_write_forbidden'])
    expect((await inHandler(ada, (kernel) => ask(kernel, 'get', 'shared_state'))).value).toBe('renewed')
  })
})

test('[I-SECRET-SCOPE-APP-SHARED] [K8.18] one value serves every user of the app, in every tenant', async () => {
  for (const person of [ada, eve, owner]) {
    const { value } = await inHandler(person, async (kernel) => [
      await ask(kernel, 'get', 'client_secret'),
      await ask(kernel, 'is_set', 'client_secret'),
    ])
    expect(value).toEqual([CLIENT_SECRET, true])
  }
  const rows = await fixture.rows(
    "select tenant_id, user_id from secrets.secret where app_id = 'photo-albums' and name = 'client_secret'",
  )
  expect(rows).toEqual([{ tenant_id: 'makers', user_id: '__app__' }])
  const reads = await fixture.rows(
    "select actor_id from audit.entry where action = 'secret.read' and target_id = 'photo-albums/client_secret' order by id",
  )
  expect(reads).toEqual([{ actor_id: ada.userId }, { actor_id: eve.userId }, { actor_id: owner.userId }])
})

describe('[I-SECRET-APP-READ-NOT-USER] users of the app', () => {
  test('see neither the value nor that there is one', async () => {
    signedIn(ada)
    const list = await request('GET', 'photo-albums')
    expect((list.body as unknown as { name: string }[]).map(({ name }) => name)).toEqual(['pin'])
    expect((await request('GET', 'photo-albums/client_secret/meta')).status).toBe(403)
    const { value } = await inHandler(ada, (kernel) => ask(kernel, 'list'))
    expect((value as { name: string }[]).map(({ name }) => name)).toEqual(['pin'])
  })

  test('the keeper sees the states and never a value', async () => {
    signedIn(owner)
    const list = await request('GET', 'photo-albums')
    expect(list.body).toContainEqual(expect.objectContaining({ name: 'client_secret', scope: 'app', is_set: true }))
    expect(JSON.stringify(list)).not.toContain(CLIENT_SECRET)
    expect((await request('GET', 'photo-albums/client_secret/meta')).body).toMatchObject({
      is_set: true,
      length: CLIENT_SECRET.length,
    })
  })

  test('get no value by way of an answer or the log of the app', async () => {
    const { response } = await inHandler(
      ada,
      async (kernel) => {
        const value = await ask(kernel, 'get', 'client_secret')
        kernel.onLog({ level: 'info', text: `client secret is ${value}` })
      },
      { answer: success({ deep: [{ leak: `key=${CLIENT_SECRET}` }] }, { summary: `It is ${CLIENT_SECRET}` }) },
    )
    expect(JSON.stringify(response)).not.toContain(CLIENT_SECRET)
    expect(response.data).toEqual({ deep: [{ leak: 'key=[secret]' }] })
    expect(fixture.kernel.logs('photo-albums').map(({ text }) => text)).toContain('client secret is [secret]')
    const dump = await fixture.rows('select * from ledger.action')
    expect(JSON.stringify(dump)).not.toContain(CLIENT_SECRET)
  })
})

test('[K8.21] values of the user’s own secrets stay out of the log, too, and reach the answer', async () => {
  signedIn(ada)
  await request('PUT', 'photo-albums/pin', { value: 'pin-of-ada' })
  const { response } = await inHandler(
    ada,
    async (kernel) => {
      const value = await ask(kernel, 'get', 'pin')
      kernel.onLog({ level: 'info', text: `the pin is ${value}` })
    },
    { answer: success({ pin: 'pin-of-ada' }) },
  )
  expect(response.data).toEqual({ pin: 'pin-of-ada' })
  expect(fixture.kernel.logs('photo-albums').at(-1)?.text).toBe('the pin is [secret]')
})

test('[K8.21] a value in the sentences of a result, or in an exception, reaches neither chat nor ledger nor the author', async () => {
  signedIn(ada)
  await request('PUT', 'photo-albums/pin', { value: 'pin-of-ada' })
  const reading = (kernel: HostCallbacks) => ask(kernel, 'get', 'pin').then(() => {})
  const answers = [
    success({ pin: 'kept' }, { summary: 'Your pin is pin-of-ada.' }),
    { status: 'error', error: 'The pin pin-of-ada was refused.', error_code: 'PIN_REFUSED' },
  ]
  for (const answer of answers) {
    const { response } = await inHandler(ada, reading, { answer })
    expect(`${response.summary} ${response.error}`).toContain('[secret]')
    expect(JSON.stringify(response)).not.toContain('pin-of-ada')
  }
  await inHandler(ada, async (kernel) => {
    await reading(kernel)
    const message = 'refused: pin-of-ada'
    fails('EXT_THREW', {
      name: 'Error',
      code: 'internal',
      message,
      stack: `Error: ${message}`,
      detail: { pin: 'pin-of-ada' },
    })
  })
  expect(JSON.stringify(fixture.kernel.logs('photo-albums'))).not.toContain('pin-of-ada')
  expect(JSON.stringify(await fixture.ledger({ appId: 'photo-albums' }))).not.toContain('pin-of-ada')
})

test('[I-SECRET-APP-NO-LLM-EGRESS] a value that the call has read is never sent to a model', async () => {
  const prompts: [string, string, JsonObject][] = [
    ['ai', 'complete', { prompt: `What is ${CLIENT_SECRET}?` }],
    ['ai', 'complete', { prompt: 'hello', system: `Use ${CLIENT_SECRET}` }],
    ['ai', 'stream', { prompt: CLIENT_SECRET }],
    ['llm', 'create_message', { messages: [{ role: 'user', content: [{ type: 'text', text: CLIENT_SECRET }] }] }],
  ]
  const { value } = await inHandler(ada, async (kernel) => {
    await ask(kernel, 'get', 'client_secret')
    const codes: unknown[] = []
    for (const [client, method, options] of prompts)
      codes.push(await codeOf(kernel.onCallback({ client, method, args: [options], asUser: null })))
    await kernel.onCallback({ client: 'ai', method: 'complete', args: [{ prompt: 'harmless' }], asUser: null })
    return codes
  })
  expect(value).toEqual(['forbidden', 'forbidden', 'forbidden', 'forbidden'])
  expect(asked).toEqual([{ system: '', text: 'harmless' }])
})

describe('values of the operator', () => {
  test('stand in where nothing is stored, for the app whose name they carry', async () => {
    vi.stubEnv('IMPERAL_APPSECRET_PHOTO_ALBUMS__KEY', 'from-the-operator')
    vi.stubEnv('IMPERAL_APPSECRET_OTHER_APP__KEY', 'of-another-app')
    const { value } = await inHandler(ada, async (kernel) => [
      await ask(kernel, 'get', 'operators'),
      await ask(kernel, 'is_set', 'operators'),
      await ask(kernel, 'get', 'stolen'),
      await ask(kernel, 'is_set', 'stolen'),
    ])
    expect(value).toEqual(['from-the-operator', true, null, false])
    signedIn(owner)
    await request('PUT', 'photo-albums/operators', { value: 'of-the-owner' })
    expect((await inHandler(ada, (kernel) => ask(kernel, 'get', 'operators'))).value).toBe('of-the-owner')
  })
})

test('[K3.19] while a required value of the app is unset its functions do not run, and users hear whose turn it is', async () => {
  fixture.hosts.handlers.set('unready function work', () => success())
  const call = () => fixture.kernel.call({ source: 'api', ...ada, appId: 'unready', function: 'work', params: {} })
  expect((await call()).response).toMatchObject({
    error_code: 'SECRET_MISSING',
    error: expect.stringContaining('its developer'),
  })
  signedIn(owner)
  expect((await request('PUT', 'unready/client_secret', { value: 'there now' })).status).toBe(200)
  expect((await call()).status).toBe('success')
})

describe('[K8.17] [I-SECRETS-EXT-SCOPED] [GET /v1/secrets/{ext_id}/{name}] a service that acts for a user', () => {
  const service = (person: Person | null) => {
    caller = principalOf(null, person === null ? {} : { userId: person.userId, tenantId: person.tenantId })
  }
  test('reads a value only in the name of the very app', async () => {
    service(ada)
    const own = { 'x-ext-id': 'photo-albums' }
    expect(await request('GET', 'photo-albums/pin', undefined, own)).toEqual({
      status: 200,
      body: { value: 'pin-of-ada' },
    })
    expect((await request('GET', 'photo-albums/pin', undefined, { 'x-ext-id': 'unready' })).status).toBe(403)
    expect((await request('GET', 'photo-albums/pin')).status).toBe(403)
    expect((await request('GET', 'photo-albums/undeclared', undefined, own)).status).toBe(403)
    service(null)
    expect((await request('GET', 'photo-albums/pin', undefined, own)).status).toBe(403)
  })

  test('[I-SECRETS-USER-SCOPED] another user’s value is not there, and no person may read one', async () => {
    service(eve)
    const answer = await request('GET', 'photo-albums/pin', undefined, { 'x-ext-id': 'photo-albums' })
    expect(answer).toMatchObject({ status: 404, body: { detail: { error_code: 'SECRET_NOT_SET' } } })
    signedIn(ada)
    expect((await request('GET', 'photo-albums/pin', undefined, { 'x-ext-id': 'photo-albums' })).status).toBe(403)
  })

  test('[api 3.14] [api 8.3] lists, stores and forgets as the app: what the app may not write, it may not write here', async () => {
    service(ada)
    const own = { 'x-ext-id': 'photo-albums' }
    const listed = await request('GET', 'photo-albums', undefined, own)
    expect(listed.status).toBe(200)
    expect((listed.body as unknown as { name: string }[]).map(({ name }) => name)).toContain('client_secret')
    expect(JSON.stringify(listed.body)).not.toContain('pin-of-ada')
    // Status 200 is what clients test for.
    const stored = await request('PUT', 'photo-albums/pin', { value: 'by-the-app' }, own)
    expect(stored).toMatchObject({ status: 200, body: { name: 'pin', is_set: true } })
    expect((await request('GET', 'photo-albums/pin', undefined, own)).body).toEqual({ value: 'by-the-app' })
    expect((await request('GET', 'photo-albums/pin/meta', undefined, own)).body).toMatchObject({
      is_set: true,
      length: 10,
    })
    // App-wide values belong to whoever keeps the app, even where the app itself may change them in a call.
    for (const name of ['client_secret', 'shared_state'])
      expect(await request('PUT', `photo-albums/${name}`, { value: 'x' }, own)).toMatchObject({
        status: 403,
        body: { detail: { error_code: 'SECRET_WRITE_FORBIDDEN' } },
      })
    // Another app, and a user who has not the app, get nowhere.
    for (const [method, place, body] of [
      ['GET', 'photo-albums', undefined],
      ['PUT', 'photo-albums/pin', { value: 'x' }],
      ['DELETE', 'photo-albums/pin', undefined],
      ['GET', 'photo-albums/pin/meta', undefined],
    ] as const) {
      expect((await request(method, place, body, { 'x-ext-id': 'unready' })).status).toBe(403)
      expect((await request(method, place, body)).status).toBe(403)
    }
    expect((await request('PUT', 'unready/pin', { value: 'x' }, { 'x-ext-id': 'unready' })).status).toBe(403)
    service(eve)
    expect((await request('GET', 'photo-albums/pin/meta', undefined, own)).body).toMatchObject({ is_set: false })
    service(ada)
    expect((await request('DELETE', 'photo-albums/pin', undefined, own)).body).toEqual({ was_set: true })
  })
})
