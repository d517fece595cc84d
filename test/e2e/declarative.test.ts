import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { CallResponse, DeployReceipt, JsonObject } from '@imperal/contract'
import { validateDocument } from '@imperal/ir'
import { beforeAll, describe, expect, test } from 'vitest'
import { mailedToken } from '../support/mailbox.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'

let server: TestServer
let admin: Session
let eve: Session

const documentNamed = (name: string): JsonObject =>
  JSON.parse(readFileSync(path.resolve(import.meta.dirname, `../../packages/ir/test/documents/${name}.json`), 'utf8'))

beforeAll(async () => {
  server = await startTestServer()
  admin = await signInAdmin(server)
  const email = 'eve@example.com'
  await send(`${server.url}/v1/auth/signup`, 'POST', { email, password: 's3cure! and long' })
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(server, email) })
  eve = await signIn(server, email, 's3cure! and long')
}, 240_000)

const create = (appId: string, who = admin) =>
  who.request('POST', '/v1/developer/apps', {
    app_id: appId,
    display_name: appId,
    git_url: `https://example.com/${appId}`,
  })
const post = (appId: string, body: object, who = admin) =>
  who.request('POST', `/v1/developer/apps/${appId}/ir`, { dev_mode: true, ...body })
async function deploy(ir_dict: JsonObject, more: object = {}): Promise<DeployReceipt> {
  const appId = String((ir_dict.app as JsonObject | undefined)?.id ?? ir_dict.app_id)
  const answer = await post(appId, { ir_dict, ...more })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const confirmed = async (appId: string, name: string, params: object): Promise<CallResponse> => {
  const asked = await admin.call(appId, name, params)
  expect(asked).toMatchObject({ status: 'error', error_code: 'CONFIRMATION_REQUIRED' })
  const { confirmation_id } = (asked.data as { confirmation: { confirmation_id: string } }).confirmation
  const decided = await admin.request('POST', `/v1/confirmations/${confirmation_id}/confirm`, {})
  expect(decided.status).toBe(200)
  return (decided.body as { results: CallResponse[] }).results[0] as CallResponse
}
const small = (appId: string, steps: JsonObject[], more: JsonObject = {}): JsonObject => ({
  ir_version: '1.0',
  app: {
    id: appId,
    version: '1.0.0',
    title: 'A small app',
    description: 'A small app that exists for the tests of deploys over HTTP.',
    capabilities: ['store:write'],
    functions: [
      { name: 'run', description: 'Runs the steps of the test, one by one.', impl: { kind: 'declarative', steps } },
    ],
    ...more,
  },
})
const create_note = { id: 'make', op: 'store.create', args: { kind: 'note', data: { title: '{{title}}' } } }

describe('a deployed document is an app like any other', () => {
  test('[I13.6] [I11.3] [I2.1] [S001-045] [S001-046] the reading log of 18.1: receipt, calls, confirmation, errors', async () => {
    await create('pageturner')
    const receipt = await deploy(documentNamed('pageturner'))
    expect(receipt).toMatchObject({
      ...{ app_id: 'pageturner', steps_registered: 4, ir_version: '1.0.0', format_version: '1.0' },
      ...{ functions: ['add_book', 'list_books', 'finish_book', 'drop_book'], functions_registered: 4 },
      ...{ revision: 1, previous_revision: null, unchanged: false, status: 'deployed', validation: 'ok' },
      ...{ commit: '1.0.0', tools_synced: 4, panels_synced: false, icon_synced: false, manifest_synced: true },
      ...{ migrations_applied: null, dev_mode: true, review: 'none', id: 'pageturner', kind: 'deploy' },
    })
    expect(receipt.deployed_at).toMatch(/Z$/)
    expect(receipt.warnings.map(({ rule }) => rule)).toContain('IR25')
    const added = await admin.call('pageturner', 'add_book', { title: 'The Long Tide' })
    expect(added).toMatchObject({
      ...{ status: 'success', summary: 'add_book: done', error: null, ui: null },
      data: { doc: { title: 'The Long Tide', author: 'unknown', done: false } },
    })
    const { id } = added.data as { id: string }
    expect((await admin.call('pageturner', 'finish_book', { book_id: id })).data).toEqual({
      ids: [id],
      count: 1,
      missing: [],
    })
    const { docs } = (await admin.call('pageturner', 'list_books')).data as { docs: JsonObject[] }
    expect(docs).toEqual([expect.objectContaining({ id, done: true })])
    expect(docs[0]).not.toHaveProperty('rating')
    expect((await confirmed('pageturner', 'drop_book', { book_id: id })).data).toEqual({ ids: [id], count: 1 })
    expect((await confirmed('pageturner', 'drop_book', { book_id: id })).data).toEqual({ ids: [], count: 0 })
    expect(await admin.call('pageturner', 'finish_book', { book_id: id })).toMatchObject({
      ...{ status: 'error', error_code: 'IR_NOT_FOUND' },
      data: { step: 'finish_book', function: 'finish_book', retryable: false },
    })
    expect(await admin.call('pageturner', 'finish_book', {})).toMatchObject({ error_code: 'IR_MISSING_VALUE' })
  })

  test('[I11.6] [I5.8] [I8.7] [I6.10] the stockroom of 18.2: branches, directives, panel, events, texts for numbers', async () => {
    await create('stockroom')
    expect(await deploy(documentNamed('stockroom'))).toMatchObject({ steps_registered: 9, panels_synced: true })
    const milk = (await admin.call('stockroom', 'add_item', { name: 'Oat milk', qty: '12', floor: 4 })).data as {
      id: string
    }
    expect(milk).toMatchObject({ name: 'Oat milk', qty: 12 })
    await admin.call('stockroom', 'add_item', { name: 'Beans', qty: 30 })
    expect(await admin.call('stockroom', 'set_count', { item_id: milk.id, qty: 3 })).toMatchObject({
      summary: 'Oat milk counted at 3 - below its floor of 4.',
      data: { id: milk.id, qty: 3, low: true },
      directives: [{ action: 'send', message: 'Oat milk is down to 3 (floor 4).', channel: 'notification' }],
    })
    const told = await admin.request('GET', '/v1/notifications?limit=20')
    expect(JSON.stringify(told.body)).toContain('Oat milk is down to 3 (floor 4).')
    const { ui } = await admin.call('stockroom', '__panel__shelf')
    expect(ui).toMatchObject({
      type: 'Stack',
      props: {
        children: [
          { type: 'Header', props: { text: 'Shelf', subtitle: '2 items' } },
          { type: 'Alert', props: { message: '1 item(s) below the floor.' } },
          { type: 'List', props: { items: [{ props: { title: 'Beans' } }, { props: { badge: { type: 'Badge' } } }] } },
        ],
      },
    })
    const actions = await admin.request('GET', '/v1/actions?app_id=stockroom&per_page=50')
    expect(JSON.stringify(actions.body)).toContain('stockroom.item.taken')
    const missing = await admin.call('stockroom', 'add_item', { qty: 1 })
    expect(missing).toMatchObject({ status: 'error', error_code: 'VALIDATION_MISSING_FIELD' })
  })

  test('[I5.6] [I11.4] the visitor desk of 18.3: required params, calls, destructive work behind a confirmation', async () => {
    await create('visitor-desk')
    await deploy(documentNamed('visitor-desk'))
    expect(await admin.call('visitor-desk', 'sign_in', { visitor: 'Ada Quill', host: 'Rita' })).toMatchObject({
      ...{ status: 'success', summary: 'Ada Quill signed in.', data: { title: 'Ada Quill' } },
    })
    await admin.call('visitor-desk', 'sign_in', { visitor: 'Ben Marsh' })
    expect(await admin.call('visitor-desk', 'sign_in', {})).toMatchObject({ error_code: 'VALIDATION_MISSING_FIELD' })
    const inside = await admin.call('visitor-desk', 'who_is_inside')
    expect(inside).toMatchObject({ summary: '2 visitor(s) inside.', data: { total: 2 } })
    const { items } = inside.data as { items: { day: string; host?: string }[] }
    expect(items[1]).not.toHaveProperty('host')
    const cleared = await confirmed('visitor-desk', 'clear_day', { day: '2001-01-01' })
    expect(cleared).toMatchObject({
      ...{ summary: 'No visits were recorded on 2001-01-01.', data: { deleted: 0, day: '2001-01-01' } },
    })
    const today = items[0]?.day
    expect((await confirmed('visitor-desk', 'clear_day', { day: today })).data).toEqual({ deleted: 2, day: today })
    expect(await admin.call('visitor-desk', 'draft_digest')).toMatchObject({
      ...{ summary: 'Nobody is inside right now.', data: { text: '', visitors: 0 } },
    })
  })

  test('[I11.9] chat without a model reaches its functions, and outside clients read their types', async () => {
    const sent = await admin.request('POST', '/v1/chat/messages', { text: '/pageturner list_books' })
    expect(sent.status, JSON.stringify(sent.body)).toBeLessThan(300)
    await until(async () =>
      JSON.stringify((await admin.request('GET', '/v1/chat/messages?limit=50')).body).includes('list_books'),
    )
    const app = (await admin.request('GET', '/v1/developer/apps/pageturner')).body as { tools_json: JsonObject[] }
    expect(app.tools_json.map(({ name, action_type }) => [name, action_type])).toEqual([
      ['add_book', 'write'],
      ['list_books', 'read'],
      ['finish_book', 'write'],
      ['drop_book', 'destructive'],
    ])
    const operated = await admin.request('POST', '/v1/extensions/pageturner/operate', {
      ...{ user_id: admin.userId, function: 'add_book', params: { title: 'By an outside client' } },
    })
    expect(operated.body).toMatchObject({ kind: 'tool_result', content: { status: 'success' } })
    const catalog = await admin.request('GET', '/registry/v1/apps/pageturner/tools')
    expect(catalog.status).toBeLessThan(500)
  })
})

describe('deploys', () => {
  test('[K10.42] [I13.2] [I13.3] an invalid document writes nothing and names every problem', async () => {
    await create('broken-app')
    const refused = await post('broken-app', {
      ir_dict: small('broken-app', [
        { id: 'a', op: 'store.zap', args: {} },
        { id: 'a', op: 'store.delete', args: { kind: 'note' } },
      ]),
    })
    expect(refused.status).toBe(422)
    const { detail } = refused.body as { detail: { message: string; issues: { rule: string }[] } }
    expect(detail.message).toMatch(/^Invalid IR — not deployed\. /)
    expect(detail.issues.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['STEP', 'IR41', 'IR48']))
    const list = await admin.request('GET', '/v1/developer/apps/broken-app/ir')
    expect(list.body).toEqual({ app_id: 'broken-app', active_revision: null, revisions: [] })
    expect((await admin.request('GET', '/v1/developer/apps/broken-app/deploys')).body).toEqual([])
  })

  test('[K10.42] [I3.1] [I13.5] bad ids, foreign apps and people who are no developers are refused before anything is read', async () => {
    const document = small('somebodys-app', [create_note])
    expect(await post('bad%20id', { ir_dict: document })).toMatchObject({ status: 422 })
    const unknown = await post('no-such-app', { ir_dict: document })
    expect(unknown).toMatchObject({ status: 404, body: { detail: 'App not found: no-such-app' } })
    expect((await post('notes', { ir_dict: document })).body).toMatchObject({ detail: 'App not found: notes' })
    const stranger = await post('pageturner', { ir_dict: document }, eve)
    expect(stranger).toMatchObject({ status: 403, body: { detail: 'Developer registration required.' } })
    await eve.request('POST', '/v1/developer/register', { nickname: 'evedev' })
    expect((await post('pageturner', { ir_dict: document }, eve)).body).toMatchObject({
      detail: 'App not found: pageturner',
    })
    await create('another-id')
    const other = await post('another-id', { ir_dict: document })
    expect(JSON.stringify(other.body)).toContain("app id 'somebodys-app' does not match deploy target 'another-id'")
  })

  test('[I2.3] [I13.1] [I13.7] [I14.6] [I14.7] [I14.8] revisions: unchanged, conflict, removed panels, roll back, records stay', async () => {
    await create('shelf-app')
    const panel = (panel_id: string) => ({
      panel_id,
      slot: 'left',
      render: { kind: 'static', tree: { type: 'Text', props: { content: panel_id } } },
    })
    const first = small('shelf-app', [create_note], { ui: { panels: [panel('one'), panel('two')] } })
    const second = small('shelf-app', [{ id: 'all', op: 'store.list', args: { kind: 'note' } }], {
      ...{ version: '1.1.0', ui: { panels: [panel('two')] } },
    })
    expect(await deploy(first)).toMatchObject({ revision: 1 })
    await admin.call('shelf-app', 'run', { title: 'kept' })
    expect(await deploy(first)).toMatchObject({ revision: 1, unchanged: true })
    expect((await post('shelf-app', { ir_dict: second, expected_revision: 7 })).body).toMatchObject({
      detail: 'Revision conflict: active is 1.',
    })
    const replaced = await deploy(second, { expected_revision: 1 })
    expect(replaced).toMatchObject({ revision: 2, previous_revision: 1 })
    expect(await admin.call('shelf-app', '__panel__two')).toMatchObject({ status: 'success' })
    expect(await admin.call('shelf-app', '__panel__one')).toMatchObject({
      status: 'error',
      error_code: 'UNKNOWN_SUB_FUNCTION',
    })
    expect((await admin.call('shelf-app', 'run')).data).toMatchObject({ count: 1 })

    const back = await admin.request('POST', '/v1/developer/apps/shelf-app/ir/rollback', {})
    expect(back.body, JSON.stringify(back.body)).toMatchObject({ revision: 3, previous_revision: 2, unchanged: false })
    expect(await admin.call('shelf-app', 'run', { title: 'again' })).toMatchObject({
      data: { doc: { title: 'again' } },
    })
    const { revisions } = (await admin.request('GET', '/v1/developer/apps/shelf-app/ir')).body as {
      revisions: JsonObject[]
    }
    expect(revisions.map(({ revision, active, content_of }) => [revision, active, content_of])).toEqual([
      [3, true, 1],
      [2, false, null],
      [1, false, null],
    ])
    expect(revisions[0]?.sha256).toBe(revisions[2]?.sha256)
    const source = await admin.request('GET', '/v1/developer/apps/shelf-app/ir/document')
    expect(source.body).toMatchObject({ revision: 3 })
    expect(JSON.stringify((source.body as { ir_dict: JsonObject }).ir_dict)).toBe(JSON.stringify(first))
    const unknown = await admin.request('POST', '/v1/developer/apps/shelf-app/ir/rollback', { to_revision: 99 })
    expect(unknown).toMatchObject({ status: 404, body: { detail: 'No revision 99 for shelf-app' } })
  })

  test('[K10.42] [I13.5] a published app gains no rights behind the back of its users', async () => {
    await create('public-app')
    const icon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>'
    const texts = { icon, description: 'An app with everything that a reviewer wants to see of it.' }
    const submitted = await deploy(small('public-app', [create_note], texts), { dev_mode: false })
    expect(submitted, JSON.stringify(submitted.warnings)).toMatchObject({
      review: 'submitted',
      submitted: true,
      icon_synced: true,
    })
    expect(await admin.request('POST', '/v1/admin/apps/public-app/approve', {})).toMatchObject({ status: 200 })
    const wider = small('public-app', [{ id: 'x', op: 'store.delete', args: { kind: 'note', id: '{{id}}' } }], texts)
    const refused = await post('public-app', { ir_dict: wider, dev_mode: false })
    expect(refused.status).toBe(409)
    expect(JSON.stringify(refused.body)).toContain('run became destructive')
    const same = small('public-app', [create_note], { ...texts, version: '1.0.1' })
    expect(await deploy(same, { dev_mode: false })).toMatchObject({ review: 'none', revision: 2 })
  })

  test('[I11.7] [I4.11] what a run did is told by ids, to the owner alone', async () => {
    await create('two-steps')
    await deploy(
      small('two-steps', [
        create_note,
        { id: 'lost', op: 'store.update', args: { kind: 'note', id: 'none', set: { a: 1 } } },
      ]),
    )
    const failed = await admin.call('two-steps', 'run', { title: 'a value that nobody else reads' })
    expect(failed).toMatchObject({ status: 'error', error_code: 'IR_NOT_FOUND', data: { step: 'lost' } })
    const answer = await admin.request('GET', '/v1/developer/apps/two-steps/ir/runs')
    const { runs } = answer.body as { runs: JsonObject[] }
    expect(runs).toEqual([
      expect.objectContaining({
        ...{ function: 'run', status: 'error', error_code: 'IR_NOT_FOUND', step: 'lost', revision: 1 },
        ...{ path: ['make', 'lost'], affected: [expect.stringMatching(/^doc_/)], trace_id: failed.trace_id },
      }),
    ])
    expect(JSON.stringify(runs)).not.toContain('a value that nobody else reads')
    expect((await eve.request('GET', '/v1/developer/apps/two-steps/ir/runs')).status).toBe(404)
  })

  test('[I4.3] [I6.2] hostile documents: endless loops end, large ones are refused, a template cannot choose', async () => {
    await create('loop-app')
    await deploy(
      small('loop-app', [
        { id: 'a', op: 'conditional', if: { field: 'x', eq: 'x' }, then: 'b' },
        { id: 'b', op: 'send', args: { message: 'again' }, next: 'a' },
      ]),
    )
    expect(await admin.call('loop-app', 'run')).toMatchObject({
      ...{ error_code: 'IR_STEP_BUDGET', error: 'declarative flow exceeded step budget (64); possible cycle' },
    })
    const injected = await admin.call('pageturner', 'add_book', {
      title: '{{steps.add_book.id}} {{ctx.user.imperal_id}}',
    })
    expect(injected.data).toMatchObject({ doc: { title: '{{steps.add_book.id}} {{ctx.user.imperal_id}}' } })
    const large = await post('loop-app', {
      ir_dict: small('loop-app', [create_note], { description: 'x'.repeat(600_000) }),
    })
    expect(large.status).toBe(422)
    expect(JSON.stringify(large.body)).toContain('exceeds the limit of')
    const deep = JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`)
    expect((await post('loop-app', { ir_dict: deep })).status).toBeGreaterThanOrEqual(400)
    for (const ir_dict of [null, 7, [], 'text', { app: 7 }, { steps: 'x' }, { app: { id: {} } }])
      expect((await post('loop-app', { ir_dict })).status).toBe(422)
    // A name of the language itself (ir 17.1).
    const named = JSON.parse(
      JSON.stringify(small('loop-app', [create_note], { data: {} })).replace(
        '"data":{}',
        '"data":{"__proto__":{"a":1}}',
      ),
    )
    const refused = await admin.request('POST', '/v1/ir/validate', { ir_dict: named })
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('__proto__')])
  })

  test('a smoke run leaves no record, no notification and no charge', async () => {
    // Of this app alone: what other tests began may still go on.
    const records = async () =>
      JSON.stringify((await admin.request('GET', '/v1/actions?app_id=stockroom&per_page=200')).body)
    const before = await records()
    const answer = await admin.request('POST', '/v1/ir/smoke', {
      ir_dict: documentNamed('stockroom'),
      function: 'set_count',
      args: { item_id: 'doc_1', qty: 1, $before: [{ function: 'add_item', args: { name: 'Tea', qty: 5, floor: 2 } }] },
    })
    expect(answer.body).toMatchObject({
      ...{ ok: true, result: { id: 'doc_1', qty: 1, low: true } },
      trace: { path: ['get', 'known', 'cmp', 'flag', 'warn'], store: { item: 1 }, directives: [{ action: 'send' }] },
    })
    expect(await records()).toBe(before)
    expect(JSON.stringify((await admin.request('GET', '/v1/notifications?limit=50')).body)).not.toContain('Tea')
    const panel = await admin.request('POST', '/v1/ir/smoke', {
      ir_dict: documentNamed('stockroom'),
      function: '__panel__shelf',
    })
    expect(panel.body).toMatchObject({ ok: true, ui: { type: 'Stack' } })
    const invalid = await admin.request('POST', '/v1/ir/smoke', { ir_dict: { app: {} }, function: 'x' })
    expect(invalid.body).toMatchObject({ ok: false, error_code: 'IR_DOCUMENT_INVALID' })
    const section = await admin.request('POST', '/v1/ir/smoke', {
      ir_dict: documentNamed('stockroom'),
      ...{ function: 'skeleton_refresh_shelf_state', args: {} },
    })
    expect(section.body).toMatchObject({ ok: true, result: { items: 0, low: 0 }, trace: { path: ['all', 'low'] } })
  })

  test('[I9.1] a smoke run knows what other apps expose, as a deploy does', async () => {
    const peek: JsonObject = { id: 'peek', op: 'call', args: { app_id: 'calendar', function: 'list_busy' } }
    const description = 'Asks another app how much it keeps, and nothing else.'
    const impl = { kind: 'declarative', steps: [peek] }
    const ir_dict = small('asking', [], {
      capabilities: ['calendar:read'],
      functions: [{ name: 'ask', description, action_type: 'read', impl }],
    })
    const checked = await admin.request('POST', '/v1/ir/validate', { ir_dict })
    expect(checked.body).toMatchObject({ valid: true })
    const ran = await admin.request('POST', '/v1/ir/smoke', { ir_dict, function: 'ask', args: {} })
    // It is refused for what a smoke run never does, not as a write in disguise.
    expect(ran.body).toMatchObject({ ok: false, error_code: 'IR_BAD_TARGET' })
  })

  test('a person has one smoke run at a time, and it ends after some seconds whatever it holds', async () => {
    const steps = (count: number, step: object): JsonObject[] =>
      Array.from({ length: count }, (_, index) => ({ id: `s${index}`, ...step }))
    const named = (name: string, of: JsonObject[]) => ({ name, impl: { kind: 'declarative', steps: of } })
    const inner = named('inner', steps(99, { op: 'send', args: { message: 'x' } }))
    const outer = named('outer', steps(25, { op: 'call', args: { function: 'inner' } }))
    const endless = {
      ...{ ir_dict: small('endless-app', [], { functions: [inner, outer] }), function: 'outer' },
      args: { $before: Array(20).fill({ function: 'outer', args: {} }) },
    }
    const answers = await Promise.all([1, 2, 3].map(() => admin.request('POST', '/v1/ir/smoke', endless)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429, 429])
    expect(answers.find(({ status }) => status === 200)?.body).toMatchObject({
      ...{ ok: false, error_code: 'BACKEND_TIMEOUT' },
    })
  })

  test('the schema and the validator are open to editors', async () => {
    const schema = await send(`${server.url}/v1/ir/schema`, 'GET')
    expect(schema.body).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' })
    const checked = await admin.request('POST', '/v1/ir/validate', { ir_dict: documentNamed('visitor-desk') })
    expect(checked.body).toMatchObject({ valid: true, manifest: { app_id: 'visitor-desk' } })
  })

  test('a document is not redeployed as code, and its deploys are listed with the others', async () => {
    await create('turning')
    await deploy(small('turning', [create_note]))
    const redeployed = await admin.request('POST', '/v1/developer/apps/turning/deploys', { version: '1.0.0' })
    expect(redeployed).toMatchObject({ status: 409 })
    expect((await admin.request('GET', '/v1/developer/apps/turning/deploys')).body).toMatchObject([
      { status: 'live', version: '1.0.0', commit_sha: '1.0.0' },
    ])
  })
})

describe('what runs without being asked for', () => {
  const record = (id: string, title: string): JsonObject => ({
    ...{ id, op: 'store.create', args: { kind: 'line', data: { title } } },
  })
  const fn = (name: string, step: JsonObject | JsonObject[], more: JsonObject = {}): JsonObject => ({
    ...{ name, description: 'Does what the test of runs by themselves wants.', ...more },
    impl: { kind: 'declarative', steps: [step].flat() },
  })
  const document: JsonObject = {
    ir_version: '1.0',
    app: {
      ...{ id: 'diary', version: '1.0.0', title: 'Diary', description: 'Keeps a line for what happens elsewhere.' },
      capabilities: ['store:write'],
      functions: [
        fn('begin', [
          record('first', 'The diary begins.'),
          { id: 'lead', op: 'navigate', args: { path: '/ext/diary' } },
          { id: 'say', op: 'send', args: { message: 'Welcome.' } },
        ]),
        fn('say_goodbye', record('last', 'The diary ends.')),
        fn('note_added', record('heard', 'Note: {{title}}'), { event: 'line.written' }),
        fn('remember', record('told', '{{text}}'), { params_schema: { text: { type: 'string', required: true } } }),
        fn('lines', {
          ...{ id: 'all', op: 'store.list', args: { kind: 'line', order_by: 'created_at' } },
          result: { lines: '{{prev.docs}}' },
        }),
      ],
      lifecycle: { on_install: 'begin', on_uninstall: 'say_goodbye' },
      events: {
        emits: [{ type: 'diary.line.written' }],
        subscribes: [{ type: 'notes.created', function: 'note_added' }],
      },
      automations: [
        {
          id: 'after_a_line',
          trigger: { event: 'diary.line.written' },
          function: 'remember',
          params: { text: 'Again: {{doc.title}}' },
        },
      ],
    },
  }
  const lines = async () =>
    ((await admin.call('diary', 'lines')).data as { lines: { title: string }[] }).lines.map(({ title }) => title)

  test('[I11.6] [I11.8] hooks, subscriptions and automations of a document run as those of code do', async () => {
    await create('diary')
    const receipt = await deploy(document)
    expect(receipt.warnings.map(({ message }) => message).join()).not.toContain('not run')
    await until(async () => (await lines()).includes('The diary begins.'))
    // Nobody was there to be led anywhere, and the app may not notify: the record of the run says so (I5.8).
    const ran = await until(async () => {
      const { body } = await admin.request('GET', '/v1/developer/apps/diary/ir/runs')
      return (body as { runs: JsonObject[] }).runs.find((run) => run.function === 'on_install')
    })
    expect(ran.notes).toEqual([
      "step 'lead': navigate was dropped, because nobody was there",
      "step 'say': send was dropped, because nobody was there",
    ])

    const noted = await admin.call('notes', 'create_note', { title: 'Call Ben' })
    expect(noted.status).toBe('success')
    await until(async () => (await lines()).includes('Note: Call Ben'))

    type Rule = { rule_id: number; name: string; status: string; approval_needed: string | null }
    const rules = async () => (await admin.request('GET', '/v1/automations')).body as Rule[]
    const rule = await until(async () => (await rules()).find(({ name }) => name === 'Diary: after a line'))
    expect(rule.status).toBe('paused')
    // What an app brought is not for a program to agree to.
    const key = await admin.request('POST', `/v1/automations/${rule.rule_id}/resume`, {})
    expect(key.status).toBe(409)
    const resumed = await admin.request('POST', `/v1/automations/${rule.rule_id}/resume`, {
      approve: rule.approval_needed,
    })
    expect(resumed.status, JSON.stringify(resumed.body)).toBe(200)
    await admin.call('notes', 'create_note', { title: 'Water the plants' })
    await until(async () => (await lines()).includes('Again: Note: Water the plants'), 30_000)
    expect(await lines()).not.toContain('Again: Note: Call Ben')

    await admin.request('DELETE', '/v1/marketplace/apps/diary/install')
    await until(async () => !(await rules()).some(({ name }) => name === 'Diary: after a line'))
  })
})

describe('an outside client builds an app, as the sequence of api 8.1 goes', () => {
  const verifier = randomBytes(32).toString('base64url')
  let bearer: Record<string, string>
  let refreshToken: string
  let me: { imperal_id: string }
  const ask = (method: string, address: string, body?: unknown) => send(server.url + address, method, body, bearer)
  const developer = async (name: string, params: object) => {
    const body = { user_id: me.imperal_id, tenant_id: 'default', function: name, params }
    const answer = await ask('POST', '/v1/extensions/developer/call', body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body as CallResponse & { data: never }
  }

  test('[8.1] it signs in with a code that its person approves in the panel', async () => {
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const begun = await send(`${server.url}/v1/auth/cli/device/authorize`, 'POST', {
      ...{ code_challenge: challenge, code_challenge_method: 'S256' },
    })
    expect(begun.status).toBe(200)
    const codes = begun.body as { device_code: string; user_code: string; verification_uri: string }
    const poll = () =>
      send(`${server.url}/v1/auth/cli/device/token`, 'POST', {
        ...{ device_code: codes.device_code, code_verifier: verifier },
      })
    expect((await poll()).status).toBe(200)
    await eve.request('POST', `/v1/auth/cli/device/${codes.user_code}/approve`, {})
    const tokens = await until(async () => {
      const { body } = await poll()
      return 'access_token' in body ? (body as { access_token: string; refresh_token: string }) : null
    })
    bearer = { authorization: `Bearer ${tokens.access_token}` }
    refreshToken = tokens.refresh_token
    me = (await ask('GET', '/v1/auth/me')).body
    expect(me.imperal_id).toBe(eve.userId)
  })

  test('[8.1] it enrols, finds that the app is not there, and makes it', async () => {
    const enrolled = await ask('POST', '/v1/developer/register', { tier: 'explorer', nickname: 'eve-from-afar' })
    expect([200, 400]).toContain(enrolled.status)
    if (enrolled.status === 400) expect(JSON.stringify(enrolled.body)).toContain('already registered')
    expect((await ask('GET', '/v1/developer/apps/my-extension')).status).toBe(404)
    const made = await ask('POST', '/v1/developer/apps', {
      ...{ app_id: 'my-extension', display_name: 'My extension', git_url: 'https://imperal.io/ir-apps/my-extension' },
    })
    expect(made.status, JSON.stringify(made.body)).toBeLessThan(300)
    const again = await ask('POST', '/v1/developer/apps', { app_id: 'my-extension', display_name: 'My extension' })
    expect(again.status).toBe(409)
    expect(JSON.stringify(again.body)).toContain('already in use')
  })

  // As the document prints it, to the letter.
  const ir_dict = JSON.parse(
    '{"app_id": "my-extension", "version": "1.0.0", "steps": [{"id": "step_1", "kind": "declarative", "action": "store.create", "params": {"collection": "tasks", "data": {"title": "{{title}}"}}}]}',
  ) as JsonObject

  test('[8.1] [S001-042] [S001-043] [S001-044] [I2.1] validates here, tries out, deploys as printed', async () => {
    expect(validateDocument(ir_dict).valid).toBe(true)
    expect((await developer('validate_ir', { ir_dict })).data).toMatchObject({ valid: true })
    const args = { title: 'x' }
    expect((await developer('smoke_ir', { ir_dict, function: 'step_1', args })).data).toMatchObject({
      ...{ ok: true, result: { id: 'doc_1' }, trace: { path: ['step_1'], store: { tasks: 1 } } },
    })
    const deployed = await developer('deploy_ir', { app_id: 'my-extension', ir_dict })
    expect(deployed).toMatchObject({
      status: 'success',
      data: {
        app_id: 'my-extension',
        steps_registered: 1,
        ir_version: '1.0.0',
        deployed_at: expect.stringMatching(/Z$/),
      },
      ...{ summary: 'IR deployed', error: null, ui: null },
    })
  })

  test('[8.1] [I11.2] [I11.3] lists its apps, reads the types of the functions, and runs what it deployed', async () => {
    const apps = (await ask('GET', '/v1/developer/apps')).body as { app_id: string }[]
    expect(apps.map(({ app_id }) => app_id)).toContain('my-extension')
    const app = (await ask('GET', '/v1/developer/apps/my-extension')).body as { tools_json: JsonObject[] }
    expect(app.tools_json).toMatchObject([{ name: 'step_1', action_type: 'write' }])
    const body = { user_id: me.imperal_id, tenant_id: 'default', function: 'step_1', params: { title: 'x' } }
    expect((await ask('POST', '/v1/extensions/my-extension/call', body)).body).toMatchObject({
      ...{ status: 'success', data: { doc: { title: 'x' } } },
    })
    const operated = await ask('POST', '/v1/extensions/my-extension/operate', { ...body, confirmation_bypassed: true })
    expect(operated.body).toMatchObject({ kind: 'tool_result', content: { status: 'success' } })
  })

  test('[I10.1] [I13.2] [I14.6] errors, revisions and rolling back through the same door', async () => {
    const steps = [{ id: 'step_1', action: 'store.zap', params: {} }]
    const refused = await developer('deploy_ir', { app_id: 'my-extension', ir_dict: { ...ir_dict, steps } })
    expect(refused).toMatchObject({ status: 'error', error_code: 'IR_DOCUMENT_INVALID' })
    expect(refused.error).toMatch(/^Invalid IR — not deployed\. .*unknown op 'store.zap'/)
    // Each finding for programs, in the order and with the members of a check.
    const checked = await developer('validate_ir', { ir_dict: { ...ir_dict, steps } })
    const findings = (checked.data as { issues: JsonObject[] }).issues
    expect(refused.data).toEqual({ issues: findings })
    expect(findings).toContainEqual({
      ...{ rule: 'STEP', level: 'ERROR', path: 'steps.0', fix: 'Use one of the verbs that are listed.' },
      message: expect.stringContaining("unknown op 'store.zap'"),
    })
    expect(checked.summary).toMatch(/^The document is not valid: 1 problem.*\n- STEP `steps\.0`: .*store\.zap/)
    expect(refused.error).not.toMatch(
      /timeout|timed out|temporar|temporal|unavailable|connection|503|bad gateway|try again/i,
    )
    expect(await developer('deploy_ir', { app_id: 'no id', ir_dict })).toMatchObject({
      error: "Invalid app_id (allowed: letters, digits, '_' and '-'; max 64 chars).",
    })
    expect(await developer('deploy_ir', { app_id: 'pageturner', ir_dict })).toMatchObject({
      error: 'App not found: pageturner',
    })
    const second = { ...ir_dict, version: '1.1.0' }
    expect(await developer('deploy_ir', { app_id: 'my-extension', ir_dict: second, dev_mode: true })).toMatchObject({
      ...{ summary: 'IR deployed as revision 2', data: { revision: 2 } },
    })
    expect(await developer('rollback_ir', { app_id: 'my-extension' })).toMatchObject({
      data: { revision: 3, ir_version: '1.0.0' },
    })
    expect((await developer('list_ir_revisions', { app_id: 'my-extension' })).data).toMatchObject({
      active_revision: 3,
    })
    expect((await developer('get_ir', { app_id: 'my-extension' })).data).toMatchObject({ ir_dict })
    const logout = await ask('POST', '/v1/auth/logout', { refresh_token: refreshToken })
    expect(logout.status).toBeLessThan(300)
  })

  test('[I11.3] the portal as a panel: its apps, and the revisions of one', async () => {
    const sidebar = await eve.call('developer', '__panel__apps')
    expect(JSON.stringify(sidebar.ui)).toContain('My extension')
    const page = await eve.call('developer', '__panel__app', { app_id: 'my-extension' })
    expect(JSON.stringify(page.ui)).toContain('Revision 3')
    const gone = await eve.call('developer', 'delete_app', { app_id: 'my-extension' })
    expect(gone).toMatchObject({ error_code: 'CONFIRMATION_REQUIRED' })
  })
})
