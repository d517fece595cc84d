import type { DevCall, DevCallPayload, DevLogLine, DevLogPayload } from '@imperal/contract'
import type { LogLevel } from '../hosts/index.ts'
import type { Outbox, OutboxMessage } from '../outbox/index.ts'
import type { CallSession } from './callbacks/session.ts'
import type { AppInUse, ConfirmedCall } from './corridor/stages.ts'
import type { LedgerRow } from './ledger/row.ts'

/**
 * What extensions log and which of their calls ended how, for their developer: the last lines of each app, and live stream
 * messages to the owner, `dev_log` and after it `dev_call`. What happens in a moment shares a message; of a flood
 * `skipped` says how much did not go out.
 */
export interface DevLog {
  line(call: ConfirmedCall, level: LogLevel, text: string): void
  http(session: CallSession, request: { method: string; host: string; status: number; ms: number }): void
  /** A call whose record is written. Arguments and result go out only where the developer made the call. */
  call(use: Pick<AppInUse, 'app' | 'version'>, row: LedgerRow): void
  /** Lines of an app after a number, oldest first. */
  read(appId: string, after?: number): readonly DevLogLine[]
}

const KEPT_LINES = 500
const KEPT_APPS = 1000
// Long enough that a talkative handler fills messages, short enough to look live.
const GATHER_MS = 50
// With its envelope below what one notice to other nodes takes (8 kB).
const MESSAGE_BYTES = 7_000
// What one app may send live in one such moment: a reader on a slow line is cut off at 256 messages.
const MOST_MESSAGES = 24
// What one app may send of its calls in one such moment: busy apps are followed by their figures, not call by call.
const MOST_CALLS = 100

interface Ring {
  readonly lines: DevLogLine[]
  seq: number
}

interface Gathered {
  readonly owner: Pick<OutboxMessage, 'tenantId' | 'userId'>
  readonly lines: DevLogLine[]
  readonly calls: DevCall[]
  skippedCalls: number
}

/** Entries in their order, in as few messages as fit. One that is too long for any has a message of its own. */
function pack<T>(entries: readonly T[]): T[][] {
  const packs: T[][] = []
  let bytes = MESSAGE_BYTES
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1
    if (bytes + size > MESSAGE_BYTES) {
      packs.push([])
      bytes = 0
    }
    packs.at(-1)?.push(entry)
    bytes += size
  }
  return packs
}

/** The packs that go out, and in the last of them how many entries did not. */
function limited<T>(entries: readonly T[], skippedBefore = 0): { entries: T[]; skipped: number }[] {
  const packs = pack(entries)
  const skipped = packs.slice(MOST_MESSAGES).flat().length + skippedBefore
  const sent = packs.slice(0, MOST_MESSAGES)
  return sent.map((one, index) => ({ entries: one, skipped: index === sent.length - 1 ? skipped : 0 }))
}

/** Collects what goes out live, and sends it by app. */
function createGatherer(outbox: Pick<Outbox, 'sendEphemeral'>): (app: AppInUse['app']) => Gathered | null {
  const waiting = new Map<string, Gathered>()
  const flush = (): void => {
    for (const [appId, { owner, lines, calls, skippedCalls }] of waiting) {
      for (const { entries, skipped } of limited(lines)) {
        const payload = { app_id: appId, lines: entries, skipped } satisfies DevLogPayload
        outbox.sendEphemeral({ ...owner, type: 'dev_log', payload })
      }
      for (const { entries, skipped } of limited(calls, skippedCalls)) {
        const payload = { app_id: appId, calls: entries, skipped } satisfies DevCallPayload
        outbox.sendEphemeral({ ...owner, type: 'dev_call', payload })
      }
    }
    waiting.clear()
  }
  return ({ appId, ownerId, ownerTenantId }) => {
    if (ownerId === null) return null
    if (waiting.size === 0) setTimeout(flush, GATHER_MS).unref()
    const owner = { tenantId: ownerTenantId, userId: ownerId }
    const gathered = waiting.get(appId) ?? { owner, lines: [], calls: [], skippedCalls: 0 }
    waiting.set(appId, gathered)
    return gathered
  }
}

/** A row of the ledger as a developer sees it. */
function devCallOf(row: LedgerRow, version: string, isOwn: boolean): DevCall {
  return {
    call_id: row.call_id,
    trace_id: row.trace_id,
    version,
    function: row.function,
    source: row.source,
    action_type: row.action_type,
    status: row.status,
    error_code: row.error_code,
    duration_ms: row.duration_ms,
    completed_at: row.completed_at,
    args: isOwn ? row.args : null,
    result_preview: isOwn ? row.result_preview : null,
  }
}

export function createDevLog(outbox: Pick<Outbox, 'sendEphemeral'>): DevLog {
  const gather = createGatherer(outbox)
  const rings = new Map<string, Ring>()
  const ringOf = (appId: string): Ring => {
    let ring = rings.get(appId)
    if (ring === undefined) {
      if (rings.size >= KEPT_APPS) rings.delete(rings.keys().next().value ?? '')
      ring = { lines: [], seq: 0 }
      rings.set(appId, ring)
    }
    return ring
  }
  const add = (call: ConfirmedCall, level: LogLevel, text: string): void => {
    const { app, version } = call.use
    const ring = ringOf(app.appId)
    const line: DevLogLine = {
      seq: ++ring.seq,
      app_id: app.appId,
      version: version.version,
      function: call.handler.functionName,
      call_id: call.pass.callId,
      trace_id: call.pass.traceId,
      level,
      text,
      ts: new Date().toISOString(),
    }
    ring.lines.push(line)
    if (ring.lines.length > KEPT_LINES) ring.lines.shift()
    gather(app)?.lines.push(line)
  }
  return {
    line: add,
    // Host and figures only: addresses, headers and bodies may hold credentials.
    http: (session, { method, host, status, ms }) =>
      add(session.call, 'debug', `ctx.http ${method} ${host} → ${status} in ${Math.round(ms)} ms`),
    call: ({ app, version }, row) => {
      const gathered = gather(app)
      if (gathered === null) return
      if (gathered.calls.length === MOST_CALLS) gathered.skippedCalls += 1
      else {
        const isOwn = row.user_id === app.ownerId && row.tenant_id === app.ownerTenantId
        gathered.calls.push(devCallOf(row, version.version, isOwn))
      }
    },
    read: (appId, after = 0) => (rings.get(appId)?.lines ?? []).filter((line) => line.seq > after),
  }
}
