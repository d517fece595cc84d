import type { Bus } from '../../foundation/bus.ts'
import { CHANNEL } from './frames.ts'

/** Wakes the readers of sessions on this node. */
export interface StreamHub {
  /** `wake` is called when the session may have new frames. */
  follow(session: string, wake: () => void): () => void
  close(): void
}

export function openStreamHub(bus: Pick<Bus, 'subscribe'>): StreamHub {
  const readers = new Map<string, Set<() => void>>()
  const unsubscribe = bus.subscribe(CHANNEL, (session) => {
    // An empty notice says that some may have been missed.
    const woken = session === '' ? [...readers.values()].flatMap((set) => [...set]) : (readers.get(session) ?? [])
    for (const wake of woken) wake()
  })
  return {
    follow(session, wake) {
      const set = readers.get(session) ?? new Set()
      readers.set(session, set.add(wake))
      return () => {
        set.delete(wake)
        if (set.size === 0) readers.delete(session)
      }
    },
    close: unsubscribe,
  }
}
