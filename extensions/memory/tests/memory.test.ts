import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import memory from '../main.ts'
import { forgetAll, listFacts, recall, remember } from '../src/functions.ts'

test('facts are kept once, found by their words, and forgotten', async () => {
  const ctx = mockContext({ extension: memory })
  await remember(ctx, { text: 'My shoe size is 43', topic: 'clothes' })
  await remember(ctx, { text: 'Grandma’s birthday is on 3 May', topic: 'family' })
  expect(await remember(ctx, { text: 'my shoe size is 43' })).toMatchObject({ summary: 'I know that already.' })
  expect(await recall(ctx, { query: 'which size of shoes?' })).toMatchObject({
    data: { facts: [{ text: 'My shoe size is 43' }], total: 1 },
  })
  expect(await recall(ctx, { query: 'bicycle' })).toMatchObject({
    data: { total: 0 },
    summary: 'Nothing is remembered about that.',
  })
  expect(await listFacts(ctx, { topic: 'Family' })).toMatchObject({ data: { total: 1 } })
  expect(await forgetAll(ctx, {})).toMatchObject({ data: { forgotten: 2 } })
  expect(ctx.mock.store.dump().facts ?? {}).toEqual({})
})

test('the panel shows what is kept, by topic', async () => {
  const app = new TestHarness(memory)
  await app.call('remember', { text: 'I like tea' })
  expect(JSON.stringify(await app.panel('facts'))).toContain('I like tea')
})

test('facts of one user are nobody else’s', async () => {
  const ada = mockContext({ extension: memory, userId: 'imp_u_ada0001' })
  await remember(ada, { text: 'The code is 1234' })
  expect(await recall(mockContext({ extension: memory, userId: 'imp_u_eve0001' }), { query: 'code' })).toMatchObject({
    data: { total: 0 },
  })
})
