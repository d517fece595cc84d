import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { decrypt, encrypt, KEY_BYTES } from './cipher.ts'
import { keysErrors } from './errors.ts'
import type { KeyProvider } from './key-provider.ts'

const NAME = /^master(?:-(\d{1,6}))?\.key$/
const fileOf = (number: number): string => (number === 1 ? 'master.key' : `master-${number}.key`)
const idOf = (number: number, key: Buffer): string =>
  `file:${number}:${createHash('sha256').update('imperal key ').update(key).digest('hex').slice(0, 8)}`

function sync(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A whole file or none: another process never reads half a key, and never loses the one that it began to use. */
function createKey(folder: string, number: number): boolean {
  const draft = path.join(folder, `.key-${process.pid}-${randomBytes(4).toString('hex')}`)
  const handle = openSync(draft, 'wx', 0o600)
  try {
    writeSync(handle, randomBytes(KEY_BYTES).toString('base64url'))
    fsyncSync(handle)
    linkSync(draft, path.join(folder, fileOf(number)))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    closeSync(handle)
    rmSync(draft, { force: true })
    sync(folder)
  }
}

function readKey(folder: string, number: number): Buffer {
  const file = path.join(folder, fileOf(number))
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw keysErrors.FILE_UNUSABLE({ file, why: (error as NodeJS.ErrnoException).code ?? 'it cannot be read' }, error)
  }
  const key = Buffer.from(text.trim(), 'base64url')
  if (key.length !== KEY_BYTES) throw keysErrors.FILE_UNUSABLE({ file, why: 'it does not hold a key of 256 bits' })
  return key
}

const numbersIn = (folder: string): number[] =>
  readdirSync(folder)
    .flatMap(
      (name) =>
        NAME.exec(name)
          ?.slice(0, 1)
          .map(() => Number(NAME.exec(name)?.[1] ?? '1')) ?? [],
    )
    .sort((a, b) => a - b)

/** The first key of the folder, for values of the time before data keys; null when there is none. */
export function firstFileKey(folder: string): Buffer | null {
  return numbersIn(folder).includes(1) ? readKey(folder, 1) : null
}

/**
 * Keys as files of mode 0600 in one folder, which the processes of an installation share: `master.key`, then
 * `master-2.key` and so on; the highest number wraps. The first process makes the first one. Files are read when they are
 * needed, so that one that another process added is there, and one that was taken away locks what it locked.
 */
export function openFileKeys(folder: string): KeyProvider {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const newest = (): number => {
    for (;;) {
      const number = numbersIn(folder).at(-1)
      if (number !== undefined) return number
      createKey(folder, 1)
    }
  }
  const current = (): { id: string; key: Buffer } => {
    const number = newest()
    const key = readKey(folder, number)
    return { id: idOf(number, key), key }
  }
  return {
    scheme: 'file',
    async wrap(dataKey, context) {
      const { id, key } = current()
      return { wrapped: encrypt(key, dataKey, context).toString('base64url'), wrappedBy: id }
    },
    async unwrap({ wrapped, wrappedBy }, context) {
      const number = Number(wrappedBy.split(':')[1])
      if (!numbersIn(folder).includes(number)) throw keysErrors.FOREIGN({ keyId: wrappedBy })
      const key = readKey(folder, number)
      if (idOf(number, key) !== wrappedBy) throw keysErrors.FOREIGN({ keyId: wrappedBy })
      try {
        return decrypt(key, Buffer.from(wrapped, 'base64url'), context)
      } catch (cause) {
        throw keysErrors.FOREIGN({ keyId: wrappedBy }, cause)
      }
    },
    currentKeyId: async () => current().id,
    async rotate() {
      // Of two that rotate at once the second makes the next number: both keys stay.
      while (!createKey(folder, newest() + 1));
      return current().id
    },
  }
}
