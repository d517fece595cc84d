import { expect, test } from 'vitest'
import type { CatalogFunction } from '../../kernel/index.ts'
import { chooseCandidates, interleave, VectorCache } from './candidates.ts'

const fn = (name: string, description: string): CatalogFunction => ({
  appId: 'app',
  appName: 'App',
  name,
  description,
  actionType: 'read',
  paramsSchema: {},
  returnSchema: {},
  idProjection: '',
  effects: [],
  ownerChatTool: '',
  chainCallable: true,
})
const many = Array.from({ length: 100 }, (_, n) => fn(`filler_${n}`, `Does filler number ${n} of this test.`))
const boil = fn('boil_kettle', 'Heats water in the kitchen.')
const catalog = [...many, boil]
const choose = (text: string, more: object = {}) => chooseCandidates({ catalog, text, recent: '', near: [], ...more })

/** Knows that tea and water are near, and nothing else. */
const embedder = {
  id: 'test',
  asked: 0,
  async embed(texts: readonly string[]) {
    this.asked += texts.length
    return texts.map((text) => Float32Array.from(/tea|kettle/.test(text) ? [1, 0] : [0, 1]))
  },
}

test('[K2.2] a small catalog is shown whole, a large one by words', async () => {
  expect(await chooseCandidates({ catalog: many.slice(0, 60), text: 'x', recent: '', near: [] })).toHaveLength(60)
  expect(await choose('boil the kettle')).toContain(boil)
  expect((await choose('filler')).length).toBeLessThanOrEqual(40)
})

test('[K2.2] [I-CPC-SEARCH-HYBRID-FALLSOFT] meaning finds what words do not, each description costs one vector, and a search that is away costs candidates only', async () => {
  expect(await choose('brew some tea')).not.toContain(boil)
  const vectors = new VectorCache(embedder)
  expect(await choose('brew some tea', { vectors })).toContain(boil)
  const { asked } = embedder
  await choose('brew some tea', { vectors })
  expect(embedder.asked).toBe(asked + 1)
  const failures: unknown[] = []
  const away = new VectorCache({ id: 'away', embed: async () => Promise.reject(new Error('away')) })
  const found = await choose('boil the kettle', { vectors: away, onFailure: (error: unknown) => failures.push(error) })
  expect(found).toContain(boil)
  expect(failures).toHaveLength(1)
})

test('apps that the person looks at are candidates whole, and neither search crowds the other out', async () => {
  expect((await choose('nothing fits', { near: ['app'] })).length).toBe(catalog.length)
  expect(
    interleave(
      [
        [1, 2, 3],
        [9, 1, 8],
      ],
      4,
    ),
  ).toEqual([1, 9, 2, 3])
})
