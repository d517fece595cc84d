import type { Clock } from '../../foundation/clock.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { type EndReason, type Frame, messageText, type StreamConnection } from './stream-connection.ts'
import type { BorneStream, StreamRecord } from './types.ts'

export interface StreamStats {
  readonly channels: number
  readonly clients: number
  readonly by_tenant: Record<string, number>
  readonly dropped: number
}

/** The open streams of this node, and who gets which message. */
export class StreamHub {
  readonly #clock: Clock
  readonly #ofUser = new Map<string, Set<StreamConnection>>()
  readonly #ofTenant = new Map<string, Set<StreamConnection>>()
  /** Streams of other modules, which end as those of events do. */
  readonly #guests = new Set<BorneStream>()
  readonly #heartbeat: NodeJS.Timeout
  #slow = 0

  constructor(clock: Clock, heartbeatMs: number) {
    this.#clock = clock
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs)
    this.#heartbeat.unref()
  }

  countOf(tenantId: string, userId: string): number {
    return this.#ofUser.get(userKey(tenantId, userId))?.size ?? 0
  }

  add(connection: StreamConnection): void {
    put(this.#ofUser, userKey(connection.tenantId, connection.userId), connection)
    put(this.#ofTenant, connection.tenantId, connection)
  }

  remove(connection: StreamConnection, reason: string): void {
    if (reason === 'slow_consumer') this.#slow += 1
    drop(this.#ofUser, userKey(connection.tenantId, connection.userId), connection)
    drop(this.#ofTenant, connection.tenantId, connection)
  }

  /** Hands the message to the streams it is for; gives their number. */
  dispatch(record: StreamRecord): number {
    const targets = this.receivers(record)
    if (record.type === 'session_revoked' && this.#guests.size > 0)
      revoke(this.#guestsOf(record.userId), record.payload.session_id)
    if (targets.size === 0) return 0
    const frame = toFrame(record)
    for (const connection of targets) {
      if (connection.wants(frame.type)) connection.send(frame)
    }
    if (record.type === 'session_revoked') revoke(targets, record.payload.session_id)
    return targets.size
  }

  receivers(record: { readonly tenantId: string; readonly userId: string | null }): ReadonlySet<StreamConnection> {
    const found =
      record.userId === null
        ? this.#ofTenant.get(record.tenantId)
        : this.#ofUser.get(userKey(record.tenantId, record.userId))
    // A copy: sending may end a connection, which takes it out of the set.
    return new Set(found)
  }

  /** The open streams of a user, those of other modules among them; null: of everybody. */
  of(userId: string | null): BorneStream[] {
    const all = [...this.#ofTenant.values()].flatMap((connections) => [...connections])
    const own = userId === null ? all : all.filter((connection) => connection.userId === userId)
    return [...own, ...this.#guestsOf(userId)]
  }

  /** Lets a stream of another module end with its bearer, until it is released. */
  accompany(stream: BorneStream): () => void {
    this.#guests.add(stream)
    return () => void this.#guests.delete(stream)
  }

  #guestsOf(userId: string | null): BorneStream[] {
    return [...this.#guests].filter(({ bearer }) => userId === null || bearer.userId === userId)
  }

  users(): { tenantId: string; userId: string }[] {
    return [...this.#ofUser.values()].flatMap((connections) => {
      const [{ tenantId, userId } = { tenantId: '', userId: '' }] = connections
      return userId === '' ? [] : [{ tenantId, userId }]
    })
  }

  stats(): StreamStats {
    const byTenant = [...this.#ofTenant].map(([tenantId, connections]) => [tenantId, connections.size] as const)
    return {
      channels: this.#ofUser.size,
      clients: byTenant.reduce((sum, [, size]) => sum + size, 0),
      by_tenant: Object.fromEntries(byTenant),
      dropped: this.#slow,
    }
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const connections of [...this.#ofTenant.values()]) {
      for (const connection of [...connections]) connection.end('shutdown')
    }
  }

  #beat(): void {
    const now = this.#clock.now()
    for (const connections of [...this.#ofTenant.values()]) {
      for (const connection of [...connections]) {
        if (connection.expiresAt <= now) connection.end('token_expired')
        else connection.ping()
      }
    }
  }
}

export const toFrame = (record: StreamRecord): Frame => ({
  id: record.id,
  type: record.type,
  text: messageText({ type: record.type, payload: record.payload, ts: record.createdAt }),
})

const userKey = (tenantId: string, userId: string): string => JSON.stringify([tenantId, userId])

function revoke(connections: Iterable<BorneStream>, sessionId: unknown): void {
  for (const connection of connections) {
    if (connection.bearer.sessionId !== null && connection.bearer.sessionId === sessionId) connection.end('revoked')
  }
}

/** Why the stream of a bearer has to end, who was let in once; null when it may go on. */
export type Verdict = (bearer: Principal) => Promise<EndReason | null>

/** Ends those streams whose bearers would not be let in again. */
export async function recheck(connections: Iterable<BorneStream>, verdict: Verdict): Promise<void> {
  for (const connection of connections) {
    const reason = await verdict(connection.bearer)
    if (reason !== null) connection.end(reason)
  }
}

function put(map: Map<string, Set<StreamConnection>>, key: string, connection: StreamConnection): void {
  const set = map.get(key) ?? new Set()
  map.set(key, set.add(connection))
}

function drop(map: Map<string, Set<StreamConnection>>, key: string, connection: StreamConnection): void {
  const set = map.get(key)
  set?.delete(connection)
  if (set?.size === 0) map.delete(key)
}
