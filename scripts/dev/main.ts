// Development: the server starts again when a source changed, the panel is built on every save. node scripts/dev.mjs
import { spawn } from 'node:child_process'
import { existsSync, watch } from 'node:fs'
import path from 'node:path'
import { Supervisor } from './supervisor.ts'

const checkout = path.resolve(import.meta.dirname, '../..')
const WATCHED = [
  'apps/server/src',
  'extensions',
  ...['contract', 'host', 'sdk', 'validators', 'client', 'cli'].map((name) => `packages/${name}/src`),
]
const SETTLE_MS = 150
const isSource = (file: string): boolean => /\.(ts|tsx|sql|json|svg|capnp|js)$/.test(file) && !/\.test\./.test(file)

const say = (line: string): void => {
  process.stdout.write(`[dev] ${line}\n`)
}
const start = (args: readonly string[], cwd = checkout) =>
  spawn(process.execPath, [...args], { cwd, stdio: ['ignore', 'inherit', 'inherit'] })

const supervisor = new Supervisor({
  build: () => start(['scripts/build/main.ts', '--development']),
  serve: () => start(['apps/server/src/main.ts']),
  say,
  // A script or a CI job that started this waits for an answer, not for a save.
  giveUp: process.stdin.isTTY
    ? undefined
    : () => {
        process.exitCode = 1
        void stop()
      },
})

let timer: NodeJS.Timeout | undefined
const watchers = WATCHED.map((folder) =>
  watch(path.join(checkout, folder), { recursive: true }, (_event, file) => {
    if (file === null || !isSource(file)) return
    // Editors and git write several files at once; one restart is enough.
    clearTimeout(timer)
    timer = setTimeout(() => supervisor.restart(), SETTLE_MS)
  }),
)

const panel = path.join(checkout, 'apps/panel')
const vite = existsSync(path.join(panel, 'index.html'))
  ? start([path.join(checkout, 'node_modules/vite/bin/vite.js'), 'build', '--watch', '--logLevel', 'warn'], panel)
  : undefined

async function stop(): Promise<void> {
  for (const watcher of watchers) watcher.close()
  clearTimeout(timer)
  vite?.kill('SIGTERM')
  await supervisor.stop()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())

supervisor.restart()
