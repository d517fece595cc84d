import type { ContextSnapshot } from '@imperal/contract'

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat | null {
  let formatter = formatters.get(zone)
  if (formatter !== undefined) return formatter
  try {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    })
  } catch {
    return null // not a zone: the caller falls back to UTC
  }
  formatters.set(zone, formatter)
  return formatter
}

/** `GMT+02:00` → `+02:00`; plain `GMT` is UTC. */
const offsetOf = (name: string): string => /[+-]\d{2}:\d{2}/.exec(name)?.[0] ?? '+00:00'

function utc(now: number): ContextSnapshot['time'] {
  const iso = new Date(now).toISOString()
  const hour = Number(iso.slice(11, 13))
  return {
    timezone: 'UTC',
    utc_offset: '+00:00',
    now_utc: iso,
    now_local: `${iso.slice(0, 19)}+00:00`,
    hour_local: hour,
    is_business_hours: hour >= 9 && hour < 17,
  }
}

/** `ctx.time` of one moment in an IANA zone (sdk.md 3.2); an unknown zone counts as UTC. */
export function localTime(now: number, zone: string): ContextSnapshot['time'] {
  if (zone === 'UTC') return utc(now)
  const formatter = formatterOf(zone)
  if (formatter === null) return utc(now)
  const parts = Object.fromEntries(formatter.formatToParts(now).map((part) => [part.type, part.value]))
  const offset = offsetOf(parts.timeZoneName ?? '')
  const hour = Number(parts.hour)
  return {
    timezone: zone,
    utc_offset: offset,
    now_utc: new Date(now).toISOString(),
    now_local: `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}${offset}`,
    hour_local: hour,
    is_business_hours: hour >= 9 && hour < 17,
  }
}
