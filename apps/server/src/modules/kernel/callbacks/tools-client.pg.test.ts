import type { JsonObject, JsonValue } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HostCallbacks } from '../../hosts/index.ts'
import { chatFunction, type Fixture, openFixture, PATIENCE, success } from '../test-fixture.ts'

type Person = { tenantId: string; userId: string }
interface Found extends JsonObject {
  app_id: string
  activity_name: string
  relevance: number
}

let fixture: Fixture
let ada: Person
let eve: Person
let ran: string[] = []

const described = (name: string, type: 'read' | 'write' | 'destructive', description: string): JsonObject => ({
  ...chatFunction(name, type),
  description,
})

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  eve = await fixture.person({ tenantId: 'elsewhere' })
  const garden = [
    described('list_plants', 'read', 'List the plants of the garden.'),
    described('add_plant', 'write', 'Add a plant to the garden.'),
    described('delete_plant', 'destructive', 'Delete a plant of the garden.'),
    { name: 'soil_report', description: 'Report on the soil of the garden.', scopes: ['garden:read'], parameters: {} },
  ]
  const exposed = [{ name: 'water', action_type: 'read' }]
  await fixture.app('garden', { tools: garden, exposed, capabilities: ['garden:read'] } as never, [ada])
  fixture.handler('garden', 'expose', 'water', () => {
    ran.push('water')
    return { watered: true }
  })
  await fixture.app('mail', { tools: [described('list_mails', 'read', 'List the mails, of plants as well.')] }, [ada])
  const asking = { tools: [chatFunction('ask', 'read')] }
  await fixture.app('narrow', { ...asking, capabilities: ['narrow:read', 'garden:read'] }, [ada, eve])
  await fixture.app('wide', { ...asking, capabilities: ['extensions:*'] }, [ada])
  for (const name of ['list_plants', 'add_plant', 'delete_plant', 'soil_report'])
    fixture.hosts.handlers.set(`garden ${name === 'soil_report' ? 'tool' : 'function'} ${name}`, () => {
      ran.push(name)
      return success({ name })
    })
  fixture.hosts.handlers.set('mail function list_mails', () => success({ mails: 3 }))
})
afterAll(() => fixture.close())
beforeEach(() => {
  ran = []
})

/** What the app's code asks in a handler of one user. */
const ask = (appId: string, person: Person, method: string, ...args: JsonValue[]) =>
  askClient('tools', appId, person, method, ...args)

async function askClient(client: string, appId: string, person: Person, method: string, ...args: JsonValue[]) {
  let asked: Promise<JsonValue> | undefined
  fixture.hosts.handlers.set(`${appId} function ask`, async (_call, kernel: HostCallbacks) => {
    asked = kernel.onCallback({ client, method, args, asUser: null })
    await asked.catch(() => {})
    return success()
  })
  const outcome = await fixture.kernel.call({ source: 'api', ...person, appId, function: 'ask', params: {} })
  return { answer: asked as Promise<JsonValue>, traceId: outcome.traceId }
}
const discover = async (appId: string, person: Person, query: string, topK: JsonValue = 10) =>
  (await (
    await ask(appId, person, 'discover', query, topK)
  ).answer) as Found[]
const refusal = async (asked: Promise<{ answer: Promise<JsonValue> }>) =>
  (await asked).answer.then(
    () => null,
    (error: { wire?: { code: string; message: string; detail: JsonObject } }) => error.wire,
  )

describe('[sdk 3.13] [S000-097] ctx.tools.discover', () => {
  test('answers the tools that fit best, plain ones included, with all that a call needs', async () => {
    const found = await discover('wide', ada, 'report on the soil of my garden')
    expect(found[0]).toEqual({
      app_id: 'garden',
      activity_name: 'garden.soil_report',
      name: 'soil_report',
      description: 'Report on the soil of the garden.',
      domains: ['general'],
      required_scopes: ['garden:read'],
      relevance: expect.any(Number),
    })
    expect(found.map(({ relevance }) => relevance)).toEqual(found.map((one) => one.relevance).toSorted((a, b) => b - a))
    expect(found.every(({ relevance }) => relevance > 0 && relevance < 1)).toBe(true)
    expect(await discover('wide', ada, 'plants', 2)).toHaveLength(2)
    expect(await discover('wide', ada, 'quasar')).toEqual([])
  })

  test('an app reaches as far as its capabilities, whatever its user may do, and never itself', async () => {
    const names = async (appId: string) =>
      (await discover(appId, ada, 'plants garden mails ask')).map((one) => one.activity_name).toSorted()
    expect(await names('narrow')).toEqual(['garden.list_plants', 'garden.soil_report'])
    expect(await names('wide')).toEqual([
      'garden.add_plant',
      'garden.delete_plant',
      'garden.list_plants',
      'garden.soil_report',
      'mail.list_mails',
      'narrow.ask',
    ])
  })

  test('what the user may not use is not there: not installed, switched off, denied, by policy, or not to run here', async () => {
    expect(await discover('narrow', eve, 'plants garden')).toEqual([])
    const seen = async () =>
      (await discover('wide', ada, 'plants garden soil mails')).map((one) => one.activity_name).toSorted()
    const all = await seen()
    expect(all).toEqual(expect.arrayContaining(['garden.add_plant', 'garden.soil_report', 'mail.list_mails']))

    await fixture.registry.setDisabled(ada, 'mail', true)
    expect(await seen()).toEqual(all.filter((name) => name !== 'mail.list_mails'))
    await fixture.registry.setDisabled(ada, 'mail', false)

    const deny = async (scopes: string) => {
      await fixture.rows('update identity.account set denied_scopes = $2::text[] where user_id = $1', [
        ada.userId,
        scopes,
      ])
      await fixture.rows("select pg_notify('identity_changed', $1)", [`user:${ada.userId}`])
    }
    await deny('{garden:write}')
    await expect.poll(seen, PATIENCE).toEqual(all.filter((name) => name !== 'garden.add_plant'))
    await deny('{}')
    await expect.poll(seen, PATIENCE).toEqual(all)

    const policy = async (config: JsonObject) => {
      await fixture.db.everyTenant((tx) => fixture.registry.updateApp(tx, 'garden', { config }))
      fixture.registry.forget('garden')
    }
    await policy({ access_policy: { functions: { list_plants: { denied_users: [ada.userId] } } } })
    expect(await seen()).toEqual(all.filter((name) => name !== 'garden.list_plants'))
    await policy({ access_policy: { denied_users: [ada.userId] } })
    expect(await seen()).toEqual(all.filter((name) => !name.startsWith('garden.')))
    await policy({})
    expect(await seen()).toEqual(all)

    const strict = await fixture.openNode({ settings: { ...fixture.options.settings, minimumIsolation: 'namespaced' } })
    expect((await strict.kernel.catalog(ada)).map(({ appId }) => appId)).toContain('mail')
    strict.hosts.level = 'process'
    expect(await strict.kernel.catalog(ada)).toEqual([])
  })

  test.each([
    ['a query that is no text', [7, 3], 'query'],
    ['a query without end', ['x'.repeat(1_001), 3], 'query'],
    ['nothing to answer', ['plants', 0], 'top_k'],
    ['everything', ['plants', 51], 'top_k'],
  ] as const)('%s is refused', async (_what, args, field) => {
    expect(await refusal(ask('wide', ada, 'discover', ...args))).toMatchObject({
      code: 'validation_error',
      detail: { field },
    })
  })
})

describe('[sdk 3.13] [S000-097] ctx.tools.call', () => {
  test('runs through the corridor for the same user and says what ran', async () => {
    const { answer, traceId } = await ask('narrow', ada, 'call', 'garden.list_plants', {})
    expect(await answer).toEqual({ response: { name: 'list_plants' }, app_id: 'garden', tool_name: 'list_plants' })
    const rows = await fixture.ledger({ traceId })
    expect(rows).toContainEqual(
      expect.objectContaining({
        app_id: 'garden',
        user_id: ada.userId,
        source: 'tools',
        actor_kind: 'extension',
        status: 'success',
      }),
    )
    expect(await (await ask('narrow', ada, 'call', 'garden.soil_report', {})).answer).toMatchObject({
      tool_name: 'soil_report',
    })
  })

  test('[K3.6] what an organisation forbids between two apps is refused before anything of the other one runs', async () => {
    const relate = async (relations: object | null) => {
      await fixture.rows(
        "update identity.tenant set features = jsonb_build_object('app_relations', $1::jsonb) where tenant_id = 'default'",
        [JSON.stringify(relations)],
      )
      await fixture.rows("select pg_notify('identity_changed', 'tenant:default')")
    }
    const calls = () => refusal(ask('narrow', ada, 'call', 'garden.list_plants', {}))
    const named = async () => (await discover('narrow', ada, 'plants garden')).map((one) => one.app_id)
    const direct = await askClient('extensions', 'narrow', ada, 'call', 'garden', 'water', {})
    expect(await direct.answer).toEqual({ watered: true })
    expect(await named()).toContain('garden')
    await relate({ rules: [{ source: 'narrow', target: 'garden', allow: false }] })
    await expect.poll(calls).toMatchObject({ code: 'not_found' })
    expect(await named()).toEqual([])
    ran = []
    const forbidden = askClient('extensions', 'narrow', ada, 'call', 'garden', 'water', {})
    expect(await refusal(forbidden)).toMatchObject({
      ...{ code: 'auth_error', message: 'Your organisation does not let narrow reach garden.' },
    })
    expect(ran).toEqual([])
    const rows = await fixture.ledger({ traceId: (await forbidden).traceId })
    expect(rows).toContainEqual(
      expect.objectContaining({ app_id: 'garden', source: 'ipc', status: 'denied', error_code: 'PERMISSION_DENIED' }),
    )
    await relate(null)
    await expect.poll(calls).toBeNull()
    expect(await named()).toContain('garden')
  })

  test('a destructive one waits for the user, whoever called it', async () => {
    expect(await refusal(ask('wide', ada, 'call', 'garden.delete_plant', {}))).toMatchObject({
      code: 'extension_error',
      detail: { app_id: 'garden', error_code: 'CONFIRMATION_REQUIRED' },
    })
    expect(ran).toEqual([])
    const asked = await fixture.rows<{ user_id: string }>('select user_id from kernel.confirmation')
    expect(asked).toEqual([{ user_id: ada.userId }])
  })

  test.each([
    ['beyond the capabilities of the app', 'narrow', 'garden.add_plant'],
    ['of an app that is not there', 'wide', 'rockets.launch'],
    ['without a name', 'wide', 'garden'],
    ['of no people', 'wide', 'garden.__panel__'],
  ])('a tool %s is not found', async (_what, appId, name) => {
    expect(await refusal(ask(appId, ada, 'call', name, {}))).toMatchObject({
      code: 'not_found',
      detail: { resource: 'tool', id: name },
    })
    expect(ran).toEqual([])
  })

  test('[I-SCOPES-DECLARED-NOT-WILDCARD] [K3.3] an app that declares nothing reaches nothing: there is no wildcard behind it', async () => {
    await fixture.app('bare', { tools: [chatFunction('ask', 'read')], capabilities: [] } as never, [ada])
    expect(await discover('bare', ada, 'plants garden soil mails')).toEqual([])
    for (const name of ['garden.list_plants', 'mail.list_mails'])
      expect(await refusal(ask('bare', ada, 'call', name, {}))).toMatchObject({ code: 'not_found' })
    expect(ran).toEqual([])
  })

  test('the app itself is a circle', async () => {
    expect(await refusal(ask('wide', ada, 'call', 'wide.ask', {}))).toMatchObject({
      code: 'circular_call_error',
      detail: { call_stack: ['wide', 'wide'] },
    })
  })

  test('arguments are checked, and what the tool fails with is told', async () => {
    expect(await refusal(ask('wide', ada, 'call', 'garden.add_plant', []))).toMatchObject({
      code: 'validation_error',
      detail: { field: 'params' },
    })
    fixture.hosts.handlers.set('mail function list_mails', () => ({
      status: 'error',
      error: 'No post today.',
      error_code: 'NO_POST',
    }))
    expect(await refusal(ask('wide', ada, 'call', 'mail.list_mails', {}))).toMatchObject({
      code: 'extension_error',
      message: 'No post today.',
      detail: { app_id: 'mail', error_code: 'NO_POST' },
    })
  })
})
