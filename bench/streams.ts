// npm run bench -- streams [connections]: idle event streams on one process, what they cost, and how fast news reaches all.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const WANTED = Number(process.argv[2] ?? 10_000)
const AT_ONCE = 100
const PER_USER = 8
const EMAIL = 'ada@example.com'
const PASSWORD = 'correct horse battery staple'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

const rssMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

async function json<T>(url: string, body: object, token?: string): Promise<T> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

interface Streams {
  /** How many heard a text so far. */
  heard: number
  readonly open: number
  close(): void
}

/** Opens so many streams of one account. */
async function openStreams(url: string, tokens: readonly string[], text: string): Promise<Streams> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const state = { heard: 0, open: 0, close: () => agent.destroy() }
  const one = (token: string) =>
    new Promise<void>((resolve, reject) => {
      const request = http.get(`${url}/v1/events/stream`, { agent, headers: { authorization: `Bearer ${token}` } })
      request.once('error', reject)
      request.once('response', (response) => {
        if (response.statusCode !== 200) return reject(new Error(`a stream answered ${response.statusCode}`))
        state.open++
        let hasHeard = false
        response.setEncoding('utf8').on('data', (chunk: string) => {
          if (hasHeard || !chunk.includes(text)) return
          hasHeard = true
          state.heard++
        })
        response.once('error', () => {}) // ends with the agent
        resolve()
      })
    })
  for (let n = 0; n < tokens.length; n += AT_ONCE) await Promise.all(tokens.slice(n, n + AT_ONCE).map(one))
  return state
}

const port = await freePort()
const url = `http://127.0.0.1:${port}`
const dataDir = mkdtempSync(path.join(tmpdir(), 'imperal-streams-'))
const server = spawn(process.execPath, [path.resolve(import.meta.dirname, '../apps/server/src/main.ts')], {
  env: {
    PATH: process.env.PATH,
    PORT: String(port),
    IMPERAL_REGISTRY_PORT: String(await freePort()),
    IMPERAL_DATA_DIR: dataDir,
    IMPERAL_ADMIN_EMAIL: EMAIL,
    IMPERAL_ADMIN_PASSWORD: PASSWORD,
    IMPERAL_LOG_LEVEL: 'error',
    IMPERAL_TEST_FSYNC_OFF: 'true',
    IMPERAL_STREAMS_PER_USER: String(Math.max(WANTED, PER_USER)),
  },
  stdio: 'inherit',
})
try {
  while (
    !(await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await delay(100)
  const { access_token: token } = await json<{ access_token: string }>(`${url}/v1/auth/login`, {
    email: EMAIL,
    password: PASSWORD,
  })
  const me = await fetch(`${url}/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } })
  const { imperal_id: userId } = (await me.json()) as { imperal_id: string }
  const call = (title: string) =>
    json(`${url}/v1/extensions/notes/call`, { user_id: userId, function: 'create_note', params: { title } }, token)
  await call('warm')
  await delay(2_000)
  const before = rssMb(server.pid ?? 0)
  const began = performance.now()
  const streams = await openStreams(
    url,
    Array.from({ length: WANTED }, () => token),
    'news for everybody',
  )
  const opened = performance.now() - began
  await delay(20_000) // a heartbeat of all of them
  const idle = rssMb(server.pid ?? 0)
  const told = performance.now()
  await call('news for everybody')
  while (streams.heard < WANTED && performance.now() - told < 60_000) await delay(5)
  const all = performance.now() - told
  const figures = {
    connections: streams.open,
    opened_per_second: Math.round((streams.open / opened) * 1000),
    server_rss_mb: { before: Math.round(before), with_streams: Math.round(idle) },
    kb_per_connection: Math.round(((idle - before) * 1024) / streams.open),
    heard: streams.heard,
    ms_until_all_heard: Math.round(all),
  }
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
  streams.close()
} finally {
  server.kill('SIGTERM')
  await once(server, 'exit')
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
