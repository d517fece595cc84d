import { afterAll, beforeAll, expect, test } from 'vitest'
import { chatFunction, type Fixture, openFixture, success } from '../test-fixture.ts'

let fixture: Fixture
let ada: { tenantId: string; userId: string }
const TOOLS = [chatFunction('rename', 'write', { event: 'renamed' }), chatFunction('show', 'read')]

beforeAll(async () => {
  fixture = await openFixture()
  ada = await fixture.person()
  for (const appId of ['ours', 'theirs']) {
    await fixture.app(appId, { tools: TOOLS }, [ada])
    for (const name of ['rename', 'show'])
      fixture.handler(appId, 'function', name, async ({ params }) =>
        success({ id: 'n1', title: (params as { stale?: boolean }).stale === true ? 'Old' : 'New' }),
      )
  }
  await fixture.rows(`update registry.app set first_party = true where app_id = 'ours'`)
  fixture.registry.forget('ours')
})
afterAll(() => fixture.close())

const call = (appId: string, name: string, stale: boolean) =>
  fixture.kernel.call({ source: 'api', ...ada, appId, function: name, params: { title: 'New', stale } })
const events = () =>
  fixture.rows(
    "select payload ->> 'event_type' as type from outbox.message where type = 'event' and payload ->> 'event_type' like '%.renamed'",
  )

test('[K3.50] [I-EXT-VERIFY-WRITE-REFLECTS-INTENT] a change of the platform’s own app that answers with another value is an error, in answer and ledger, and announces nothing', async () => {
  const stale = await call('ours', 'rename', true)
  expect(stale.response).toMatchObject({
    status: 'error',
    error_code: 'WRITE_NOT_REFLECTED',
    data: { not_reflected: ['title'] },
  })
  expect((await fixture.ledger()).filter((row) => row.call_id === stale.callId)).toEqual([
    expect.objectContaining({ status: 'failed', error_code: 'WRITE_NOT_REFLECTED' }),
  ])
  expect(await events()).toEqual([])
  expect((await call('ours', 'rename', false)).response).toMatchObject({ status: 'success', data: { title: 'New' } })
  expect(await events()).toEqual([{ type: 'ours.renamed' }])
})

test('[K3.50] what is only read, and what other developers made, is not measured by it', async () => {
  expect((await call('ours', 'show', true)).response).toMatchObject({ status: 'success' })
  expect((await call('theirs', 'rename', true)).response).toMatchObject({ status: 'success' })
})
