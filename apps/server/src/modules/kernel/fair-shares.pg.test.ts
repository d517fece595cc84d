import type { EventEnvelope } from '@imperal/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Jobs } from '../../foundation/jobs/index.ts'
import { chatFunction, openFixture, PATIENCE, success } from './test-fixture.ts'

// What hangs in one place takes its share of a node, and the others have the rest (E14).

const fixture = await openFixture({ background: false })
const crowd = await Promise.all(Array.from({ length: 20 }, () => fixture.person()))
const zoe = await fixture.person({ tenantId: 'acme' })
let jobs: Jobs
let node: Awaited<ReturnType<typeof fixture.openNode>>
const hanging = Array.from({ length: 20 }, (_each, n) => `hang ${n}`)
// None of them falls due by itself now.
const never = (name: string) => ({ name, cron: '0 0 29 2 *' })

beforeAll(async () => {
  await fixture.app('hog', { schedules: hanging.map(never) }, [zoe])
  await fixture.app('clock', { schedules: [never('tick')] }, [zoe])
  const subscribes = [{ type: 'slowly.asked', handler: 'onAsked' }]
  const tools = [chatFunction('ask', 'write', { event: 'asked' })]
  await fixture.app('slowly', { tools, events: { subscribes, emits: [] } }, [zoe, ...crowd])
  jobs = await fixture.openEngine()
  node = await fixture.openNode({ jobs })
})
afterAll(() => fixture.close())

test('[E14] a tenant whose event handlers hang does not get all places: events of others are heard meanwhile', async () => {
  const goOn = Promise.withResolvers<null>()
  let [held, heard] = [0, 0]
  node.hosts.handlers.set('slowly function ask', () => success())
  node.hosts.handlers.set('slowly event onAsked', ({ params }) => {
    if ((params as unknown as EventEnvelope).tenant_id === 'acme') {
      heard++
      return null
    }
    held++
    return goOn.promise
  })
  const ask = (who: typeof zoe) =>
    node.kernel.call({ source: 'api', ...who, appId: 'slowly', function: 'ask', params: {} })
  for (const one of crowd) await ask(one)
  await expect.poll(() => held, PATIENCE).toBeGreaterThanOrEqual(8)
  await ask(zoe)
  await expect.poll(() => heard, PATIENCE).toBe(1)
  expect(held).toBeLessThan(12)
  goOn.resolve(null)
  await expect.poll(() => held, PATIENCE).toBe(crowd.length)
}, 180_000)

test('[E14] an app whose schedules hang does not get all places: those of others run meanwhile', async () => {
  const goOn = Promise.withResolvers<null>()
  let [held, ran] = [0, 0]
  for (const name of hanging)
    node.hosts.handlers.set(`hog schedule ${name}`, () => {
      held++
      return goOn.promise
    })
  node.hosts.handlers.set('clock schedule tick', () => {
    ran++
    return null
  })
  const send = (app_id: string, schedule: string) =>
    jobs.send('kernel.schedule', { app_id, schedule, cron: '* * * * *' }, { group: app_id })
  for (const name of hanging) await send('hog', name)
  await expect.poll(() => held, PATIENCE).toBeGreaterThanOrEqual(4)
  await send('clock', 'tick')
  await expect.poll(() => ran, PATIENCE).toBe(1)
  expect(held).toBeLessThan(8)
  goOn.resolve(null)
  await expect.poll(() => held, PATIENCE).toBe(hanging.length)
}, 180_000)
