import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

const folders = new Map<string, string>()

// Registered at import, before those who end the programs: hooks run backwards, so they are gone by now.
afterAll(() => {
  for (const folder of folders.values())
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/**
 * The `TMPDIR` of whatever runs on this data folder, always the same, so that a start finds the sockets of the one that
 * was killed before it. Short, since paths of sockets are; open to other users, under whom databases and hosts run.
 * Gone at the end of the test file.
 */
export function temporaryFolderFor(dataDir: string): string {
  const known = folders.get(dataDir)
  if (known !== undefined) return known
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-tmp-'))
  chmodSync(folder, 0o1777)
  folders.set(dataDir, folder)
  return folder
}
