import { expect, test } from 'vitest'
import { newUserId, orderedId, uuidv7 } from './ids.ts'

test('[api 1.2] ids that are made one after the other sort that way, even within a millisecond', () => {
  const ids = Array.from({ length: 20_000 }, () => orderedId('doc'))
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})

test('uuidv7 has the version, the variant and the time of its making', () => {
  const before = Date.now()
  const id = uuidv7()
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBeGreaterThanOrEqual(before)
})

test('[api 1.2] user ids have their printed form', () => {
  expect(newUserId()).toMatch(/^imp_u_[A-Za-z0-9_-]{6,24}$/)
})
