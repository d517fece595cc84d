import type { JsonObject, JsonValue } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { HostCallbacks } from '../../hosts/index.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'
import type { CallIntent } from '../types.ts'

type Person = { tenantId: string; userId: string }
let fixture: Fixture
let ada: Person

beforeAll(async () => {
  fixture = await openFixture({ background: false })
  ada = await fixture.person()
  const manifest = {
    tools: [
      chatFunction('work', 'read'),
      { name: 'skeleton_refresh_state', description: 'State', scopes: [], parameters: {} },
    ],
    panels: [{ panel_id: 'side' }],
    schedules: [{ name: 'tick', cron: '* * * * *' }],
    webhooks: [{ path: '/in', method: 'POST' }],
    events: { subscribes: [{ type: 'other.done', handler: 'onDone' }], emits: [] },
    lifecycle: { on_enable: true, health_check: { interval_sec: 60 } },
  }
  await fixture.app('cached', manifest as unknown as JsonObject, [ada])
})
afterAll(() => fixture.close())

/** What a handler of some kind is answered; a refusal comes back as its code and field. */
async function inHandler(
  kind: string,
  name: string,
  intent: Partial<CallIntent>,
  work: (kernel: HostCallbacks) => Promise<JsonValue>,
): Promise<JsonValue> {
  let answer: JsonValue = 'the handler did not run'
  fixture.handler('cached', kind, name, async (_call, kernel) => {
    answer = await work(kernel).catch((error) => ({
      refused: error.wire?.code ?? String(error),
      ...error.wire?.detail,
    }))
    return kind === 'webhook' ? { status_code: 200 } : success()
  })
  await fixture.kernel.call({
    ...{ source: 'api', ...ada, appId: 'cached', function: name, params: {} },
    ...intent,
  } as CallIntent)
  return answer
}
const ask = (kernel: HostCallbacks, method: string, ...args: JsonValue[]) =>
  kernel.onCallback({ client: 'cache', method, args, asUser: null })
const inFunction = (method: string, ...args: JsonValue[]) =>
  inHandler('function', 'work', {}, (kernel) => ask(kernel, method, ...args))
const envelope = (data: JsonValue = 1) => ({ model: 'm', version: 1, data, cached_at: '2026-01-01T00:00:00.000Z' })

describe('[K8.30] what the kernel itself holds of the rules of the cache, whatever a bundle sends', () => {
  test.each([4, 301, 5.5, 0, -1, '60', null])(
    '[I-CACHE-TTL-CAP-300S] [I-CACHE-TTL-RANGE] a lifetime of %j seconds is refused',
    async (ttl) => {
      expect(await inFunction('set', 'ttl', 'm', envelope(), ttl)).toMatchObject({
        refused: 'validation_error',
        field: 'ttl_seconds',
      })
      expect(await inFunction('get', 'ttl', 'm')).toBeNull()
    },
  )

  test.each(['', 'a b', 'a/b', 'ä', 'k'.repeat(129), '*'])(
    '[I-CACHE-KEY-SAFETY] the key %j is refused',
    async (key) => {
      for (const [method, ...rest] of [['get', 'm'], ['set', 'm', envelope(), 60], ['delete']] as const)
        expect(await inFunction(method, key, ...(rest as JsonValue[]))).toMatchObject({
          refused: 'validation_error',
          field: 'key',
        })
    },
  )

  test('[I-CACHE-SIZE-64K] [I-CACHE-VALUE-SIZE-CAP-64KB] the body counts as it travels, compact: 65,536 bytes are taken and one more is not', async () => {
    const bytesOf = (text: string) => Buffer.byteLength(JSON.stringify({ envelope: envelope(text), ttl_seconds: 60 }))
    const fitting = 'x'.repeat(65_536 - bytesOf(''))
    expect(bytesOf(fitting)).toBe(65_536)
    expect(await inFunction('set', 'size', 'm', envelope(`${fitting}x`), 60)).toMatchObject({
      refused: 'validation_error',
      field: 'value',
    })
    expect(await inFunction('set', 'size', 'm', envelope(fitting), 60)).toBeNull()
    expect(await inFunction('get', 'size', 'm')).toEqual(envelope(fitting))
  })

  test('[K8.30] [E16] whoever comes second waits for what the first one fetches, and fetches itself when that ended without', async () => {
    const found = await inHandler('function', 'work', {}, async (kernel) => {
      expect(await ask(kernel, 'claim', 'one', 'm')).toBeNull()
      const waiting = ask(kernel, 'claim', 'one', 'm')
      expect(await ask(kernel, 'claim', 'two', 'm')).toBeNull()
      await ask(kernel, 'set', 'one', 'm', envelope('brought'), 60)
      return waiting
    })
    expect(found).toEqual(envelope('brought'))
    expect(await inFunction('claim', 'one', 'm')).toEqual(envelope('brought'))
    // Its call is over: nobody waits for it.
    await vi.waitFor(async () =>
      expect(await fixture.rows("select 1 from state.cache_fetch where key = 'two'")).toEqual([]),
    )
    expect(await inFunction('claim', 'two', 'm')).toBeNull()
    expect(await inFunction('claim', 'a b', 'm')).toMatchObject({ refused: 'validation_error', field: 'key' })
  })

  test('the bounds are in: 5 and 300 seconds, 128 characters, every allowed one', async () => {
    const key = `Aa0_-:${'k'.repeat(122)}`
    for (const ttl of [5, 300]) {
      expect(await inFunction('set', key, 'm', envelope(ttl), ttl)).toBeNull()
      expect(await inFunction('get', key, 'm')).toEqual(envelope(ttl))
    }
    expect(await inFunction('get', key, 'another model')).toBeNull()
    await inFunction('delete', key)
    expect(await inFunction('get', key, 'm')).toBeNull()
  })
})

describe('[I-CACHE-GW-URL-DERIVE] the cache works in every handler that is offered it', () => {
  const system = { userId: '__system__' }
  test.each([
    ['function', 'work', {}],
    ['panel', 'side', { source: 'panel', function: '__panel__side' }],
    ['skeleton', 'state', { source: 'skeleton', function: 'skeleton_refresh_state' }],
    ['schedule', 'tick', { source: 'schedule', ...system }],
    ['webhook', 'in', { source: 'webhook', userId: '__webhook__', function: '__webhook__in' }],
    ['lifecycle', 'on_enable', { source: 'lifecycle' }],
  ] as const)('%s', async (kind, name, intent) => {
    const found = await inHandler(kind, name, intent, async (kernel) => {
      await ask(kernel, 'set', `of-${kind}`, 'm', envelope(kind), 60)
      return ask(kernel, 'get', `of-${kind}`, 'm')
    })
    expect(found).toEqual(envelope(kind))
  })

  test.each([
    ['event', 'onDone', { source: 'event' }],
    ['health', 'health_check', { source: 'health', ...system }],
  ] as const)('and not in %s, which sees no user', async (kind, name, intent) => {
    expect(await inHandler(kind, name, intent, (kernel) => ask(kernel, 'get', 'k', 'm'))).toMatchObject({
      refused: 'context_unavailable',
    })
  })
})

describe('a word of a model about what a turn is for', () => {
  test('[I-GUARDS-ESCALATE-WRITE-ONLY] [K2.3] blocks no call and frees none: the declared action type decides alone', async () => {
    const tools = (['read', 'write', 'destructive'] as const).map((type) => chatFunction(`do_${type}`, type))
    await fixture.app('typed', { tools }, [ada])
    for (const type of ['read', 'write', 'destructive'])
      fixture.handler('typed', 'function', `do_${type}`, () => success())
    const evidence = { knows: () => false, failedCodes: [] }
    const model = { name: 'm', isOwn: true }
    // The person asked to look at something; the model chose a function that changes, then one that destroys, twice.
    const call = (type: string) =>
      fixture.kernel.call({
        ...{
          source: 'chat',
          ...ada,
          appId: 'typed',
          function: `do_${type}`,
          params: { intent_type: 'read', action_type: 'read' },
        },
        ...{ messagePreview: 'show me my things', evidence, model },
      })
    expect((await call('read')).status).toBe('success')
    expect((await call('write')).status).toBe('success')
    const cards = [await call('destructive'), await call('destructive')]
    expect(cards.map(({ status }) => status)).toEqual(['intercepted', 'intercepted'])
    expect((await fixture.ledger({ appId: 'typed' })).map((row) => row.action_type)).toEqual([
      'read',
      'write',
      'destructive',
      'destructive',
    ])
  })
})
