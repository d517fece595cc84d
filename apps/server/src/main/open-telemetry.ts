import { hostname } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Settings } from '../foundation/config/index.ts'
import type { Log } from '../foundation/log.ts'
import { VERSION } from '../foundation/start/index.ts'
import { openTelemetry, type Telemetry } from '../foundation/telemetry/index.ts'
import { TRUTH_EVENTS } from '../modules/chat/index.ts'
import type { Facts } from './open-facts.ts'
import type { Ground } from './open-ground.ts'
import type { Core } from './open-kernel.ts'
import type { Services } from './open-services.ts'

const wantsMetrics = (settings: Settings): boolean =>
  settings.IMPERAL_METRICS || settings.IMPERAL_METRICS_TOKEN !== undefined

const headersOf = (list: string | undefined): Record<string, string> =>
  Object.fromEntries((list ?? '').split(',').flatMap((pair) => (pair === '' ? [] : [splitAtFirst(pair)])))

function splitAtFirst(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}

/** Traces and metrics as the settings want them; nothing is loaded when they want none. */
export const openTelemetryOf = (settings: Settings, log: Log): Promise<Telemetry> =>
  openTelemetry({
    collector: settings.IMPERAL_OTLP_URL ?? null,
    headers: headersOf(settings.IMPERAL_OTLP_HEADERS),
    traceRatio: settings.IMPERAL_TRACE_PERCENT / 100,
    metrics: wantsMetrics(settings),
    version: VERSION,
    node: `${hostname()}:${process.pid}`,
    log,
  })

/** The figures of this process, and on workers those of the installation. */
export function measurePlatform(
  { settings, telemetry }: Ground,
  { outbox, identity, state }: Facts,
  { hosts, kernel }: Core,
  { chat, automations }: Services,
): void {
  if (!wantsMetrics(settings) && settings.IMPERAL_OTLP_URL === undefined) return
  telemetry.gauge('imperal.hosts', () => {
    const states = new Map<string, number>()
    for (const { state } of hosts.status()) states.set(state, (states.get(state) ?? 0) + 1)
    return [...states].map(([state, value]) => ({ value, attributes: { state } }))
  })
  telemetry.gauge('imperal.streams', () => [{ value: outbox.streams() }])
  telemetry.gauge('imperal.threats', () =>
    Object.entries({ ...kernel.threats(), ...identity.threats() }).map(([kind, value]) => ({
      value,
      attributes: { kind },
    })),
  )
  telemetry.gauge('imperal.chat_truth', () => {
    const counts = chat.counters()
    return TRUTH_EVENTS.map((kind) => ({ value: counts[kind] ?? 0, attributes: { kind } }))
  })
  telemetry.gauge('imperal.memory', () => {
    const { rss, heapUsed } = process.memoryUsage()
    return [
      { value: rss, attributes: { kind: 'rss' } },
      { value: heapUsed, attributes: { kind: 'heap' } },
    ]
  })
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  telemetry.gauge('imperal.event_loop_delay', () => {
    const value = delay.percentile(99) / 1e9
    delay.reset()
    return [{ value }]
  })
  if (!settings.IMPERAL_ROLES.includes('worker')) return
  const backlog = sharedLook(() => kernel.backlog())
  telemetry.gauge('imperal.tasks', async () => (await backlog()).tasks)
  telemetry.gauge('imperal.deliveries', async () => (await backlog()).deliveries)
  telemetry.gauge('imperal.event_lag', async () => {
    const lags = await Promise.all([backlog().then(({ eventLag }) => eventLag), automations.eventLag()])
    return [{ value: Math.max(...lags) }]
  })
  telemetry.gauge('imperal.skeleton_lag', async () => [{ value: await state.skeletonLag() }])
  telemetry.gauge('imperal.open_calls', async () => [{ value: (await backlog()).openCalls }])
  telemetry.gauge('imperal.dead_events', async () => [{ value: (await backlog()).deadEvents }])
}

/** One look for all that ask in the same moment. */
function sharedLook<T>(look: () => Promise<T>): () => Promise<T> {
  let looking: Promise<T> | null = null
  return () => {
    looking ??= look().finally(() => {
      looking = null
    })
    return looking
  }
}
