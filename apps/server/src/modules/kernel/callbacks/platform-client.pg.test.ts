import type { JsonValue } from '@imperal/contract'
import { afterAll, expect, test } from 'vitest'
import { CallbackError } from '../../hosts/index.ts'
import type { PlatformRequest } from '../ports.ts'
import { chatFunction, openFixture, success } from '../test-fixture.ts'

const asked: PlatformRequest[] = []
const fixture = await openFixture({
  platform: async (request) => {
    asked.push(request)
    return { status: 200, body: { ok: true } }
  },
})
const ada = await fixture.person()
afterAll(() => fixture.close())

const tools = [chatFunction('look', 'read'), chatFunction('change', 'write')]
const call = async (appId: string, name: string, args: JsonValue[]) => {
  let refused: unknown = null
  fixture.handler(appId, 'function', name, async (_call, kernel) => {
    try {
      await kernel.onCallback({ client: 'platform', method: 'request', args, asUser: null })
    } catch (error) {
      refused = error instanceof CallbackError ? error.wire.code : error
    }
    return success({})
  })
  const { callId } = await fixture.kernel.call({ source: 'api', ...ada, appId, function: name, params: {} })
  return { refused, callId }
}

test('[lessons 9] an app that does not come with the platform may not ask it anything', async () => {
  await fixture.app('stranger', { tools, capabilities: ['notifications:read'] }, [ada])
  expect((await call('stranger', 'look', ['GET', '/v1/notifications', {}])).refused).toBe('forbidden')
  expect(asked).toEqual([])
})

test('an app of the platform asks in the name of its caller, with its own capabilities', async () => {
  await fixture.app('ours', { tools, capabilities: ['notifications:read'] }, [ada])
  await fixture.rows(`update registry.app set first_party = true where app_id = 'ours'`)
  fixture.registry.forget('ours')
  expect((await call('ours', 'look', ['GET', '/v1/notifications', { query: { limit: 5 } }])).refused).toBeNull()
  await call('ours', 'change', ['POST', '/v1/notifications/read', { body: { all: true } }])
  expect(asked).toEqual([
    expect.objectContaining({
      ...{ caller: { ...ada, limitedTo: undefined }, capabilities: ['notifications:read'], mayChange: false },
      ...{ method: 'GET', path: '/v1/notifications', query: { limit: '5' }, throughApps: ['ours'] },
    }),
    expect.objectContaining({ method: 'POST', mayChange: true, body: { all: true } }),
  ])
})

test('an app that calls it through another app is named to the platform', async () => {
  await fixture.app('stranger', { tools, capabilities: ['extensions:*', 'ours:*'] }, [ada])
  fixture.handler('ours', 'function', 'change', async (_call, kernel) => {
    const args: JsonValue[] = ['POST', '/v1/automations', { body: {} }]
    await kernel.onCallback({ client: 'platform', method: 'request', args, asUser: null })
    return success({})
  })
  let refused: unknown = null
  fixture.handler('stranger', 'function', 'change', async (_call, kernel) => {
    const inner: JsonValue[] = ['ours.change', {}]
    await kernel.onCallback({ client: 'tools', method: 'call', args: inner, asUser: null }).catch((error) => {
      refused = error
    })
    return success({})
  })
  await fixture.kernel.call({ source: 'api', ...ada, appId: 'stranger', function: 'change', params: {} })
  expect(refused).toBeNull()
  expect(asked.at(-1)).toMatchObject({ path: '/v1/automations', throughApps: ['stranger', 'ours'] })
})

test.each([
  '/v1/../admin/users',
  '/v1/apps/..',
  '/v1/apps/%2e%2e/x',
  '/v1/apps/a%2fb',
  'http://127.0.0.1/v1/me',
  '/v1/me?x=1',
  '//v1/me',
  '/v1/me\r\nx: y',
  '/v2/me',
])('a path that leads elsewhere is refused: %j', async (path) => {
  expect((await call('ours', 'look', ['GET', path, {}])).refused).toBe('validation_error')
})
