import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { defineErrors } from './errors.ts'

export const keyringErrors = defineErrors('KEYRING', {
  UNUSABLE: {
    kind: 'unavailable',
    message: 'The key file of the installation is damaged or belongs to another installation.',
    hint: 'Restore <data dir>/keys/master.key from a backup; values that were encrypted with it cannot be read otherwise.',
  },
})

/**
 * Envelope encryption: each value has a data key of its own, wrapped by the master key; both steps are AES-256-GCM.
 * `context` (who and what) is authenticated, so a value copied to another row does not open.
 */
export interface Keyring {
  seal(plaintext: string, context: string): string
  /** @throws KEYRING_UNUSABLE; never answers something it could not authenticate */
  open(sealed: string, context: string): string
}

function encrypt(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
}

const WRAPPED = 12 + 32 + 16

function masterKey(dataDir: string): Buffer {
  const file = path.join(dataDir, 'keys', 'master.key')
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    try {
      writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' })
    } catch (error) {
      // Another process of the same installation was first; its key counts.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url')
  if (key.length !== 32) throw keyringErrors.UNUSABLE()
  return key
}

/** The keyring of one installation; the master key is made at the first start with mode 0600. */
export function openKeyring(dataDir: string): Keyring {
  const master = masterKey(dataDir)
  return {
    seal(plaintext, context) {
      const key = randomBytes(32)
      const wrapped = encrypt(master, key, `key:${context}`)
      return `v1.${Buffer.concat([wrapped, encrypt(key, Buffer.from(plaintext), context)]).toString('base64url')}`
    },
    open(sealed, context) {
      try {
        if (!sealed.startsWith('v1.')) throw new Error('unknown version')
        const bytes = Buffer.from(sealed.slice(3), 'base64url')
        const key = decrypt(master, bytes.subarray(0, WRAPPED), `key:${context}`)
        return decrypt(key, bytes.subarray(WRAPPED), context).toString('utf8')
      } catch (cause) {
        throw keyringErrors.UNUSABLE({}, cause)
      }
    },
  }
}
