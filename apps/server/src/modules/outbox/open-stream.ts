import type { OutgoingHttpHeaders } from 'node:http'
import type { events, RouteQuery } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import { HIJACKED, type Principal, type RouteRequest } from '../../foundation/http/index.ts'
import { outboxErrors } from './errors.ts'
import { type BufferLimit, type Frame, messageText, StreamConnection } from './stream-connection.ts'
import { recheck, type StreamHub, toFrame, type Verdict } from './stream-hub.ts'
import type { Outbox, OutboxMessage, StreamUser } from './types.ts'

export interface StreamLimits {
  readonly perUser: number
  /** Milliseconds that a stream may live when its credential says nothing. */
  readonly lifetimeMs: number
  /** Messages that are replayed at most; a larger gap is a `resync`. */
  readonly replay: number
  readonly buffer: BufferLimit
}

export interface StreamParts {
  readonly clock: Clock
  readonly hub: StreamHub
  readonly replay: Outbox['replay']
  readonly latestId: Outbox['latestId']
  readonly limits: StreamLimits
  readonly verdict: Verdict
  /** What waits for a person who comes back (`Outbox.onReturn`). */
  waiting(user: StreamUser): Promise<readonly OutboxMessage[]>
}

type StreamRequest = RouteRequest<typeof events.stream>

/** `exp` of a JWT that the gateway has verified already, in Unix milliseconds; null for other credentials. */
export function expiryOf(credential: string | undefined): number | null {
  const claims = credential?.split('.')[1]
  if (claims === undefined) return null
  try {
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { exp?: unknown }
    return typeof exp === 'number' ? exp * 1_000 : null
  } catch {
    return null // not a JWT
  }
}

function credentialOf(request: StreamRequest): string | undefined {
  const { authorization } = request.headers
  const header = typeof authorization === 'string' ? /^Bearer\s+(\S+)$/i.exec(authorization)?.[1] : undefined
  return header ?? request.query.token
}

function typesOf(query: RouteQuery<typeof events.stream>): ReadonlySet<string> | null {
  const names = (query.types ?? '').split(',').map((name) => name.trim())
  const wanted = names.filter((name) => name !== '')
  return wanted.length === 0 ? null : new Set(wanted)
}

function lastIdOf(request: StreamRequest): string | null {
  const header = request.headers['last-event-id']
  const id = typeof header === 'string' && header !== '' ? header : request.query.last_event_id
  return id === undefined || id === '' ? null : id
}

interface Past {
  readonly frames: readonly Frame[]
  /** Everything up to this id is in `frames` or was seen before. */
  readonly upTo: string
}

async function pastOf(parts: StreamParts, user: { tenantId: string; userId: string }, afterId: string): Promise<Past> {
  const latest = await parts.latestId()
  const records = await parts.replay(user.tenantId, user.userId, afterId, parts.limits.replay + 1)
  if (records === null || records.length > parts.limits.replay) {
    const text = messageText({ type: 'resync', payload: { from: afterId }, ts: parts.clock.iso() })
    return { frames: [{ id: latest, type: 'resync', text }], upTo: latest }
  }
  return { frames: records.map(toFrame), upTo: records.at(-1)?.id ?? afterId }
}

function register(parts: StreamParts, request: StreamRequest, user: Principal & { userId: string }): StreamConnection {
  if (parts.hub.countOf(user.tenantId, user.userId) >= parts.limits.perUser) {
    throw outboxErrors.TOO_MANY_STREAMS({ limit: parts.limits.perUser })
  }
  const longest = parts.clock.now() + parts.limits.lifetimeMs
  const connection = new StreamConnection({
    bearer: user,
    expiresAt: Math.min(longest, expiryOf(credentialOf(request)) ?? longest),
    types: typesOf(request.query),
    limit: parts.limits.buffer,
    onEnd: (ended, reason) => parts.hub.remove(ended, reason),
  })
  parts.hub.add(connection)
  return connection
}

/**
 * `GET /v1/events/stream` (api 6.1): what is stored after the last id, then everything as it happens.
 * Without a last id the stream begins now and says from where, so that the first reconnect misses nothing.
 */
export async function openStream(parts: StreamParts, request: StreamRequest): Promise<typeof HIJACKED> {
  const user = request.user
  if (request.query.tenant_id !== undefined && request.query.tenant_id !== user.tenantId) {
    throw outboxErrors.TENANT_MISMATCH()
  }
  // First registered, then read: what commits in between is held and sent once.
  const connection = register(parts, request, user)
  const lastId = lastIdOf(request)
  let past: Past
  try {
    past = lastId === null ? { frames: [], upTo: await parts.latestId() } : await pastOf(parts, user, lastId)
  } catch (error) {
    parts.hub.remove(connection, 'closed')
    throw error
  }
  const { reply } = request.http
  const headers = reply.getHeaders() as OutgoingHttpHeaders // what hooks have set: request id, CORS
  reply.hijack()
  reply.raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  })
  const begin = lastId === null ? `id: ${past.upTo}\n\n` : ''
  connection.attach(reply.raw, `retry: 3000\n: connected\n\n${begin}`)
  // What was taken from the bearer before the stream was among those that are looked at counts as well.
  await recheck([connection], parts.verdict)
  const waiting = lastId === null ? await parts.waiting({ tenantId: user.tenantId, userId: user.userId }) : []
  const found = waiting.map((message) => toFrame({ ...message, id: '', createdAt: parts.clock.iso() }))
  await connection.replay([...past.frames, ...found].filter((frame) => wanted(connection, frame)))
  connection.goLive(past.upTo)
  return HIJACKED
}

const wanted = (connection: StreamConnection, frame: Frame): boolean =>
  frame.type === 'resync' || connection.wants(frame.type)
