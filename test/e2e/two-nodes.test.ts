import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { runMaintenance } from '../support/program.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signIn, signInAdmin, until } from '../support/session.ts'
import { type SharedPostgres, startSharedPostgres } from '../support/shared-postgres.ts'
import { listen } from '../support/stream.ts'

const APP = (version: string) => `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('twofold', {
  version: '${version}', displayName: 'Twofold', description: 'Does its work on whichever node it finds itself, for the tests.',
  icon: 'icon.svg', capabilities: ['twofold:read', 'twofold:write'],
})
const chat = new ChatExtension(ext, { toolName: 'twofold', description: 'Works on several nodes.' })
const key = ext.secret({ name: 'key', description: 'A key that the test changes.', required: false, writeMode: 'user' })
chat.function('which', { description: 'Says which version answers, and the secret.', params: z.object({}) },
  async (ctx) => ActionResult.success({ version: '${version}', key: await ctx.secrets.get(key) }, 'This one.'))
chat.function('long_read', { description: 'Reads for a while in the background.', params: z.object({ seconds: z.number() }), background: true },
  async (ctx, { seconds }) => {
    for (let n = 0; n < seconds * 10; n++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      await ctx.progress((100 * n) / (seconds * 10), 'reading')
    }
    return ActionResult.success({ read: true }, 'Read.')
  })
ext.schedule('tick', { cron: '* * * * *' }, async (ctx) => {
  for await (const userId of ctx.store.listUsers()) await ctx.asUser(userId).store.create('ticks', { minute: new Date().toISOString().slice(0, 16) })
})
chat.function('begin', { description: 'Makes the person known to the schedule.', params: z.object({}), actionType: 'write', effects: ['create:start'] },
  async (ctx) => { await ctx.store.create('start', {}); return ActionResult.success({}, 'Begun.') })
`

let postgres: SharedPostgres
let folder: string
let one: TestServer
let two: TestServer
let admin: Session

const nodeEnv = () => ({
  DATABASE_URL: postgres.url,
  IMPERAL_KEYS_DIR: path.join(folder, 'keys'),
  IMPERAL_FILES_DIR: path.join(folder, 'files'),
})
const startNode = (args: readonly string[] = [], env: Record<string, string> = {}) =>
  startTestServer({ env: { ...nodeEnv(), ...env }, args })
/** The same person, on the other node. */
const on = (server: TestServer, session: Session) => ({
  ...session,
  request: (method: string, where: string, body?: unknown) =>
    send(server.url + where, method, body, { authorization: `Bearer ${session.token}` }),
  call: async (appId: string, name: string, params: object = {}) =>
    (
      await send(
        `${server.url}/v1/extensions/${appId}/call`,
        'POST',
        { user_id: session.userId, function: name, params },
        { authorization: `Bearer ${session.token}` },
      )
    ).body as never as { status: string; data: Record<string, unknown> },
})

beforeAll(async () => {
  postgres = await startSharedPostgres()
  folder = mkdtempSync(path.join(tmpdir(), 'imperal-nodes-'))
  // At once: they race for the migrations, the first account and the apps of the platform.
  ;[one, two] = await Promise.all([startNode(), startNode()])
  admin = await signInAdmin(one)
  await deploySource(one.url, admin, APP('1.0.0'))
  await admin.call('twofold', 'begin')
}, 240_000)
afterAll(async () => {
  await Promise.all([one?.stop(), two?.stop()])
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

const rowsOf = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> => {
  const client = await postgres.superuser()
  try {
    return (await client.query(text, values)).rows as Row[]
  } finally {
    await client.end()
  }
}

describe('two processes with one database', () => {
  test('[E22] two that start at once agree: one account, each app of the platform once, both alive', async () => {
    expect(await rowsOf('select count(*)::int as n from identity.account')).toEqual([{ n: 1 }])
    expect(await rowsOf('select count(*)::int as n from kernel.node')).toEqual([{ n: 2 }])
    expect((await send(`${two.url}/readyz`, 'GET')).status).toBe(200)
  })

  test('a sign-in on one is valid on the other, and its end as well', async () => {
    const second = await signInAdmin(one)
    expect((await on(two, second).request('GET', '/v1/auth/me')).status).toBe(200)
    const streams = await Promise.all([listen(one.url, second), listen(two.url, second), listen(two.url, admin)])
    expect(
      (await on(two, second).request('POST', '/v1/auth/logout', { refresh_token: second.refreshToken })).status,
    ).toBe(200)
    await until(async () => (await on(one, second).request('GET', '/v1/auth/me')).status === 401)
    const [here, there, other] = streams
    for (const stream of [here, there]) {
      const end = await stream?.first(({ type }) => type === 'stream_end')
      expect(end?.payload).toMatchObject({ reason: 'revoked' })
    }
    // Another session of the same person is told, and goes on.
    await other?.first(({ type }) => type === 'session_revoked')
    expect(other?.messages.map(({ type }) => type)).not.toContain('stream_end')
    for (const stream of streams) stream.close()
  })

  test('[api 6.1] a key that is revoked on one ends the streams that it opened on the other', async () => {
    const { key, id } = (await admin.request('POST', '/v1/keys', { name: 'watcher' })).body as never as Record<
      'key' | 'id',
      string
    >
    const [byKey, bySession] = await Promise.all([listen(two.url, { token: key }), listen(two.url, admin)])
    expect((await admin.request('DELETE', `/v1/keys/${id}`)).status).toBe(200)
    const end = await byKey.first(({ type }) => type === 'stream_end')
    expect(end.payload).toMatchObject({ reason: 'revoked' })
    await admin.call('notes', 'create_note', { title: 'after the key' })
    await bySession.first(({ payload }) => JSON.stringify(payload).includes('after the key'))
    expect(byKey.text()).not.toContain('after the key')
    for (const stream of [byKey, bySession]) stream.close()
  })

  test('[E12] what a call on one changes streams to whoever listens on the other', async () => {
    const stream = await listen(two.url, admin)
    await admin.call('notes', 'create_note', { title: 'from the other node' })
    const event = await stream.first(
      ({ type, payload }) => type === 'event' && (payload as { event_type?: string }).event_type === 'notes.created',
    )
    expect(JSON.stringify(event)).toContain('from the other node')
    stream.close()
  })

  test('a new version and a changed secret are seen by both', async () => {
    const there = on(two, admin)
    expect((await there.call('twofold', 'which')).data).toMatchObject({ version: '1.0.0' })
    await deploySource(two.url, admin, APP('1.1.0'))
    await until(async () => (await on(one, admin).call('twofold', 'which')).data.version === '1.1.0')
    expect((await admin.request('PUT', '/v1/secrets/twofold/key', { value: 'first' })).status).toBeLessThan(300)
    await until(async () => (await there.call('twofold', 'which')).data.key === 'first')
    expect((await there.request('PUT', '/v1/secrets/twofold/key', { value: 'second' })).status).toBeLessThan(300)
    await until(async () => (await on(one, admin).call('twofold', 'which')).data.key === 'second')
  })
})

const LOGINS_A_MINUTE = 5

describe('limits and keys across nodes', () => {
  test('[E15] both take from one limit', async () => {
    const [limited, other] = await Promise.all([
      startNode([], { IMPERAL_PROFILE: 'production' }),
      startNode([], { IMPERAL_PROFILE: 'production' }),
    ])
    try {
      const ask = (server: TestServer) =>
        send(`${server.url}/v1/auth/login`, 'POST', { email: 'nobody@example.com', password: 'wrong wrong' })
      const minute = () => Math.floor(Date.now() / 60_000)
      const began = minute()
      let refusedAt = 0
      for (let n = 1; n <= 60 && refusedAt === 0; n++) {
        const { status } = await ask(n % 2 === 0 ? limited : other)
        if (status === 429) refusedAt = n
      }
      expect(refusedAt).toBeGreaterThan(0)
      // Two counters of their own would let ten through; so may a minute that ended in between.
      if (minute() === began) expect(refusedAt).toBe(LOGINS_A_MINUTE + 1)
      for (const server of [limited, other]) {
        const { status } = await ask(server)
        if (minute() === began) expect(status).toBe(429)
      }
    } finally {
      await Promise.all([limited.stop(), other.stop()])
    }
  }, 240_000)
})

describe('roles', () => {
  test('a gateway hands what runs apps to a kernel, and a worker does what waits', async () => {
    const gateway = await startNode(['--roles', 'gateway'])
    try {
      const person = await signIn(gateway, gateway.adminEmail, gateway.adminPassword)
      // Nobody has only the role `kernel` and announced itself yet: the full nodes are no gateways' kernels.
      expect((await person.request('GET', '/v1/me/extensions')).status).toBe(503)
      const kernel = await startNode(['--roles', 'kernel'])
      await until(async () => (await person.request('GET', '/v1/me/extensions')).status === 200)
      expect(await person.call('notes', 'create_note', { title: 'through a gateway' })).toMatchObject({
        status: 'success',
      })
      // The kernel answers gateways and tells its health; it has no panel and signs nobody in.
      expect((await send(`${kernel.url}/healthz`, 'GET')).status).toBe(200)
      expect((await send(`${kernel.url}/v1/auth/login`, 'POST', {})).status).toBe(404)
      const worker = await startNode(['--roles', 'worker'])
      expect((await send(`${worker.url}/readyz`, 'GET')).status).toBe(200)
      expect((await send(`${worker.url}/v1/me/extensions`, 'GET')).status).toBe(404)
      // Everything but the full nodes: they end, and the three share the work.
      await Promise.all([one.stop(), two.stop()])
      const stream = await listen(gateway.url, person)
      const accepted = await person.call('twofold', 'long_read', { seconds: 1 })
      expect(accepted.data).toMatchObject({ task_id: expect.any(String) })
      await stream.first(({ type, payload }) => type === 'task_update' && payload.status === 'done', 60_000)
      stream.close()
      expect(await kernel.stop()).toBe(0)
      expect((await person.request('GET', '/v1/me/extensions')).status).toBe(503)
      await worker.stop()
    } finally {
      await gateway.stop()
    }
  }, 240_000)
})

describe('an upgrade', () => {
  test('[E18] one node after the other is stopped and started, and whoever calls meanwhile is always answered', async () => {
    ;[one, two] = await Promise.all([startNode(), startNode()])
    const session = await signInAdmin(two)
    let isOver = false
    const titles: string[] = []
    const unanswered: string[] = []
    const caller = async (name: number) => {
      for (let n = 0; !isOver; n++) {
        const title = `rolling ${name}.${n}`
        const ask = (server: TestServer) =>
          send(
            `${server.url}/v1/extensions/notes/call`,
            'POST',
            { user_id: session.userId, function: 'create_note', params: { title } },
            { authorization: `Bearer ${session.token}`, 'idempotency-key': title.replace(' ', '-') },
          ).catch(() => null) // refused: it is just being started
        // As a load balancer does: the next one when the first says that it is stopping, or is not there.
        const nodes = n % 2 === 0 ? [one, two] : [two, one]
        let answer = await ask(nodes[0] as TestServer)
        if (answer === null || answer.status === 503) answer = await ask(nodes[1] as TestServer)
        if (answer?.status === 200) titles.push(title)
        else unanswered.push(`${title}: ${answer?.status}`)
      }
    }
    const calling = Promise.all([1, 2, 3].map(caller))
    expect(await one.stop()).toBe(0)
    one = await startNode()
    expect(await two.stop()).toBe(0)
    two = await startNode()
    isOver = true
    await calling
    expect(unanswered).toEqual([])
    const notes = await rowsOf<{ title: string }>(
      "select data ->> 'title' as title from store.document where app_id = 'notes' and data ->> 'title' like 'rolling %'",
    )
    expect(notes.map(({ title }) => title).sort()).toEqual([...titles].sort())
    // What ended this way left nothing open.
    expect(
      await rowsOf("select call_id from kernel.open_call where draft::json -> 'args' ->> 'title' like 'rolling %'"),
    ).toEqual([])
  }, 240_000)

  test('a node of an older version refuses the database of a newer one in a sentence, and leaves it as it is', async () => {
    await rowsOf("insert into public.imperal_migration (name, checksum) values ('kernel/9999-later', 'x')")
    const { code, output } = await runMaintenance(
      { ...nodeEnv(), IMPERAL_DATA_DIR: path.join(folder, 'older'), PORT: '0', IMPERAL_REGISTRY_PORT: '0' },
      [],
    )
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('written by a newer version of the platform (it knows kernel/9999-later)'),
    ])
    // The newer ones go on.
    expect((await send(`${one.url}/readyz`, 'GET')).status).toBe(200)
    await rowsOf("delete from public.imperal_migration where name = 'kernel/9999-later'")
  }, 240_000)
})

describe('a node that dies', () => {
  test('[E1] [E13] kill -9 of one leaves the other working, and what it held is finished there', async () => {
    admin = await signInAdmin(two)
    const ids: string[] = []
    // Which node takes a task is not ours to say: more are begun until the one that will die holds one.
    await until(async () => {
      const params = { user_id: admin.userId, function: 'long_read', params: { seconds: 4 } }
      const { body } = await admin.request('POST', '/v1/extensions/twofold/call', params)
      const id = (body as { data?: { task_id?: string } }).data?.task_id // refused while three run
      if (id !== undefined) ids.push(id)
      const held = await rowsOf(
        `select 1 from kernel.task t join kernel.node n using (node_id)
         where t.status = 'running' and t.task_id = any($1) and n.name like '% ' || $2`,
        [ids, String(one.pid)],
      )
      return held.length > 0
    }, 180_000)
    await one.kill9()
    // Nobody waits half a minute for the last word of a process that was killed.
    await rowsOf("update kernel.node set heartbeat_at = now() - interval '1 minute' where name like '% ' || $1", [
      String(one.pid),
    ])
    expect(await admin.call('notes', 'create_note', { title: 'still here' })).toMatchObject({ status: 'success' })
    const ended = await until(async () => {
      const rows = await rowsOf<{ status: string }>('select status from kernel.task where task_id = any($1)', [ids])
      return rows.every(({ status }) => status !== 'queued' && status !== 'running') && rows
    }, 240_000)
    // They only read, so those that were cut off ran again.
    expect(ended.map(({ status }) => status)).toEqual(ids.map(() => 'done'))
  }, 240_000)

  test('[E8] a schedule fires once in a minute, whichever node takes it', async () => {
    // A run that began late may write in the minute after its own, so runs are counted and not what they wrote.
    const [counted] = await until(async () => {
      const found = await rowsOf<{ ticks: number; minutes: number; runs: number }>(
        `select (select count(*)::int from store.document where app_id = 'twofold' and collection = 'ticks') as ticks,
          (select count(*)::int from kernel.schedule_run where app_id = 'twofold' and status in ('success', 'failed')) as minutes,
          (select count(*)::int from ledger.action where app_id = 'twofold' and function = 'tick' and user_id = '__system__'
            and status in ('success', 'failed')) as runs`,
      )
      const [now] = found
      // The end of a run is written behind its row.
      return now !== undefined && now.ticks > 0 && now.minutes > 0 && now.runs <= now.minutes && found
    }, 150_000)
    expect(counted?.runs).toBe(counted?.minutes)
  }, 180_000)
})
