import { createDecipheriv } from 'node:crypto'
import { defineErrors } from './errors.ts'
import { type DataKey, type DataKeys, decrypt, encrypt, INSTALLATION } from './keys/index.ts'
import type { Log } from './log.ts'

export const keyringErrors = defineErrors('KEYRING', {
  UNUSABLE: {
    kind: 'unavailable',
    message: 'A value that this installation sealed cannot be opened: it was changed, or its key is not here.',
    hint: 'Give every process of the installation the same keys folder; restore it from a backup when it was lost.',
  },
})

/**
 * Seals what the installation keeps for itself or hands out: AES-256-GCM under the installation's data key.
 * `context` (who and what) is authenticated, so a value copied to another row does not open.
 */
export interface Keyring {
  seal(plaintext: string, context: string): string
  /** @throws KEYRING_UNUSABLE; never answers something it could not authenticate */
  open(sealed: string, context: string): string
}

/** The keys of a keyring; answers at once, from memory. */
export interface KeyringKeys {
  current(): DataKey
  find(id: string): DataKey | undefined
  /** The master key of values from before there were data keys. */
  legacy?(): Buffer | null
}

// Values of the first form: a key of their own, wrapped by the master key, in front of the ciphertext.
const FIRST_FORM_KEY = 12 + 32 + 16
function openFirstForm(master: Buffer, bytes: Buffer, context: string): Buffer {
  const open = (key: Buffer, sealed: Buffer, about: string): Buffer => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(about))
    decipher.setAuthTag(sealed.subarray(-16))
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
  }
  const key = open(master, bytes.subarray(0, FIRST_FORM_KEY), `key:${context}`)
  return open(key, bytes.subarray(FIRST_FORM_KEY), context)
}

export function createKeyring(keys: KeyringKeys): Keyring {
  const opened = (sealed: string, context: string): Buffer => {
    const [version, first = '', second = ''] = sealed.split('.')
    if (version === 'v1') {
      const master = keys.legacy?.()
      if (master == null) throw new Error('the master key of this value is not here')
      return openFirstForm(master, Buffer.from(first, 'base64url'), context)
    }
    const key = version === 'v2' ? keys.find(first) : undefined
    if (key === undefined) throw new Error('unknown form or key')
    return decrypt(key.key, Buffer.from(second, 'base64url'), context)
  }
  return {
    seal(plaintext, context) {
      const { id, key } = keys.current()
      return `v2.${id}.${encrypt(key, Buffer.from(plaintext), context).toString('base64url')}`
    },
    open(sealed, context) {
      try {
        return opened(sealed, context).toString('utf8')
      } catch (cause) {
        throw keyringErrors.UNUSABLE({}, cause)
      }
    },
  }
}

const RELOAD_MS = 30_000

/**
 * The keyring of the installation. Its keys are opened once and then kept, for it answers at once; new ones are taken up
 * when another node tells of them. @throws KEYS_… when they cannot be opened at the start
 */
export async function openKeyring(options: {
  readonly dataKeys: DataKeys
  readonly log: Log
  readonly now: () => number
  readonly legacy: () => Buffer | null
}): Promise<Keyring & { close(): void }> {
  const { dataKeys, log, now } = options
  let keys = await dataKeys.all(INSTALLATION)
  const reload = (): void => {
    dataKeys.all(INSTALLATION).then(
      (found) => {
        keys = found
      },
      (error) =>
        log.warn({ err: error }, 'the keys of the installation could not be read again; those of before are used'),
    )
  }
  const off = dataKeys.onChange(reload)
  const timer = setInterval(reload, RELOAD_MS)
  timer.unref()
  let legacy: Buffer | null | undefined
  const keyring = createKeyring({
    current: () => keys.find(({ activeFrom }) => activeFrom <= now()) ?? (keys.at(-1) as DataKey), // never empty
    find: (id) => keys.find((key) => key.id === id),
    legacy: () => {
      legacy ??= options.legacy()
      return legacy
    },
  })
  return {
    ...keyring,
    close() {
      off()
      clearInterval(timer)
    },
  }
}
