import { randomBytes } from 'node:crypto'
import { createKeyring, type Keyring } from './keyring.ts'

/** A keyring of its own key, for tests that do not care where keys come from. */
export function testKeyring(): Keyring {
  const key = { id: 'test', key: randomBytes(32) }
  return createKeyring({ current: () => key, find: (id) => (id === key.id ? key : undefined) })
}
