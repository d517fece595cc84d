import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { lockDataFolder } from './data-folder.ts'

test('a folder is made with all its parents, and belongs to one process', () => {
  const base = mkdtempSync(path.join(tmpdir(), 'imperal-folder-'))
  const lock = lockDataFolder(path.join(base, 'a/b/c'), 'test')
  expect(lock.folder.endsWith(path.join('a', 'b', 'c'))).toBe(true)
  lock.release()
  rmSync(base, { recursive: true })
})

test.runIf(process.platform === 'linux')('where no folder can be made it says so instead of trying for ever', () => {
  expect(() => lockDataFolder('/proc/x/data', 'test')).toThrow(
    /\/proc\/x\/data cannot be written: no folder can be made/,
  )
})
