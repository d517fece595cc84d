import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** A secret of this installation, kept in a file of mode 0600 in the keys folder; made by the first process that asks. */
export function secretFile(keysDir: string, name: string): { value: string; created: boolean } {
  const file = path.join(keysDir, name)
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  try {
    const value = randomBytes(24).toString('base64url')
    writeFileSync(file, `${value}\n`, { mode: 0o600, flag: 'wx' })
    return { value, created: true }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return { value: readFileSync(file, 'utf8').trim(), created: false }
  }
}

/** Null when there is no such file. */
export function readSecretFile(keysDir: string, name: string): string | null {
  try {
    return readFileSync(path.join(keysDir, name), 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  }
}

/** Does nothing when there is no such file. */
export const removeSecretFile = (keysDir: string, name: string): void =>
  rmSync(path.join(keysDir, name), { force: true })
