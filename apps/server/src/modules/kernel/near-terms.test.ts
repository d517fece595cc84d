import { expect, test } from 'vitest'
import { nearTerms, sounded } from './near-terms.ts'
import { rankFunctions } from './rank-functions.ts'

test('[K2.2] kin words of European languages are found by how they are written', () => {
  const near = nearTerms(['document', 'contact', 'product', 'invoice', 'camera', 'server', 'vehicle', 'tag'])
  const likest = (word: string) => near.of(word)[0]?.term
  expect(
    ['dokument', 'kontakt', 'produkt', 'kamera', 'servidor', 'vehiculo', 'документ', 'сервер', 'documnet'].map(likest),
  ).toEqual(['document', 'contact', 'product', 'camera', 'server', 'vehicle', 'document', 'server', 'document'])
  // Short words are like too many others.
  expect(near.of('tab')).toEqual([])
  expect(near.of('xylophone')).toEqual([])
  for (const { likeness } of near.of('dokument')) expect(likeness).toBeLessThanOrEqual(0.7)
  expect(sounded('Kontakt'.toLowerCase())).toBe(sounded('contact'))
})

test('[K2.2] what a function really says counts more than what is written like it', () => {
  const entry = (name: string, description: string) => ({ appId: 'a', appName: 'A', name, description })
  const catalog = [entry('list_containers', 'Lists boxes.'), entry('list_places', 'Lists kontainer places.')]
  expect(rankFunctions(catalog, 'kontainer')[0]?.function.name).toBe('list_places')
  expect(rankFunctions(catalog.slice(0, 1), 'kontainer')[0]?.function.name).toBe('list_containers')
  expect(rankFunctions(catalog.slice(0, 1), 'kontainer', { byLikeness: false })).toEqual([])
})
