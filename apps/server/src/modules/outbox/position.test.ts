import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePosition, encodePosition } from './position.ts'

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

test.each(['', '1750500000000-0', 'x', `${'0'.repeat(16)}-${'0'.repeat(15)}`, `f${'0'.repeat(15)}-${'0'.repeat(16)}`])(
  'a foreign id is refused: %j',
  (id) => {
    expect(decodePosition(id)).toBeNull()
  },
)
