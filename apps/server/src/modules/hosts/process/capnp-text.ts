const WORD = 8
const BYTE_LIST = 2
const LARGEST_COUNT = 2 ** 29 - 1

/** Place of the one list pointer in a segment that leads to the bytes at `target`. */
function pointerTo(message: Buffer, target: number, count: number): number {
  for (let at = WORD; at < target; at += WORD) {
    // A pointer to a list: its kind in the lowest two bits, then the distance in words from the word behind it.
    const first = message.readUInt32LE(at)
    if ((first & 3) !== 1 || at + WORD + (first >>> 2) * WORD !== target) continue
    if (message.readUInt32LE(at + 4) === count * 8 + BYTE_LIST) return at
  }
  throw new Error('The compiled configuration does not refer to its placeholder.')
}

/**
 * A Cap'n Proto message of one segment in which the text `placeholder` is replaced by `text` of any length: `text` is
 * put behind everything else, and the pointer that led to the placeholder leads there. The message itself stays as it
 * is. Throws when it is of another form.
 */
export function replaceText(message: Buffer, placeholder: string, text: string): Buffer {
  if (message.readUInt32LE(0) !== 0) throw new Error('The compiled configuration has more than one segment.')
  const target = message.indexOf(`${placeholder}\0`)
  const pointer = pointerTo(message, target, Buffer.byteLength(placeholder) + 1)
  // A text ends with a zero byte that counts, and is filled up to whole words with more of them.
  const count = Buffer.byteLength(text) + 1
  if (count > LARGEST_COUNT) throw new Error('The bundle is too large for a configuration.')
  const result = Buffer.alloc(message.length + Math.ceil(count / WORD) * WORD)
  message.copy(result)
  result.write(text, message.length)
  result.writeUInt32LE(result.length / WORD - 1, 4)
  result.writeUInt32LE((((message.length - pointer) / WORD - 1) << 2) | 1, pointer)
  result.writeUInt32LE(count * 8 + BYTE_LIST, pointer + 4)
  return result
}
