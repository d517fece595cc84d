import type { JsonObject, JsonValue } from '@imperal/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { HostCallbacks } from '../../hosts/index.ts'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'

/** Nine apps in a row, each of which hands the work to the next one. */
const APPS = Array.from({ length: 9 }, (_, at) => `link-${at}`)

let fixture: Fixture
let ada: { tenantId: string; userId: string }
let allowed: number
let reached: string[] = []

beforeAll(async () => {
  fixture = await openFixture({ delegationDepth: async () => allowed })
  ada = await fixture.person()
  for (const [at, appId] of APPS.entries()) {
    const exposed = [{ name: 'pass_on', action_type: 'read' }]
    await fixture.app(
      appId,
      { tools: [chatFunction('begin', 'read')], exposed, capabilities: [`${appId}:*`] } as never,
      [ada],
    )
    const passOn = async (last: number, kernel: HostCallbacks): Promise<JsonValue> => {
      reached.push(appId)
      if (at >= last) return { at }
      const args = [`link-${at + 1}`, 'pass_on', { last }]
      return kernel.onCallback({ client: 'extensions', method: 'call', args, asUser: null })
    }
    fixture.hosts.handlers.set(`${appId} expose pass_on`, (call, kernel) =>
      passOn(Number((call.params as JsonObject).last), kernel).then((data) => success(data as JsonObject)),
    )
    fixture.hosts.handlers.set(`${appId} function begin`, (call, kernel) =>
      passOn(Number((call.params as JsonObject).last), kernel).then((data) => success(data as JsonObject)),
    )
  }
})
afterAll(() => fixture.close())
beforeEach(() => {
  reached = []
  allowed = 6
})

const begin = (last: number) =>
  fixture.kernel.call({ source: 'api', ...ada, appId: 'link-0', function: 'begin', params: { last } })

test('[I-HUB-DISPATCH-DEPTH-3] [K2.33] a delegation goes six deep, and the seventh is refused in plain words', async () => {
  const six = await begin(6)
  expect([six.status, reached]).toEqual(['success', APPS.slice(0, 7)])
  reached = []
  const seven = await begin(7)
  expect(seven.status).toBe('failed')
  expect(reached).toEqual(APPS.slice(0, 7))
})

test('[K2.33] the depth is the administrator’s from the next call on; 0 allows none at all', async () => {
  allowed = 2
  expect((await begin(2)).status).toBe('success')
  expect((await begin(3)).status).toBe('failed')
  allowed = 0
  reached = []
  expect((await begin(1)).status).toBe('failed')
  expect(reached).toEqual(['link-0'])
  expect((await begin(0)).status).toBe('success')
})
