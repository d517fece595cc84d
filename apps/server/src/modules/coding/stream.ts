import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { agentSessions } from '@imperal/contract'
import { drained, HIJACKED, type RouteRequest } from '../../foundation/http/index.ts'
import { type BorneStream, expiryOf } from '../outbox/index.ts'
import { openRequest } from './describe-sessions.ts'
import { codingErrors } from './errors.ts'
import { appendFrame, framesAfter, lastFrame, noticeOf, positionOf, type StoredFrame } from './frames.ts'
import type { SessionKey } from './session-id.ts'
import { stateOf } from './session-state.ts'
import { moveSession, openSession, ownKind, touchTerminal } from './sessions.ts'
import type { StreamHub } from './stream-hub.ts'
import type { CodingOptions } from './types.ts'

const HEARTBEAT_MS = 15_000
const LIFETIME_MS = 3_600_000
const PAGE = 200
/** Streams of one user on one node. */
const MOST_STREAMS = 16

type StreamRequest = RouteRequest<typeof agentSessions.stream>

/** The streams of this node. */
export interface Streams {
  open(request: StreamRequest): Promise<typeof HIJACKED>
  close(): void
}

const textOf = ({ id, frame }: StoredFrame): string => `id: ${id}\ndata: ${JSON.stringify(frame)}\n\n`

/**
 * The terminal is here: a session that waited for it goes on, and what it was asked and has not answered is asked again, under
 * the same id — unless the frames that it is about to get hold the question (I-MARATHON-USER-WAKE). Answers the position
 * behind which it reads on.
 */
export function arrive(parts: CodingOptions, key: SessionKey, lastId: number): Promise<number> {
  return parts.db.tenant(key.tenantId, async (tx) => {
    let session = await openSession(tx, key)
    await touchTerminal(tx, key)
    if (stateOf(session) === 'parked(terminal_offline)') session = await moveSession(tx, session, 'come_back')
    // An id that was never given, of another database for instance, must not make its reader wait for ever.
    const after = Math.min(lastId, (await lastFrame(tx, key)).position)
    const request = await openRequest(tx, key)
    if (request === undefined || request.frame_position > after) return after
    const { req_id, tool, args, app_id } = request
    const frame =
      request.kind === 'consent'
        ? { type: 'confirm_request', req_id, app_id, tool, args }
        : { type: 'tool_request', req_id, tool, args }
    const { position } = await appendFrame(parts, tx, session, frame)
    await tx.updateTable('coding.request').set({ frame_position: position }).where('req_id', '=', req_id).execute()
    return after
  })
}

/** Writes what there is, whenever there is more; the pace is the reader's. */
function pump(parts: CodingOptions, key: SessionKey, raw: ServerResponse, from: number) {
  let position = from
  let busy = false
  let again = false
  const run = async (): Promise<void> => {
    again = true
    if (busy) return
    busy = true
    try {
      while (again && !raw.writableEnded && !raw.destroyed) {
        again = false
        const frames = await framesAfter(parts.db, key, position, PAGE)
        for (const frame of frames) {
          if (raw.writableEnded || raw.destroyed) return
          position = frame.position
          if (!raw.write(textOf(frame))) await drained(raw)
        }
        if (frames.length === PAGE) again = true
      }
    } finally {
      busy = false
    }
  }
  return () => {
    run().catch((error: unknown) => {
      parts.log.warn({ err: error, session: key.sessionId }, 'frames of a coding session were not sent')
      // It comes back with the last id that it has.
      raw.destroy()
    })
  }
}

export function openStreams(parts: CodingOptions, hub: StreamHub): Streams {
  const open = new Set<BorneStream>()
  const attach = (request: StreamRequest, key: SessionKey, from: number): void => {
    const { reply } = request.http
    const headers = reply.getHeaders() as OutgoingHttpHeaders // what hooks have set: request id, CORS
    reply.hijack()
    const { raw } = reply
    raw.on('error', () => raw.destroy()) // a reset while writing
    raw.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    raw.write('retry: 3000\n: connected\n\n')
    const wake = pump(parts, key, raw, from)
    const unfollow = hub.follow(noticeOf(key), wake)
    const authorization = request.headers.authorization
    const credential = typeof authorization === 'string' ? authorization.replace(/^Bearer\s+/i, '') : undefined
    const lifetime = Math.min(LIFETIME_MS, Math.max(0, (expiryOf(credential) ?? Infinity) - parts.clock.now()))
    const stream: BorneStream = { bearer: request.user, end: () => void raw.end() }
    const beat = setInterval(() => {
      raw.write(': ping\n\n')
      parts.db
        .tenant(key.tenantId, (tx) => touchTerminal(tx, key))
        .catch((error: unknown) => parts.log.warn({ err: error }, 'a terminal was not noted as connected'))
    }, HEARTBEAT_MS)
    const end = setTimeout(() => raw.end(), lifetime)
    open.add(stream)
    const { looked, release } = parts.outbox.accompany(stream)
    raw.once('close', () => {
      clearInterval(beat)
      clearTimeout(end)
      unfollow()
      release()
      open.delete(stream)
    })
    // It may have gone while the session was looked up, and so may the right to it.
    if (raw.destroyed) raw.emit('close')
    else void looked.then(wake)
  }

  return {
    async open(request) {
      const key = { tenantId: request.user.tenantId, userId: request.user.userId, sessionId: request.params.session_id }
      ownKind(key)
      if ([...open].filter(({ bearer }) => bearer.userId === key.userId).length >= MOST_STREAMS)
        throw codingErrors.TOO_MANY_STREAMS({ most: MOST_STREAMS, retryAfter: 5 })
      const header = request.headers['last-event-id']
      const from = await arrive(parts, key, positionOf(typeof header === 'string' ? header : undefined))
      attach(request, key, from)
      return HIJACKED
    },
    close() {
      for (const stream of open) stream.end('shutdown')
    },
  }
}
