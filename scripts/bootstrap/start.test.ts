import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const SCRIPTS = path.resolve(import.meta.dirname, '..')
// A server that says when it is up, ends politely on a signal, and says so.
const SERVER = `
const timer = setInterval(() => {}, 1000)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
  process.stdout.write('ended by ' + signal + '\\n')
  clearInterval(timer)
})
process.stdout.write('pid ' + process.pid + '\\n')`

let checkout: string
let child: ChildProcess | undefined
let output: string
const write = (file: string, text: string): void => {
  const place = path.join(checkout, file)
  mkdirSync(path.dirname(place), { recursive: true })
  writeFileSync(place, text)
}

function start(): ChildProcess {
  output = ''
  const started = spawn(process.execPath, [path.join(checkout, 'scripts/start.mjs')], { stdio: 'pipe' })
  for (const stream of [started.stdout, started.stderr]) stream?.on('data', (chunk) => (output += chunk))
  child = started
  return started
}
const shown = (text: string | RegExp) => vi.waitFor(() => expect(output).toMatch(text), { timeout: 20_000 })
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

beforeEach(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'imperal-start-'))
  cpSync(path.join(SCRIPTS, 'bootstrap'), path.join(checkout, 'scripts/bootstrap'), { recursive: true })
  cpSync(path.join(SCRIPTS, 'start.mjs'), path.join(checkout, 'scripts/start.mjs'))
  write('package-lock.json', '{"packages":{}}')
  write('node_modules/.package-lock.json', '{"packages":{}}')
  write('scripts/build/main.ts', '')
  write('apps/server/src/main.ts', SERVER)
})
afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(checkout, { recursive: true, force: true })
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s reaches the server, and the command ends after it', async (signal) => {
  const started = start()
  await shown(/pid \d+/)
  started.kill(signal)
  const [code] = await once(started, 'close')
  expect(output).toContain(`ended by ${signal}`)
  expect(code).toBe(0)
})

test('the exit code of the server is the exit code of the command', async () => {
  write('apps/server/src/main.ts', 'process.exitCode = 3')
  const [code] = await once(start(), 'close')
  expect(code).toBe(3)
})

test('nothing starts after a failed build', async () => {
  write('scripts/build/main.ts', `process.stderr.write('broken'); process.exitCode = 1`)
  const [code] = await once(start(), 'close')
  expect(code).toBe(1)
  expect(output).toBe('broken')
})

test('Ctrl-C before the server is up ends with one line', async () => {
  write('scripts/build/main.ts', `process.stdout.write('building\\n'); setInterval(() => {}, 1000)`)
  const started = start()
  await shown('building')
  started.kill('SIGINT')
  const [code] = await once(started, 'close')
  expect(output).toBe('building\nStopped before it was ready.\n')
  expect(code).toBe(130)
})

test.runIf(process.platform === 'linux')('the server ends when the command is killed with kill -9', async () => {
  const started = start()
  await shown(/pid \d+/)
  const pid = Number(/pid (\d+)/.exec(output)?.[1])
  started.kill('SIGKILL')
  await once(started, 'exit')
  await shown('ended by SIGTERM')
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 20_000 })
})

test('what npm says is shown when the packages cannot be installed', async () => {
  write('package-lock.json', '{"packages":{"node_modules/zod":{"version":"1.0.0"}}}')
  const [code] = await once(start(), 'close')
  expect(code).toBe(1)
  expect(output).toContain('Installing packages')
  expect(output).toMatch(/npm ci failed:\n.*npm error/s)
  expect(output).not.toContain('    at ')
})
