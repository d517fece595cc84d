import type { JsonObject, WireError } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chatFunction, type Fixture, fails, type Handler, openFixture, PATIENCE, success } from '../test-fixture.ts'
import type { CallIntent } from '../types.ts'

type Person = { tenantId: string; userId: string }
let fixture: Fixture
let ada: Person
let denied: Person
let stranger: Person

const PARAMS: JsonObject = { type: 'object', required: ['title'], properties: { title: { type: 'string' } } }
const RAW = 'TypeError: cannot read properties of undefined (reading /srv/app/secret.ts:7)'
const thrown = (code: string, more: Partial<WireError> = {}): WireError => ({
  name: 'Error',
  code,
  message: RAW,
  ...more,
})

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  denied = await fixture.person({ denied: ['mapped:*'] })
  stranger = await fixture.person({ tenantId: 'umbrella' })
  const tools = ['read', 'write'].map((type) => chatFunction(`do_${type}`, type, { params_schema: PARAMS }))
  const destroy = chatFunction('do_destructive', 'destructive', { params_schema: PARAMS })
  await fixture.app('mapped', { tools: [...tools, destroy] }, [ada, denied])
  const secrets = [{ name: 'key', description: 'A key.', required: true, write_mode: 'user', scope: 'user' }]
  await fixture.app('locked', { tools, secrets }, [ada])
})
afterAll(() => fixture.close())

const call = (type: string, more: Partial<CallIntent> = {}) =>
  fixture.kernel.call({
    ...{ source: 'api', ...ada, appId: 'mapped', function: `do_${type}`, params: { title: 'A' } },
    ...more,
  })

interface Row {
  readonly cause: string
  readonly code: string
  readonly more?: () => Partial<CallIntent>
  readonly handler?: Handler
  /** Whether the caller may try again: never after the author's own bug, for what passes only where nothing was changed. */
  readonly retryable?: { readonly read: boolean; readonly write: boolean }
}

const never = { read: false, write: false }
const readsOnly = { read: true, write: false }

/** Table 3.7, row by row, as far as one call can cause them. */
const ROWS: readonly Row[] = [
  { cause: 'missing field', code: 'VALIDATION_MISSING_FIELD', more: () => ({ params: {} }) },
  { cause: 'wrong type', code: 'VALIDATION_TYPE_ERROR', more: () => ({ params: { title: 7 } }) },
  {
    cause: 'invented id',
    code: 'FABRICATED_ID_SHAPE',
    more: () => ({ params: { title: 'A', message_id: 'sleepy-otter-12' } }),
  },
  { cause: 'unknown tool', code: 'UNKNOWN_TOOL', more: () => ({ appId: 'nowhere' }) },
  { cause: 'unknown function', code: 'UNKNOWN_SUB_FUNCTION', more: () => ({ function: 'do_nothing' }) },
  { cause: 'no permission', code: 'PERMISSION_DENIED', more: () => denied },
  {
    cause: 'foreign tenant',
    code: 'TENANT_SCOPE_VIOLATION',
    more: () => ({ params: { title: 'A', user_id: stranger.userId } }),
  },
  { cause: 'secret', code: 'SECRET_MISSING', more: () => ({ appId: 'locked' }) },
  { cause: 'deadline', code: 'BACKEND_TIMEOUT', handler: () => fails('EXT_TIMEOUT'), retryable: readsOnly },
  {
    cause: 'upstream 5xx',
    code: 'BACKEND_5XX',
    handler: () => fails('EXT_THREW', thrown('http_status_error', { detail: { status_code: 503, body: RAW } })),
    retryable: readsOnly,
  },
  {
    cause: 'upstream that cannot be reached',
    code: 'BACKEND_5XX',
    handler: () => fails('EXT_THREW', thrown('api_error', { detail: { status_code: 502 } })),
    retryable: readsOnly,
  },
  {
    cause: 'no model',
    code: 'LLM_UNAVAILABLE',
    handler: () => fails('EXT_THREW', thrown('llm_unavailable', { detail: { status_code: 503 } })),
    retryable: never,
  },
  {
    cause: 'upstream deadline',
    code: 'BACKEND_TIMEOUT',
    handler: () => fails('EXT_THREW', thrown('api_error', { detail: { status_code: 504 } })),
    retryable: readsOnly,
  },
  {
    cause: 'limit of an upstream',
    code: 'RATE_LIMITED',
    handler: () => fails('EXT_THREW', thrown('http_status_error', { detail: { status_code: 429 } })),
    retryable: { read: true, write: true },
  },
  {
    cause: 'upstream 4xx, which is the app’s own mistake',
    code: 'INTERNAL',
    handler: () => fails('EXT_THREW', thrown('http_status_error', { detail: { status_code: 404 } })),
    retryable: never,
  },
  { cause: 'exception', code: 'INTERNAL', handler: () => fails('EXT_THREW', thrown('internal')), retryable: never },
  { cause: 'no result', code: 'INTERNAL', handler: () => 'done' as never, retryable: never },
  {
    cause: 'error without code',
    code: 'EXT_UNSTRUCTURED_ERROR',
    handler: () => ({ status: 'error', error: 'The plant is asleep.', retryable: true }),
    retryable: { read: true, write: true },
  },
  {
    cause: 'error of the app’s own',
    code: 'PLANT_ASLEEP',
    handler: () => ({ status: 'error', error: 'The plant is asleep.', error_code: 'PLANT_ASLEEP' }),
    retryable: never,
  },
  {
    cause: 'error whose code is none',
    code: 'EXT_UNSTRUCTURED_ERROR',
    handler: () => ({ status: 'error', error: 'The plant is asleep.', error_code: 'asleep!' }),
    retryable: never,
  },
]

describe.each(ROWS)('[kernel 3.7] [K3.40] [I-ERR-CODE-1] $cause is $code', ({ code, more, handler, retryable }) => {
  test.each(['read', 'write'] as const)('of a %s', async (type) => {
    if (handler !== undefined) fixture.handler('mapped', 'function', `do_${type}`, handler)
    const { response, traceId, refusal } = await call(type, more?.())
    expect(response).toMatchObject({ status: 'error', error_code: code })
    // The code is in the answer and in the record, and the raw words of an exception in neither (K1.5).
    expect(response.error).toEqual(expect.any(String))
    expect(JSON.stringify(response)).not.toContain('TypeError')
    if (retryable !== undefined) expect(response.retryable ?? false).toBe(retryable[type])
    const rows = await fixture.ledger({ traceId })
    if (refusal?.status === 404) expect(rows).toEqual([])
    else expect(rows).toMatchObject([{ error_code: code }])
    expect(JSON.stringify(rows)).not.toContain('TypeError')
  })
})

test('[kernel 3.7] what cannot be undone is CONFIRMATION_REQUIRED until it was confirmed', async () => {
  fixture.handler('mapped', 'function', 'do_destructive', () => success())
  const { response } = await call('destructive')
  expect(response).toMatchObject({ status: 'error', error_code: 'CONFIRMATION_REQUIRED' })
})

test('[kernel 4.7] a read whose service fails is asked again, a write never', async () => {
  const runs = { read: 0, write: 0 }
  for (const type of ['read', 'write'] as const)
    fixture.handler('mapped', 'function', `do_${type}`, () => {
      runs[type]++
      return runs[type] < 2 ? fails('EXT_THREW', thrown('api_error', { detail: { status_code: 502 } })) : success()
    })
  expect((await call('read')).status).toBe('success')
  expect((await call('write')).status).toBe('failed')
  expect(runs).toEqual({ read: 2, write: 1 })
})

test('[K3.41] an exception is logged with its trace and with the apps that build on the failing one', async () => {
  const lines: [JsonObject, string][] = []
  const error = (fields: JsonObject, text: string) => void lines.push([fields, text])
  const log = Object.create(fixture.log, { error: { value: error } })
  const node = await fixture.openNode({ log })
  await fixture.app('upon', { tools: [chatFunction('x', 'read')], capabilities: ['mapped:read'] } as never, [])
  await fixture.app('hearing', {
    events: { subscribes: [{ type: 'mapped.done', handler: 'onDone' }], emits: [] },
  } as never)
  await fixture.app('apart', {
    tools: [chatFunction('x', 'read')],
    capabilities: ['other:read', 'store:write'],
  } as never)
  node.hosts.handlers.set('mapped function do_write', () => fails('EXT_THREW', thrown('internal')))
  const ask = () =>
    node.kernel.call({ source: 'api', ...ada, appId: 'mapped', function: 'do_write', params: { title: 'A' } })
  const known = async () => (await node.registry.liveApps()).map(({ app }) => app.appId)
  await expect.poll(known, PATIENCE).toEqual(expect.arrayContaining(['upon', 'hearing', 'apart']))
  const { traceId } = await ask()
  expect(lines.map(([fields]) => fields)).toMatchObject([
    { app: 'mapped', function: 'do_write', code: 'EXT_THREW', trace_id: traceId, dependents: ['hearing', 'upon'] },
  ])
  // Its words are for the author, whose log may hold what users wrote.
  expect(JSON.stringify(lines)).not.toContain(RAW)
})
