import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inject } from 'vitest'

/** Settings of which the first start keeps something in the data folder or looks for it elsewhere. */
const KEPT = [
  'DATABASE_URL',
  'IMPERAL_ADMIN_EMAIL',
  'IMPERAL_ADMIN_PASSWORD',
  'IMPERAL_SERVICE_TOKEN',
  'IMPERAL_DATA_DIR',
  'IMPERAL_KEYS_DIR',
  'IMPERAL_FILES_DIR',
  'IMPERAL_KEY_SERVICE_URL',
  'IMPERAL_PLANS_FILE',
  'IMPERAL_PROFILE',
  'IMPERAL_ROLES',
  'NODE_OPTIONS',
]
const PATIENCE_MS = 120_000

export const leavesTheSame = (env: Readonly<Record<string, string>> = {}): boolean =>
  KEPT.every((name) => env[name] === undefined)

/**
 * Fills `dataDir` with what a first start leaves behind. Whoever asks first in a run makes it with `start`, which ends
 * when the server has stopped again; all others copy. Without it (it could not be made) the folder stays empty, and the
 * caller's own start is a first one.
 */
export async function copyFirstStart(dataDir: string, start: (folder: string) => Promise<void>): Promise<void> {
  const kept = path.join(inject('runFolder'), 'first-start')
  const [done, failed] = [`${kept}.done`, `${kept}.failed`]
  if (isFirst(`${kept}.begun`))
    await start(kept).then(
      () => writeFileSync(done, ''),
      (error: unknown) => writeFileSync(failed, String(error)),
    )
  for (const deadline = performance.now() + PATIENCE_MS; !existsSync(done); await delay(50))
    if (existsSync(failed) || performance.now() > deadline) return
  await cp(kept, dataDir, { recursive: true })
}

function isFirst(mark: string): boolean {
  try {
    mkdirSync(mark)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
