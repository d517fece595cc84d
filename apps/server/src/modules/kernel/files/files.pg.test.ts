import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { JsonObject } from '@imperal/contract'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import { testKeyring } from '../../../foundation/test-keys.ts'
import type { HostCall } from '../../hosts/index.ts'
import { openStorage, type Storage } from '../../storage/index.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'

type Person = { tenantId: string; userId: string }
const home = mkdtempSync(path.join(tmpdir(), 'imperal-sinks-'))
const takes = (...names: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: names,
  additionalProperties: false,
})

let fixture: Fixture
let node: Awaited<ReturnType<Fixture['openNode']>>
let storage: Storage
let app: FastifyInstance
let ada: Person
let bob: Person
let caller = principalOf(null)
let given: { name: string; params: JsonObject; content: string }[] = []

beforeAll(async () => {
  fixture = await openFixture({ background: false })
  storage = openStorage({ ...fixture, keyring: testKeyring(), folder: home, publicUrl: 'http://127.0.0.1:4780' })
  node = await fixture.openNode({ storage })
  ada = await fixture.person()
  bob = await fixture.person()
  const tool = (name: string, type: 'read' | 'write' | 'destructive', ...args: string[]) => ({
    ...chatFunction(name, type),
    params_schema: takes(...args),
  })
  const sink = (name: string, accepts: string[], arg: string, kind: string, description = '') => ({
    tool: name,
    accepts,
    arg,
    arg_kind: kind,
    description,
  })
  const reader = {
    tools: [
      tool('read_text', 'read', 'text'),
      tool('keep_file', 'write', 'file', 'label'),
      tool('look_at', 'read', 'picture'),
      tool('replace_all', 'destructive', 'text'),
    ],
    file_sinks: [
      sink('read_text', ['doc', 'text/*'], 'text', 'text', 'Reads a text.'),
      sink('keep_file', ['*/*'], 'file', 'file_id'),
      sink('look_at', ['image'], 'picture', 'bytes_ref'),
      sink('replace_all', ['text/plain'], 'text', 'text'),
    ],
  }
  await fixture.app('reader', reader as unknown as JsonObject, [ada])
  const work = (name: string, arg: string) =>
    node.hosts.handlers.set(`reader function ${name}`, async (call: HostCall, kernel) => {
      const params = call.params as JsonObject
      const isPath = arg !== 'text'
      const read = isPath
        ? ((await kernel.onCallback({
            client: 'storage',
            method: 'download',
            args: [String(params[arg]), {}],
            asUser: null,
          })) as JsonObject)
        : null
      const content = read === null ? '' : Buffer.from(String(read.content_base64), 'base64url').toString()
      given.push({ name, params, content })
      return success({ name })
    })
  work('read_text', 'text')
  work('keep_file', 'file')
  work('look_at', 'picture')
  work('replace_all', 'text')
  app = await mountForTest(node.kernel.routes, () => caller)
})
afterAll(async () => {
  await app?.close()
  await storage.close()
  await fixture.close()
  rmSync(home, { recursive: true })
})
beforeEach(() => {
  caller = principalOf(ada)
  given = []
})

async function send(
  tool: string,
  file: { name: string; type?: string; content: string | Buffer } | null,
  more: Record<string, string> = {},
) {
  const form = new FormData()
  for (const [name, value] of Object.entries({ app_id: 'reader', tool, ...more })) form.set(name, value)
  if (file !== null) form.set('file', new Blob([Buffer.from(file.content)], { type: file.type ?? '' }), file.name)
  const body = new Response(form)
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/files/send',
    headers: { 'content-type': String(body.headers.get('content-type')) },
    payload: Buffer.from(await body.arrayBuffer()),
  })
  return { status: answer.statusCode, body: answer.json() as JsonObject }
}
const filesOf = async (user: Person, prefix = '') =>
  (await storage.list({ ...user, appId: 'reader' }, prefix)).data.map((file) => file.path)
const sinks = async (query: string) =>
  (await app.inject({ method: 'GET', url: `/v1/files/sinks?${query}` })).json() as {
    mime: string
    kinds: string[]
    sinks: JsonObject[]
  }

describe('[sdk 2.21] [GET /v1/files/sinks] who takes a file', () => {
  test('the tools that declared it, for what the file is', async () => {
    const found = await sinks('name=letter.md')
    expect(found).toMatchObject({ mime: 'text/markdown', kinds: ['doc'] })
    expect(found.sinks.map(({ tool }) => tool)).toEqual(['read_text', 'keep_file'])
    expect(found.sinks[0]).toEqual({
      app_id: 'reader',
      app_name: 'Reader',
      tool: 'read_text',
      description: 'Reads a text.',
      action_type: 'read',
      accepts: ['doc', 'text/*'],
      arg: 'text',
      arg_kind: 'text',
    })
    expect((await sinks('mime=image/png')).sinks.map(({ tool }) => tool)).toEqual(['keep_file', 'look_at'])
  })

  test('of apps that the caller has', async () => {
    caller = principalOf(bob)
    expect((await sinks('mime=image/png')).sinks).toEqual([])
  })
})

describe('[sdk 2.21] [POST /v1/files/send] a file goes to a tool', () => {
  test('as its text', async () => {
    const answer = await send('read_text', { name: 'a.txt', content: 'Grüße' })
    expect(answer).toMatchObject({ status: 200, body: { status: 'success', data: { name: 'read_text' } } })
    expect(given).toEqual([{ name: 'read_text', params: { text: 'Grüße' }, content: '' }])
    expect(await filesOf(ada)).toEqual([])
    const [row] = await fixture.ledger({ appId: 'reader' })
    expect(row).toMatchObject({ function: 'read_text', source: 'panel', user_id: ada.userId, status: 'success' })
  })

  test('as a file that the app keeps, with further arguments', async () => {
    const file = { name: '../../etc/Bericht\u0007 1.pdf', type: 'application/pdf', content: '%PDF' }
    expect((await send('keep_file', file, { params: '{"label":"May"}' })).body).toMatchObject({ status: 'success' })
    const [kept] = await filesOf(ada, 'uploads/')
    expect(kept).toMatch(/^uploads\/file_[0-9a-f]+\/Bericht 1\.pdf$/)
    expect(given).toEqual([{ name: 'keep_file', params: { file: kept, label: 'May' }, content: '%PDF' }])
    fixture.clock.advance(2 * 3_600_000)
    await storage.expire()
    expect(await filesOf(ada, 'uploads/')).toEqual([kept])
  })

  test('as a handle that opens it for an hour', async () => {
    await send('look_at', { name: 'a.png', type: 'image/png', content: 'PNG' })
    expect(given[0]?.content).toBe('PNG')
    expect(await filesOf(ada, '.incoming/')).toHaveLength(1)
    fixture.clock.advance(3_599_000)
    expect(await storage.expire()).toBe(0)
    fixture.clock.advance(2_000)
    expect(await storage.expire()).toBe(1)
    expect(await filesOf(ada, '.incoming/')).toEqual([])
  })

  test('a destructive tool asks first, and gets the text when the user agrees', async () => {
    const answer = await send('replace_all', { name: 'a.txt', content: 'new' })
    expect(answer.body).toMatchObject({ status: 'error', error_code: 'CONFIRMATION_REQUIRED' })
    expect(given).toEqual([])
    const { confirmation } = answer.body.data as { confirmation: { confirmation_id: string } }
    await node.kernel.decide(ada, confirmation.confirmation_id, 'confirm', 'panel')
    expect(given).toEqual([{ name: 'replace_all', params: { text: 'new' }, content: '' }])
  })

  test('a call that never begins leaves no file behind', async () => {
    const before = await filesOf(ada)
    const answer = await send('keep_file', { name: 'a.bin', content: 'x' }, { params: '{"label":7}' })
    expect(answer.body).toMatchObject({ status: 'error', error_code: 'VALIDATION_TYPE_ERROR' })
    expect(await filesOf(ada)).toEqual(before)
  })

  test.each([
    [
      'a file of another kind',
      'look_at',
      { name: 'a.pdf', content: 'x' },
      {},
      415,
      /application\/pdf are not taken here; image are/,
    ],
    ['no text', 'read_text', { name: 'a.txt', content: Buffer.from([0, 1]) }, {}, 415, /No text can be read/],
    ['too much text', 'read_text', { name: 'a.txt', content: 'a'.repeat(1_000_001) }, {}, 413, /at most 1000000/],
    [
      'a tool that takes no files',
      'delete_thing',
      { name: 'a.txt', content: 'x' },
      {},
      404,
      /no tool \w+ that takes files/,
    ],
    [
      'an app that is not there',
      'read_text',
      { name: 'a.txt', content: 'x' },
      { app_id: 'no-app' },
      404,
      /no tool \w+ that takes files/,
    ],
    ['no file', 'read_text', null, {}, 400, /no file/],
    [
      'arguments that are none',
      'read_text',
      { name: 'a.txt', content: 'x' },
      { params: '[1]' },
      400,
      /must be a JSON object/,
    ],
  ] as const)('%s is refused', async (_what, tool, file, more, status, sentence) => {
    const answer = await send(tool, file, more)
    expect(answer).toMatchObject({ status, body: { message: expect.stringMatching(sentence) } })
    expect(given).toEqual([])
  })

  test('a file beyond 12 MiB is refused', async () => {
    const answer = await send('keep_file', { name: 'a.bin', content: Buffer.alloc(12 * 1024 * 1024 + 1) })
    expect(answer.status).toBe(413)
  })

  test('nobody sends to an app of somebody else', async () => {
    caller = principalOf(bob)
    expect(await send('read_text', { name: 'a.txt', content: 'x' })).toMatchObject({ status: 404 })
  })
})
