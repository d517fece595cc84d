import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../../foundation/log.ts'
import { type Hosts, openHosts } from '../hosts/index.ts'
import type { Kernel } from './index.ts'
import { chatFunction, type Fixture, openFixture } from './test-fixture.ts'

/** An extension written by hand against the port, as a bundle has it. */
const BUNDLE = `
const handlers = {
  create_note: async (call, kernel) => {
    const note = await kernel.callback('store', 'create', ['notes', call.params])
    kernel.log('info', 'created ' + note.id)
    return { status: 'success', summary: 'Note created', data: { note_id: note.id } }
  },
  whoami: async (call) => ({ status: 'success', summary: '', data: { user: call.ctx.user.imperal_id, zone: call.ctx.time.timezone } }),
  refused: async (call, kernel) => {
    try { await kernel.callback('store', 'update', ['deals', 'd-1', {}]) } catch (error) {
      return { status: 'success', summary: '', data: { name: error.name, code: error.code, detail: error.detail } }
    }
  },
  explode: async () => { throw new TypeError('secret internals') },
  spin: async () => { for (;;) {} },
  hoard: async () => { const kept = []; for (;;) { kept.push(new Array(100_000).fill(kept.length)); if (kept.length % 20 === 0) await null } },
  flood: async () => ({ status: 'success', summary: '', data: { text: 'x'.repeat(2_000_000) } }),
  loose: async () => ({ beds: 3 }),
  total: async (call, kernel) => {
    const data = await kernel.callback('extensions', 'call', [call.params.app, 'count', {}])
    return { status: 'success', summary: '', data: { data } }
  },
  count: async (call, kernel) => ({ status: 'success', summary: '', data: { by: call.ctx.app_id, n: await kernel.callback('store', 'count', ['notes', null]) } }),
  round: (call, kernel) => kernel.callback('extensions', 'call', [call.ctx.app_id === 'notes' ? 'other' : 'notes', 'round', {}]),
  ring: async (call, kernel) => {
    try { await kernel.callback('extensions', 'call', ['other', 'round', {}]) } catch (error) {
      return { status: 'success', summary: '', data: { code: error.code, message: error.message, detail: error.detail } }
    }
  },
  detach: async (call, kernel) => {
    const task = await kernel.background({ name: 'Long work', longRunning: false }, async (port) => {
      await port.callback('store', 'create', ['late', { n: 1 }])
      return { status: 'success', summary: 'Finished later', data: {} }
    })
    return { status: 'success', summary: 'Started', data: { task } }
  },
}
export const ext = {
  [Symbol.for('imperal.extension.v1')]: {
    appId: 'notes', version: '1.0.0', manifest: () => ({}),
    invoke: (call, kernel) => handlers[call.name](call, kernel),
  },
}
`

let fixture: Fixture
let hosts: Hosts
let kernel: Kernel
let said: Fixture['said']
let ada: { tenantId: string; userId: string }
const folder = mkdtempSync(path.join(tmpdir(), 'kh-'))
const names = [
  'create_note',
  'whoami',
  'refused',
  'explode',
  'spin',
  'hoard',
  'flood',
  'loose',
  'total',
  'ring',
  'detach',
]
const tools = names.map((name) => chatFunction(name, /create|detach|explode/.test(name) ? 'write' : 'read'))

beforeAll(async () => {
  fixture = await openFixture()
  hosts = await openHosts({ runtimeDir: folder, log: createLog({ level: 'silent' }), isolation: 'process' })
  const node = await fixture.openNode({ hosts })
  kernel = node.kernel
  said = node.said
  ada = await fixture.person()
  const exposed = ['count', 'round'].map((name) => ({ name, action_type: 'read' }))
  await fixture.app('notes', { tools, exposed }, [ada], { bundle: BUNDLE } as never)
  await fixture.app('other', { tools, exposed }, [ada], { bundle: BUNDLE } as never)
})
afterAll(async () => {
  await hosts.close()
  await fixture.close()
  rmSync(folder, { recursive: true, force: true })
})

const call = (name: string, params: JsonObject = {}, appId = 'notes') =>
  kernel.call({ source: 'api', ...ada, appId, function: name, params })

test('[S000-084] an extension in its own process writes through its context, and its log reaches the developer', async () => {
  const outcome = await call('create_note', { title: 'Hello' })
  expect(outcome.response).toMatchObject({ status: 'success', summary: 'Note created' })
  expect(await fixture.rows("select data from store.document where collection = 'notes'")).toEqual([
    { data: { title: 'Hello' } },
  ])
  expect(kernel.logs('notes').at(-1)).toMatchObject({ level: 'info', function: 'create_note', call_id: outcome.callId })
  expect((await call('whoami')).response.data).toEqual({ user: ada.userId, zone: 'UTC' })
})

test('[3.3] a refusal of a module reaches the author’s code with its code and detail', async () => {
  expect((await call('refused')).response.data).toMatchObject({
    code: 'not_found',
    detail: { resource: 'deal', id: 'd-1' },
  })
})

test('[K1.5] what the author’s code throws stays with the developer', async () => {
  const outcome = await call('explode')
  expect(outcome.response).toMatchObject({ error_code: 'INTERNAL', error: 'Something went wrong in the app.' })
  expect(JSON.stringify(outcome.response)).not.toContain('secret internals')
  expect(kernel.logs('notes').at(-1)?.text).toContain('secret internals')
})

test('an endless loop ends its own call while another app answers', async () => {
  const spinning = call('spin')
  const neighbour = await call('create_note', { title: 'meanwhile' }, 'other')
  expect(neighbour.status).toBe('success')
  expect(await spinning).toMatchObject({ status: 'failed', response: { error_code: 'INTERNAL', retryable: true } })
  expect((await call('whoami')).status).toBe('success')
  expect(kernel.logs('notes').at(-1)).toMatchObject({
    level: 'error',
    function: 'spin',
    text: expect.stringMatching(
      /^spin was ended after [\d.]+ s: its process computed without answering .* await between/,
    ),
  })
})

test('[S000-084] the author reads which function was ended or refused, why, and what to do', async () => {
  const told = async (name: string) => {
    const { response } = await call(name)
    return [response.error_code, kernel.logs('notes').at(-1)?.text]
  }
  expect(await told('hoard')).toEqual([
    'INTERNAL',
    expect.stringMatching(/^hoard was ended after [\d.]+ s: The extension used more than the \d+ MB .* in pages/),
  ])
  expect(await told('flood')).toEqual([
    'RESULT_TOO_LARGE',
    expect.stringMatching(/^flood answered with more than 1048576 bytes .* in pages .* ctx\.storage/),
  ])
  expect((await call('flood')).response.error).toContain('flood is larger than 1 MB')
  expect(await told('loose')).toEqual([
    'INTERNAL',
    expect.stringMatching(/^loose gave an answer that is not a result\./),
  ])
})

test('[S000-061] [I-HUB-DISPATCH-NO-CYCLE] [I-HUB-DISPATCH-RBAC] an exposed method answers another app, scoped to its own data; a circle is refused', async () => {
  expect((await call('total', { app: 'other' })).response.data).toEqual({ data: { by: 'other', n: 1 } })
  expect((await call('total', { app: 'notes' })).status).toBe('failed')
  const rows = (await fixture.ledger({ appId: 'other' })).filter((row) => row.source === 'ipc')
  expect((await call('ring')).response.data).toMatchObject({
    code: 'circular_call_error',
    message: 'Circular call detected: notes -> other -> notes',
    detail: { call_stack: ['notes', 'other', 'notes'] },
  })
  expect(rows).toMatchObject([{ function: 'count', actor_kind: 'extension', status: 'success', user_id: ada.userId }])
})

test('[S000-122] [S000-123] [K4.4] detached work answers at once, and its result comes to the chat later', async () => {
  const outcome = await call('detach')
  const { task } = outcome.response.data as { task: string }
  expect(task).toMatch(/^task_/)
  await expect.poll(() => said).toMatchObject([{ userId: ada.userId, text: 'Finished later', taskId: task }])
  const rows = (await fixture.ledger({ traceId: outcome.traceId })).map((row) => [row.status, row.parent_task_id])
  expect(rows).toEqual([
    ['success', null],
    ['success', task],
  ])
  expect(await fixture.rows("select 1 from store.document where collection = 'late'")).toHaveLength(1)
  expect(await fixture.rows('select 1 from kernel.open_call')).toEqual([])
})
