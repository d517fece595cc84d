import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { CallResponse, DeployReceipt, JsonObject } from '@imperal/contract'
import { smokeRun } from '@imperal/ir'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { documentNamed, envelope, fn } from '../../packages/ir/test/support.ts'
import { deploySource } from '../support/extension.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin } from '../support/session.ts'
import { type SharedPostgres, startSharedPostgres } from '../support/shared-postgres.ts'

// The lines of ir.md 20 that need a platform; the others are walked in packages/ir/test/checklist.test.ts.
let postgres: SharedPostgres
let folder: string
let one: TestServer
let two: TestServer
let admin: Session
let there: Session

beforeAll(async () => {
  postgres = await startSharedPostgres()
  folder = mkdtempSync(path.join(tmpdir(), 'imperal-ir-'))
  const env = {
    DATABASE_URL: postgres.url,
    IMPERAL_KEYS_DIR: path.join(folder, 'keys'),
    IMPERAL_FILES_DIR: path.join(folder, 'files'),
  }
  one = await startTestServer({ env })
  two = await startTestServer({ env })
  admin = await signInAdmin(one)
  there = await signIn(two, one.adminEmail, one.adminPassword)
}, 240_000)
afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()])
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
}, 240_000)

const create = (appId: string) => admin.request('POST', '/v1/developer/apps', { app_id: appId, display_name: appId })
const post = (appId: string, ir_dict: JsonObject, more: object = {}) =>
  admin.request('POST', `/v1/developer/apps/${appId}/ir`, { ir_dict, dev_mode: true, ...more })
async function deploy(appId: string, ir_dict: JsonObject): Promise<DeployReceipt> {
  const answer = await post(appId, ir_dict)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const app = (id: string, functions: readonly JsonObject[], more: JsonObject = {}): JsonObject =>
  envelope(functions, { id, ...more })
const say = (message: string, id = 'say'): JsonObject => ({ id, op: 'send', args: { message } })
const saying = (id: string, text: string, more: JsonObject = {}): JsonObject => app(id, [fn('run', [say(text)])], more)
const revisionsOf = async (appId: string) =>
  (await admin.request('GET', `/v1/developer/apps/${appId}/ir`)).body as {
    active_revision: number | null
    revisions: { revision: number; content_of: number | null; sha256: string }[]
  }
const rollBack = (appId: string, to_revision?: number) =>
  admin.request('POST', `/v1/developer/apps/${appId}/ir/rollback`, to_revision === undefined ? {} : { to_revision })

describe('the list of ir.md 20', () => {
  test('[K10.42] [20.1] the seed request deploys, with its four members, and step_1 runs in the next request', async () => {
    await create('my-extension')
    const ir_dict = {
      ...{ app_id: 'my-extension', version: '1.0.0' },
      steps: [
        {
          ...{ id: 'step_1', kind: 'declarative', action: 'store.create' },
          params: { collection: 'tasks', data: { title: '{{title}}' } },
        },
      ],
    }
    const deployed = await admin.call('developer', 'deploy_ir', { app_id: 'my-extension', ir_dict })
    expect(deployed).toMatchObject({
      ...{ status: 'success', summary: 'IR deployed' },
      data: { app_id: 'my-extension', steps_registered: 1, ir_version: '1.0.0', deployed_at: expect.any(String) },
    })
    expect((await admin.call('my-extension', 'step_1', { title: 'x' })).data).toMatchObject({ doc: { title: 'x' } })
  })

  test('[20.8] store verbs on the real store: missing, 500 and 501 at once, by ids and by where, absent where, etag conflict', async () => {
    await create('stacker')
    const verb = (id: string, op: string, args: JsonObject): JsonObject => ({ id, op, args: { kind: 'task', ...args } })
    const change = (name: string, target: JsonObject) => [
      fn(`update_${name}`, [verb('u', 'store.update', { set: { done: true }, ...target })]),
      fn(`delete_${name}`, [verb('d', 'store.delete', target)]),
    ]
    const hundred = Array.from({ length: 100 }, (_, n) => verb(`s${n}`, 'store.create', { data: { title: 'Same' } }))
    await deploy(
      'stacker',
      app('stacker', [
        fn('fill', hundred),
        fn('make', [verb('c', 'store.create', { data: { title: 'Same' } })]),
        fn('ids', [verb('l', 'store.list', { limit: 1000 })]),
        fn('get', [verb('g', 'store.get', { id: '{{id}}' })]),
        fn('match', [verb('u', 'store.update', { id: '{{id}}', set: { done: true }, if_match: 'v0' })]),
        ...change('one', { id: '{{id}}' }),
        ...change('many', { ids: '{{ids}}' }),
        ...change('some', { where: { title: '{{title}}' } }),
      ]),
    )
    const call = async (name: string, params: JsonObject = {}) => {
      const answer = await admin.call('stacker', name, params)
      if (answer.error_code !== 'CONFIRMATION_REQUIRED') return answer
      const { confirmation } = answer.data as { confirmation: { confirmation_id: string } }
      const accepted = await admin.request('POST', `/v1/confirmations/${confirmation.confirmation_id}/confirm`, {})
      const [result] = (accepted.body as { results: CallResponse[] }).results
      return result ?? answer
    }
    for (let n = 0; n < 5; n++) expect((await call('fill')).status).toBe('success')
    const { id: last } = (await call('make')).data as { id: string }
    const { ids } = (await call('ids')).data as { ids: string[] }
    expect(ids).toHaveLength(501)
    expect((await call('get', { id: 'none' })).data).toEqual({ doc: null })
    expect(await call('update_one', { id: 'none' })).toMatchObject({ error_code: 'IR_NOT_FOUND' })
    expect(await call('match', { id: last })).toMatchObject({ error_code: 'IR_CONFLICT' })
    for (const name of ['update_one', 'update_many', 'update_some', 'delete_one', 'delete_many', 'delete_some'])
      expect(await call(name), name).toMatchObject({ error_code: 'IR_MISSING_VALUE' })
    for (const [name, params] of [
      ['update_many', { ids }],
      ['delete_many', { ids }],
      ['update_some', { title: 'Same' }],
      ['delete_some', { title: 'Same' }],
    ] as const)
      expect(await call(name, params), name).toMatchObject({ error_code: 'IR_LIMIT' })
    expect((await call('get', { id: last })).data).not.toHaveProperty('doc.done')
    expect((await call('delete_one', { id: last })).data).toMatchObject({ count: 1 })
    expect((await call('delete_one', { id: last })).data).toEqual({ ids: [], count: 0 })
    expect((await call('update_many', { ids: ids.slice(0, 500) })).data).toMatchObject({ missing: [last] })
    expect((await call('update_some', { title: 'Same' })).data).toMatchObject({ count: 500, missing: [] })
    expect((await call('delete_some', { title: 'Same' })).data).toMatchObject({ count: 500 })
    expect((await call('ids')).data).toMatchObject({ count: 0 })
  }, 120_000)

  test('[20.9] [20.10] an outside client never writes by a read, and circles through other apps are cut', async () => {
    const source = (id: string, other: string) => `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('${id}', {
  version: '1.0.0', displayName: 'Round ${id}', description: 'Calls the other app, which calls this one, for the tests.',
  icon: 'icon.svg', capabilities: ['${id}:read', '${id}:write', 'extensions:read', 'extensions:write'],
})
const chat = new ChatExtension(ext, { toolName: '${id.replace('-', '_')}', description: 'Goes round.' })
const pass = async (ctx) => {
  try { return { said: await ctx.extensions.call('${other}', 'run', {}) } } catch (error) { return { cut: error.message } }
}
ext.expose('put', { description: 'Keeps a record of its own.', actionType: 'write', params: z.object({}) },
  (ctx) => ctx.store.create('kept', {}))
ext.expose('run', { description: 'Calls the other app and answers what it said.', actionType: 'read', params: z.object({}) }, pass)
chat.function('go', { description: 'Calls the other app and answers what it said.', params: z.object({}) },
  async (ctx) => ActionResult.success({ said: await ctx.extensions.call('${other}', 'run', {}) }, 'Round.'))
`
    await deploySource(one.url, admin, source('round-a', 'round-b'))
    await deploySource(one.url, admin, source('round-b', 'round-a'))
    await create('rounder')
    await deploy(
      'rounder',
      app('rounder', [fn('run', [{ id: 'c', op: 'call', args: { app_id: 'round-a', function: 'run' } }])], {
        capabilities: ['extensions:read', 'extensions:write'],
      }),
    )
    const round = await admin.call('rounder', 'run')
    // rounder → round-a → round-b → round-a, which is on the way already.
    expect(round, JSON.stringify(round)).toMatchObject({ status: 'success' })
    expect(JSON.stringify(round.data)).toContain('Circular call detected: rounder -> round-a -> round-b -> round-a')
    const cyclic = app('rounder', [
      fn('run', [{ id: 'c', op: 'call', args: { function: 'back' } }]),
      fn('back', [{ id: 'c', op: 'call', args: { function: 'run' } }]),
    ])
    expect(JSON.stringify((await post('rounder', cyclic)).body)).toContain('call cycle: run -> back -> run')
    const tools = ((await admin.request('GET', '/v1/developer/apps/rounder')).body as { tools_json: JsonObject[] })
      .tools_json
    // What an app outside does is known at deploy, and counts: a read that would write by it is refused, one whose method
    // nobody knows counts as a write, and what is left to be a read leaves no record.
    expect(tools).toMatchObject([{ name: 'run', action_type: 'read' }])
    const reaching = (method: string, more: JsonObject = {}) =>
      app('rounder', [fn('run', [{ id: 'c', op: 'call', args: { app_id: 'round-a', function: method } }], more)], {
        capabilities: ['extensions:read', 'extensions:write'],
      })
    for (const method of ['put', 'nobody_knows']) {
      const refused = await post('rounder', reaching(method, { action_type: 'read' }))
      expect(refused.status, method).toBe(422)
      expect(JSON.stringify(refused.body)).toContain("function 'run' is declared read but its steps make it write")
      await deploy('rounder', reaching(method))
      const now = (await admin.request('GET', '/v1/developer/apps/rounder')).body as { tools_json: JsonObject[] }
      expect(now.tools_json).toMatchObject([{ name: 'run', action_type: 'write' }])
    }
  })

  test('[20.13] [I13.4] deploys: bad ids first, foreign apps, nothing of an invalid one, conflict, a failing sync, panels that went', async () => {
    expect((await post('no%20id', saying('no-id', 'x'))).status).toBe(422)
    expect((await post('notes', saying('notes', 'x'))).body).toMatchObject({ detail: 'App not found: notes' })
    await create('deployed')
    const panel = {
      panel_id: 'main',
      slot: 'left',
      render: { kind: 'static', tree: { type: 'Text', props: { content: 'x' } } },
    }
    const first = saying('deployed', 'one', { ui: { panels: [panel] } })
    expect((await post('deployed', app('deployed', [fn('run', [{ id: 'a', op: 'http', args: {} }])]))).status).toBe(422)
    expect(await revisionsOf('deployed')).toMatchObject({ active_revision: null, revisions: [] })
    expect(await deploy('deployed', first)).toMatchObject({ revision: 1 })
    expect(await deploy('deployed', first)).toMatchObject({ revision: 1, unchanged: true })
    expect((await post('deployed', saying('deployed', 'two'), { expected_revision: 9 })).status).toBe(409)

    // The registry refuses in the middle of the deploy: the pointer, the revision and the deploy record are as before.
    const database = await postgres.superuser()
    await database.query(`create function refuse() returns trigger language plpgsql as
      $$ begin if new.app_id = 'deployed' then raise exception 'no room'; end if; return new; end $$`)
    await database.query(
      'create trigger refuse before insert or update on registry.version for each row execute function refuse()',
    )
    const failed = await post('deployed', saying('deployed', 'two'))
    expect(failed.status).toBeGreaterThanOrEqual(500)
    await database.query('drop trigger refuse on registry.version')
    expect(await revisionsOf('deployed')).toMatchObject({ active_revision: 1, revisions: [{ revision: 1 }] })
    expect((await admin.call('deployed', 'run')).summary).toBe('one')
    expect((await admin.request('GET', '/v1/developer/apps/deployed/deploys')).body).toHaveLength(1)

    expect(await admin.call('deployed', '__panel__main')).toMatchObject({ status: 'success' })
    expect(await deploy('deployed', saying('deployed', 'two'))).toMatchObject({ revision: 2, panels_synced: false })
    expect(await admin.call('deployed', '__panel__main')).toMatchObject({ error_code: 'UNKNOWN_SUB_FUNCTION' })
    expect(await admin.call('deployed', '__widget__main')).toMatchObject({ error_code: 'UNKNOWN_SUB_FUNCTION' })
    const mine = JSON.stringify((await admin.request('GET', '/v1/me/extensions')).body)
    expect(mine).toContain('deployed')
    expect(mine).not.toContain('"main"')
  })

  test('[20.14] [I13.6] [I11.1] the first call after each receipt runs the new revision, on either node', async () => {
    await create('stamped')
    for (let revision = 1; revision <= 12; revision++) {
      await deploy('stamped', saying('stamped', `revision ${revision}`))
      // At once, and on the node that did not deploy: it may not have heard of it yet.
      const [elsewhere, here] = await Promise.all([there.call('stamped', 'run'), admin.call('stamped', 'run')])
      expect([elsewhere.summary, here.summary]).toEqual([`revision ${revision}`, `revision ${revision}`])
    }
    const tools = (await there.request('GET', '/v1/developer/apps/stamped')).body as { tools_json: JsonObject[] }
    expect(tools.tools_json).toMatchObject([{ name: 'run', action_type: 'read' }])
    const catalog = await send(`${one.url}/registry/v1/apps/stamped/tools`, 'GET', undefined, {
      authorization: `Bearer ${one.serviceToken}`,
      'x-service-token': one.serviceToken,
    })
    expect(JSON.stringify(catalog.body)).toContain('run')
  })

  test('[20.15] [I14.3] [I14.4] [I14.9] rollback: default, named, pruned, no longer valid; nothing rolls back by itself', async () => {
    await create('turned')
    for (const text of ['one', 'two', 'three']) await deploy('turned', saying('turned', text))
    expect((await rollBack('turned')).body).toMatchObject({ revision: 4, previous_revision: 3 })
    expect((await admin.call('turned', 'run')).summary).toBe('two')
    expect((await rollBack('turned', 1)).body).toMatchObject({ revision: 5 })
    expect((await admin.call('turned', 'run')).summary).toBe('one')
    const { revisions } = await revisionsOf('turned')
    expect(revisions.map(({ revision, content_of }) => [revision, content_of])).toEqual([
      [5, 1],
      [4, 2],
      [3, null],
      [2, null],
      [1, null],
    ])
    expect(revisions[0]?.sha256).toBe(revisions[4]?.sha256)

    // An app that fails all the time is not rolled back behind its author's back.
    await deploy(
      'turned',
      app('turned', [fn('run', [{ id: 'u', op: 'store.update', args: { kind: 't', id: 'none', set: { a: 1 } } }])]),
    )
    for (let count = 0; count < 20; count++)
      expect(await admin.call('turned', 'run')).toMatchObject({ status: 'error' })
    expect(await revisionsOf('turned')).toMatchObject({ active_revision: 6 })

    // A revision of a format that went out of use: its source stays readable, and it is not brought back.
    const database = await postgres.superuser()
    const stored = async () =>
      (await database.query(`select source, format_version from ir.revision where app_id = 'turned' and revision = 2`))
        .rows[0]
    const before = await stored()
    await database.query(
      `update ir.revision set source = replace(source, '"ir_version":"1.0"', '"ir_version":"0.9"') where app_id = 'turned' and revision = 2`,
    )
    const gone = await rollBack('turned', 2)
    expect(gone.status).toBe(422)
    expect(JSON.stringify(gone.body)).toContain('Revision 2 no longer validates: ')
    expect(JSON.stringify(gone.body)).toContain("ir_version '0.9' is not supported (current 1.0)")
    const read = await admin.request('GET', '/v1/developer/apps/turned/ir/document?revision=2')
    expect(read.body).toMatchObject({ ir_dict: { ir_version: '0.9' } })
    // Nobody rewrote it on the way.
    expect((await stored()).source).toBe(before.source.replace('"ir_version":"1.0"', '"ir_version":"0.9"'))
    // Every minor of the major is taken: the short spelling is one.
    expect(await deploy('turned', { ...saying('turned', 'short'), ir_version: '1' })).toMatchObject({
      format_version: '1.0',
    })

    // As if fourteen more had come: twenty are kept, so the next deploy drops the first.
    for (const table of ['revision', 'active'])
      await database.query(`update ir.${table} set revision = 20 where app_id = 'turned' and revision = 7`)
    expect(await deploy('turned', saying('turned', 'one more'))).toMatchObject({ revision: 21, previous_revision: 20 })
    expect((await revisionsOf('turned')).revisions.map(({ revision }) => revision)).toEqual([21, 20, 6, 5, 4, 3, 2])
    expect(await rollBack('turned', 1)).toMatchObject({ status: 404, body: { detail: 'No revision 1 for turned' } })
  })

  test('[I11.7] runs and rows of the ledger name the revision that they ran on, after a rollback to the same content as well', async () => {
    await create('recalled')
    const keeping = (text: string) =>
      app('recalled', [fn('run', [{ id: 'keep', op: 'store.create', args: { kind: 'line', data: { text } } }])])
    await deploy('recalled', keeping('one'))
    const made = [await admin.call('recalled', 'run')]
    await deploy('recalled', keeping('two'))
    made.unshift(await admin.call('recalled', 'run'))
    expect((await rollBack('recalled')).body).toMatchObject({ revision: 3, previous_revision: 2 })
    made.unshift(await there.call('recalled', 'run'))
    const ids = made.map(({ data }) => (data as { id: string }).id)
    const runOf = async (asked: Session, id: string | undefined) => {
      const { body } = await asked.request('GET', '/v1/developer/apps/recalled/ir/runs')
      const { runs } = body as { runs: { revision: number; path: string[]; affected: string[] }[] }
      return runs.find(({ affected }) => affected.includes(id ?? ''))
    }
    // Each node writes down what ran on it.
    for (const [at, [asked, revision]] of (
      [
        [there, 3],
        [admin, 2],
        [admin, 1],
      ] as const
    ).entries())
      expect(await runOf(asked, ids[at])).toMatchObject({ revision, path: ['keep'], affected: [ids[at]] })
    const { actions } = (await admin.request('GET', '/v1/actions?app_id=recalled')).body as { actions: JsonObject[] }
    const rows = actions.filter(({ tool_name }) => tool_name === 'run').map(({ facts }) => facts)
    expect(rows).toMatchObject([3, 2, 1].map((revision, at) => ({ revision, steps: ['keep'], records: [ids[at]] })))
  })

  test('[20.16] a smoke run leaves nothing behind, and reads what it wrote before', async () => {
    const seen = async () =>
      JSON.stringify([
        (await admin.request('GET', '/v1/notifications?limit=50')).body,
        (await admin.request('GET', '/v1/billing/wallet')).body,
      ])
    const before = await seen()
    const smoked = await admin.request('POST', '/v1/ir/smoke', {
      ir_dict: documentNamed('stockroom'),
      function: 'low_stock',
      args: {
        $before: [
          { function: 'add_item', args: { name: 'Tea', qty: 9, floor: 4 } },
          { function: 'set_count', args: { item_id: 'doc_1', qty: 1 } },
        ],
      },
    })
    expect(smoked.body).toMatchObject({ ok: true, result: { total: 1, items: [{ name: 'Tea', low: true }] } })
    expect(await seen()).toBe(before)
    const database = await postgres.superuser()
    const found = await database.query(`select count(*)::int as n from store.document where data::text like '%Tea%'`)
    expect(found.rows[0].n).toBe(0)
  })

  test('[20.17] [I11.5] the engine in this process and in two others: the same outcome of each example, byte for byte', async () => {
    const stories: Record<string, [string, JsonObject][]> = {
      pageturner: [
        ['add_book', { title: 'The Long Tide' }],
        ['list_books', {}],
        ['finish_book', { book_id: 'doc_1', rating: 5 }],
        ['drop_book', { book_id: 'doc_1' }],
        ['finish_book', {}],
      ],
      stockroom: [
        ['add_item', { name: 'Oat milk', qty: 12, floor: 4 }],
        ['set_count', { item_id: 'doc_1', qty: 3 }],
        ['low_stock', {}],
        ['__panel__shelf', {}],
        ['set_count', { item_id: 'doc_9', qty: 3 }],
      ],
      'visitor-desk': [
        ['sign_in', { visitor: 'Ada Quill', host: 'Rita' }],
        ['who_is_inside', {}],
        ['draft_digest', {}],
        ['clear_day', { day: '2026-06-21' }],
        ['sign_in', {}],
      ],
    }
    // Three runs, three moments: all else is compared.
    const timeless = (answer: unknown) =>
      JSON.stringify(answer).replaceAll(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?/g, (day) => 'T'.repeat(day.length))
    for (const [name, calls] of Object.entries(stories))
      for (const [index, [called, params]] of calls.entries()) {
        const $before = calls.slice(0, index).filter(([earlier]) => /^(?:add|set|sign|finish)/.test(earlier))
        const request = {
          function: called,
          args: { ...params, $before: $before.map(([earlier, args]) => ({ function: earlier, args })) },
        }
        const here = timeless(await smokeRun(documentNamed(name), request))
        const ir_dict = documentNamed(name)
        for (const node of [admin, there])
          expect(timeless((await node.request('POST', '/v1/ir/smoke', { ir_dict, ...request })).body), called).toBe(
            here,
          )
      }
  })

  test('[I4.16] a successful write refreshes the open panels of the app, a read does not', async () => {
    const controller = new AbortController()
    const stream = await fetch(`${one.url}/v1/events/stream`, {
      headers: { authorization: `Bearer ${admin.token}`, accept: 'text/event-stream' },
      signal: controller.signal,
    })
    let told = ''
    const reading = (async () => {
      for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>)
        told += new TextDecoder().decode(chunk)
    })().catch(() => {})
    const read = (await admin.call('stamped', 'run')) as CallResponse
    expect(read.status).toBe('success')
    await admin.call('my-extension', 'step_1', { title: 'refreshes' })
    await expect.poll(() => told, { timeout: 30_000 }).toContain('"scope":"my-extension"')
    expect(told).toContain('"type":"state_changed"')
    expect(told).not.toContain('"scope":"stamped"')
    controller.abort()
    await reading
  })
})
