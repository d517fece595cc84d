import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll } from 'vitest'
import { copyFirstStart, leavesTheSame } from './first-start.ts'
import { temporaryFolderFor } from './temporary-folder.ts'

export interface TestServer {
  /** Base address without a slash at the end. */
  readonly url: string
  readonly registryUrl: string
  readonly adminEmail: string
  readonly adminPassword: string
  readonly serviceToken: string
  readonly dataDir: string
  /** Process id of the server. */
  readonly pid: number
  /** Everything that it printed so far. */
  logs(): string
  /** Asks it to end (SIGTERM) and waits; gives the exit code. */
  stop(): Promise<number | null>
  /** Kills it without any warning and waits until it is gone. The data folder stays for the next start. */
  kill9(): Promise<void>
}

export interface TestServerOptions {
  readonly env?: Readonly<Record<string, string>>
  /** A folder of an earlier server, or an empty one for a first start; without it that of a server which was started and
   * stopped before, removed at the end of the test file. */
  readonly dataDir?: string
  /** Addresses of modules that are loaded before the program. */
  readonly imports?: readonly string[]
  /** Arguments of the command line. */
  readonly args?: readonly string[]
  /** How long it may need until `/readyz`, in milliseconds. */
  readonly patience?: number
}

const MAIN = path.resolve(import.meta.dirname, '../../apps/server/src/main.ts')
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'NODE_COMPILE_CACHE', 'CI']
const ADMIN = { email: 'ada@example.com', password: 'correct horse battery staple' }
const SERVICE_TOKEN = 'test-service-token-0123456789abcdef'
const STOP_PATIENCE_MS = 30_000

const running = new Set<ChildProcess>()
const folders = new Set<string>()

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

afterAll(async () => {
  await Promise.all([...running].map((child) => end(child, 'SIGKILL')))
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

// Below the ports that the system gives to whoever wants any, and for each worker of a run its own: what is free stays
// free until its server has started, and while a server is away that comes back at its port.
const PORTS = { first: 12_000, each: 2_500, workers: 8 }
const workerPorts = PORTS.first + (Number(process.env.VITEST_POOL_ID ?? 1) % PORTS.workers) * PORTS.each
let nextPort = randomInt(PORTS.each)

/** A port of loopback that nobody listens on at this moment, each time another one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = workerPorts + (nextPort++ % PORTS.each)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

async function waitUntilReady(options: { child: ChildProcess; url: string; logs: () => string; patience: number }) {
  const deadline = performance.now() + options.patience
  for (;;) {
    if (hasEnded(options.child)) throw new Error(`The server ended before it was ready:\n${options.logs()}`)
    if (performance.now() > deadline) throw new Error(`The server was not ready in time:\n${options.logs()}`)
    const ready = await fetch(`${options.url}/readyz`).catch(() => undefined) // refused until it listens
    await ready?.arrayBuffer()
    if (ready?.status === 200) return
    await delay(50)
  }
}

function environment(options: TestServerOptions, values: Record<string, string>): Record<string, string> {
  const inherited = PASSED_ON.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(inherited), ...values, ...options.env }
}

/**
 * Starts the real program as a process of its own, with its own data folder, embedded database and free ports,
 * and resolves when `/readyz` is 200.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'imperal-test-'))
  if (options.dataDir === undefined) {
    folders.add(dataDir)
    if (leavesTheSame(options.env) && options.args === undefined)
      await copyFirstStart(dataDir, async (folder) => {
        await (await startTestServer({ dataDir: folder })).stop()
      })
  }
  // Whoever starts a server again may ask for the ports of before, so that what points there still does.
  const port = Number(options.env?.PORT ?? (await freePort()))
  const registryPort = Number(options.env?.IMPERAL_REGISTRY_PORT ?? (await freePort()))
  const env = environment(options, {
    PORT: String(port),
    IMPERAL_REGISTRY_PORT: String(registryPort),
    IMPERAL_DATA_DIR: dataDir,
    TMPDIR: temporaryFolderFor(dataDir),
    IMPERAL_ADMIN_EMAIL: ADMIN.email,
    IMPERAL_ADMIN_PASSWORD: ADMIN.password,
    IMPERAL_SERVICE_TOKEN: SERVICE_TOKEN,
    IMPERAL_TEST_FSYNC_OFF: 'true',
  })
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing`)
  const imports = (options.imports ?? []).map((address) => `--import=${address}`)
  const started = [...imports, MAIN, ...(options.args ?? [])]
  const child = spawn(process.execPath, started, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  const logs = () => output
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady({ child, url, logs, patience: options.patience ?? 120_000 })
  return {
    url,
    registryUrl: `http://127.0.0.1:${registryPort}`,
    adminEmail: env.IMPERAL_ADMIN_EMAIL ?? ADMIN.email,
    adminPassword: env.IMPERAL_ADMIN_PASSWORD ?? ADMIN.password,
    serviceToken: env.IMPERAL_SERVICE_TOKEN ?? SERVICE_TOKEN,
    dataDir,
    pid: child.pid ?? 0,
    logs,
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS)
      await end(child, 'SIGTERM')
      clearTimeout(timer)
      return child.exitCode
    },
    kill9: () => end(child, 'SIGKILL'),
  }
}
