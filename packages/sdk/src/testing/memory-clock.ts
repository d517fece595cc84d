import type { ContextSnapshot } from '@imperal/contract/host-protocol'

/** A clock that only moves when it is told to. */
export class MemoryClock {
  #now: number

  constructor(now: string | Date) {
    this.#now = new Date(now).getTime()
  }

  /** Unix milliseconds. */
  readonly now = (): number => this.#now

  iso(): string {
    return new Date(this.#now).toISOString()
  }

  advance(seconds: number): void {
    this.#now += seconds * 1000
  }

  /** What `ctx.time` shows in a time zone. */
  time(timezone: string): ContextSnapshot['time'] {
    const now = new Date(this.#now)
    const parts = Object.fromEntries(
      localFormat(timezone)
        .formatToParts(now)
        .map(({ type, value }) => [type, value]),
    )
    const hour = Number(parts.hour)
    const offset = parts.timeZoneName?.replace('GMT', '') || '+00:00'
    return {
      timezone,
      utc_offset: offset,
      now_utc: now.toISOString(),
      now_local: `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}${offset}`,
      hour_local: hour,
      is_business_hours: hour >= 9 && hour < 17,
    }
  }
}

function localFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  })
}
