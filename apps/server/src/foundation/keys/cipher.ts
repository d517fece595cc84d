import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

export const KEY_BYTES = 32
const [SALT, NONCE, TAG] = [16, 12, 16]

// A key of its own for every value: random nonces of 96 bits alone would limit how much one key may seal.
const derive = (key: Buffer, salt: Buffer): Buffer => createHmac('sha256', key).update(salt).digest()

/** AES-256-GCM. `context` (who and what) is authenticated, so a value that was copied to another place does not open. */
export function encrypt(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const head = randomBytes(SALT + NONCE)
  const cipher = createCipheriv('aes-256-gcm', derive(key, head.subarray(0, SALT)), head.subarray(SALT))
  cipher.setAAD(Buffer.from(context))
  return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** @throws when anything about key, value or context is not what it was */
export function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  const [salt, nonce] = [sealed.subarray(0, SALT), sealed.subarray(SALT, SALT + NONCE)]
  const decipher = createDecipheriv('aes-256-gcm', derive(key, salt), nonce, { authTagLength: TAG })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(-TAG))
  return Buffer.concat([decipher.update(sealed.subarray(SALT + NONCE, -TAG)), decipher.final()])
}
