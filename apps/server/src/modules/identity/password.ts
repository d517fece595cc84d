import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const run = promisify(argon2)

// OWASP's second choice for argon2id: 19 MiB and two passes, about 25 ms on the thread pool.
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const TAG_BYTES = 32

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

const derive = (password: string, parameters: Omit<Argon2Parameters, 'message'>): Promise<Buffer> =>
  run('argon2id', { message: password.normalize('NFKC'), ...parameters })

/** argon2id in PHC form, off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await derive(password, {
    nonce,
    memory: MEMORY_KIB,
    passes: PASSES,
    parallelism: LANES,
    tagLength: TAG_BYTES,
  })
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(nonce)}$${unpadded(tag)}`
}

let decoy: Promise<string> | undefined

/** Whether the password is right. Without a stored hash it takes as long and answers false. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'))
  const parts = PHC.exec(stored ?? (await decoy))
  if (!parts) throw new Error('a stored password hash is damaged')
  const [, memory, passes, lanes, salt, expected] = parts
  const tag = Buffer.from(expected ?? '', 'base64')
  const given = await derive(password, {
    nonce: Buffer.from(salt ?? '', 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(lanes),
    tagLength: tag.length,
  })
  return timingSafeEqual(given, tag) && stored !== null
}
