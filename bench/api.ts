/**
 * `npm run bench -- api`: requests that run no app: sign-in, `me`, a catalog of 200 apps with 20 tools each, the marketplace's
 * search over 10,000 apps, a free call, and the event stream to 5,000 clients. Each is set against a bare Node handler that does the
 * smallest thing that could be called the same: the argon2id hash of one password, a constant answer, the same bytes from memory, the
 * search query alone, writing one text to 5,000 open sockets. Prints requests per second, p50 and p99 in ms, and the ratio; for the
 * stream milliseconds until the last client has heard. On a busy machine only the ratios mean anything.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { argon2 } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import {
  Agent,
  createServer,
  type IncomingMessage,
  get as open,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import autocannon from 'autocannon'
import pg from 'pg'

const SERVICE = 'bench-service-token-0123456789'
const PASSWORD = 'bench-password'
const [SECONDS, CONNECTIONS] = [4, 8]
const [CATALOG_APPS, TOOLS, MARKET_APPS] = [200, 20, 10_000]
const STREAMS = Number(process.argv[2] ?? 5_000)
const USERS = 40
/** Most streams of one person (api.md 1.13). */
const PER_PERSON = 8

/** The superuser of the database in a data folder. */
async function superuserOf(folder: string): Promise<pg.Client> {
  const [, , , port = '', host = ''] = readFileSync(path.join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')
  const client = new pg.Client({ host, port: Number(port), user: 'postgres', database: 'imperal' })
  await client.connect()
  return client
}

interface Platform {
  readonly url: string
  readonly folder: string
  readonly tokens: readonly string[]
  readonly userIds: readonly string[]
}

const post = async (url: string, headers: Record<string, string>, body: object) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Record<string, string>
}

/** New people. Limits count per person, so the load comes from many. */
async function register(url: string, from: number, count: number): Promise<{ token: string; userId: string }[]> {
  const people: { token: string; userId: string }[] = []
  let next = from
  const worker = async () => {
    for (let index = next++; index < from + count; index = next++) {
      const body = { email: `p${index}@bench.example`, password: PASSWORD }
      const { access_token: token = '' } = await post(`${url}/v1/auth/register`, { 'x-service-token': SERVICE }, body)
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { sub: string }
      people[index - from] = { token, userId: claims.sub }
    }
  }
  await Promise.all(Array.from({ length: 4 }, worker))
  return people
}

async function startPlatform(folder: string, children: ChildProcess[]): Promise<Platform> {
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const url = `http://127.0.0.1:${port}`
  const env = {
    ...process.env,
    PORT: String(port),
    IMPERAL_DATA_DIR: folder,
    IMPERAL_SERVICE_TOKEN: SERVICE,
    IMPERAL_ADMIN_PASSWORD: PASSWORD,
    IMPERAL_LOG_LEVEL: 'warn',
  }
  const main = path.resolve(import.meta.dirname, '../apps/server/src/main.ts')
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  children.push(child)
  for (let attempt = 0; ; attempt++) {
    if (child.exitCode !== null || attempt > 900) throw new Error('the platform did not start')
    if ((await fetch(`${url}/readyz`).catch(() => null))?.status === 200) break
    await delay(100)
  }
  const people = await register(url, 0, USERS)
  const tokens = people.map(({ token }) => token)
  const userIds = people.map(({ userId }) => userId)
  return { url, folder, tokens, userIds }
}

const WORDS =
  'garden note invoice travel recipe budget photo music weather robot market letter ship school health'.split(' ')
const tool = `jsonb_build_object('name', 'function_' || t, 'description', 'Does the thing number ' || t || ' for the person who asks.',
  'action_type', 'read', 'owner_chat_tool', 'chat', 'scopes', '[]'::jsonb, 'effects', '[]'::jsonb, 'params_schema',
  '{"type":"object","properties":{"text":{"type":"string","description":"What to look for."},"limit":{"type":"integer"}}}'::jsonb)`
const manifest = (
  id: string,
  tools: string,
) => `jsonb_build_object('manifest_schema_version', 3, 'app_id', ${id}, 'version', '1.0.0',
  'capabilities', '[]'::jsonb, 'required_scopes', '[]'::jsonb, 'tools', ${tools}, 'signals', '[]'::jsonb, 'schedules', '[]'::jsonb)`

/** 10,000 published apps; the first person has 200 of them installed, with 20 functions each. */
const SEED = `
insert into registry.artefact (hash, bundle) values ('bench', 'export default 1');
insert into registry.app (app_id, name, short_description, long_description, category, tags, status, owner_tenant_id, live_version,
  install_count, review_count, rating_total, action_count, published_at)
select 'app-' || n, initcap(w[1 + n % 15]) || ' ' || n, 'Helps with ' || w[1 + n * 7 % 15] || ' and ' || w[1 + n * 3 % 15],
  repeat('A longer text about ' || w[1 + n * 11 % 15] || '. ', 20), (array['productivity', 'finance', 'travel', 'general'])[1 + n % 4],
  jsonb_build_array(w[1 + n % 15]), 'active', 'default', '1.0.0', n * 37 % 5000, n % 50, (n % 50) * (1 + n % 5), n * 91 % 9000,
  now() - make_interval(mins => n)
from generate_series(1, ${MARKET_APPS}) n, (select string_to_array('${WORDS.join(' ')}', ' ') as w) words;
insert into registry.version (app_id, version, manifest, artefact_hash)
select 'app-' || n, '1.0.0', case when n <= ${CATALOG_APPS} then ${manifest("'app-' || n", `(select jsonb_agg(${tool}) from generate_series(1, ${TOOLS}) t)`)}
  else ${manifest("'app-' || n", "'[]'::jsonb")} end, 'bench' from generate_series(1, ${MARKET_APPS}) n;
analyze registry.app; analyze registry.version;`

async function seed({ folder, userIds }: Platform): Promise<pg.Client> {
  const client = await superuserOf(folder)
  await client.query(SEED)
  await client.query(
    `insert into registry.install (tenant_id, user_id, app_id, installed_at)
     select 'default', $1, 'app-' || n, now() from generate_series(1, ${CATALOG_APPS}) n`,
    [userIds[0]],
  )
  return client
}

interface Request {
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Record<string, string>
  readonly body?: string
}
interface Figures {
  readonly perSecond: number
  readonly shown: string
}

async function load(url: string, requests: readonly Request[], connections = CONNECTIONS): Promise<Figures> {
  const options = { url, connections, requests: requests.map((one) => ({ method: 'GET' as const, ...one })) }
  await autocannon({ ...options, duration: 1 } as never)
  const { requests: done, latency, non2xx, errors } = await autocannon({ ...options, duration: SECONDS } as never)
  const failed = non2xx + errors > 0 ? ` failed ${non2xx + errors}` : ''
  return {
    perSecond: done.average,
    shown: `${Math.round(done.average)}/s p50 ${latency.p50} p99 ${latency.p99}${failed}`,
  }
}

/** A handler without a platform, in a process of its own share of this one. */
async function bare(handle: RequestListener): Promise<{ url: string; close: () => void }> {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function compare(
  name: string,
  sides: { bare: RequestListener; url: string; requests: readonly Request[]; connections?: number },
) {
  const alone = await bare(sides.bare)
  const first = await load(alone.url, sides.requests, sides.connections)
  alone.close()
  const second = await load(sides.url, sides.requests, sides.connections)
  const ratio = (second.perSecond / Math.max(first.perSecond, 0.001)).toFixed(2)
  process.stdout.write(`${name.padEnd(30)} bare ${first.shown} · full ${second.shown} · ratio ${ratio}\n`)
}

const json = (response: ServerResponse, body: string | Buffer) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
const drained = async (request: IncomingMessage) => {
  for await (const _ of request);
}

/** The hash that the platform checks a password with, and nothing else (api 7.4). */
const hashing: RequestListener = async (request, response) => {
  await drained(request)
  const options = {
    message: PASSWORD,
    nonce: Buffer.alloc(16),
    parallelism: 1,
    tagLength: 32,
    memory: 19_456,
    passes: 2,
  }
  argon2('argon2id', options, () => json(response, '{"access_token":"x"}'))
}

async function requestsOf(platform: Platform, client: pg.Client): Promise<void> {
  const { url, tokens, userIds } = platform
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const typed = { 'content-type': 'application/json' }
  const logins = userIds.map((_, index) => ({
    path: '/v1/auth/login',
    method: 'POST' as const,
    headers: typed,
    body: JSON.stringify({ email: `p${index}@bench.example`, password: PASSWORD, tenant_id: 'default' }),
  }))
  await compare('sign-in', { bare: hashing, url, requests: logins, connections: 2 })

  const me = await (await fetch(`${url}/v1/auth/me`, { headers: bearer(tokens[0] ?? '') })).text()
  const everybody = tokens.map((token) => ({ path: '/v1/auth/me', headers: bearer(token) }))
  await compare('me', { bare: (_request, response) => json(response, me), url, requests: everybody })

  const call = { path: '/v1/extensions/billing/call', method: 'POST' as const }
  const calls = tokens.map((token, index) => ({
    ...call,
    headers: { ...typed, ...bearer(token) },
    body: JSON.stringify({ user_id: userIds[index], function: 'get_balance', params: {} }),
  }))
  const balance: RequestListener = async (request, response) => {
    await drained(request)
    const { rows } = await client.query({
      name: 'wallet',
      text: 'select balance from billing.wallet where user_id = $1',
      values: [userIds[0]],
    })
    json(response, JSON.stringify({ status: 'success', data: rows[0] ?? {}, summary: '', error: null, ui: null }))
  }
  await compare('call (read, isolated host)', { bare: balance, url, requests: calls })

  const catalog = `/registry/v1/catalog?imperal_id=${userIds[0]}`
  const bytes = Buffer.from(
    await (await fetch(url + catalog, { headers: { 'x-service-token': SERVICE } })).arrayBuffer(),
  )
  process.stdout.write(`  the catalog has ${Math.round(bytes.length / 1024)} KiB\n`)
  const wanted = [{ path: catalog, headers: { 'x-service-token': SERVICE } }]
  await compare('catalog, 200 apps × 20 tools', {
    bare: (_request, response) => json(response, bytes),
    url,
    requests: wanted,
  })

  const query: RequestListener = async (_request, response) => {
    const { rows } = await client.query({
      name: 'search',
      text: `select app_id, name, short_description from registry.app a where status = 'active' and search @@ to_tsquery('simple', $1)
             order by ts_rank(search, to_tsquery('simple', $1)) desc, app_id limit 20`,
      values: ['garden:*'],
    })
    json(response, JSON.stringify(rows))
  }
  const searches = tokens.map((token) => ({ path: '/v1/marketplace/apps?search=garden', headers: bearer(token) }))
  await compare('search of 10,000 apps', { bare: query, url, requests: searches })
}

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })

/** A client of the stream that counts what it hears. */
function listen(address: string, token: string, heard: () => void): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    open(address, { agent, headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' } }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`the stream answered ${response.statusCode}`))
      response.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes('bench_tick')) heard()
      })
      response.on('error', () => {})
      resolve(response)
    }).on('error', reject)
  })
}

/** Milliseconds until each of `clients` has heard one message, the median of five. */
async function fanOut(
  clients: readonly { onHeard: (heard: () => void) => void }[],
  tick: () => Promise<void> | void,
): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    let left = clients.length
    const all = new Promise<void>((resolve) => {
      for (const client of clients)
        client.onHeard(() => {
          left--
          if (left === 0) resolve()
        })
    })
    const began = performance.now()
    await tick()
    await Promise.race([all, delay(60_000).then(() => Promise.reject(new Error(`${left} clients heard nothing`)))])
    times.push(performance.now() - began)
  }
  return times.sort((a, b) => a - b)[2] ?? 0
}

async function connectAll(addressOf: (index: number) => { address: string; token: string }) {
  const clients: { onHeard: (heard: () => void) => void }[] = []
  const responses: IncomingMessage[] = []
  for (let from = 0; from < STREAMS; from += 100) {
    const some = Array.from({ length: Math.min(100, STREAMS - from) }, async (_, offset) => {
      const { address, token } = addressOf(from + offset)
      let heard = () => {}
      clients.push({
        onHeard(next) {
          heard = next
        },
      })
      responses.push(await listen(address, token, () => heard()))
    })
    await Promise.all(some)
  }
  return {
    clients,
    close() {
      for (const response of responses) response.destroy()
    },
  }
}

async function stream({ url, tokens }: Platform): Promise<void> {
  const alone = fork(path.resolve(import.meta.dirname, 'bare-streams.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [{ port }] = (await once(alone, 'message')) as [{ port: number }]
  const plain = await connectAll(() => ({ address: `http://127.0.0.1:${port}`, token: '' }))
  const first = await fanOut(plain.clients, () => void alone.send('tick'))
  plain.close()
  alone.kill()

  const further = await register(url, USERS, Math.max(0, Math.ceil(STREAMS / PER_PERSON) - tokens.length))
  const everybody = [...tokens, ...further.map(({ token }) => token)]
  const full = await connectAll((index) => ({
    address: `${url}/v1/events/stream`,
    token: everybody[Math.floor(index / PER_PERSON)] ?? '',
  }))
  const second = await fanOut(full.clients, async () => {
    await post(
      `${url}/v1/internal/events/publish`,
      { 'x-service-token': SERVICE },
      { tenant_id: 'default', action: 'bench_tick', data: {} },
    )
  })
  full.close()
  process.stdout.write(
    `${`stream to ${STREAMS} clients`.padEnd(30)} bare ${Math.round(first)} ms · full ${Math.round(second)} ms from the request to the last client · ratio ${(first / second).toFixed(2)}\n`,
  )
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'imperal-bench-'))
  const children: ChildProcess[] = []
  try {
    const platform = await startPlatform(folder, children)
    const client = await seed(platform)
    await requestsOf(platform, client)
    await client.end()
    await stream(platform)
  } finally {
    await Promise.all(
      children.map((child) => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGTERM'))),
    )
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
