import { randomBytes, randomFillSync } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Unbiased random text of letters and digits. */
export function randomText(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && text.length < length) text += ALPHABET[byte % 62]
    }
  }
  return text
}

const pool = Buffer.alloc(4096)
let used = pool.length
function random16(): Buffer {
  // One call of the kernel's generator per 256 ids: ids are on the path of every call.
  if (used + 16 > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 16
  return pool.subarray(used - 16, used)
}

let lastMoment = 0
let sequence = 0

/** A UUIDv7 with 62 random bits. Those of one process sort in the order in which they were made. */
export function uuidv7(): string {
  const bytes = Buffer.from(random16())
  const now = Date.now()
  if (now > lastMoment) {
    lastMoment = now
    sequence = bytes.readUInt16BE(6) & 0x07ff
  } else if (++sequence > 0xfff) {
    // More than 2,000 ids in one millisecond, or a clock that was set back: borrow from the next one.
    lastMoment += 1
    sequence = 0
  }
  bytes.writeUIntBE(lastMoment, 0, 6)
  bytes.writeUInt16BE(0x7000 | sequence, 6)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** `prefix_` and 128 random bits, base64url. For capabilities and anything that must not be guessed. */
export const randomId = (prefix: string): string => `${prefix}_${random16().toString('base64url')}`
/** `prefix_` and 32 hex digits. */
export const hexId = (prefix: string): string => `${prefix}_${random16().toString('hex')}`
/** `prefix_` and a time-ordered id without hyphens. */
export const orderedId = (prefix: string): string => `${prefix}_${uuidv7().replaceAll('-', '')}`

export const newUserId = (): string => `imp_u_${randomText(12)}`
export const newTraceId = (): string => random16().toString('hex').slice(0, 16)
export const newCallId = (): string => orderedId('cal')
