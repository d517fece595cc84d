import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hosts } from '../../../apps/server/src/modules/hosts/index.ts'
import { callOf, openTestHosts, recorder } from '../../../apps/server/src/modules/hosts/testing.ts'
import { availableWrappers, hostile } from './levels.ts'

const CANARY = 'canary-d1f0c7'
let folder: string
let listener: Server
let port: number
let knocks = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canary-'))
  writeFileSync(join(folder, 'file'), CANARY, { mode: 0o644 })
  process.env.IMPERAL_CANARY = CANARY
  listener = createServer((socket) => {
    knocks++
    socket.destroy()
  })
  await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve))
  port = (listener.address() as AddressInfo).port
})
afterAll(() => {
  delete process.env.IMPERAL_CANARY
  listener.close()
  rmSync(folder, { recursive: true })
})

/** Ways out of a JavaScript sandbox; each handler tries one and reports what it got. */
const FILES = {
  fs: `async ({ path }) => (await import('node:fs')).readFileSync(path, 'utf8')`,
  fsPromises: `async ({ path }) => (await import('node:fs/promises')).readFile(path, 'utf8')`,
  traversal: `async ({ path }) => (await import('node:fs')).readFileSync('/bundle/../../..' + path, 'utf8')`,
  symlink: `async ({ path }) => { const fs = await import('node:fs'); fs.symlinkSync(path, '/tmp/l'); return fs.readFileSync('/tmp/l', 'utf8') }`,
  importFile: `async ({ path }) => JSON.stringify(await import('file://' + path))`,
  importPath: `async ({ path }) => JSON.stringify(await import(path))`,
  require: `async ({ path }) => (await import('node:module')).createRequire('file:///')(path)`,
  fetchFile: `async ({ path }) => (await fetch('file://' + path)).text()`,
  loadEnv: `async ({ path }) => { process.loadEnvFile(path); return JSON.stringify(process.env) }`,
}
const ENVIRONMENT = {
  env: '() => JSON.stringify(process.env)',
  workersEnv: `async () => JSON.stringify((await import('cloudflare:workers')).env)`,
  environ: `async () => (await import('node:fs')).readFileSync('/proc/self/environ', 'utf8')`,
  argv: '() => JSON.stringify([process.argv, process.execArgv, process.title, process.execPath])',
  config: `async () => JSON.stringify((await import('node:os')).userInfo())`,
}
const PROGRAMS = {
  exec: `async () => (await import('node:child_process')).execSync('id').toString()`,
  spawn: `async () => { const { spawn } = await import('node:child_process'); return String(spawn('id').pid) }`,
  worker: `async () => { const { Worker } = await import('node:worker_threads'); return String(new Worker('1', { eval: true }).threadId) }`,
  binding: `() => String(process.binding('spawn_sync').spawn)`,
  dlopen: `() => String(process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'))`,
  vm: `async () => (await import('node:vm')).runInThisContext('1 + 1')`,
  inspector: `async () => { const i = await import('node:inspector'); i.open(0, '127.0.0.1'); return i.url() }`,
  constructorChain: `() => this.constructor.constructor('return process')().mainModule.require('child_process').execSync('id').toString()`,
  eval: `() => (0, eval)('1 + 1')`,
  newFunction: `() => new Function('return 1')()`,
  asyncFunction: `() => (async () => {}).constructor('return 1')()`,
  timerString: `() => new Promise((resolve) => { globalThis.done = resolve; setTimeout('done(1)', 0) })`,
  wasm: `async () => String(await WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])))`,
  unsafe: `async () => String((await import('workerd:unsafe')).default)`,
  kill: `({ pid }) => String(process.kill(pid, 0))`,
  abort: `async ({ pid }) => (await import('node:process')).default._debugProcess(pid)`,
}
const NETWORK = {
  fetch: `async ({ port }) => (await fetch('http://127.0.0.1:' + port)).text()`,
  nativeFetch: `async ({ port }) => { const r = await Object.getPrototypeOf(globalThis).fetch.call(globalThis, 'http://127.0.0.1:' + port); if (!r.ok) throw new Error('refused ' + r.status); return 'open' }`,
  socket: `async ({ port }) => { const { connect } = await import('cloudflare:sockets'); const s = connect('127.0.0.1:' + port); await s.opened; return 'open' }`,
  net: `async ({ port }) => { const net = await import('node:net'); return new Promise((resolve, reject) => net.connect(port, '127.0.0.1', () => resolve('open')).on('error', reject)) }`,
  tls: `async ({ port }) => { const tls = await import('node:tls'); return new Promise((resolve, reject) => tls.connect(port, '127.0.0.1', () => resolve('open')).on('error', reject)) }`,
  http: `async ({ port }) => { const http = await import('node:http'); return new Promise((resolve, reject) => http.get('http://127.0.0.1:' + port, (r) => resolve(String(r.statusCode))).on('error', reject)) }`,
  webSocket: `async ({ port }) => { const ws = new WebSocket('ws://127.0.0.1:' + port); return new Promise((resolve, reject) => { ws.onopen = () => resolve('open'); ws.onerror = reject }) }`,
  eventSource: `async ({ port }) => { const es = new EventSource('http://127.0.0.1:' + port); return new Promise((resolve, reject) => { es.onopen = () => resolve('open'); es.onerror = reject }) }`,
  datagram: `async ({ port }) => { const d = await import('node:dgram'); const s = d.createSocket('udp4'); return new Promise((resolve, reject) => s.send('x', port, '127.0.0.1', (e) => e ? reject(e) : resolve('sent'))) }`,
  listen: `async () => { const net = await import('node:net'); return new Promise((resolve, reject) => net.createServer().on('error', reject).listen(0, '0.0.0.0', function () { resolve(this.address().port) })) }`,
  unixSocket: `async ({ socket }) => { const net = await import('node:net'); return new Promise((resolve, reject) => net.connect(socket, () => resolve('open')).on('error', reject)) }`,
  ownGuest: `async () => { const guest = await import('guest.js'); const r = await guest.default.fetch(new Request('http://x', { headers: { upgrade: 'websocket' } })); if (r.status !== 101) throw new Error('refused ' + r.status); return 'open' }`,
  loopbackExport: `async () => { const { exports } = await import('cloudflare:workers'); const r = await exports.default.fetch('http://x', { headers: { upgrade: 'websocket' } }); if (r.status !== 101) throw new Error('refused ' + r.status); return 'open' }`,
}
// Harmless by themselves: what they return is looked at, or is the nothing of a stub.
const MAY_ANSWER = new Set(['env', 'workersEnv', 'argv', 'config', 'loadEnv', 'listen'])
const STUB = 'value null'

const connects = (to: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(to, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

const wrappers = await availableWrappers()

describe.each(wrappers)('a hostile extension behind %s', (wrapper) => {
  let hosts: Hosts
  beforeAll(async () => {
    hosts = await openTestHosts({ wrapper })
  })
  afterAll(() => hosts.close())

  const attempt = async (handlers: Readonly<Record<string, string>>, name: string): Promise<string> => {
    const params = { path: join(folder, 'file'), port, pid: process.pid, socket: '/run/postgresql/.s.PGSQL.5432' }
    const call = callOf(name, params, { deadline: Date.now() + 5000 })
    try {
      const value = await hosts.call({ ...hostile(handlers), shareKey: name }, call, recorder())
      return `value ${JSON.stringify(value)}`
    } catch (problem) {
      return `error ${(problem as { code: string }).code}`
    }
  }

  test('the walls that its level promises stand against an escaped program', () => {
    const { level, assertions, command } = hosts.isolation()
    expect(assertions.emptyEnvironment).toBe(true)
    expect(assertions.memoryLimit).toBe(true)
    if (level !== 'process')
      expect(assertions).toMatchObject({ noNetwork: true, noOtherProcess: true, noPrivileges: true })
    if (level === 'full') expect(assertions).toMatchObject({ ownUser: true, noHostFiles: true, processesHidden: true })
    expect(command.length).toBeGreaterThan(1)
  })

  const families = { files: FILES, environment: ENVIRONMENT, programs: PROGRAMS, network: NETWORK }
  test.each(Object.entries(families))('[K8.3] reaches no %s', async (_family, handlers) => {
    const before = knocks
    const results = Object.fromEntries(
      await Promise.all(Object.keys(handlers).map(async (name) => [name, await attempt(handlers, name)] as const)),
    )
    expect(JSON.stringify(results)).not.toContain(CANARY)
    const answered = Object.entries(results).filter(
      ([name, text]) => text.startsWith('value') && text !== STUB && !MAY_ANSWER.has(name),
    )
    expect(answered).toEqual([])
    expect(knocks).toBe(before)
    // What listens inside the runtime is no socket of this machine.
    const listening = /^value (\d+)$/.exec(results.listen ?? '')?.[1]
    if (listening !== undefined) expect(await connects(Number(listening))).toBe(false)
  })
})
