import { CompiledQuery } from 'kysely'
import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { openEphemeral } from './ephemeral.ts'
import type { StreamLimits } from './open-stream.ts'
import { publishMany, publishOne } from './publish-messages.ts'
import { readSettled } from './read-settled.ts'
import { readSpan } from './read-span.ts'
import { startRelay } from './relay.ts'
import { latestMessageId, replayMessages } from './replay-messages.ts'
import { outboxHandlers } from './routes.ts'
import { BUFFER } from './stream-connection.ts'
import { recheck, StreamHub, type Verdict } from './stream-hub.ts'
import { redeemTicket } from './tickets.ts'
import { dropForeignMessages, RETENTION, type Retention, trimMessages } from './trim-messages.ts'
import type { Outbox, StreamRecord } from './types.ts'

const STREAMS: StreamLimits = { perUser: 8, lifetimeMs: 3_600_000, replay: 1_000, buffer: BUFFER }
const HEARTBEAT_MS = 15_000
const TRIM_MS = 60_000

export interface OutboxOptions {
  readonly db: Database
  readonly bus: Bus
  readonly log: Log
  readonly clock: Clock
  readonly retention?: Retention
  /** Tables that hold how far their modules have read; what is not read by all of them is kept. */
  readonly readers?: readonly string[]
  readonly streams?: Partial<StreamLimits>
  readonly heartbeatMs?: number
}

/** Opens the outbox of this node: from now on its listeners get every message that commits on any node. */
export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const { db, clock, log } = options
  const listeners = new Set<(record: StreamRecord) => void>()
  const deliver = (record: StreamRecord): void => {
    for (const listener of listeners) {
      try {
        listener(record)
      } catch (error) {
        log.error({ err: error, type: record.type }, 'a listener of the outbox failed')
      }
    }
  }
  await dropForeignMessages(db)
  const hub = new StreamHub(clock, options.heartbeatMs ?? HEARTBEAT_MS)
  listeners.add((record) => void hub.dispatch(record))
  const ephemeral = openEphemeral(options, (message) => deliver({ ...message, id: '', createdAt: clock.iso() }))
  const relay = await startRelay(options, deliver)
  const trim = setInterval(() => {
    trimMessages(db, clock, options.retention ?? RETENTION, options.readers).catch((error) =>
      log.warn({ err: error }, 'old messages could not be removed, trying again'),
    )
  }, TRIM_MS)
  trim.unref()

  let find: Parameters<Outbox['onReturn']>[0] = async () => []
  const replay: Outbox['replay'] = (tenantId, userId, afterId, limit) =>
    replayMessages(db, { tenantId, userId }, afterId, limit)
  const latestId = () => latestMessageId(db)
  let admits: Parameters<Outbox['admitWith']>[0] = async () => true
  const verdict: Verdict = async (bearer) => {
    try {
      return (await admits(bearer)) ? null : 'revoked'
    } catch (error) {
      // It comes back when it can be told again who its bearer is.
      log.warn({ err: error, userId: bearer.userId }, 'whether a stream may go on could not be told; it ends')
      return 'shutdown'
    }
  }
  const limits = { ...STREAMS, ...options.streams }
  return {
    publishing: (message) => publishOne(clock, message),
    publishingMany: (messages) => publishMany(clock, messages),
    async publish(tx, message) {
      const { text, values } = publishOne(clock, message)
      await tx.executeQuery(CompiledQuery.raw(text, [...values]))
    },
    async send(message) {
      await db.atomic(message.tenantId, [publishOne(clock, message)])
    },
    sendEphemeral: (message) => ephemeral.send(message),
    onReturn(next) {
      find = next
    },
    admitWith(next) {
      admits = next
    },
    recheck: (userId) => void recheck(hub.of(userId), verdict),
    accompany: (stream) => ({ release: hub.accompany(stream), looked: recheck([stream], verdict) }),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    replay,
    latestId,
    readSettled: (after, page) => readSettled(db, after, page),
    readSpan: (span) => readSpan(db, span),
    connected: () => hub.users(),
    streams: () => hub.stats().clients,
    redeemTicket: (ticket) => redeemTicket(db, clock, ticket),
    routes: outboxHandlers({
      db,
      clock,
      hub,
      replay,
      latestId,
      limits,
      verdict,
      waiting: (user) => find(user),
      dropped: () => ephemeral.dropped,
    }),
    async close() {
      clearInterval(trim)
      relay.close()
      ephemeral.close()
      hub.close()
    },
  }
}
