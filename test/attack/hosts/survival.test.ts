import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTestHosts } from '../../../apps/server/src/modules/hosts/testing.ts'
import { availableWrappers } from './levels.ts'

const wrappers = await availableWrappers()
const TESTING = new URL('../../../apps/server/src/modules/hosts/testing.ts', import.meta.url).href

/** A server in a process of its own that holds one busy host; resolves with the host's process id. */
const SERVER = `
const { artefactOf, bundleOf, callOf, openTestHosts, recorder } = await import(process.env.TESTING)
const hosts = await openTestHosts({ wrapper: process.env.WRAPPER, runtimeDir: process.env.RUNTIME_DIR })
const target = { artefact: artefactOf(bundleOf({ hold: "(p, kernel) => kernel.callback('store', 'get', [])" })), shareKey: 'a' }
await hosts.call(target, callOf('hold'), recorder(() => {
  console.log(hosts.status()[0].pid)
  return new Promise(() => {})
}))
`

const running = (pid: number): boolean => existsSync(`/proc/${pid}/exe`) || existsSync(`/proc/${pid}/maps`)

test.each(wrappers)(
  'behind %s no host and no spare survives a kill -9 of the server, and a new start removes their folders',
  async (wrapper) => {
    const runtimeDir = mkdtempSync(join(tmpdir(), 'hosts-'))
    const env = { ...process.env, TESTING, WRAPPER: wrapper, RUNTIME_DIR: runtimeDir }
    const server = spawn(process.execPath, ['--input-type=module', '-e', SERVER], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = await new Promise<number>((resolve, reject) => {
      server.stdout.once('data', (text) => resolve(Number(String(text))))
      server.once('exit', () => reject(new Error('the server ended early')))
    })
    expect(alive(pid)).toBe(true)
    // The busy host and the spare, each by its outermost process.
    while (outermost(runtimeDir).length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    const pids = [pid, ...outermost(runtimeDir)]
    server.removeAllListeners('exit')
    const gone = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGKILL')
    await gone
    while (pids.some(alive)) await new Promise((resolve) => setTimeout(resolve, 5))
    const left = readdirSync(join(runtimeDir, 'hosts'))
    expect(left).not.toEqual([])
    const hosts = await openTestHosts({ wrapper, runtimeDir })
    expect(readdirSync(join(runtimeDir, 'hosts')).filter((name) => left.includes(name))).toEqual([])
    await hosts.close()
    rmSync(runtimeDir, { recursive: true })
  },
)

function outermost(runtimeDir: string): number[] {
  const hosts = join(runtimeDir, 'hosts')
  const files = readdirSync(hosts).map((name) => join(hosts, name, 'pid'))
  return files.filter((file) => existsSync(file)).map((file) => Number(readFileSync(file, 'utf8')))
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return running(pid)
  } catch {
    return false
  }
}
