import { type ContextSnapshot, HandlerKind } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import { buildContext } from '../src/context/build.ts'
import { ContextUnavailable, Extension, SkeletonAccessForbidden, ValidationError } from '../src/index.ts'
import { runtimeOfCall } from '../src/port/create-port.ts'
import { mockContext } from '../src/testing/index.ts'
import { callOf, createKernel, ownerOf } from '../src/testing/setup.ts'

const BASE = 'appId signal time log'
const CALLER = 'user tenant agencyId agencyTheme'
const CLIENTS = 'ai billing storage http tools config extensions cache notify store secrets db webhookUrl'
/** The matrix of 3.1, written out a second time: what each kind offers, and nothing else. */
const MATRIX: Record<HandlerKind, string> = {
  function: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage progress backgroundTask idempotencyKey`,
  tool: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage progress backgroundTask idempotencyKey`,
  expose: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage progress backgroundTask idempotencyKey`,
  background: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage progress backgroundTask idempotencyKey taskId`,
  panel: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage`,
  widget: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage`,
  tray: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage`,
  menu: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage`,
  skeleton: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage skeleton`,
  skeleton_alert: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage skeleton`,
  schedule: `${BASE} ${CALLER} ${CLIENTS} progress backgroundTask idempotencyKey asUser`,
  signal: `${BASE} ${CALLER} ${CLIENTS} progress backgroundTask idempotencyKey asUser`,
  webhook: `${BASE} ${CALLER} ${CLIENTS} forUser`,
  event: `${BASE} store notify ai`,
  lifecycle: `${BASE} ${CALLER} ${CLIENTS} deliverChatMessage`,
  health: `${BASE} store http config secrets`,
}
const EVERYTHING = [
  ...new Set(Object.values(MATRIX).flatMap((members) => members.split(' '))),
  'fromVersion',
  'toVersion',
]
/** Kinds where ctx.skeleton exists and refuses; in events and health checks it does not exist. */
const NO_SKELETON_AT_ALL: HandlerKind[] = ['event', 'health']

function contextOf(kind: HandlerKind, more: Partial<ContextSnapshot> = {}): Record<string, unknown> {
  const kernel = createKernel({})
  const made = callOf(kernel, {}, { kind, name: 'test', params: {} })
  const call = { ...made, ctx: { ...made.ctx, ...more } }
  const runtime = runtimeOfCall(new Extension('test-ext'), call, kernel.portFor(ownerOf({}, kind)))
  return buildContext(runtime)
}

describe.each(HandlerKind.options)('[3.1] the context of a %s handler', (kind) => {
  const present = MATRIX[kind].split(' ')

  test('has its members', () => {
    const ctx = contextOf(kind)
    for (const member of present) expect(ctx[member], member).not.toBeUndefined()
    expect(new Set(Object.keys(ctx))).toEqual(new Set(present))
  })

  const absent = EVERYTHING.filter((member) => !present.includes(member) && member !== 'skeleton')
  test.each(absent)('throws ContextUnavailable for %s', (member) => {
    const ctx = contextOf(kind)
    expect(() => ctx[member]).toThrow(ContextUnavailable)
    expect(() => ctx[member]).toThrow(`ctx.${member} is not available in a ${kind} handler`)
  })

  if (present.includes('skeleton')) return
  test('[S000-023] [I-SKELETON-LLM-ONLY] cannot read the skeleton', async () => {
    const ctx = contextOf(kind)
    if (NO_SKELETON_AT_ALL.includes(kind)) {
      expect(() => ctx.skeleton).toThrow(ContextUnavailable)
      return
    }
    const { skeleton } = ctx as { skeleton: { get(section: string): Promise<unknown> } }
    await expect(skeleton.get('beds')).rejects.toThrow(SkeletonAccessForbidden)
    await expect(skeleton.get('beds')).rejects.toThrow(`in a ${kind} handler`)
  })
})

test('the error names member and kind as data', () => {
  const ctx = contextOf('event')
  try {
    void ctx.http
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'context_unavailable', member: 'http', handlerKind: 'event' })
  }
})

test.each(['lang', 'api', 'llm', 'history', 'now', 'translate', 'scheduler', 'verifyWebhookSecret'])(
  '[S000-050] [S000-103] [S000-104] there is no ctx.%s',
  (member) => {
    for (const kind of HandlerKind.options) expect(member in contextOf(kind)).toBe(false)
  },
)

test('a spread copy of ctx says what is wrong with it instead of losing members', () => {
  const ctx = mockContext()
  const copy = Object.create(Object.getPrototypeOf(ctx)) as typeof ctx
  expect(() => copy.store).toThrow('pass the context itself')
})

describe('[3.2] data members', () => {
  test('[S000-085] [S000-086] [S000-087] the user is frozen and complete', () => {
    const { user } = mockContext({ userId: 'imp_u_tE-J9c_NxX', email: null, attributes: { team: { name: 'x' } } })
    expect(user).toMatchObject({
      imperalId: 'imp_u_tE-J9c_NxX',
      email: null,
      tenantId: 'default',
      role: 'user',
      scopes: ['*'],
      attributes: { team: { name: 'x' } },
      isActive: true,
    })
    expect(() => Object.assign(user, { role: 'admin' })).toThrow(TypeError)
    expect(() => Object.assign(user.attributes.team as object, { name: 'y' })).toThrow(TypeError)
  })

  test.each([
    [['*'], 'notes:read', true],
    [['notes:read'], 'notes:read', true],
    [['notes:read'], 'notes:write', false],
    [['notes:*'], 'notes:write', true],
    [['notes:*'], 'notes', true],
    [['notes.*'], 'notes.read', true],
    [['notes:*'], 'notebook:read', false],
    [[], 'notes:read', false],
  ])('[4.9] [D28] scopes %j cover %s: %s', (scopes, wanted, covered) => {
    expect(mockContext({ scopes }).user.hasScope(wanted)).toBe(covered)
  })

  test('[S000-101] time is computed at dispatch from the user’s zone', () => {
    expect(mockContext().time).toEqual({
      timezone: 'UTC',
      utcOffset: '+00:00',
      nowUtc: '2026-01-01T00:00:00.000Z',
      nowLocal: '2026-01-01T00:00:00+00:00',
      hourLocal: 0,
      isBusinessHours: false,
    })
    const { time } = mockContext({ attributes: { timezone: 'Asia/Tokyo' } })
    expect(time).toMatchObject({ utcOffset: '+09:00', hourLocal: 9, isBusinessHours: true })
  })

  test('[S000-088] [S000-090] [S000-102] tenant, agency and db may be null', () => {
    const ctx = mockContext()
    expect(ctx.tenant).toMatchObject({ tenantId: 'default', isolation: 'shared' })
    expect(ctx.agencyId).toBeNull()
    expect(ctx.agencyTheme).toBeNull()
    expect(ctx.db).toBeNull()
    // Where the platform names no tenant there is none, not an empty one.
    expect(contextOf('function', { tenant: null }).tenant).toBeNull()
  })
})

describe('[3.16] acting for users', () => {
  test('[S000-043] [S000-138] [S000-139] asUser gives a context of that user', async () => {
    const ctx = mockContext({ kind: 'schedule' })
    expect(ctx.user.imperalId).toBe('__system__')
    const user = ctx.asUser('imp_u_tE-J9c_NxX')
    expect(user.user.imperalId).toBe('imp_u_tE-J9c_NxX')
    expect(user.user.attributes.scoped_from).toBe('__system__')
    await user.store.create('plants', { species: 'fern' })
    expect(await user.store.count('plants')).toBe(1)
    expect(await ctx.store.count('plants')).toBe(0)
  })

  test.each(['', '__system__'])('[I-AS-USER-1] asUser(%j) is refused', (userId) => {
    expect(() => mockContext({ kind: 'schedule' }).asUser(userId)).toThrow(ValidationError)
  })

  test('[S000-044] [I-AS-USER-2] a re-scoped context re-scopes no further, a function context never does', () => {
    const user = mockContext({ kind: 'schedule' }).asUser('imp_u_one111')
    expect(() => (user as unknown as { asUser(id: string): unknown }).asUser('imp_u_two222')).toThrow(
      ContextUnavailable,
    )
    const ctx = mockContext() as unknown as { asUser(id: string): unknown }
    expect(() => ctx.asUser('imp_u_two222')).toThrow(ContextUnavailable)
  })

  test('[S000-044] [I-LIST-USERS-1] listUsers and queryAll outside the system context name the method and the user', async () => {
    const { store } = mockContext({ userId: 'imp_u_one111' }) as unknown as ReturnType<typeof mockContext<'schedule'>>
    expect(() => store.listUsers()).toThrow(/store\.listUsers .* imp_u_one111/)
    await expect(store.queryAll('plants')).rejects.toThrow(/store\.queryAll .* imp_u_one111/)
  })

  test('[3.3.9] a webhook reaches a user through forUser on ctx, store, notify and secrets', async () => {
    const ctx = mockContext({ kind: 'webhook' })
    expect(ctx.user.imperalId).toBe('__webhook__')
    const user = ctx.forUser('imp_u_one111')
    await user.store.create('hits', { n: 1 })
    await user.deliverChatMessage('It arrived')
    await ctx.notify.forUser('imp_u_one111')('It arrived')
    await ctx.secrets.forUser('imp_u_one111').set('key', 'value')
    expect(await ctx.store.forUser('imp_u_one111').count('hits')).toBe(1)
    expect(await user.secrets.get('key')).toBe('value')
    expect(await ctx.secrets.get('key')).toBeNull()
    expect(ctx.mock.notify.sent).toMatchObject([{ message: 'It arrived', user_id: 'imp_u_one111' }])
    expect(ctx.mock.delivered).toMatchObject([{ userId: 'imp_u_one111' }])
  })

  test('forUser belongs to webhooks only', () => {
    const { store, notify, secrets } = mockContext() as unknown as ReturnType<typeof mockContext<'webhook'>>
    for (const client of [store, notify, secrets])
      expect(() => client.forUser('imp_u_one111')).toThrow(ContextUnavailable)
  })
})
