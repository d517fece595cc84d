import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { ext, greet } from '../main.ts'

test('greet answers with the name that it is given', async () => {
  const result = await greet(mockContext(), { name: 'Ada' })
  assert.equal(result.status, 'success')
  assert.deepEqual(result.data, { message: 'Hello, Ada!' })
  assert.equal(result.summary, 'Greeted Ada')
})

test('called as the platform does it, greet takes the world as the default', async () => {
  const result = await new TestHarness(ext).call('greet', {})
  assert.deepEqual(result.data, { message: 'Hello, World!' })
})
