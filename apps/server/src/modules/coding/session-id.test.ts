import { expect, test } from 'vitest'
import { kindOfOwn, sessionIdOf } from './session-id.ts'

test('the owner part of an id is recomputed, never trusted', () => {
  const own = sessionIdOf('imp_u_ada00001', { marathon: false, repoKey: 'k1', slot: null })
  expect(own).toBe('coding-imp_u_ada00001-rk1')
  expect(sessionIdOf('imp_u_ada00001', { marathon: true, repoKey: 'boot', slot: '2' })).toBe(
    'marathon-imp_u_ada00001-rboot-s2',
  )
  expect(kindOfOwn('imp_u_ada00001', own)).toBe('coding')
  expect(kindOfOwn('imp_u_ada00001', 'marathon-imp_u_ada00001-rboot')).toBe('marathon')
  for (const foreign of [
    'coding-imp_u_eve00001-rk1',
    'coding-imp_u_ada00001',
    'coding-imp_u_ada00001-r',
    'x',
    `${own} `,
    `${own}/../y`,
  ])
    expect(kindOfOwn('imp_u_ada00001', foreign)).toBeNull()
})
