import type { JsonObject } from '@imperal/contract'
import type { LogLevel } from '../hosts/index.ts'
import type { Outbox } from '../outbox/index.ts'
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

/** What extensions log, for their developer: the last lines of each app, and a live stream message `dev_log` to the owner. */
export interface DevLog {
  line(call: ConfirmedCall, level: LogLevel, text: string): void
  http(session: CallSession, request: { method: string; host: string; status: number; ms: number }): void
  /** Lines of an app after a number, oldest first. */
  read(appId: string, after?: number): readonly DevLogLine[]
}

const KEPT_LINES = 500
const KEPT_APPS = 1000

interface Ring {
  readonly lines: DevLogLine[]
  seq: number
}

export function createDevLog(outbox: Outbox): DevLog {
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
    if (app.ownerId !== null)
      outbox.sendEphemeral({
        tenantId: app.ownerTenantId,
        userId: app.ownerId,
        type: 'dev_log',
        payload: { ...line } satisfies JsonObject,
      })
  }
  return {
    line: add,
    // Host and figures only: addresses, headers and bodies may hold credentials.
    http: (session, { method, host, status, ms }) =>
      add(session.call, 'debug', `ctx.http ${method} ${host} → ${status} in ${Math.round(ms)} ms`),
    read: (appId, after = 0) => (rings.get(appId)?.lines ?? []).filter((line) => line.seq > after),
  }
}
