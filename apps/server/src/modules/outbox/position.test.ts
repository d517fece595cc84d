import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePosition, encodePosition, LONG_OVER, wasSeenBy } from './position.ts'

const position = fc
  .record({ xid: fc.bigInt(0n, 2n ** 63n - 1n), seq: fc.bigInt(0n, 2n ** 63n - 1n) })
  .map(({ xid, seq }) => ({ xid: String(xid), seq: String(seq) }))

test('[api 6.1] ids compare as texts in the order of the positions, and give them back', () => {
  fc.assert(
    fc.property(position, position, (a, b) => {
      const order = BigInt(a.xid) - BigInt(b.xid) || BigInt(a.seq) - BigInt(b.seq)
      const [left, right] = [encodePosition(a), encodePosition(b)]
      expect(left < right).toBe(order < 0n)
      expect(decodePosition(left)).toEqual(a)
    }),
  )
})

test('a snapshot has seen what was committed before it, and nothing of what ran, came later or lost its transaction', () => {
  const seen = (xid: number) => wasSeenBy('100:110:103,105', encodePosition({ xid: String(xid), seq: '1' }))
  const all = [LONG_OVER, 99, 100, 103, 104, 105, 109, 110, 111]
  expect(all.filter(seen)).toEqual([99, 100, 104, 109])
  expect(wasSeenBy('100:100:', encodePosition({ xid: '99', seq: '1' }))).toBe(true)
  expect(wasSeenBy('100:100:', 'no id')).toBe(false)
})

test.each(['', '1750500000000-0', 'x', `${'0'.repeat(16)}-${'0'.repeat(15)}`, `f${'0'.repeat(15)}-${'0'.repeat(16)}`])(
  'a foreign id is refused: %j',
  (id) => {
    expect(decodePosition(id)).toBeNull()
  },
)
