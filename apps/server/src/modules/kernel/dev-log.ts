import type { LogLevel } from '../hosts/index.ts'
import type { Outbox, OutboxMessage } from '../outbox/index.ts'
import type { CallSession } from './callbacks/session.ts'
import type { ConfirmedCall } from './corridor/stages.ts'

export interface DevLogLine {
  /** Rises within one app on one node. */
  readonly seq: number
  readonly app_id: string
  readonly version: string
  readonly function: string
  readonly call_id: string
  readonly trace_id: string
  readonly level: LogLevel
  readonly text: string
  readonly ts: string
}

/**
 * What extensions log, for their developer: the last lines of each app, and live stream messages `dev_log` to the owner,
 * `{app_id, lines, skipped}`. The lines of a moment share a message; of a flood `skipped` says how many did not go out.
 */
export interface DevLog {
  line(call: ConfirmedCall, level: LogLevel, text: string): void
  http(session: CallSession, request: { method: string; host: string; status: number; ms: number }): void
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

interface Ring {
  readonly lines: DevLogLine[]
  seq: number
}

interface Gathered {
  readonly owner: Pick<OutboxMessage, 'tenantId' | 'userId'>
  readonly lines: DevLogLine[]
}

/** Lines in their order, in as few messages as fit. A line that is too long for any has one of its own. */
function packLines(lines: readonly DevLogLine[]): DevLogLine[][] {
  const packs: DevLogLine[][] = []
  let bytes = MESSAGE_BYTES
  for (const line of lines) {
    const size = Buffer.byteLength(JSON.stringify(line)) + 1
    if (bytes + size > MESSAGE_BYTES) {
      packs.push([])
      bytes = 0
    }
    packs.at(-1)?.push(line)
    bytes += size
  }
  return packs
}

/** Collects what goes out live, and sends it by app. */
function createGatherer(outbox: Pick<Outbox, 'sendEphemeral'>): (call: ConfirmedCall, line: DevLogLine) => void {
  const waiting = new Map<string, Gathered>()
  const flush = (): void => {
    for (const [appId, { owner, lines }] of waiting) {
      const packs = packLines(lines)
      const skipped = packs.slice(MOST_MESSAGES).flat().length
      packs.slice(0, MOST_MESSAGES).forEach((pack, index) => {
        const last = index === Math.min(packs.length, MOST_MESSAGES) - 1
        const payload = { app_id: appId, lines: pack.map((line) => ({ ...line })), skipped: last ? skipped : 0 }
        outbox.sendEphemeral({ ...owner, type: 'dev_log', payload })
      })
    }
    waiting.clear()
  }
  return (call, line) => {
    const { appId, ownerId, ownerTenantId } = call.use.app
    if (ownerId === null) return
    if (waiting.size === 0) setTimeout(flush, GATHER_MS).unref()
    const gathered = waiting.get(appId) ?? { owner: { tenantId: ownerTenantId, userId: ownerId }, lines: [] }
    gathered.lines.push(line)
    waiting.set(appId, gathered)
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
    gather(call, line)
  }
  return {
    line: add,
    // Host and figures only: addresses, headers and bodies may hold credentials.
    http: (session, { method, host, status, ms }) =>
      add(session.call, 'debug', `ctx.http ${method} ${host} → ${status} in ${Math.round(ms)} ms`),
    read: (appId, after = 0) => (rings.get(appId)?.lines ?? []).filter((line) => line.seq > after),
  }
}
