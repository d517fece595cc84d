import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { leaveRuntimeFolder, makeRuntimeFolder } from './runtime-folder.ts'

test('the same key has the same folder, closed to others; it goes when nothing is left in it', () => {
  const key = import.meta.filename
  const folder = makeRuntimeFolder(key)
  expect([makeRuntimeFolder(key), statSync(folder).mode & 0o777]).toEqual([folder, 0o700])
  mkdirSync(path.join(folder, 'hosts'))
  writeFileSync(path.join(folder, 'hosts/kept'), '')
  leaveRuntimeFolder(folder)
  expect(existsSync(path.join(folder, 'hosts/kept'))).toBe(true)
  rmSync(folder, { recursive: true })

  const other = makeRuntimeFolder(`${key} other`)
  mkdirSync(path.join(other, 'hosts'))
  leaveRuntimeFolder(other)
  expect(existsSync(other)).toBe(false)
})
