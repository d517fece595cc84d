import type { EventEnvelope, JsonObject } from '@imperal/contract'
import type { Statement, Tx } from '../../foundation/db/index.ts'
import type { MountedRoute, Principal } from '../../foundation/http/index.ts'
import type { EndReason } from './stream-connection.ts'

/**
 * A message that becomes visible with the transaction that writes it. `userId: null` addresses every user of the tenant.
 * `stream` types are those of api.md 6.2 (`event`, `state_changed`, `panel_refresh`, `chat_message`, `chat_delta`, `notification`, …).
 */
export interface OutboxMessage {
  readonly tenantId: string
  readonly userId: string | null
  readonly type: string
  readonly payload: JsonObject
}

export interface StreamRecord extends OutboxMessage {
  /** Sorts in commit order as text; the SSE event id. `''` for ephemeral messages. */
  readonly id: string
  readonly createdAt: string
}

/** What stood behind a place, and the place behind it: pass that to go on. */
export interface SettledPage {
  readonly records: readonly StreamRecord[]
  readonly position: string
}

export interface SettledQuery {
  readonly type: string
  readonly limit: number
  /**
   * Of events: only those whose name or alias this query gives; the place moves over the others. `text` is a constant whose
   * own values begin at `$5`. It sees what the messages are read with, so that a name that was written before an event is
   * there when the event is.
   */
  readonly names?: { readonly text: string; readonly values: readonly unknown[] } | undefined
}

export interface MessageSpan {
  /** Null: every tenant. */
  readonly tenantId: string | null
  readonly userId?: string | undefined
  readonly type: string
  readonly from: Date
  readonly to: Date
  readonly after?: string | undefined
  readonly limit: number
}

export interface StreamUser {
  readonly tenantId: string
  readonly userId: string
}

/** A stream that lasts as long as its bearer would be let in again. */
export interface BorneStream {
  readonly bearer: Principal
  end(reason: EndReason): void
}

export interface Outbox {
  /** Statement that appends one message, for a `Writer` or `Database.atomic`. */
  publishing(message: OutboxMessage): Statement
  /** One statement for many messages (closing statements of concurrent calls). */
  publishingMany(messages: readonly OutboxMessage[]): Statement
  /** Inside a transaction of the caller. */
  publish(tx: Tx, message: OutboxMessage): Promise<void>
  /** Appends a message in a transaction of its own. */
  send(message: OutboxMessage): Promise<void>
  /** Messages that never touch the disk: text deltas of a streaming answer. Reaches this node's and other nodes' listeners, best effort. */
  sendEphemeral(message: OutboxMessage): void
  /**
   * Every committed message, in commit order, once per process, from now on; gap-free across reconnects.
   * Ephemeral messages come as well, with the id `''`.
   * Used by the SSE stream and by the delivery of events to subscribers.
   */
  listen(listener: (record: StreamRecord) => void): () => void
  /**
   * What a person finds again who opens a stream anew, without a last id: sent to that stream alone, and stored nowhere. It is
   * asked for each time and must not reject.
   */
  onReturn(find: (user: StreamUser) => Promise<readonly OutboxMessage[]>): void
  /** Says who may have a stream: whether its bearer would be let in again. Asked when a stream opens, and by `recheck`. */
  admitWith(admits: (bearer: Principal) => Promise<boolean>): void
  /** Ends the streams of a user, or of everybody (null), whose bearers would not be let in again; soon, not at once. */
  recheck(userId: string | null): void
  /**
   * Lets a stream of another module end as those of events do: with its session, and when its bearer would not be let in again.
   * That is looked at now, which `looked` waits for, and never rejects. To be released when the stream has ended.
   */
  accompany(stream: BorneStream): { readonly looked: Promise<void>; release(): void }
  /** Messages of one user after an id, for resume; null when the id is older than what is kept (10 minutes at least). */
  replay(tenantId: string, userId: string, afterId: string, limit: number): Promise<StreamRecord[] | null>
  latestId(): Promise<string>
  /**
   * Committed messages of one type behind a place that the reader keeps, oldest first, across restarts. A place that is none
   * stands for the present: no messages, and the place to go on from.
   */
  readSettled(after: string, query: SettledQuery): Promise<SettledPage>
  /**
   * Messages of one type that were written within a span of time, oldest first, as far as they are kept. Pages: pass the
   * id of the last one as `after`.
   */
  readSpan(span: MessageSpan): Promise<StreamRecord[]>
  /** Users who have an event stream open on this node: they are here. */
  connected(): { tenantId: string; userId: string }[]
  /** Event streams that are open on this node. */
  streams(): number
  /** The holder of a stream ticket (`POST /v1/events/ticket`), once; null when it is unknown, used or older than 30 s. */
  redeemTicket(ticket: string): Promise<Principal | null>
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

export type { EventEnvelope }
