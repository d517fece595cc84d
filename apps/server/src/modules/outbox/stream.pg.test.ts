import { once } from 'node:events'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { events } from '@imperal/contract'
import fastify from 'fastify'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { openBus } from '../../foundation/bus.ts'
import { manualClock } from '../../foundation/clock.ts'
import { openDatabase } from '../../foundation/db/index.ts'
import { PlatformError } from '../../foundation/errors.ts'
import { type MountedRoute, type Principal, type RouteRequest, STATUS } from '../../foundation/http/index.ts'
import { createLog } from '../../foundation/log.ts'
import { type OutboxMessage, openOutbox } from './index.ts'
import { typeOf } from './routes.ts'

// Positions are those of the whole database cluster, which other test files share: a long transaction there delays us.
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check)

const database = await createTestDatabase()
const log = createLog({ level: 'silent' })
const db = openDatabase(database.connection)
const bus = await openBus(database.connection, log)
const clock = manualClock()
const outbox = await openOutbox({
  db,
  bus,
  log,
  clock,
  heartbeatMs: 20,
  streams: { replay: 20, buffer: { messages: 40, bytes: 1024 * 1024 } },
})

const principal = (userId: string, tenantId = 'default'): Principal & { userId: string } => ({
  kind: 'user',
  userId,
  tenantId,
  agencyId: null,
  email: null,
  role: 'user',
  scopes: [],
  sessionId: `ses_${userId}`,
  credential: 'jwt',
  tokenUse: null,
  isDeveloper: false,
})

/** As much of a gateway as the handlers need: the user is named in a header, errors become their status. */
const server = fastify({ forceCloseConnections: true })
for (const mounted of outbox.routes) mount(mounted)
function mount({ route, handle }: MountedRoute): void {
  server.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      reply.header('x-request-id', 'req_12345678')
      const user = principal(
        String(request.headers['x-user'] ?? 'ada'),
        String(request.headers['x-tenant'] ?? 'default'),
      )
      try {
        return await handle({
          query: route.query?.parse(request.query ?? {}),
          body: route.body?.parse(request.body),
          headers: request.headers,
          principal: user,
          user,
          http: { request, reply },
        } as unknown as RouteRequest<unknown>)
      } catch (error) {
        if (error instanceof PlatformError) return reply.code(STATUS[error.kind][0]).send({ code: error.code })
        throw error
      }
    },
  })
}
await server.listen({ port: 0, host: '127.0.0.1' })
const { port } = server.server.address() as AddressInfo

interface Reader {
  readonly response: IncomingMessage
  readonly request: ClientRequest
  text(): string
  blocks(): { id?: string; data?: { type: string; payload: Record<string, unknown>; ts: string } }[]
  types(): string[]
  numbers(): unknown[]
  readonly ended: Promise<void>
}
const readers = new Set<ClientRequest>()

async function open(
  path: string,
  headers: Record<string, string> = {},
  options: { read?: boolean } = {},
): Promise<Reader> {
  const request = httpRequest({ port, path, headers, agent: false })
  readers.add(request)
  request.on('error', () => {}) // the test ends it
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  if (options.read !== false) response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const ended = new Promise<void>((resolve) => response.on('close', resolve))
  response.on('error', () => {}) // likewise
  const blocks = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .map((block) => {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
        const data = field('data')
        return { ...(field('id') ? { id: field('id') } : {}), ...(data ? { data: JSON.parse(data) } : {}) }
      }) as ReturnType<Reader['blocks']>
  const messages = () => blocks().flatMap((block) => block.data ?? [])
  return {
    response,
    request,
    text: () => text,
    blocks,
    types: () => messages().map((message) => message.type),
    numbers: () => messages().flatMap((message) => message.payload.n ?? []),
    ended,
  }
}

const message = (n: number, extra: Partial<OutboxMessage> = {}): OutboxMessage => ({
  tenantId: 'default',
  userId: 'ada',
  type: 'event',
  payload: { n },
  ...extra,
})
async function stats() {
  const { body } = await server.inject({ url: '/v1/events/stats' })
  return events.stats.response.parse(JSON.parse(body))
}

afterEach(async () => {
  for (const request of readers) request.destroy()
  readers.clear()
  await eventually(async () => expect((await stats()).clients).toBe(0))
})
afterAll(async () => {
  await outbox.close()
  await server.close()
  await bus.close()
  await db.close()
})

describe('GET /v1/events/stream', () => {
  test('[S001-085] [S001-087] [S001-092] is an event stream of {type, payload, ts} lines without event names', async () => {
    const reader = await open('/v1/events/stream')
    expect(reader.response.statusCode).toBe(200)
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': 'req_12345678',
    })
    await eventually(() => expect(reader.text()).toMatch(/^retry: 3000\n: /))
    await outbox.send({ ...message(1), type: 'chat_message', payload: { message_id: 'msg_1', text: 'hi' } })
    await eventually(() => expect(reader.types()).toEqual(['chat_message']))
    const line = reader
      .text()
      .split('\n')
      .find((text) => text.startsWith('data:'))
    expect(line).toBe(
      'data: {"type":"chat_message","payload":{"message_id":"msg_1","text":"hi"},"ts":"2026-01-01T00:00:00.000Z"}',
    )
    expect(reader.text()).not.toMatch(/^event:/m)
    await eventually(() => expect(reader.text()).toContain('\n: ping\n\n'))
  })

  test('[S001-086] [api 6.1] shows only messages of that user and of the whole tenant', async () => {
    const ada = await open('/v1/events/stream')
    const other = await open('/v1/events/stream', { 'x-user': 'ada', 'x-tenant': 'imp_t_other' })
    await outbox.send(message(1, { userId: 'bob' }))
    await outbox.send(message(2, { tenantId: 'imp_t_other' }))
    await outbox.send(message(3, { userId: null }))
    await outbox.send(message(4))
    await eventually(() => expect(ada.numbers()).toEqual([3, 4]))
    await eventually(() => expect(other.numbers()).toEqual([2]))
  })

  test('[S001-091] [api 3.19] the types filter lets only the named types through, whatever they are', async () => {
    const reader = await open('/v1/events/stream?types=notification,%20quite_new')
    await outbox.send(message(1))
    await outbox.send(message(2, { type: 'quite_new' }))
    await outbox.send(message(3, { type: 'notification' }))
    await eventually(() => expect(reader.numbers()).toEqual([2, 3]))
  })

  test('ephemeral messages come without an id', async () => {
    const reader = await open('/v1/events/stream')
    await eventually(() => expect(reader.blocks().length).toBeGreaterThan(1))
    outbox.sendEphemeral(message(1, { type: 'chat_delta' }))
    await eventually(() => expect(reader.types()).toEqual(['chat_delta']))
    expect(reader.blocks().find((block) => block.data)?.id).toBeUndefined()
  })

  test('[api 6.1] many idle streams on one process are kept alive, and each hears once of what is for all', async () => {
    const users = Array.from({ length: 250 }, (_, index) => `idle${index}`)
    const idle = await Promise.all(
      users.flatMap((user) => [1, 2, 3, 4].map(() => open('/v1/events/stream', { 'x-user': user }))),
    )
    expect((await stats()).clients).toBe(1_000)
    await eventually(() => expect(idle.every((reader) => reader.text().includes(': ping'))).toBe(true))
    await outbox.send(message(7, { userId: null }))
    await outbox.send(message(8, { userId: users[3] ?? '' }))
    await eventually(() => expect(idle.every((reader) => reader.numbers().length > 0)).toBe(true))
    await eventually(() => expect(idle.slice(12, 16).every((reader) => reader.numbers().length === 2)).toBe(true))
    for (const [index, reader] of idle.entries())
      expect(reader.numbers()).toEqual(index >= 12 && index < 16 ? [7, 8] : [7])
  })

  test('[api 3.19] the stream of another tenant is refused, the ninth stream of a user too', async () => {
    expect((await open('/v1/events/stream?tenant_id=imp_t_other')).response.statusCode).toBe(403)
    const eight = await Promise.all(Array.from({ length: 8 }, () => open('/v1/events/stream?tenant_id=default')))
    expect(eight.map((reader) => reader.response.statusCode)).toEqual(Array(8).fill(200))
    expect((await open('/v1/events/stream')).response.statusCode).toBe(429)
    expect((await open('/v1/events/stream', { 'x-user': 'bob' })).response.statusCode).toBe(200)
    expect(await stats()).toMatchObject({ channels: 2, clients: 9, by_tenant: { default: 9 } })
    eight[0]?.request.destroy()
    await eventually(async () => expect((await stats()).clients).toBe(8))
    expect((await open('/v1/events/stream')).response.statusCode).toBe(200)
  })

  test('[api 6.1] ends with the credential, with the session and with the server', async () => {
    const seconds = Math.floor(clock.now() / 1_000) + 60
    const token = `h.${Buffer.from(JSON.stringify({ exp: seconds })).toString('base64url')}.s`
    const expiring = await open('/v1/events/stream', { authorization: `Bearer ${token}` })
    const revoked = await open('/v1/events/stream', { 'x-user': 'bob' })
    clock.advance(61_000)
    await expiring.ended
    expect(expiring.text()).toContain('"payload":{"reason":"token_expired"}')
    await outbox.send(message(1, { userId: 'bob', type: 'session_revoked', payload: { session_id: 'ses_bob' } }))
    await revoked.ended
    expect(revoked.types()).toEqual(['session_revoked', 'stream_end'])
  })

  test('[api 6.1] ends when its bearer would not be let in again, and when nobody can tell; others go on', async () => {
    const gone = new Set<string | null>()
    outbox.admitWith(async ({ userId }) => {
      if (userId === 'cat') throw new Error('the database is away')
      return !gone.has(userId)
    })
    const [ada, bob] = [await open('/v1/events/stream'), await open('/v1/events/stream', { 'x-user': 'bob' })]
    gone.add('bob')
    outbox.recheck('ada')
    await outbox.send(message(1, { userId: null }))
    await eventually(() => expect([ada.numbers(), bob.numbers()]).toEqual([[1], [1]]))
    outbox.recheck(null)
    await bob.ended
    // Who is refused before the stream is among those that are looked at gets nothing through it.
    const [late, unknown] = [
      await open('/v1/events/stream', { 'x-user': 'bob' }),
      await open('/v1/events/stream', { 'x-user': 'cat' }),
    ]
    await Promise.all([late.ended, unknown.ended])
    expect([bob, late, unknown].map((reader) => reader.blocks().at(-1)?.data?.payload.reason)).toEqual([
      'revoked',
      'revoked',
      'shutdown',
    ])
    await outbox.send(message(2))
    await eventually(() => expect(ada.numbers()).toEqual([1, 2]))
    outbox.admitWith(async () => true)
  })

  test('[api 6.1] a stream of another module ends in the same ways, until it is released', async () => {
    const ends: string[] = []
    const follow = (userId: string) =>
      outbox.accompany({ bearer: principal(userId, 'default'), end: (reason) => void ends.push(`${userId} ${reason}`) })
    const guests = [follow('ada'), follow('bob'), follow('cat')]
    await Promise.all(guests.map(({ looked }) => looked))
    const end = (userId: string, session: string) =>
      outbox.send(message(1, { userId, type: 'session_revoked', payload: { session_id: session } }))
    await end('bob', 'ses_ada')
    guests[2]?.release()
    await end('cat', 'ses_cat')
    await end('bob', 'ses_bob')
    await eventually(() => expect(ends).toEqual(['bob revoked']))
    outbox.admitWith(async ({ userId }) => userId !== 'ada')
    outbox.recheck('bob')
    outbox.recheck('ada')
    await eventually(() => expect(ends).toEqual(['bob revoked', 'ada revoked']))
    for (const { release } of guests) release()
    outbox.admitWith(async () => true)
  })
})

describe('resume', () => {
  test('[api 6.1] continues after the last id, by header or by query, without a gap and without a repetition', async () => {
    const first = await open('/v1/events/stream')
    for (const n of [1, 2]) await outbox.send(message(n))
    await eventually(() => expect(first.numbers()).toEqual([1, 2]))
    const id = first.blocks().find((block) => block.data?.payload.n === 1)?.id ?? ''
    first.request.destroy()
    await outbox.send(message(3))
    const [byHeader, byQuery] = await Promise.all([
      open('/v1/events/stream', { 'last-event-id': id }),
      open(`/v1/events/stream?last_event_id=${id}`),
    ])
    await outbox.send(message(4))
    for (const reader of [byHeader, byQuery]) await eventually(() => expect(reader.numbers()).toEqual([2, 3, 4]))
  })

  test('[api 6.1] a new stream says where it begins, so that a reconnect before the first message misses nothing', async () => {
    const first = await open('/v1/events/stream')
    await eventually(() => expect(first.blocks().some((block) => block.id !== undefined)).toBe(true))
    const id = first.blocks().find((block) => block.id !== undefined)?.id ?? ''
    first.request.destroy()
    await outbox.send(message(7))
    const second = await open('/v1/events/stream', { 'last-event-id': id })
    await eventually(() => expect(second.numbers()).toEqual([7]))
  })

  test('[api 6.1] an unknown id, and a gap larger than the ring, give one resync with an id to go on from', async () => {
    const unknown = await open('/v1/events/stream?types=event', { 'last-event-id': '1750500000000-0' })
    await eventually(() => expect(unknown.types()).toEqual(['resync']))
    const block = unknown.blocks().find((entry) => entry.data?.type === 'resync')
    expect(block?.data?.payload).toEqual({ from: '1750500000000-0' })
    const id = block?.id ?? ''
    for (let n = 0; n < 21; n++) await outbox.send(message(n))
    await eventually(() => expect(unknown.numbers()).toHaveLength(21))
    const far = await open('/v1/events/stream', { 'last-event-id': id })
    await eventually(() => expect(far.types()).toEqual(['resync']))
    await outbox.send(message(100))
    await eventually(() => expect(far.numbers()).toEqual([100]))
  })

  test('messages that commit while streams resume arrive exactly once', async () => {
    const first = await open('/v1/events/stream')
    await outbox.send(message(0))
    await eventually(() => expect(first.numbers()).toEqual([0]))
    const id = first.blocks().find((block) => block.data)?.id ?? ''
    const expected = Array.from({ length: 15 }, (_, n) => n + 1)
    const resumed: Promise<Reader>[] = []
    for (const n of expected) {
      await outbox.send(message(n))
      if (n % 2 === 0) resumed.push(open('/v1/events/stream', { 'last-event-id': id }))
    }
    for (const reader of await Promise.all(resumed)) {
      await eventually(() => expect(reader.numbers()).toEqual(expected))
    }
  })
})

describe('slow readers', () => {
  test('[api 6.1] a reader that does not read is cut off, others are not, and it can resume from what it had', async () => {
    const quick = await open('/v1/events/stream')
    const slow = await open('/v1/events/stream', {}, { read: false })
    slow.response.pause()
    const text = 'x'.repeat(400_000)
    let sent = 0
    while ((await stats()).clients === 2) {
      sent += 1
      await outbox.send(message(sent, { payload: { n: sent, text } }))
      await eventually(() => expect(quick.numbers()).toHaveLength(sent))
    }
    expect((await stats()).dropped).toBeGreaterThan(0)
    expect(quick.numbers()).toEqual(Array.from({ length: sent }, (_, n) => n + 1))
    slow.response.resume()
    await slow.ended
  })
})

describe('POST /v1/events/ticket', () => {
  test('[api 3.19] gives a ticket that names its holder once, within 30 seconds, and leaves no copy of itself', async () => {
    const issue = async () =>
      events.ticket.response.parse(
        (await server.inject({ method: 'POST', url: '/v1/events/ticket', headers: { 'x-user': 'eve' } })).json(),
      )
    const first = await issue()
    expect(first.expires_in).toBe(30)
    const { rows } = await db.pool.query('select * from outbox.ticket')
    expect(JSON.stringify(rows)).not.toContain(first.ticket)
    const redeemed = await Promise.all(Array.from({ length: 10 }, () => outbox.redeemTicket(first.ticket)))
    expect(redeemed.filter((holder) => holder !== null)).toEqual([{ ...principal('eve'), credential: 'stream_ticket' }])

    const late = await issue()
    clock.advance(30_000)
    expect(await outbox.redeemTicket(late.ticket)).toBeNull()
    expect(await outbox.redeemTicket('a.b.c')).toBeNull()
  })
})

describe('POST /v1/internal/events/publish', () => {
  test('[api 6.3] reaches the named user and tells the id that the stream shows', async () => {
    const reader = await open('/v1/events/stream')
    await eventually(() => expect(reader.blocks().length).toBeGreaterThan(1))
    const response = await server.inject({
      method: 'POST',
      url: '/v1/internal/events/publish',
      payload: { scope: 'crm', action: 'deal.created', id: '7', user_id: 'ada', data: { n: 5 } },
    })
    const answer = events.publish.response.parse(response.json())
    expect(answer.receivers).toBe(1)
    // The second is what apps that subscribe to it get.
    await eventually(() => expect(reader.types()).toEqual(['crm.deal.created', 'event']))
    const block = reader.blocks().find((entry) => entry.data)
    expect(block?.data?.payload).toEqual({ n: 5, id: '7', actor: 'system' })
    expect(block?.id).toBe(answer.event_id)
  })

  test.each([
    [{ scope: 'x', action: 'chat_message' }, 'chat_message'],
    [{ scope: 'panel', action: 'refresh' }, 'panel_refresh'],
    [{ scope: 'crm', action: 'updated' }, 'crm.updated'],
    [{ scope: 'crm', action: '' }, 'crm'],
    [{ scope: '', action: 'updated' }, 'updated'],
  ])('[api 6.3] %j is sent as %s', (event, type) => {
    expect(typeOf(event)).toBe(type)
  })

  test('[api 6.3] an event without action and scope does not pass the schema', () => {
    expect(events.publish.body?.safeParse({ data: {} }).success).toBe(false)
  })
})
