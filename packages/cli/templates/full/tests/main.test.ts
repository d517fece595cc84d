import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestHarness } from '@imperal/sdk/testing'
import { ext } from '../main.ts'

const USER = 'imp_u_ada00001'

test('a line is written, shown, and deleted', async () => {
  const app = new TestHarness(ext)
  const written = await app.call('add_line', { text: 'Planted tomatoes' })
  assert.equal(written.status, 'success')
  assert.match(JSON.stringify(await app.panel('journal')), /Planted tomatoes/)
  assert.deepEqual(await app.skeleton('journal'), { lines: 1 })
  await app.call('delete_line', { line_id: String(written.data?.line_id) })
  assert.deepEqual((await app.call('list_lines', {})).data, { lines: [] })
})

test('a line from outside needs the key of its user', async () => {
  const app = new TestHarness(ext, { userId: USER })
  await app.hook('onInstall')
  const { key = '' } = (app.mock.store.dump().keys?.webhook ?? {}) as { key?: string }
  const send = (given: string) => app.webhook('/add', { body: 'Rain at last', queryParams: { for: USER, key: given } })
  assert.equal((await send('wrong')).statusCode, 401)
  assert.equal((await send(key)).statusCode, 200)
  assert.match(JSON.stringify(await app.panel('journal')), /Rain at last/)
})

test('the reminder comes in the evening only', async () => {
  for (const [now, sent] of [
    ['2026-06-10T20:00:00Z', 1],
    ['2026-06-10T21:00:00Z', 0],
  ] as const) {
    const app = new TestHarness(ext, { now })
    await app.call('add_line', { text: 'Something' })
    await app.schedule('evening_reminder')
    assert.equal(app.mock.notify.sent.length, sent)
  }
})
