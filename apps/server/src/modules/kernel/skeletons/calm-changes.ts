/** What happens for changes that come in bursts: soon after the first, then at a slow pace while they go on. */
export interface CalmChanges {
  changed(key: string, due: () => void): void
  close(): void
}

const SOON_MS = 1_000
const PACE_MS = 10_000

export function calmChanges(): CalmChanges {
  /** What is to be done when the timer of a key ends; null while nothing changed since the last time. */
  const waiting = new Map<string, { due: (() => void) | null; timer: NodeJS.Timeout }>()
  const rest = (key: string, milliseconds: number, due: (() => void) | null): void => {
    waiting.set(key, { due, timer: setTimeout(() => end(key), milliseconds).unref() })
  }
  const end = (key: string): void => {
    const due = waiting.get(key)?.due ?? null
    waiting.delete(key)
    if (due === null) return
    rest(key, PACE_MS, null)
    due()
  }
  return {
    changed(key, due) {
      const entry = waiting.get(key)
      if (entry === undefined) rest(key, SOON_MS, due)
      else entry.due = due
    },
    close() {
      for (const { timer } of waiting.values()) clearTimeout(timer)
      waiting.clear()
    },
  }
}
