import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from './corridor/run.ts'
import { chatFunction, type Fixture, fails, openFixture, PATIENCE, success } from './test-fixture.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }

const NOTE = {
  type: 'object',
  properties: { title: { type: 'string', minLength: 1 }, pinned: { type: 'boolean', default: false } },
  required: ['title'],
}

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person({ attributes: { timezone: 'Europe/Berlin' } })
  await fixture.app(
    'notes',
    {
      tools: [
        chatFunction('create_note', 'write', { params_schema: NOTE, event: 'created', effects: ['create:note'] }),
        chatFunction('list_notes', 'read'),
        chatFunction('delete_note', 'destructive', { params_schema: NOTE }),
        chatFunction('explode', 'write'),
      ],
    },
    [ada],
  )
  fixture.handler('notes', 'function', 'create_note', async (call, kernel) => {
    const document = await kernel.onCallback({
      client: 'store',
      method: 'create',
      args: ['notes', call.params],
      asUser: null,
    })
    return success({ note_id: (document as { id: string }).id }, { summary: 'Note created', refresh_panels: ['list'] })
  })
  fixture.handler('notes', 'function', 'list_notes', () => success({ notes: [] }))
})
afterAll(() => fixture.close())

const call = (name: string, params: Record<string, unknown> = {}, more: object = {}) =>
  fixture.kernel.call({ source: 'api', ...ada, appId: 'notes', function: name, params: params as never, ...more })

describe('a call that runs', () => {
  test('[K3.51] [K3.53] [S000-015] writes document, ledger row, event and client messages, and leaves nothing open', async () => {
    await expect.poll(() => fixture.streamed.map((record) => record.type), PATIENCE).toContain('extensions_changed')
    const since = await fixture.outbox.latestId()
    const outcome = await call('create_note', { title: 'Shopping' })
    expect(outcome.response).toMatchObject({
      status: 'success',
      summary: 'Note created',
      error: null,
      ui: null,
      refresh_panels: ['list'],
      trace_id: outcome.traceId,
    })
    const [row] = await fixture.ledger({ traceId: outcome.traceId })
    expect(row).toMatchObject({
      call_id: outcome.callId,
      status: 'success',
      source: 'api',
      action_type: 'write',
      args: { title: 'Shopping', pinned: false },
      event_type: 'notes.created',
      confirmation: 'not_required',
      retention_class: 'federal_7y',
    })
    expect(await fixture.rows('select * from kernel.open_call')).toEqual([])
    expect(await fixture.rows('select data from store.document')).toEqual([
      { data: { title: 'Shopping', pinned: false } },
    ])
    const told = () => fixture.streamed.filter((record) => record.id > since)
    await expect
      .poll(() => told().map((record) => record.type), PATIENCE)
      .toEqual(['event', 'state_changed', 'panel_refresh'])
    expect(told()[0]?.payload).toMatchObject({
      event_type: 'notes.created',
      event_id: row?.event_id,
      source: 'user',
      data: outcome.response.data,
      user_id: ada.userId,
      tenant_id: 'default',
      schema_version: 1,
    })
    expect(told()[2]?.payload).toEqual({ app_id: 'notes', panels: ['list'] })
  })

  test('[K3.35] [S000-101] shows the handler a context that was resolved once', async () => {
    await call('list_notes')
    const { ctx } = fixture.hosts.calls.at(-1) ?? {}
    expect(ctx).toMatchObject({
      app_id: 'notes',
      user: { imperal_id: ada.userId, role: 'user', scopes: expect.arrayContaining(['notes:*']) },
      tenant: { tenant_id: 'default' },
      time: { timezone: 'Europe/Berlin' },
      task_id: null,
    })
  })

  test('[11.2] a read is kept for 90 days and tells nobody', async () => {
    const messages = () => fixture.rows('select seq from outbox.message')
    const before = await messages()
    const outcome = await call('list_notes')
    expect(await fixture.ledger({ traceId: outcome.traceId })).toMatchObject([
      { status: 'success', retention_class: 'standard_90d', event_type: null },
    ])
    expect(await messages()).toEqual(before)
  })

  test('one statement joins the closings of many calls, and each gets its row', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => call('create_note', { title: `n${index}` })),
    )
    expect(outcomes.every((outcome) => outcome.status === 'success')).toBe(true)
    const ids = outcomes.map((outcome) => outcome.callId)
    expect(await fixture.rows('select call_id from ledger.action where call_id = any($1)', [ids])).toHaveLength(50)
    expect(await fixture.rows('select * from kernel.open_call')).toEqual([])
  })

  test('text that PostgreSQL does not take fails nobody else’s record', async () => {
    const strange = `zero \0 and half \ud800 of a pair`
    fixture.handler('notes', 'function', 'list_notes', () => success({}, { summary: strange }))
    const outcomes = await Promise.all([call('list_notes', { query: strange }), call('create_note', { title: 'fine' })])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['success', 'success'])
    expect(await fixture.ledger({ traceId: outcomes[0]?.traceId ?? '' })).toHaveLength(1)
  })
})

describe('refusals on the wire', () => {
  test('[K3.18] a missing field and a wrong type are named in sentences, and nothing runs', async () => {
    const calls = fixture.hosts.calls.length
    const missing = await call('create_note', {})
    expect(missing.response).toMatchObject({
      status: 'error',
      error_code: 'VALIDATION_MISSING_FIELD',
      error: '“title” is required.',
      data: { missing_fields: ['title'] },
    })
    const wrong = await call('create_note', { title: 7 })
    expect(wrong.response).toMatchObject({
      error_code: 'VALIDATION_TYPE_ERROR',
      error: '“title” must be a text, but it is a number.',
    })
    expect(fixture.hosts.calls).toHaveLength(calls)
    expect(await fixture.ledger({ traceId: wrong.traceId })).toMatchObject([{ status: 'validation_rejected' }])
  })

  test('[S003-023] [K3.10] [K3.16] invented ids and placeholders are stopped', async () => {
    expect((await call('list_notes', { message_id: 'acme-gmail-4' })).response.error_code).toBe('FABRICATED_ID_SHAPE')
    const placeholder = await call('create_note', { title: 'x', body: { to: [' <EMAIL> '] } })
    expect(placeholder.response).toMatchObject({
      error_code: 'VALIDATION_MISSING_FIELD',
      data: { missing_fields: ['body.to[0]'] },
    })
  })

  test('an unknown function is an error of the call, an unknown or foreign app is 404 without a row', async () => {
    expect((await call('nope')).response).toMatchObject({ error_code: 'UNKNOWN_SUB_FUNCTION' })
    const unknown = await call('nope', {}, { appId: 'nothing-here' })
    expect(unknown.refusal?.status).toBe(404)
    const stranger = await fixture.person()
    const foreign = await call('list_notes', {}, stranger)
    expect(foreign.refusal?.status).toBe(404)
    expect([
      ...(await fixture.ledger({ traceId: unknown.traceId })),
      ...(await fixture.ledger({ traceId: foreign.traceId })),
    ]).toEqual([])
  })

  test('[S003-049] [K3.4a] [K3.5] a denied scope wins over the install, and is audited', async () => {
    const denied = await fixture.person({ denied: ['notes:write'] })
    await fixture.registry.install(denied, 'notes')
    const outcome = await call('create_note', { title: 'x' }, denied)
    expect(outcome.response).toMatchObject({
      error_code: 'PERMISSION_DENIED',
      data: { missing_scopes: ['notes:write'] },
    })
    expect(outcome.refusal).toBeUndefined()
    expect(await fixture.ledger({ traceId: outcome.traceId })).toMatchObject([
      { status: 'denied', retention_class: 'security_forever' },
    ])
    expect(
      await fixture.rows('select action, target_id from audit.entry where actor_id = $1', [denied.userId]),
    ).toEqual([{ action: 'access.denied', target_id: 'create_note' }])
    expect((await fixture.kernel.catalog(denied)).map((entry) => entry.name)).toEqual(['list_notes', 'delete_note'])
  })

  test('[S003-050] [S003-051] [K3.4a] the operator’s policy denies an app with 403 and a function with PERMISSION_DENIED', async () => {
    const viewer = await fixture.person({ scopes: [] })
    await fixture.app('guarded', { tools: [chatFunction('peek', 'read'), chatFunction('poke', 'write')] }, [viewer])
    const policy = (access_policy: object) =>
      fixture.db.everyTenant((tx) => fixture.registry.updateApp(tx, 'guarded', { config: { access_policy } as never }))
    await policy({ functions: { poke: { denied_roles: ['user'] } } })
    fixture.registry.forget('guarded')
    fixture.handler('guarded', 'function', 'peek', () => success())
    expect((await call('peek', {}, { ...viewer, appId: 'guarded' })).status).toBe('success')
    expect((await call('poke', {}, { ...viewer, appId: 'guarded' })).response.error_code).toBe('PERMISSION_DENIED')
    const ofApp = [
      { denied_users: [viewer.userId] },
      { mode: 'restricted', required_scopes: ['finance:read'] },
      { allowed_roles: ['admin', 'developer'] },
      { exceptions: { denied_roles: ['user'] } },
    ]
    for (const one of ofApp) {
      await policy(one)
      fixture.registry.forget('guarded')
      expect((await call('peek', {}, { ...viewer, appId: 'guarded' })).refusal?.status).toBe(403)
      expect((await fixture.kernel.catalog(viewer)).map((entry) => entry.name)).not.toContain('peek')
    }
    await policy({ allowed_roles: ['user'], functions: { poke: { allowed_roles: ['admin'] } } })
    fixture.registry.forget('guarded')
    expect((await fixture.kernel.catalog(viewer)).map((entry) => entry.name)).toEqual(['peek'])
  })

  test('[K3.20] [I-AA-FU] naming another user needs a scope, naming another tenant’s is a violation', async () => {
    const bob = await fixture.person()
    const eve = await fixture.person({ tenantId: 'umbrella' })
    expect((await call('list_notes', { user_id: ada.userId })).status).toBe('success')
    const other = await call('list_notes', { user_id: bob.userId })
    expect(other.response).toMatchObject({ error_code: 'PERMISSION_DENIED', data: { missing_scopes: ['users:read'] } })
    const foreign = await call('list_notes', { user_id: eve.userId })
    expect(foreign.refusal).toMatchObject({ status: 403, code: 'TENANT_SCOPE_VIOLATION' })
    expect(await fixture.ledger({ traceId: foreign.traceId })).toMatchObject([
      { status: 'denied', error_code: 'TENANT_SCOPE_VIOLATION', retention_class: 'security_forever' },
    ])
    expect(fixture.kernel.threats().tenant_mismatch).toBe(1)
  })

  test('a disabled app is 403 with a row', async () => {
    const off = await fixture.person()
    await fixture.registry.install(off, 'notes')
    await fixture.registry.setDisabled(off, 'notes', true)
    const outcome = await call('list_notes', {}, off)
    expect(outcome.refusal?.status).toBe(403)
    expect(await fixture.ledger({ traceId: outcome.traceId })).toMatchObject([{ status: 'denied' }])
  })
})

describe('failures of the handler', () => {
  const broken = (work: () => never | object) => {
    fixture.handler('notes', 'function', 'explode', work as never)
    return call('explode')
  }

  test('[K1.5] [S000-167] an exception says nothing of itself to the user, and all to the developer', async () => {
    const outcome = await broken(() =>
      fails('EXT_THREW', {
        name: 'TypeError',
        code: 'internal',
        message: 'x is undefined',
        stack: 'TypeError: x\n at notes.ts:3',
      }),
    )
    expect(outcome.response).toMatchObject({
      status: 'error',
      error_code: 'INTERNAL',
      error: 'Something went wrong in the app.',
    })
    expect(fixture.kernel.logs('notes').at(-1)).toMatchObject({
      level: 'error',
      text: expect.stringContaining('notes.ts:3'),
    })
  })

  test('[K1.5] the developer who tries an app of their own is told message and place, by panel and API; nobody else is, nor the chat', async () => {
    const bob = await fixture.person()
    await fixture.app('own-draft', { tools: [chatFunction('explode', 'write')] }, [ada, bob], { owner: ada })
    fixture.handler('own-draft', 'function', 'explode', () =>
      fails('EXT_THREW', {
        ...{ name: 'TypeError', code: 'internal', message: 'beds is undefined' },
        stack:
          'TypeError: beds is undefined\n    at check (node_modules/zod/index.js:1:2)\n    at explode (src/functions.ts:12:5)\n    at src/main.ts:3:1',
      }),
    )
    const explode = (who: typeof ada, source: string) =>
      call('explode', {}, { ...who, source, appId: 'own-draft' }).then(({ response }) => response)
    const note = { error: 'TypeError: beds is undefined', at: 'src/functions.ts:12:5' }
    for (const source of ['panel', 'api'])
      expect(await explode(ada, source)).toMatchObject({
        ...{ error: 'Something went wrong in the app.', error_code: 'INTERNAL', data: { developer: note } },
      })
    for (const [who, source] of [
      [bob, 'panel'],
      [bob, 'api'],
      [ada, 'chat'],
      [ada, 'mcp'],
    ] as const)
      expect(JSON.stringify(await explode(who, source))).not.toMatch(/beds|functions\.ts/)
    const kept = await fixture.ledger({ appId: 'own-draft' })
    expect(JSON.stringify(kept.map((row) => row.result_preview))).not.toMatch(/beds/)
  })

  test('a write whose host died is unknown and not to be repeated, a timeout is timed out', async () => {
    const died = await broken(() => fails('EXT_CRASHED'))
    expect(died).toMatchObject({ status: 'unknown', response: { error_code: 'INTERNAL' } })
    expect(died.response.retryable).toBeUndefined()
    expect(await broken(() => fails('EXT_TIMEOUT'))).toMatchObject({
      status: 'timed_out',
      response: { error_code: 'BACKEND_TIMEOUT' },
    })
  })

  test('[4.7] a write that was cut off as the platform stopped is known not to have happened where no effect had begun', async () => {
    const parts = await fixture.assemble()
    parts.stopping.now = true
    const stopped = async (effect: boolean) => {
      fixture.handler('notes', 'function', 'explode', async (_call, kernel) => {
        const args = ['cut', { n: 1 }]
        if (effect) await kernel.onCallback({ client: 'store', method: 'create', args, asUser: null })
        return fails('EXT_CRASHED')
      })
      return run(parts, { source: 'automation', ...ada, appId: 'notes', function: 'explode', params: {} })
    }
    expect(await stopped(false)).toMatchObject({ status: 'failed', response: { retryable: true } })
    const after = await stopped(true)
    expect(after).toMatchObject({ status: 'unknown' })
    expect(after.response.retryable).toBeUndefined()
  })

  test('[K3.39] what is no ActionResult is a failure and a critical audit entry', async () => {
    const outcome = await broken(() => ({ ok: true }))
    expect(outcome).toMatchObject({ status: 'failed', response: { error_code: 'INTERNAL' } })
    expect(
      await fixture.rows("select metadata->>'severity' as severity from audit.entry where metadata->>'call_id' = $1", [
        outcome.callId,
      ]),
    ).toEqual([{ severity: 'critical' }])
  })

  test('[K3.40] [I-EXT-ERROR-CODE-NORMALIZED] an error without a code is stamped', async () => {
    const outcome = await broken(() => ({ status: 'error', error: 'The sensor is asleep.' }))
    expect(outcome.response).toMatchObject({ error: 'The sensor is asleep.', error_code: 'EXT_UNSTRUCTURED_ERROR' })
  })
})

describe('what a hostile bundle may send', () => {
  test('[I-STORE-THREAT-COUNTER-1] [K3.37] [I-AS-USER-1] [I-LIST-USERS-1] acting for others and looking across users is refused and counted', async () => {
    const codes: string[] = []
    fixture.handler('notes', 'function', 'list_notes', async (_call, kernel) => {
      const attempts = [
        { client: 'store', method: 'get', args: ['notes', 'x'], asUser: 'imp_u_somebody' },
        { client: 'store', method: 'query_all', args: ['notes', {}], asUser: null },
        { client: 'skeleton', method: 'get', args: ['recent'], asUser: null },
        { client: 'constructor', method: 'constructor', args: [], asUser: null },
      ]
      for (const attempt of attempts) await kernel.onCallback(attempt).catch((error) => codes.push(error.wire.code))
      return success()
    })
    await call('list_notes')
    expect(codes).toEqual([
      'context_unavailable',
      'context_unavailable',
      'skeleton_access_forbidden',
      'context_unavailable',
    ])
    expect(fixture.kernel.threats()).toMatchObject({ as_user: 1, 'store.query_all': 1 })
  })

  test('callbacks after the end of the call reach nothing', async () => {
    let late: Promise<unknown> | undefined
    fixture.handler('notes', 'function', 'create_note', (_call, kernel) => {
      late = new Promise((resolve) => setImmediate(resolve))
        .then(() => new Promise((resolve) => setTimeout(resolve, 20)))
        .then(() =>
          kernel.onCallback({ client: 'store', method: 'create', args: ['notes', { late: true }], asUser: null }),
        )
      late.catch(() => {}) // it may fail before anybody looks
      return success()
    })
    await call('create_note', { title: 'x' })
    await expect(late).rejects.toMatchObject({ wire: { code: 'call_aborted' } })
    expect(await fixture.rows("select 1 from store.document where data ? 'late'")).toEqual([])
  })
})
