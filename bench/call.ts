/**
 * `npm run bench -- call`: the full authenticated call that writes one document through an isolated host, against a bare
 * Node handler that does the same two inserts in one transaction. Both have an embedded PostgreSQL of their own with equal
 * settings and tables and run in turns. Prints requests per second, p50 and p99 in ms, the processor time of one request in all
 * processes of its side, and the ratios of the medians. On a busy machine only the processor time means anything.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import autocannon from 'autocannon'
import pg from 'pg'
import { migrate } from '../apps/server/src/foundation/db/index.ts'
import { orderedId } from '../apps/server/src/foundation/ids.ts'
import { startEmbeddedPostgres } from '../apps/server/src/foundation/postgres/index.ts'
import { processorTime } from './processor-time.ts'
import { startPlatform as startServer } from './start-platform.ts'

const PEOPLE = 40
const ROUNDS = 3
const SECONDS = 4
const CONNECTIONS = [1, 8, 32]
const note = { title: 'hello', content_text: 'x'.repeat(200), tags: ['a', 'b'] }

interface Target {
  readonly pid: number
  readonly url: string
  readonly requests: { method: 'POST'; path: string; headers: Record<string, string>; body: string }[]
}
interface Figures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly failed: number
  /** Milliseconds of processor time per request; null where the system does not tell. */
  readonly cost: number | null
}

const INSERT_DOCUMENT = `insert into store.document
  (tenant_id, app_id, user_id, collection, id, data, etag, bytes, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`
const INSERT_ROW = `insert into ledger.action
  (call_id, tenant_id, user_id, trace_id, source, actor_kind, app_id, function, action_type, status, args, result_preview,
   confirmation, retention_class, duration_ms, facts, received_at, completed_at)
  values ($1, $2, $3, $4, 'api', 'user', $5, $6, 'write', 'success', $7, $8, 'not_required', 'federal_7y', $9, '{}', $10, $10)`

/** No authentication, no checks, no isolation, no events: it parses the body and writes the two rows. */
async function bareServer(folder: string): Promise<void> {
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: () => {} })
  await migrate(postgres.ownerConnection)
  const clients = await Promise.all(
    Array.from({ length: 8 }, async () => {
      // A superuser: row-level security does not slow it down.
      const client = new pg.Client({ ...postgres.superuserConnection, pipeline: true } as pg.ClientConfig)
      await client.connect()
      client.on('error', () => {}) // its database ends first
      return client
    }),
  )
  let turn = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { params } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { params: object }
    const [id, callId, now] = [orderedId('doc'), orderedId('cal'), new Date().toISOString()]
    const data = JSON.stringify(params)
    const etag = createHash('sha256').update(data).digest('hex')
    const client = clients[turn++ % clients.length] as pg.Client
    await Promise.all([
      client.query('begin'),
      client.query({
        name: 'document',
        text: INSERT_DOCUMENT,
        values: ['default', 'notes', 'u1', 'notes', id, data, etag, data.length, now],
      }),
      client.query({
        name: 'row',
        text: INSERT_ROW,
        values: [callId, 'default', 'u1', callId.slice(-16), 'notes', 'create_note', data, 'Created the note.', 1, now],
      }),
      client.query('commit'),
    ])
    const body = JSON.stringify({ status: 'success', data: { note_id: id }, summary: null, error: null, ui: null })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  }).listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.on('SIGTERM', () => void postgres.stop().then(() => process.exit(0)))
}

async function startBare(folder: string, children: ChildProcess[]): Promise<Target> {
  const child = fork(import.meta.filename, ['bare', folder])
  children.push(child)
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)))
    child.once('exit', (code) => reject(new Error(`the bare server ended with ${code}`)))
  })
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    requests: [{ method: 'POST', path: '/', headers: {}, body: JSON.stringify({ params: note }) }],
  }
}

async function startPlatform(folder: string, children: ChildProcess[]): Promise<Target> {
  const { child, pid, url, serviceToken } = await startServer(folder)
  children.push(child)
  const send = async (route: string, headers: Record<string, string>, body: object) => {
    const answer = await fetch(url + route, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${route} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as Record<string, string>
  }
  // Request limits count per person, so the load comes from many.
  const requests = []
  for (let index = 0; index < PEOPLE; index++) {
    const { access_token = '' } = await send(
      '/v1/auth/register',
      { 'x-service-token': serviceToken },
      { email: `p${index}@bench.example`, password: 'bench-password' },
    )
    const headers = { authorization: `Bearer ${access_token}` }
    await send('/v1/marketplace/apps/notes/install', headers, {})
    const { sub } = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      sub: string
    }
    requests.push({
      method: 'POST' as const,
      path: '/v1/extensions/notes/call',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: sub, function: 'create_note', params: note }),
    })
  }
  return { pid, url, requests }
}

async function load(target: Target, connections: number, seconds: number): Promise<Figures> {
  const before = processorTime(target.pid)
  const result = await autocannon({ url: target.url, connections, duration: seconds, requests: target.requests })
  const after = processorTime(target.pid)
  return {
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.non2xx + result.errors,
    cost: before === null || after === null ? null : (after - before) / Math.max(1, result.requests.total),
  }
}

const median = (figures: readonly Figures[]): Figures =>
  [...figures].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(figures.length / 2)] as Figures
const show = (figures: Figures): string =>
  `${Math.round(figures.perSecond)}/s p50 ${figures.p50} p99 ${figures.p99}${figures.cost === null ? '' : ` cpu ${figures.cost.toFixed(2)} ms`}${figures.failed > 0 ? ` failed ${figures.failed}` : ''}`

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-bench-'))
  const children: ChildProcess[] = []
  try {
    const bare = await startBare(path.join(folder, 'bare'), children)
    const full = await startPlatform(path.join(folder, 'full'), children)
    // Until the code is compiled: on a busy machine two seconds are a few hundred calls.
    for (const target of [bare, full]) await load(target, 32, 8)
    for (const connections of CONNECTIONS) {
      const seen: Record<'bare' | 'full', Figures[]> = { bare: [], full: [] }
      for (let round = 0; round < ROUNDS; round++) {
        seen.bare.push(await load(bare, connections, SECONDS))
        seen.full.push(await load(full, connections, SECONDS))
      }
      const [first, second] = [median(seen.bare), median(seen.full)]
      const share =
        first.cost === null || second.cost === null
          ? ''
          : ` (of processor time ${(first.cost / second.cost).toFixed(2)})`
      process.stdout.write(
        `${connections} connections: bare ${show(first)} · full ${show(second)} · ratio ${(second.perSecond / first.perSecond).toFixed(2)}${share}\n`,
      )
    }
  } finally {
    await Promise.all(
      children.map((child) => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGTERM'))),
    )
    rmSync(folder, { recursive: true, force: true })
  }
}

await (process.argv[2] === 'bare' ? bareServer(process.argv[3] ?? '') : main())
