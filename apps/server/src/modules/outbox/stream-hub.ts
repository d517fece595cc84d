import type { Clock } from '../../foundation/clock.ts'
import { type EndReason, type Frame, messageText, type StreamConnection } from './stream-connection.ts'
import type { StreamRecord } from './types.ts'

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

  /** The open streams of a user; null: of everybody. */
  of(userId: string | null): StreamConnection[] {
    const all = [...this.#ofTenant.values()].flatMap((connections) => [...connections])
    return userId === null ? all : all.filter((connection) => connection.userId === userId)
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

function revoke(connections: Iterable<StreamConnection>, sessionId: unknown): void {
  for (const connection of connections) {
    if (connection.bearer.sessionId !== null && connection.bearer.sessionId === sessionId) connection.end('revoked')
  }
}

/** Why the stream of a bearer has to end, who was let in once; null when it may go on. */
export type Verdict = (bearer: StreamConnection['bearer']) => Promise<EndReason | null>

/** Ends those streams whose bearers would not be let in again. */
export async function recheck(connections: Iterable<StreamConnection>, verdict: Verdict): Promise<void> {
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
