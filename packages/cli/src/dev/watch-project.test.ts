import { mkdirSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchProject } from './watch-project.ts'

let root: string
let stop: AbortController
const write = (file: string, text = 'x'): void => writeFileSync(path.join(root, file), text)

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'imperal-watch-'))
  stop = new AbortController()
  for (const folder of ['data', 'dist', '.imperal', 'lib']) mkdirSync(path.join(root, folder))
  write('.gitignore', 'data/\n*.sqlite\n')
  write('main.ts')
})
afterEach(() => {
  stop.abort()
  rmSync(root, { recursive: true, force: true })
})

/** Writes a file, and resolves when a watcher that began later than the one under test has seen it. */
async function seen(file: string): Promise<void> {
  const folder = path.join(root, path.dirname(file))
  const watcher = watch(folder)
  const event = new Promise<void>((resolve) => {
    watcher.on('change', (_kind, name) => name === path.basename(file) && resolve())
  })
  write(file)
  await event
  watcher.close()
  await turn()
}

test('[24] what a project ignores, logs and hidden files build nothing; a source does, also in a new folder', async () => {
  const project = watchProject(root, stop.signal)
  const ignored = [
    'run.log',
    'lib/run.log',
    'app.sqlite',
    'data/cache.json',
    'dist/index.js',
    '.imperal/x',
    'imperal.json',
  ]
  for (const file of [...ignored, '.main.ts.swp', 'main.ts~']) await seen(file)
  let changed = false
  const next = project.next().then((alive) => {
    changed = true
    return alive
  })
  await turn()
  expect(changed).toBe(false)
  await seen('lib/part.ts')
  expect(await next).toBe(true)

  mkdirSync(path.join(root, 'more'))
  expect(await project.next()).toBe(true)
  const again = project.next()
  await turn()
  write('more/part.ts')
  expect(await again).toBe(true)
})
