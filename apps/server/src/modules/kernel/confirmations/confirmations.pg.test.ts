import type { JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import { forgetConfirmations } from '../ledger/remove-expired.ts'
import { chatFunction, type Fixture, openFixture, PATIENCE, success } from '../test-fixture.ts'
import { expireConfirmations } from './decide.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }
let eve: { tenantId: string; userId: string }
const ran: JsonObject[] = []

const PARAMS = {
  type: 'object',
  properties: { note_id: { type: 'string' }, api_key: { type: 'string' } },
  required: ['note_id'],
}

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  eve = await fixture.person()
  await fixture.app(
    'notes',
    {
      tools: [
        chatFunction('delete_note', 'destructive', { params_schema: PARAMS, event: 'deleted' }),
        chatFunction('rename_note', 'write', { params_schema: PARAMS }),
      ],
    },
    [ada, eve],
  )
  for (const name of ['delete_note', 'rename_note'])
    fixture.handler('notes', 'function', name, async (call) => {
      ran.push(call.params as JsonObject)
      return success({ done: true })
    })
})
beforeEach(() => ran.splice(0))
afterAll(() => fixture.close())

const ask = async (params: JsonObject = { note_id: 'n_81' }, user = ada) => {
  const outcome = await fixture.kernel.call({
    source: 'panel',
    ...user,
    appId: 'notes',
    function: 'delete_note',
    params,
  })
  const { confirmation } = outcome.response.data as { confirmation: JsonObject }
  return { outcome, id: String(confirmation?.confirmation_id), card: confirmation }
}
const confirm = (id: string, user = ada) => fixture.kernel.decide(user, id, 'confirm', 'panel')
const codeOf = (error: unknown) => (error as { code: string }).code

describe('asking', () => {
  test('[K3.21] [K3.32] a destructive call stops with a card and an intercepted row, and nothing runs', async () => {
    const { outcome, id, card } = await ask({ note_id: 'n_81', api_key: 'sk-1' })
    expect(outcome.response).toMatchObject({ status: 'error', error_code: 'CONFIRMATION_REQUIRED' })
    expect(outcome.refusal).toBeUndefined()
    expect(id).toMatch(/^conf_[0-9a-f]{32}$/)
    expect(card).toMatchObject({
      title: 'Delete note?',
      items: [
        { index: 0, app_id: 'notes', tool: 'delete_note', args_masked: { note_id: 'n_81', api_key: '[redacted]' } },
      ],
    })
    expect(ran).toEqual([])
    expect(await fixture.ledger({ traceId: outcome.traceId })).toMatchObject([
      { status: 'intercepted', confirmation: 'required', confirmation_id: id },
    ])
    await expect
      .poll(
        () => fixture.streamed.filter((record) => record.type === 'confirmation').map((record) => record.payload),
        PATIENCE,
      )
      .toContainEqual(expect.objectContaining({ confirmation_id: id, status: 'pending' }))
  })

  test('[K3.22] arguments are checked before anything is stored', async () => {
    const { outcome } = await ask({})
    expect(outcome.response.error_code).toBe('VALIDATION_MISSING_FIELD')
  })

  test('writes ask only when the user wants it, and an assistant’s approval spares that card but never a destructive one', async () => {
    const rename = (more: object = {}) =>
      fixture.kernel.call({
        source: 'mcp',
        ...eve,
        appId: 'notes',
        function: 'rename_note',
        params: { note_id: 'n' },
        ...more,
      })
    expect((await rename()).status).toBe('success')
    await fixture.rows(
      "insert into identity.user_settings (user_id, tenant_id, settings, updated_at) values ($1, 'default', $2, now())",
      [eve.userId, { confirmation_enabled: true }],
    )
    const other = await fixture.openNode() // settings are cached for a while where they were read before
    other.hosts.handlers.set('notes function rename_note', () => success())
    const again = (more: object = {}) =>
      other.kernel.call({
        source: 'mcp',
        ...eve,
        appId: 'notes',
        function: 'rename_note',
        params: { note_id: 'n' },
        ...more,
      })
    expect((await again()).response.error_code).toBe('CONFIRMATION_REQUIRED')
    const bypassed = await again({ confirmationBypassed: true })
    expect(await fixture.ledger({ traceId: bypassed.traceId })).toMatchObject([
      { status: 'success', confirmation: 'bypassed' },
    ])
    expect((await again({ function: 'delete_note', confirmationBypassed: true })).response.error_code).toBe(
      'CONFIRMATION_REQUIRED',
    )
  })
})

describe('deciding', () => {
  test('[K3.24] [K3.25] [K3.27] fifty confirms at once run the stored arguments once', async () => {
    const params = { note_id: 'n_82', order: { b: 1, a: [2, 1] } }
    const { id, outcome } = await ask(params)
    const decisions = await Promise.allSettled(Array.from({ length: 50 }, () => confirm(id)))
    expect(decisions.filter((decision) => decision.status === 'fulfilled')).toHaveLength(1)
    expect(
      new Set(decisions.flatMap((decision) => (decision.status === 'rejected' ? [codeOf(decision.reason)] : []))),
    ).toEqual(new Set(['KERNEL_CONFIRMATION_CONSUMED']))
    expect(ran).toEqual([params])
    expect(JSON.stringify(ran[0])).toBe(JSON.stringify(params))
    const rows = await fixture.ledger({ traceId: outcome.traceId })
    expect(rows.map((row) => [row.status, row.confirmation])).toEqual([
      ['intercepted', 'required'],
      ['success', 'user_accepted'],
    ])
  })

  test('[K3.23] another user’s confirmation looks like none and is audited', async () => {
    const { id } = await ask()
    await expect(confirm(id, eve)).rejects.toMatchObject({ code: 'KERNEL_CONFIRMATION_NOT_FOUND' })
    expect(await fixture.rows("select actor_id from audit.entry where action = 'confirmation.foreign'")).toEqual([
      { actor_id: eve.userId },
    ])
    await expect(confirm('conf_00000000000000000000000000000000')).rejects.toMatchObject({
      code: 'KERNEL_CONFIRMATION_NOT_FOUND',
    })
    expect(ran).toEqual([])
  })

  test('[K3.26] permissions are checked again when the user says yes', async () => {
    const { id, outcome } = await ask()
    await fixture.registry.setDisabled(ada, 'notes', true)
    const { results, status } = await confirm(id)
    await fixture.registry.setDisabled(ada, 'notes', false)
    expect([status, results[0]?.error_code]).toEqual(['failed', 'PERMISSION_DENIED'])
    expect(results[0]?.data).toMatchObject({ confirmation_id: id })
    expect((await fixture.ledger({ traceId: outcome.traceId })).at(-1)).toMatchObject({
      ...{ status: 'denied', confirmation: 'user_accepted', confirmation_id: id },
    })
    expect(ran).toEqual([])
  })

  test('[K3.20] [11.1] [18.4] whom a call destroys for is in the row of what ran, and the permission for it is asked for again at the yes', async () => {
    const boss = await fixture.person({ scopes: ['users:admin'] })
    await fixture.registry.install(boss, 'notes')
    const params = { note_id: 'n_83', user_id: eve.userId }
    const done = await ask(params, boss)
    expect((await confirm(done.id, boss)).status).toBe('executed')
    expect((await fixture.ledger({ traceId: done.outcome.traceId })).at(-1)).toMatchObject({
      status: 'success',
      confirmation: 'user_accepted',
      facts: {
        cross_user: true,
        target_user_id: eve.userId,
        target_param: 'user_id',
        target_scope_required: 'users:admin',
        target_scope_verdict: 'escalated',
      },
    })
    expect(ran).toEqual([params])

    const { id, outcome } = await ask(params, boss)
    await fixture.rows("update identity.account set scopes = '{}' where user_id = $1", [boss.userId])
    fixture.identity.planChanged(boss.userId) // what this node knows of the user is read anew
    const { results } = await confirm(id, boss)
    expect([results[0]?.error_code, ran.length]).toEqual(['PERMISSION_DENIED', 1])
    expect(results[0]?.data).toMatchObject({ missing_scopes: ['users:admin'] })
    expect((await fixture.ledger({ traceId: outcome.traceId })).at(-1)).toMatchObject({
      ...{ status: 'denied', confirmation: 'user_accepted', confirmation_id: id },
    })
  })

  test('[K3.29] cancelling leaves a row and runs nothing, now and later', async () => {
    const { id, outcome } = await ask()
    await fixture.kernel.decide(ada, id, 'cancel', 'panel')
    await expect(confirm(id)).rejects.toMatchObject({ code: 'KERNEL_CONFIRMATION_CONSUMED' })
    expect((await fixture.ledger({ traceId: outcome.traceId })).map((row) => [row.status, row.confirmation])).toEqual([
      ['intercepted', 'required'],
      ['cancelled', 'user_cancelled'],
    ])
    expect(ran).toEqual([])
  })

  test('[K3.28] a question that nobody answers expires once, whoever looks', async () => {
    const { id, outcome } = await ask()
    fixture.clock.advance(301_000)
    await expect(confirm(id)).rejects.toMatchObject({ code: 'KERNEL_CONFIRMATION_EXPIRED' })
    const parts = await fixture.assemble()
    const ended = await Promise.all([
      expireConfirmations(parts),
      expireConfirmations(parts),
      expireConfirmations(parts),
    ])
    expect(ended.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1)
    expect((await fixture.ledger({ traceId: outcome.traceId })).map((row) => [row.status, row.confirmation])).toEqual([
      ['intercepted', 'required'],
      ['cancelled', 'expired'],
    ])
    await expect(confirm(id)).rejects.toMatchObject({ code: 'KERNEL_CONFIRMATION_EXPIRED' })
  })

  test('[K3.26] tools that were pushed in between, with the same code, are another question', async () => {
    const before = (
      await fixture.rows<{ manifest: JsonObject }>("select manifest from registry.version where app_id = 'notes'")
    )[0]
    const pushed = async (change: string) => {
      const { id } = await ask()
      await fixture.rows(
        `update registry.version set manifest = jsonb_set(manifest::jsonb, ('{tools,' || (select place - 1 from
           jsonb_array_elements(manifest::jsonb -> 'tools') with ordinality as t (tool, place) where tool ->> 'name' = 'delete_note') || '}')::text[],
           (select tool || $1::jsonb from jsonb_array_elements(manifest::jsonb -> 'tools') tool where tool ->> 'name' = 'delete_note'))
         where app_id = 'notes'`,
        [change],
      )
      fixture.registry.forget('notes')
      const { status, results } = await confirm(id)
      await fixture.rows("update registry.version set manifest = $1 where app_id = 'notes'", [before?.manifest])
      fixture.registry.forget('notes')
      return [status, results[0]?.status, ran.length]
    }
    expect(await pushed('{"action_type":"write"}')).toEqual(['failed', 'error', 0])
    expect(await pushed('{"params_schema":{"type":"object","required":["folder_id"]}}')).toEqual(['failed', 'error', 0])
  })

  test('[lessons 13] a yes belongs to the code that asked: after a deploy it runs nothing and says why', async () => {
    const { id } = await ask()
    const [version] = await fixture.rows<{ artefact_hash: string }>(
      "select artefact_hash from registry.version where app_id = 'notes'",
    )
    const [stored] = await fixture.rows<{ calls: { artefact_hash: string }[] }>(
      'select calls from kernel.confirmation where confirmation_id = $1',
      [id],
    )
    expect(stored?.calls[0]?.artefact_hash).toBe(version?.artefact_hash)
    await fixture.rows(
      `update kernel.confirmation set calls = jsonb_set(calls, '{0,artefact_hash}', '"of an earlier deploy"') where confirmation_id = $1`,
      [id],
    )
    const { status, results } = await confirm(id)
    expect([status, ran]).toEqual(['failed', []])
    expect(results[0]?.error).toContain('The app has changed since you were asked')
  })

  test('exact arguments and results are kept for a day after the decision, and the question for 90', async () => {
    const [done, waiting] = [await ask({ note_id: 'n_private' }), await ask({ note_id: 'n_waits' })]
    await confirm(done.id)
    const parts = await fixture.assemble()
    const read = async (id: string) =>
      (await fixture.rows<JsonObject>('select * from kernel.confirmation where confirmation_id = $1', [id]))[0]
    const age = (interval: string) =>
      fixture.rows('update kernel.confirmation set decided_at = now() - $2::interval where confirmation_id = $1', [
        done.id,
        interval,
      ])
    await forgetConfirmations(parts)
    expect(JSON.stringify(await read(done.id))).toContain('n_private')
    await age('25 hours')
    await Promise.all([forgetConfirmations(parts), forgetConfirmations(parts)])
    expect(JSON.stringify(await read(done.id))).not.toContain('n_private')
    expect(await read(done.id)).toMatchObject({ status: 'executed', items: [{ tool: 'delete_note', args_masked: {} }] })
    expect(JSON.stringify(await read(waiting.id))).toContain('n_waits')
    await age('91 days')
    await forgetConfirmations(parts)
    expect(await read(done.id)).toBeUndefined()
    await confirm(waiting.id)
    expect(ran.at(-1)).toEqual({ note_id: 'n_waits' })
  })

  test('a damaged record does not run', async () => {
    const { id } = await ask()
    await fixture.rows(
      `update kernel.confirmation set calls = jsonb_set(calls, '{0,params_text}', '"{\\"note_id\\":\\"other\\"}"') where confirmation_id = $1`,
      [id],
    )
    const { status } = await confirm(id)
    expect([status, ran]).toEqual(['failed', []])
  })
})

test('[K3.25] the result of a call that chat asked for is said in that conversation, good or bad; other doors say nothing', async () => {
  const before = fixture.said.length
  const askInChat = async (note_id: string) => {
    const { response } = await fixture.kernel.call({
      source: 'chat',
      ...ada,
      appId: 'notes',
      function: 'delete_note',
      params: { note_id },
      conversationId: 'cnv_1',
    })
    return String((response.data as { confirmation: JsonObject }).confirmation.confirmation_id)
  }
  await confirm(await askInChat('n_90'))
  const refused = await askInChat('n_91')
  await fixture.registry.setDisabled(ada, 'notes', true)
  await confirm(refused)
  await fixture.registry.setDisabled(ada, 'notes', false)
  await confirm((await ask()).id)
  expect(fixture.said.slice(before)).toMatchObject([
    { ...ada, appId: 'notes', conversationId: 'cnv_1', type: 'tool_result', text: 'Delete note: done.' },
    {
      ...ada,
      appId: 'notes',
      conversationId: 'cnv_1',
      type: 'task_failed',
      text: expect.stringContaining('switched off'),
    },
  ])
})

test('[GET /v1/confirmations/active] [GET /v1/confirmations/{confirmation_id}] [POST /v1/confirmations/{confirmation_id}/confirm] the routes answer as documented: list, look at, confirm, 409, 410, 404', async () => {
  let caller = principalOf(ada)
  const app = await mountForTest(fixture.kernel.routes, () => caller)
  const { id } = await ask({ note_id: 'by-http' })
  const active = await app.inject({ method: 'GET', url: '/v1/confirmations/active' })
  expect(active.json().confirmations.map((one: JsonObject) => one.confirmation_id)).toContain(id)
  expect((await app.inject({ method: 'GET', url: `/v1/confirmations/${id}` })).json()).toMatchObject({
    status: 'pending',
    app_id: 'notes',
  })
  caller = principalOf(eve)
  expect((await app.inject({ method: 'GET', url: `/v1/confirmations/${id}` })).statusCode).toBe(404)
  caller = principalOf(ada)
  const done = await app.inject({ method: 'POST', url: `/v1/confirmations/${id}/confirm`, payload: {} })
  expect([done.statusCode, done.json()]).toMatchObject([
    200,
    { confirmation_id: id, status: 'executed', results: [{ status: 'success' }] },
  ])
  const again = await app.inject({ method: 'POST', url: `/v1/confirmations/${id}/accept`, payload: {} })
  expect([again.statusCode, again.json().error]).toEqual([409, 'CONFIRMATION_CONSUMED'])
  const late = await ask()
  fixture.clock.advance(301_000)
  const expired = await app.inject({ method: 'POST', url: `/v1/confirmations/${late.id}/confirm`, payload: {} })
  expect([expired.statusCode, expired.json().error]).toEqual([410, 'CONFIRMATION_EXPIRED'])
  expect((await app.inject({ method: 'POST', url: '/v1/confirmations/conf_x/cancel', payload: {} })).statusCode).toBe(
    404,
  )
  await app.close()
})

describe('what cannot be done', () => {
  beforeAll(async () => {
    const tools = ['erase', 'drop', 'forget', 'unplug'].map((name) =>
      chatFunction(name, 'destructive', {
        params_schema: PARAMS,
        effects: [name === 'unplug' ? 'disconnect:box' : `delete:${name}`],
      }),
    )
    const exposed = [
      { name: 'check_erase', action_type: 'read' },
      { name: 'check_drop', action_type: 'read' },
      { name: 'check_forget', action_type: 'write' },
    ]
    await fixture.app('attic', { tools, exposed }, [ada])
    for (const name of ['erase', 'drop', 'forget', 'unplug'])
      fixture.handler('attic', 'function', name, () => success({ done: name }))
    fixture.handler('attic', 'expose', 'check_erase', ({ params }) =>
      (params as JsonObject).note_id === 'n_81'
        ? {}
        : { status: 'error', error: 'There is no such note.', error_code: 'NOTE_NOT_FOUND' },
    )
    fixture.handler('attic', 'expose', 'check_drop', () => {
      throw new Error('the check is broken')
    })
    fixture.handler('attic', 'expose', 'check_forget', () => ({ status: 'error', error: 'No.', error_code: 'NO' }))
  })
  const call = async (name: string, note_id = 'n_81') => {
    const asked = { source: 'panel', ...ada, appId: 'attic', function: name, params: { note_id } } as const
    return (await fixture.kernel.call(asked)).response
  }

  test('is said at once by the check of the app, and no card is made; what can be done is asked', async () => {
    expect(await call('erase', 'n_99')).toMatchObject({ error_code: 'NOTE_NOT_FOUND', error: 'There is no such note.' })
    const { data } = await call('erase')
    const { confirmation } = data as { confirmation: JsonObject }
    expect(confirmation.message).toContain('cannot be undone')
    const done = await confirm(String(confirmation.confirmation_id))
    expect(JSON.stringify(done)).toContain('success')
    const rows = (await fixture.ledger({ appId: 'attic' })).map((row) => `${row.function} ${row.status}`)
    expect(rows.slice(0, 2)).toEqual(['erase validation_rejected', 'check_erase failed'])
  })

  test('is left to the person where the check breaks, or is none that only reads', async () => {
    for (const name of ['drop', 'forget'])
      expect(await call(name), name).toMatchObject({ error_code: 'CONFIRMATION_REQUIRED' })
  })

  test('what another call takes back is not said to be final', async () => {
    const { confirmation } = (await call('unplug')).data as { confirmation: JsonObject }
    expect(confirmation.message).not.toContain('undone')
  })
})
