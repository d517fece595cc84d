import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'

const WATCH = path.join(import.meta.dirname, 'watch-load.ts')
const runWith = (folder: string, patience: number, then: string) =>
  spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { watchLoad } from ${JSON.stringify(WATCH)}
       process.on('SIGINT', () => {})
       const loaded = watchLoad({ entry: 'main.ts', folder: ${JSON.stringify(folder)}, patience: ${patience} })
       ${then}`,
    ],
    { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGTERM' },
  )

test('an endless loop at the top of a module ends with a sentence, and leaves nothing behind', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-load-'))
  const ended = runWith(folder, 300, 'for (;;) {}')
  expect(ended.stderr).toMatch(
    /^main\.ts cannot be loaded: it was still running after 0\.3 s\.\n.*Look for a loop there\.\n$/,
  )
  expect(ended.signal).toBe('SIGKILL')
  expect(existsSync(folder)).toBe(false)
})

test('what is loaded is left alone', () => {
  const ended = runWith('/nowhere', 200, `loaded(); setTimeout(() => console.log('on'), 400)`)
  expect(ended).toMatchObject({ status: 0, stdout: 'on\n', stderr: '' })
})
