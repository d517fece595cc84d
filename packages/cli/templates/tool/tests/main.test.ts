import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestHarness } from '@imperal/sdk/testing'
import { ext } from '../main.ts'

test('words and characters are counted', async () => {
  const counted = await new TestHarness(ext).tool('__tool_name__', { text: 'two  words ' })
  assert.deepEqual(counted, { words: 2, characters: 11 })
})
