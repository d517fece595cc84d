import { afterAll, beforeAll, expect, test } from 'vitest'
import { mountForTest, principalOf, publishApp } from '../../../../../../test/support/apps.ts'
import { chatFunction, type Fixture, fails, openFixture, PATIENCE, success } from '../test-fixture.ts'

type Person = { tenantId: string; userId: string }
const FRAIL = { tools: [chatFunction('work', 'read')], lifecycle: { health_check: { interval_sec: 60 } } }
let fixture: Fixture
let ada: Person
let owner: Person

beforeAll(async () => {
  fixture = await openFixture()
  owner = await fixture.person()
  ada = await fixture.person()
  await fixture.app('frail', FRAIL, [ada, owner], { owner })
})
afterAll(() => fixture.close())

const call = (node: Pick<Fixture, 'kernel'> = fixture) =>
  node.kernel.call({ source: 'api', ...ada, appId: 'frail', function: 'work', params: {} })
const health = async () => {
  const app = await mountForTest(fixture.kernel.routes, () => principalOf(ada))
  const answer = (await app.inject({ method: 'GET', url: '/v1/ext/frail/health' })).json()
  await app.close()
  return answer as { status: string; details: { message?: string } }
}
const audited = () =>
  fixture.rows("select 1 from audit.entry where action = 'app.switched_off' and target_id = 'frail'")
const descriptions = async () => (await fixture.kernel.catalog(ada)).map(({ description }) => description)

test('[kernel 7.4] code that was switched off is told once, to its owner and to operators, on however many nodes, and forgotten with the next deploy', async () => {
  const second = await fixture.openNode()
  for (const node of [fixture, second]) node.hosts.handlers.set('frail function work', () => fails('EXT_DISABLED'))
  for (const node of [fixture, second, fixture])
    expect((await call(node)).response.error).toContain('switched off after repeated crashes')

  expect(await audited()).toHaveLength(1)
  expect(await health()).toMatchObject({
    status: 'down',
    details: { message: expect.stringContaining('switched off') },
  })
  expect((await descriptions()).every((text) => text.includes('does not work well'))).toBe(true)

  // The next check finds it ill as well; a node that starts after it knows that it was told.
  await fixture.rows("update kernel.health set checked_at = now() - interval '1 hour' where app_id = 'frail'")
  fixture.handler('frail', 'health', 'health_check', () => fails('EXT_DISABLED'))
  await fixture.repeated.get('kernel.health')?.()
  const third = await fixture.openNode()
  third.hosts.handlers.set('frail function work', () => fails('EXT_DISABLED'))
  await call(third)
  expect([await audited(), third.notified]).toMatchObject([[{}], []])

  const notified = [...fixture.notified, ...second.notified].filter(({ appId }) => appId === 'frail')
  expect(notified).toMatchObject([{ userId: owner.userId, priority: 'high' }])
  await expect
    .poll(
      () => fixture.streamed.filter(({ type, userId }) => type === 'app_status' && userId === owner.userId).length,
      PATIENCE,
    )
    .toBe(1)

  await publishApp(fixture, 'frail', {
    manifest: { ...FRAIL, capabilities: [] },
    bundle: 'export default 2',
  })
  for (const node of [fixture, second]) node.hosts.handlers.set('frail function work', () => success())
  await expect.poll(async () => (await health()).status, PATIENCE).toBe('unknown')
  await fixture.repeated.get('kernel.health.read')?.()
  expect((await descriptions()).some((text) => text.includes('does not work well'))).toBe(false)
  expect((await call()).status).toBe('success')
})
