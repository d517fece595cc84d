import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bringUpToDate, type Target } from './stamps.ts'

let checkout: string
let builds: number
const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(checkout, file)), { recursive: true })
  writeFileSync(path.join(checkout, file), text)
}
const target = (): Target => ({
  name: 'thing',
  title: 'the thing',
  inputs: ['source', 'package-lock.json'],
  outputs: ['out/thing.js'],
  async build() {
    builds += 1
    write('out/thing.js', '')
  },
})

beforeEach(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'imperal-stamps-'))
  builds = 0
  write('source/a.ts', 'a')
  write('package-lock.json', '{}')
})
afterEach(() => rmSync(checkout, { recursive: true }))

describe('a target', () => {
  test('is built once, then left alone', async () => {
    expect(await bringUpToDate(checkout, target())).toBe(true)
    expect(await bringUpToDate(checkout, target())).toBe(false)
    expect(builds).toBe(1)
  })

  test.each<[string, () => void]>([
    ['a file changes', () => write('source/a.ts', 'b')],
    ['a file comes', () => write('source/deep/b.ts', '')],
    ['a file is renamed', () => renameSync(path.join(checkout, 'source/a.ts'), path.join(checkout, 'source/b.ts'))],
    ['the lock file changes', () => write('package-lock.json', '{ }')],
    ['an output is gone', () => rmSync(path.join(checkout, 'out'), { recursive: true })],
  ])('is built again when %s', async (_what, change) => {
    await bringUpToDate(checkout, target())
    change()
    expect(await bringUpToDate(checkout, target())).toBe(true)
  })

  test.each(['source/a.test.ts', 'source/types.test-d.ts', 'source/node_modules/x/index.js', 'source/dist/a.js'])(
    'is left alone when %s comes',
    async (file) => {
      await bringUpToDate(checkout, target())
      write(file, 'x')
      expect(await bringUpToDate(checkout, target())).toBe(false)
    },
  )

  test('is built again after a build that failed, and when it is forced', async () => {
    const failing = { ...target(), build: () => Promise.reject(new Error('no')) }
    await expect(bringUpToDate(checkout, failing)).rejects.toThrow('no')
    expect(await bringUpToDate(checkout, target())).toBe(true)
    expect(await bringUpToDate(checkout, target(), true)).toBe(true)
  })

  test('whose input was edited during the build is stale again', async () => {
    const edited = {
      ...target(),
      build: async () => {
        write('out/thing.js', '')
        write('source/a.ts', 'during')
      },
    }
    await bringUpToDate(checkout, edited)
    expect(await bringUpToDate(checkout, target())).toBe(true)
  })
})
