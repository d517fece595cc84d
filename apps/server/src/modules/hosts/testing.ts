import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContextSnapshot, JsonValue } from '@imperal/contract'
import type { HostArtefact, HostCall, HostCallback, HostCallbacks, HostsOptions, LogLevel } from './index.ts'
import { type Hosts, openHosts } from './index.ts'

/** What the tests of hosts share: extensions written by hand against the port, without the SDK. */

let sequence = 0

/** A bundle whose handlers are the given JavaScript functions `(params, kernel, call) => …`, by name. */
export function bundleOf(handlers: Readonly<Record<string, string>>, top = ''): string {
  const entries = Object.entries(handlers).map(([name, code]) => `${JSON.stringify(name)}: ${code}`)
  return `${top}
const handlers = {
${entries.join(',\n')}
}
export const ext = {
  [Symbol.for('imperal.extension.v1')]: {
    appId: 'probe',
    version: '1.0.0',
    manifest: () => ({ app_id: 'probe', tools: Object.keys(handlers) }),
    invoke: async (call, kernel) => handlers[call.name](call.params, kernel, call),
  },
}
`
}

export function artefactOf(bundle: string, more: Partial<HostArtefact> = {}): HostArtefact {
  return { appId: 'probe', version: '1.0.0', hash: `hash-${++sequence}`, bundle, sourceMap: null, ...more }
}

export const CONTEXT: ContextSnapshot = {
  app_id: 'probe',
  version: '1.0.0',
  user: null,
  tenant: null,
  agency_id: null,
  agency_theme: null,
  time: {
    timezone: 'UTC',
    utc_offset: '+00:00',
    now_utc: '2026-01-01T00:00:00Z',
    now_local: '2026-01-01T00:00:00Z',
    hour_local: 0,
    is_business_hours: false,
  },
  config: {},
  public_url: 'http://127.0.0.1:4780',
  idempotency_key: 'sha256:of-this-call',
  task_id: null,
}

export function callOf(name: string, params: JsonValue = {}, more: Partial<HostCall> = {}): HostCall {
  const deadline = Date.now() + 20_000
  return { id: `call-${++sequence}`, kind: 'function', name, params, ctx: CONTEXT, caller: 'ada', deadline, ...more }
}

export interface Recorded extends HostCallbacks {
  readonly seen: HostCallback[]
  readonly logs: { level: LogLevel; text: string }[]
}

/** Callbacks that record what they get and answer with `answer`. */
export function recorder(
  answer: (frame: HostCallback) => Promise<JsonValue> | JsonValue = () => null,
  more: Partial<HostCallbacks> = {},
): Recorded {
  const seen: HostCallback[] = []
  const logs: Recorded['logs'] = []
  return {
    seen,
    logs,
    async onCallback(frame) {
      seen.push(frame)
      return answer(frame)
    },
    onLog: (entry) => void logs.push(entry),
    onEgress: () => true,
    ...more,
  }
}

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** Hosts in a runtime folder of their own, both gone after `close`. */
export async function openTestHosts(options: Partial<HostsOptions> = {}): Promise<Hosts & { runtimeDir: string }> {
  const runtimeDir = options.runtimeDir ?? mkdtempSync(join(tmpdir(), 'hosts-'))
  const hosts = await openHosts({ log: silent, ...options, runtimeDir })
  return {
    ...hosts,
    runtimeDir,
    async close() {
      await hosts.close()
      if (options.runtimeDir === undefined) rmSync(runtimeDir, { recursive: true, force: true })
    },
  }
}
