/** When a panel is fetched again by itself (ui 5.4). */
export interface RefreshRule {
  readonly intervalMs: number | null
  readonly patterns: readonly string[]
}

/** Something that happened: `scope` is the publishing app, `action` the name of the event, which may hold dots. */
export interface HappenedEvent {
  readonly scope: string
  readonly action: string
}

const SHORTEST_MS = 5_000
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

/** Reads `manual`, `interval:30s`, `on_event:a.b,c` and several of them divided by `;`. What cannot be read is `manual`. */
export function parseRefresh(text: unknown): RefreshRule {
  const rule = { intervalMs: null as number | null, patterns: [] as string[] }
  if (typeof text !== 'string') return rule
  for (const part of text.split(';').map((one) => one.trim())) {
    const interval = /^interval:\s*(\d+)\s*([smh])$/.exec(part)
    if (interval) rule.intervalMs = Math.max(SHORTEST_MS, Number(interval[1]) * (UNIT_MS[interval[2] ?? 's'] ?? 1_000))
    const events = /^on_event:(.*)$/s.exec(part)?.[1]
    if (events !== undefined) {
      rule.patterns.push(
        ...events
          .split(',')
          .map((pattern) => pattern.trim())
          .filter((pattern) => pattern !== ''),
      )
    }
  }
  return rule
}

function matchesOne(pattern: string, appId: string, event: HappenedEvent): boolean {
  const full = `${event.scope}.${event.action}`
  // A bare name means the panel's own app; events of others need the full name.
  const names = event.scope === appId ? [full, event.action] : [full]
  if (pattern === event.scope) return true
  if (!pattern.endsWith('.*')) return names.includes(pattern)
  return names.some((name) => name.startsWith(pattern.slice(0, -1)))
}

/** Whether a panel of `appId` is fetched again because of the event. */
export const isTriggered = (rule: RefreshRule, appId: string, event: HappenedEvent): boolean =>
  rule.patterns.some((pattern) => matchesOne(pattern, appId, event))

/** Scope and action of a full event name; the app's part ends at the first dot. */
export function eventOf(fullName: string): HappenedEvent {
  const dot = fullName.indexOf('.')
  return dot === -1
    ? { scope: '', action: fullName }
    : { scope: fullName.slice(0, dot), action: fullName.slice(dot + 1) }
}
