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

test.each([
  ['en', 'shoes', 'My shoe size is 43'],
  ['en', 'shoe', 'My shoes are brown'],
  ['en', 'running', 'I run on Sundays'],
  ['en', 'allergies', 'I have an allergy to nuts'],
  ['en', 'resume', 'My résumé is in the drawer'],
  ['de', 'Schuhe', 'Mein Schuh drückt'],
  ['de', 'Häuser', 'Das Haus hat die Nummer 7'],
  ['de', 'Große', 'Meine Größe ist 43'],
  ['fr', 'chaussures', 'Ma chaussure fait 43'],
  ['es', 'zapatos', 'Mi zapato es 43'],
  ['it', 'scarpe', 'La mia scarpa è 43'],
  ['pt', 'sapatos', 'O meu sapato é 43'],
  ['nl', 'fietsen', 'Mijn fiets is blauw'],
  ['ru', 'книги', 'Моя любимая книга толстая'],
  ['ar', 'كتابي', 'الكتاب على الطاولة'],
  // Whoever writes in another language than that of the panel.
  ['en', 'Schuhe', 'Mein Schuh drückt'],
  ['de', 'shoes', 'My shoe size is 43'],
])('[%s] “%s” finds “%s”', async (language, query, text) => {
  const ctx = mockContext({ extension: memory, attributes: { language } })
  await remember(ctx, { text })
  await remember(ctx, { text: 'Grandma was born in 1941' })
  expect(await recall(ctx, { query })).toMatchObject({ data: { facts: [{ text }], total: 1 } })
})

test('the word itself comes before its forms, and words that are only alike do not come', async () => {
  const ctx = mockContext({ extension: memory })
  await remember(ctx, { text: 'The shoe is in the cellar' })
  await remember(ctx, { text: 'My shoes are brown' })
  await remember(ctx, { text: 'Do not shout' })
  expect(await recall(ctx, { query: 'shoes' })).toMatchObject({
    data: { total: 2, facts: [{ text: 'My shoes are brown' }, { text: 'The shoe is in the cellar' }] },
  })
})
