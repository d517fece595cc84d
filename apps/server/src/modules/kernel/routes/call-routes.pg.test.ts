import type { JsonObject } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mountForTest, principalOf } from '../../../../../../test/support/apps.ts'
import type { Principal } from '../../../foundation/http/index.ts'
import { kernelLimits } from '../index.ts'
import { chatFunction, type Fixture, fails, openFixture, PATIENCE, success } from '../test-fixture.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }
let eve: { tenantId: string; userId: string }
let caller: Principal | null
let app: Awaited<ReturnType<typeof mountForTest>>

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  eve = await fixture.person({ tenantId: 'umbrella' })
  await fixture.app(
    'billing',
    {
      tools: [
        chatFunction('get_balance', 'read'),
        chatFunction('list_recent', 'read'),
        chatFunction('wipe', 'destructive'),
        chatFunction('explode', 'read'),
      ],
      panels: [{ panel_id: 'side' }],
    },
    [ada, eve],
  )
  fixture.handler('billing', 'function', 'get_balance', () => success({ balance: 5 }))
  fixture.handler('billing', 'function', 'list_recent', (call) =>
    success({ limit: (call.params as JsonObject).limit ?? null }),
  )
  fixture.handler('billing', 'function', 'explode', () => fails('EXT_CRASHED'))
  fixture.handler('billing', 'panel', 'side', () => ({ ui: { type: 'Text', props: {} }, panel_id: 'side' }))
  caller = principalOf(ada)
  app = await mountForTest(fixture.kernel.routes, () => caller)
})
afterAll(async () => {
  await app.close()
  await fixture.close()
})

const post = (path: string, payload: object) => app.inject({ method: 'POST', url: `/v1/extensions/${path}`, payload })

describe('call', () => {
  test('[S001-029] [S001-032] [S001-034] [S001-040] answers with all five members; tenant and params may be left out', async () => {
    const answer = await post('billing/call', { user_id: ada.userId, function: 'get_balance' })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      status: 'success',
      data: { balance: 5 },
      summary: null,
      error: null,
      ui: null,
      trace_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
  })

  test('[S001-039] a panel’s node comes as ui', async () => {
    const answer = await post('billing/call', { user_id: ada.userId, function: '__panel__side', params: {} })
    expect(answer.json()).toMatchObject({ status: 'success', ui: { type: 'Text' }, data: { panel_id: 'side' } })
    expect((await post('billing/call', { user_id: ada.userId, function: '__panel__other' })).json().error_code).toBe(
      'UNKNOWN_SUB_FUNCTION',
    )
  })

  test('[S003-006] [K10.43] an app that an older release stored runs on: what its manifest lacks takes the default', async () => {
    await fixture.app('elder', {}, [ada])
    const stored: JsonObject = {
      app_id: 'elder',
      version: '1.0.0',
      // No description that the rules of today ask for, and a key of those days.
      theme: 'dark',
      tools: [
        { name: 'list_beds', action_type: 'read' },
        { name: 'show_all', scopes: [] },
      ],
      panels: [{ panel_id: 'beds' }],
    }
    fixture.handler('elder', 'function', 'list_beds', () => success({ beds: 2 }))
    fixture.handler('elder', 'panel', 'beds', () => ({ ui: { type: 'Text', props: {} }, panel_id: 'beds' }))
    // The last one breaks a rule of today as well: nothing has so many words in its cron.
    const late = { ...stored, schedules: [{ name: 'late', cron: 'every day at nine' }] }
    for (const manifest of [stored, { ...stored, theme: undefined }, late]) {
      await fixture.rows("update registry.version set manifest = $1 where app_id = 'elder'", [JSON.stringify(manifest)])
      fixture.registry.forget('elder')
      const answer = await post('elder/call', { user_id: ada.userId, function: 'list_beds' })
      expect(answer.json()).toMatchObject({ status: 'success', data: { beds: 2 } })
      const panel = await post('elder/call', { user_id: ada.userId, function: '__panel__beds' })
      expect(panel.json()).toMatchObject({ status: 'success', ui: { type: 'Text' } })
      expect((await fixture.kernel.catalog(ada)).find((one) => one.appId === 'elder')).toMatchObject({
        name: 'list_beds',
        chainCallable: true,
        idProjection: '',
        effects: [],
        paramsSchema: {},
      })
      const { manifest: known } = (await fixture.registry.liveVersion('elder')) ?? {}
      expect(known).toMatchObject({ capabilities: [], signals: [], required_scopes: [] })
    }
  })

  test('[I-AA-FU] another user or tenant is 403, told to the security audit and to no ledger', async () => {
    const before = (await fixture.ledger()).length
    for (const body of [
      { user_id: eve.userId, function: 'get_balance' },
      { user_id: ada.userId, tenant_id: 'umbrella', function: 'get_balance' },
    ]) {
      const answer = await post('billing/call', body)
      expect([answer.statusCode, answer.json().error]).toEqual([403, 'forbidden'])
    }
    expect(await fixture.ledger()).toHaveLength(before)
    expect(await fixture.rows("select 1 from audit.entry where action = 'acting_user.mismatch'")).toHaveLength(2)
  })

  test('a service names any user, whose tenant is looked up', async () => {
    caller = principalOf(null)
    const answer = await post('billing/call', { user_id: eve.userId, function: 'get_balance' })
    caller = principalOf(ada)
    expect(answer.json().status).toBe('success')
    expect((await fixture.ledger()).at(-1)).toMatchObject({ tenant_id: 'umbrella', user_id: eve.userId, source: 'api' })
  })

  test('an unknown app is 404, a crash of the host is 200 with an error', async () => {
    expect((await post('nothing/call', { user_id: ada.userId, function: 'x' })).statusCode).toBe(404)
    const crashed = await post('billing/call', { user_id: ada.userId, function: 'explode' })
    expect([crashed.statusCode, crashed.json()]).toMatchObject([
      200,
      { status: 'error', error_code: 'INTERNAL', retryable: true },
    ])
  })

  test('[K4.2] a call that takes longer than it is waited for is 202 with a task, and its result comes to the chat', async () => {
    const { hosts, kernel, said, streamed } = await fixture.openNode({
      settings: { ...fixture.options.settings, callTimeoutSeconds: 0.05 },
    })
    const release = Promise.withResolvers<void>()
    hosts.handlers.set('billing function get_balance', async (_call, host) => {
      await release.promise
      expect(await host.onCallback({ client: 'task', method: 'progress', args: [50, 'half'], asUser: null })).toBeNull()
      return success({ balance: 6 }, { summary: 'Six left' })
    })
    const slow = await mountForTest(kernel.routes, () => principalOf(ada))
    const answer = await slow.inject({
      method: 'POST',
      url: '/v1/extensions/billing/call',
      payload: { user_id: ada.userId, function: 'get_balance' },
    })
    expect([answer.statusCode, answer.json()]).toMatchObject([
      202,
      { status: 'success', data: { task_id: expect.stringMatching(/^task_/) } },
    ])
    const { task_id } = answer.json().data
    expect((await slow.inject({ method: 'GET', url: '/v1/tasks/active' })).json()).toMatchObject({
      count: 1,
      tasks: [{ task_id, status: 'running' }],
    })
    expect(await fixture.rows('select 1 from kernel.open_call')).toHaveLength(1)
    release.resolve()
    await expect
      .poll(() => said, PATIENCE)
      .toMatchObject([{ userId: ada.userId, text: 'Six left', type: 'response', taskId: task_id }])
    expect((await slow.inject({ method: 'GET', url: `/v1/tasks/${task_id}` })).json()).toMatchObject({
      status: 'done',
      progress: 100,
    })
    expect((await slow.inject({ method: 'POST', url: `/v1/tasks/${task_id}/cancel`, payload: {} })).statusCode).toBe(
      409,
    )
    await expect
      .poll(() => streamed.filter((one) => one.type === 'task_update').map((one) => one.payload.status), PATIENCE)
      .toEqual(['running', 'running', 'done'])
    expect(await fixture.rows('select 1 from kernel.open_call')).toEqual([])
    await slow.close()
  })
})

test('[S001-047] [S001-048] [S001-049] a batch answers each call in its order, and one failure does not abort it', async () => {
  const answer = await post('billing/batch', {
    user_id: ada.userId,
    tenant_id: 'default',
    calls: [
      { function: 'get_balance' },
      { function: 'nope' },
      { function: 'list_recent', params: { limit: 5 } },
      { function: 'wipe' },
    ],
  })
  expect(answer.json().map((item: JsonObject) => [item.status, item.error_code ?? null])).toEqual([
    ['success', null],
    ['error', 'UNKNOWN_SUB_FUNCTION'],
    ['success', null],
    ['error', 'CONFIRMATION_REQUIRED'],
  ])
  expect(answer.json()[2].data).toEqual({ limit: 5 })
  const tooMany = await post('billing/batch', {
    user_id: ada.userId,
    calls: Array.from({ length: 21 }, () => ({ function: 'get_balance' })),
  })
  expect(tooMany.statusCode).toBe(422)
  expect((await post('nothing/batch', { user_id: ada.userId, calls: [{ function: 'x' }] })).statusCode).toBe(404)
})

test('operate answers by kind; an approval in the host never lifts the card of a destructive function', async () => {
  const operate = (name: string, more = {}) => post('billing/operate', { user_id: ada.userId, function: name, ...more })
  expect((await operate('get_balance')).json()).toMatchObject({
    kind: 'tool_result',
    content: { status: 'success', data: { balance: 5 } },
  })
  expect((await operate('nope')).json()).toMatchObject({ kind: 'tool_result', content: { error: expect.any(String) } })
  const card = (await operate('wipe', { confirmation_bypassed: true })).json()
  expect(card).toMatchObject({
    kind: 'confirmation',
    confirmation_id: expect.stringMatching(/^conf_/),
    summary: 'Wipe?',
    items: [{ tool: 'wipe' }],
  })
})

describe('[api 1.7] an API key opens no more than its scopes, whatever its user may', () => {
  const key = (...limitedTo: string[]) => principalOf(ada, { credential: 'api_key', limitedTo })
  const codes = async (principal: Principal) => {
    caller = principal
    const answer = await post('billing/batch', {
      user_id: ada.userId,
      calls: [{ function: 'get_balance' }, { function: 'wipe' }, { function: '__panel__side' }],
    })
    caller = principalOf(ada)
    return answer.json().map((item: JsonObject) => item.error_code ?? null)
  }
  test.each([
    [['billing:read'], [null, 'PERMISSION_DENIED', null]],
    [['billing:destructive'], ['PERMISSION_DENIED', 'CONFIRMATION_REQUIRED', 'PERMISSION_DENIED']],
    [['billing:*'], [null, 'CONFIRMATION_REQUIRED', null]],
    [['extensions:read'], [null, 'PERMISSION_DENIED', null]],
    [['notes:read'], ['PERMISSION_DENIED', 'PERMISSION_DENIED', 'PERMISSION_DENIED']],
  ])('%j', async (scopes, expected) => {
    expect(await codes(key(...scopes))).toEqual(expected)
  })
  test('it confirms nothing that it may not call', async () => {
    const card = (await post('billing/call', { user_id: ada.userId, function: 'wipe' })).json().data.confirmation
    let ran = 0
    fixture.handler('billing', 'function', 'wipe', () => success({ ran: ++ran }))
    caller = key('billing:read', 'confirmations:write')
    const answer = await app.inject({
      method: 'POST',
      url: `/v1/confirmations/${card.confirmation_id}/confirm`,
      payload: {},
    })
    caller = principalOf(ada)
    expect(answer.json()).toMatchObject({ status: 'failed', results: [{ error_code: 'PERMISSION_DENIED' }] })
    expect(ran).toBe(0)
  })
  test('the catalogue of a chat turn has only what it may call', async () => {
    const names = async (limitedTo?: string[]) =>
      (await fixture.kernel.catalog({ ...ada, limitedTo })).map((entry) => entry.name)
    expect(await names(['billing:read'])).toEqual(['get_balance', 'list_recent', 'explode'])
    expect(await names()).toContain('wipe')
  })
})

test('rate and quota answer 429 with Retry-After and a denied row', async () => {
  const { kernel } = await fixture.openNode({
    limiter: {
      take: async (key, limit) => ({ allowed: !key.startsWith('calls:user'), limit, remaining: 0, reset: 17 }),
    },
  })
  const limited = await mountForTest(kernel.routes, () => principalOf(ada))
  const answer = await limited.inject({
    method: 'POST',
    url: '/v1/extensions/billing/call',
    payload: { user_id: ada.userId, function: 'get_balance' },
  })
  expect([answer.statusCode, answer.headers['retry-after'], answer.json().error]).toEqual([429, '17', 'RATE_LIMITED'])
  expect((await fixture.ledger()).at(-1)).toMatchObject({ status: 'denied', error_code: 'RATE_LIMITED' })
  await limited.close()
})

test('[kernel 10.5] an app has as many calls a minute as the tier of its developer, and never more than any app', async () => {
  const limits: number[] = []
  let tier: number | null = 100
  const { kernel } = await fixture.openNode({
    callRate: () => tier,
    limiter: {
      take: async (key, limit) => {
        if (key.startsWith('calls:app')) limits.push(limit)
        return { allowed: !key.startsWith('calls:app') || limit > 100, limit, remaining: 0, reset: 17 }
      },
    },
    settings: { ...fixture.options.settings, limits: kernelLimits('production') },
  })
  const get = () => kernel.call({ source: 'api', ...ada, appId: 'billing', function: 'get_balance', params: {} })
  const { response } = await get()
  expect(response).toMatchObject({
    error_code: 'RATE_LIMITED',
    error: "The app has had the 100 calls of a minute that its developer's tier allows. Try again in 17 s.",
  })
  tier = 9_000
  expect((await get()).response.error_code).not.toBe('RATE_LIMITED')
  tier = null
  expect((await get()).response.error_code).not.toBe('RATE_LIMITED')
  expect(limits).toEqual([100, 5_000, 5_000])
})

test('a batch is one request, and as many actions of the month as it has calls that change something', async () => {
  const taken: string[] = []
  const settings = { ...fixture.options.settings, limits: kernelLimits('production') }
  const { kernel } = await fixture.openNode({
    settings,
    limiter: {
      take: async (key, limit) => {
        taken.push(key.split(':')[0] ?? '')
        return { allowed: true, limit, remaining: limit, reset: 1 }
      },
    },
  })
  const counted = await mountForTest(kernel.routes, () => principalOf(ada))
  const calls = ['wipe', 'wipe', 'wipe', 'get_balance'].map((name) => ({ function: name }))
  await counted.inject({ method: 'POST', url: '/v1/extensions/billing/batch', payload: { user_id: ada.userId, calls } })
  expect(taken.filter((key) => key === 'calls')).toHaveLength(2)
  expect(taken.filter((key) => key === 'actions')).toHaveLength(3)
  await counted.close()
})

test('access tells services the policy of every app', async () => {
  caller = principalOf(null)
  const answer = await app.inject({ method: 'GET', url: '/v1/extensions/access' })
  caller = principalOf(ada)
  expect(answer.json().extensions).toContainEqual({
    app_id: 'billing',
    status: 'active',
    system: false,
    access_policy: {},
  })
  expect((await app.inject({ method: 'GET', url: '/v1/extensions/access' })).statusCode).toBe(403)
})
