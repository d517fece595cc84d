import { get } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Session } from '../../support/session.ts'
import { CANARY, createApp, deployApp, openWorld, type World } from './world.ts'

const APP = 'hostile'

/** A bundle that speaks the guest's port directly, so that nothing of the SDK stands between it and the kernel. */
const BUNDLE = `
const ok = (data) => ({ status: 'success', summary: 'ok', data })
const kept = globalThis.kept ??= []
const handlers = {
  frame: async (call, kernel) => {
    const { client, method, args, as_user } = call.params
    try {
      return ok({ value: await kernel.callback(client, method, args, as_user) })
    } catch (error) {
      return ok({ refused: String(error?.code ?? error?.name ?? error) })
    }
  },
  keep: async (call, kernel) => { kept.push(kernel); return ok({ kept: kept.length }) },
  reuse: async (call) => {
    try {
      return ok({ value: await kept[0].callback('store', 'query', ['loot', {}]) })
    } catch (error) {
      return ok({ refused: String(error?.code ?? error?.name ?? error) })
    }
  },
  loop: async () => { for (;;); },
  memory: async () => { const all = []; for (;;) all.push(new Array(1e6).fill(Math.random())) },
  promises: async () => {
    const spawn = () => Promise.resolve().then(() => { spawn(); spawn() })
    spawn()
    return new Promise(() => {})
  },
  huge: async () => ok({ text: 'x'.repeat(100 * 1024 * 1024) }),
  thrower: async () => { throw { get message() { throw new Error('inner') }, toString() { return 'x'.repeat(1e8) } } },
  logs: async (call, kernel) => { for (let n = 0; n < 200000; n++) kernel.log('info', 'y'.repeat(10000)); return ok({}) },
}
const tools = Object.keys(handlers).map((name) => ({
  name, description: 'Tries something that no extension may do to others.', action_type: 'read', chain_callable: true,
  effects: [], id_projection: '', params_schema: { type: 'object' }, return_schema: {}, event: '', background: false,
  long_running: false, scopes: [], owner_chat_tool: 'hostile',
}))
export const ext = { [Symbol.for('imperal.extension.v1')]: {
  appId: '${APP}', version: '1.0.0',
  manifest: () => (MANIFEST),
  invoke: (call, kernel) => handlers[call.name](call, kernel),
} }
`

const HANDLERS = ['frame', 'keep', 'reuse', 'loop', 'memory', 'promises', 'huge', 'thrower', 'logs']
const manifest = {
  manifest_schema_version: 3,
  sdk_version: '4.3.0',
  app_id: APP,
  version: '1.0.0',
  name: 'Hostile',
  description: 'Tries everything that no extension may do, for the attack suite.',
  icon: 'icon.svg',
  actions_explicit: true,
  system: false,
  capabilities: [`${APP}:read`],
  tools: HANDLERS.map((name) => ({
    name,
    description: 'Tries something that no extension may do to others.',
    action_type: 'read',
    chain_callable: true,
    effects: [],
    id_projection: '',
    params_schema: { type: 'object' },
    return_schema: {},
    event: '',
    background: false,
    long_running: false,
    scopes: [],
    owner_chat_tool: 'hostile',
  })),
  signals: [],
  schedules: [],
  required_scopes: [],
  panels: [],
}

let world: World
let owner: Session
beforeAll(async () => {
  world = await openWorld({ IMPERAL_HOST_MEMORY_MB: '64' })
  owner = world.eve
  await owner.request('POST', '/v1/developer/register', { display_name: 'Eve' })
  await createApp(owner, APP)
  const bundle = BUNDLE.replace('MANIFEST', JSON.stringify(manifest))
  const answer = await deployApp(world.server.url, owner, {
    appId: APP,
    bundle,
    sourceMap: '',
    manifest: manifest as never,
  })
  expect(answer, JSON.stringify(answer)).toMatchObject({ status: 'live' })
}, 240_000)
afterAll(async () => void (await world?.server.stop()))

const frame = async (client: string, method: string, args: unknown[], as_user?: string) =>
  (await owner.call(APP, 'frame', { client, method, args, ...(as_user === undefined ? {} : { as_user }) })).data as {
    value?: unknown
    refused?: string
  }

/** Sends exactly these bytes and gives what came back. */
async function converse(url: string, text: string): Promise<{ head: string; body: string }> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(text)
  let answer = ''
  for await (const chunk of socket.setEncoding('utf8')) {
    answer += chunk
    if (/\}(\r\n0\r\n\r\n)?$/.test(answer)) break // the end of an error body, which closes the connection
  }
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  return { head, body: /^\{/.test(body) ? body : body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1) }
}

describe('frames of a hostile extension', () => {
  test('[K8.1] reach its own store and nobody else’s, whatever they name', async () => {
    expect(await frame('store', 'get', ['notes', world.noteId])).toEqual({ value: null })
    expect(await frame('store', 'query', ['notes', {}])).toMatchObject({ value: { data: [] } })
    const written = await frame('store', 'create', [
      'loot',
      { user_id: world.ada.userId, app_id: 'notes', tenant_id: 'umbrella' },
    ])
    expect(written.value).toMatchObject({ user_id: owner.userId, extension_id: APP, tenant_id: 'default' })
  })

  test('cannot act for another user, look across users, or speak in their chat', async () => {
    const ada = world.ada.userId
    for (const [client, method, args] of [
      ['store', 'query', ['notes', {}]],
      ['store', 'get', ['notes', world.noteId]],
      ['notify', 'send', [{ message: 'hi' }]],
      ['chat', 'deliver', [{ text: 'hi' }]],
      ['secrets', 'get', ['api_token']],
    ] as const)
      expect([client, method, await frame(client, method, [...args], ada)]).toMatchObject([
        client,
        method,
        { refused: expect.any(String) },
      ])
    for (const method of ['list_users', 'query_all'])
      expect(await frame('store', method, ['notes', {}])).toMatchObject({ refused: 'context_unavailable' })
  })

  test('of no client, or with names of prototypes, are refused', async () => {
    for (const [client, method] of [
      ['identity', 'actor'],
      ['kernel', 'decide'],
      ['__proto__', 'toString'],
      ['constructor', 'constructor'],
      ['store', '__proto__'],
      ['store', 'constructor'],
      ['skeleton', 'get'],
      ['tools', 'call'],
    ])
      expect([client, method, await frame(client ?? '', method ?? '', ['x', {}])]).toMatchObject([
        client,
        method,
        { refused: expect.any(String) },
      ])
  })

  test('do not reach functions of other apps that are not exposed, nor secrets that it did not declare', async () => {
    const other = await frame('extensions', 'call', ['notes', 'list_notes', {}])
    expect(JSON.stringify(other)).not.toContain('notes":[')
    expect(await frame('secrets', 'get', ['api_token'])).toMatchObject({ refused: expect.any(String) })
    expect(await frame('http', 'request', [{ method: 'GET', url: `${world.server.url}/v1/auth/me` }])).toMatchObject({
      refused: expect.any(String),
    })
    expect(
      await frame('http', 'request', [{ method: 'GET', url: 'http://169.254.169.254/latest/meta-data/' }]),
    ).toMatchObject({ refused: expect.any(String) })
  })

  test('die with their call: a capability that was kept is worth nothing', async () => {
    expect((await owner.call(APP, 'keep')).data).toMatchObject({ kept: 1 })
    expect((await owner.call(APP, 'reuse')).data).toMatchObject({ refused: expect.any(String) })
  })

  test('malformed arguments are answered in words and break nothing', async () => {
    for (const args of [
      [],
      [null],
      [{}, {}],
      ['a/../b', {}],
      ['notes', { data: 1 }],
      [['notes'], 'x'],
      ['x'.repeat(100_000), {}],
    ])
      expect(await frame('store', 'create', args)).not.toMatchObject({ refused: 'internal' })
    expect(await owner.call('notes', 'list_notes')).toMatchObject({ status: 'success' })
  })

  test('no answer of them ever held what is Ada’s', async () => {
    const answers = [
      await frame('store', 'query', ['notes', {}]),
      await frame('store', 'query', ['loot', {}]),
      await frame('secrets', 'list', []),
      await frame('billing', 'get_balance', []),
      await frame('storage', 'list', ['']),
    ]
    expect(JSON.stringify(answers)).not.toContain(CANARY)
  })
})

describe('[Done 3] a hostile extension costs its neighbours nothing', () => {
  beforeAll(async () => {
    const steps = [
      await owner.request('POST', `/v1/developer/apps/${APP}/submit`, {}),
      await world.admin.request('POST', `/v1/admin/apps/${APP}/approve`, {}),
      await world.ada.request('POST', `/v1/marketplace/apps/${APP}/install`, {}),
    ]
    expect(steps.map(({ body }) => body)).toMatchObject([{ status: 'pending_review' }, { status: 'active' }, {}])
    expect(await world.ada.call(APP, 'keep')).toMatchObject({ status: 'success' })
  })

  /** Notes is asked again and again while the attack runs. */
  async function whileNotesAnswers<T>(attack: Promise<T>): Promise<{ result: T; answers: number }> {
    let over = false
    const done = attack.finally(() => {
      over = true
    })
    done.catch(() => {}) // looked at below, when notes has answered
    let answers = 0
    while (!over) {
      expect(await world.ada.call('notes', 'list_folders')).toMatchObject({ status: 'success' })
      answers++
    }
    return { result: await done, answers }
  }

  test.each([
    ['huge', 'RESULT_TOO_LARGE'],
    ['thrower', 'INTERNAL'],
    ['loop', 'INTERNAL'],
    ['memory', 'INTERNAL'],
    ['promises', 'INTERNAL'],
  ])(
    '%s ends in %s while notes keeps answering',
    async (attack, code) => {
      const { result, answers } = await whileNotesAnswers(owner.call(APP, attack))
      expect(result).toMatchObject({ status: 'error', error_code: code })
      // What the extension threw is for its developer only.
      expect(JSON.stringify(result)).not.toContain('inner')
      expect(answers).toBeGreaterThan(0)
    },
    240_000,
  )

  test('after three crashes it is switched off, in words, for the person who caused them and for nobody else', async () => {
    expect(await owner.call(APP, 'keep')).toMatchObject({
      status: 'error',
      error_code: 'INTERNAL',
      error: expect.stringContaining('switched off for you'),
    })
    expect(await world.ada.call(APP, 'keep')).toMatchObject({ status: 'success' })
    expect(await world.ada.call('notes', 'list_folders')).toMatchObject({ status: 'success' })
  })
})

describe('a clumsy or hostile client is told that it was wrong, and nothing is logged as our failure', () => {
  test.each([
    '/../package.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//etc/passwd',
    '/index.html%00.js',
    '/assets/%5c..%5cx.json',
  ])('GET %s is not found', async (target) => {
    const { hostname, port } = new URL(world.server.url)
    // As it stands: a client that follows the standard would shorten the path.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      get({ hostname, port, path: target }, (answer) => resolve(answer.resume().statusCode)).once('error', reject)
    })
    expect(status).toBe(404)
  })

  const GET = (path: string, headers = 'Host: x\r\n') => `GET ${path} HTTP/1.1\r\n${headers}\r\n`
  const login = (headers: string, body: string) =>
    `POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`

  test.each([
    ['a method that is none', 'FOO /v1/auth/me HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid_request', 'The method'],
    ['a method of other servers', 'PROPFIND /v1/auth/me HTTP/1.1\r\nHost: x\r\n\r\n', 404, 'not_found', 'only GET'],
    ['a wrong method', 'PATCH /registry/v1/apps HTTP/1.1\r\nHost: x\r\n\r\n', 404, 'not_found', 'only GET, POST'],
    ['a half escape', GET('/v1/%zz'), 400, 'invalid_request', 'not a valid URL'],
    ['bytes that are no text', GET('/v1/marketplace/apps/%ff'), 400, 'invalid_request', 'not a valid URL'],
    ['an address of no host', GET('http://[::zz'), 400, 'invalid_request', 'not a valid URL'],
    ['an endless id', GET(`/v1/marketplace/apps/${'a'.repeat(2000)}`), 404, 'not_found', 'nothing at this address'],
    ['no host', GET('/v1/auth/me', ''), 400, 'invalid_request', 'not a valid HTTP request'],
    ['no HTTP', 'hello\r\n\r\n', 400, 'invalid_request', ''],
    ['an expectation', GET('/v1/auth/me', 'Host: x\r\nExpect: cake\r\n'), 417, 'invalid_request', 'expects'],
    [
      'endless headers',
      GET('/v1/auth/me', `Host: x\r\nA: ${'a'.repeat(20_000)}\r\n`),
      431,
      'invalid_request',
      'too large',
    ],
    ['two lengths', login('Transfer-Encoding: chunked\r\n', '{}'), 400, 'invalid_request', 'not a valid HTTP request'],
    ['a body of text', login('Content-Type: text/plain\r\n', 'hello'), 415, 'unsupported_media_type', 'json'],
    ['broken JSON', login('Content-Type: application/json\r\n', '{a:'), 400, 'invalid_request', 'not valid JSON'],
  ])('[api 1.10] %s is answered in the documented shape', async (_, text, status, code, words) => {
    const { head, body } = await converse(world.server.url, text)
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(JSON.parse(body)).toEqual({
      detail: expect.stringContaining(words),
      error: code,
      message: expect.stringContaining(words),
      status,
      request_id: /x-request-id: (\S+)/i.exec(head)?.[1],
    })
  })

  test('text that the database cannot hold is 400', async () => {
    const listed = await world.ada.request('GET', '/v1/actions?app_id=%00')
    expect(listed).toMatchObject({ status: 400, body: { error: 'invalid_request', status: 400 } })
  })
})

describe('[Done 5] a hostile sender of webhooks', () => {
  const ADDRESS = '/v1/ext/tasks/webhook/add'
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(world.server.url + ADDRESS, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
  const rows = async () =>
    ((await world.admin.request('GET', '/v1/admin/processes?app_id=tasks')).body as { processes: unknown[] }).processes

  test('[K7.9] with a body above 1 MiB is refused before the handler, declared or not', async () => {
    expect((await post('x'.repeat(1024 * 1024 + 1))).status).toBe(413)
    const endless = await converse(
      world.server.url,
      `POST ${ADDRESS} HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n${`10000\r\n${'x'.repeat(0x10000)}\r\n`.repeat(17)}`,
    )
    expect(endless.head).toMatch(/^HTTP\/1\.1 413 /)
    expect(await rows()).toEqual([])
  })

  test('[K7.9] that trickles its headers or its body holds no place: both are answered 408 and cut off', async () => {
    const head = `POST ${ADDRESS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`
    const answers = await Promise.all(
      [head, `${head}Content-Length: 100\r\n\r\n{"title":`].map((text) => converse(world.server.url, text)),
    )
    for (const answer of answers) expect(answer.head).toMatch(/^HTTP\/1\.1 408 /)
    // Who is in a hurry is served all the while.
    expect((await post('{}')).status).toBeLessThan(500)
  }, 180_000)

  test.concurrent.each([
    ['of a sign-in', 'POST /v1/auth/login'],
    ['of a rule', 'POST /v1/automations'],
    ['that no route takes', 'POST /v1/none'],
  ])(
    '[api 1.10] a body %s that trickles is answered 408 and cut off, and a stream stays',
    async (_, line) => {
      const stop = new AbortController()
      const stream = await fetch(`${world.server.url}/v1/events/stream`, {
        headers: { authorization: `Bearer ${world.ada.token}` },
        signal: stop.signal,
      })
      let ended = false
      const reading = (stream.body as ReadableStream<Uint8Array>).pipeTo(new WritableStream())
      reading.catch(() => {}).finally(() => (ended = true))
      const text = `${line} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"email":`
      const { head, body } = await converse(world.server.url, text)
      expect(head).toMatch(/^HTTP\/1\.1 408 /)
      expect(JSON.parse(body)).toMatchObject({ status: 408, detail: 'The request did not arrive in time.' })
      expect(ended).toBe(false)
      stop.abort()
    },
    180_000,
  )

  test('cannot speak as a user, a service or another app through headers, and no cookie leaves', async () => {
    const answer = await post('{"title":"planted"}', {
      authorization: `Bearer ${world.ada.token}`,
      'x-acting-user': world.ada.userId,
      'x-imperal-user': world.ada.userId,
      'x-ext-id': 'notes',
    })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.headers.get('set-cookie')).toBeNull()
    const listed = await world.ada.call('notes', 'search_notes', { query: 'planted' })
    expect(JSON.stringify(listed)).not.toContain('"title":"planted"')
  })
})
