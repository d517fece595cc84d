import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestHarness } from '@imperal/sdk/testing'
import { ext } from '../main.ts'

const added = async (app: TestHarness, text: string): Promise<string> => {
  const result = await app.call('add_entry', { text })
  assert.equal(result.status, 'success')
  return String(result.data?.entry_id)
}

test('an entry is added, shown in the panel, and removed', async () => {
  const app = new TestHarness(ext)
  assert.match(JSON.stringify(await app.panel('entries')), /Nothing here yet/)
  const entryId = await added(app, 'Water the plants')
  assert.match(JSON.stringify(await app.panel('entries')), /Water the plants/)
  await app.call('remove_entry', { entry_id: entryId })
  assert.deepEqual((await app.call('list_entries', {})).data, { entries: [] })
})

test('an entry that is gone is said to be gone', async () => {
  const app = new TestHarness(ext)
  const entryId = await added(app, 'Once')
  await app.call('remove_entry', { entry_id: entryId })
  const again = await app.call('remove_entry', { entry_id: entryId })
  assert.equal(again.status, 'error')
})
