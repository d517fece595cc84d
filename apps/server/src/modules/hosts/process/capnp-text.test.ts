import { describe, expect, test } from 'vitest'
import { replaceText } from './capnp-text.ts'

/** One segment: a struct of one text, which is the placeholder. */
function messageOf(placeholder: string): Buffer {
  const text = Buffer.alloc(Math.ceil((placeholder.length + 1) / 8) * 8)
  text.write(placeholder)
  const head = Buffer.alloc(24)
  head.writeUInt32LE(2 + text.length / 8, 4)
  head.writeUInt16LE(1, 14)
  head.writeUInt32LE(1, 16)
  head.writeUInt32LE((placeholder.length + 1) * 8 + 2, 20)
  return Buffer.concat([head, text])
}

/** The text as a reader finds it by following the pointers. */
function read(message: Buffer): string {
  expect(message.length).toBe(8 + message.readUInt32LE(4) * 8)
  const start = 24 + (message.readUInt32LE(16) >>> 2) * 8
  const count = message.readUInt32LE(20) >>> 3
  expect(message[start + count - 1]).toBe(0)
  return message.toString('utf8', start, start + count - 1)
}

describe('a text in a compiled configuration', () => {
  test.each(['', 'short', 'exactly', 'ä and 🎈', 'x'.repeat(100_000), '// here'])(
    'takes the place of another: %#',
    (text) => {
      const message = messageOf('// here')
      const before = Buffer.from(message)
      expect(read(replaceText(message, '// here', text))).toBe(text)
      expect(message).toEqual(before)
    },
  )

  test('a message of another form is refused', () => {
    expect(() => replaceText(messageOf('// there'), '// here', 'x')).toThrow('does not refer')
    const two = messageOf('// here')
    two.writeUInt32LE(1, 0)
    expect(() => replaceText(two, '// here', 'x')).toThrow('more than one segment')
  })
})
