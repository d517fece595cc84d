import { useLayoutEffect, useRef, useState } from 'react'

interface LastWord<T> {
  /** What the person chose while calls run, over whatever a refresh in between says. */
  readonly held: { readonly value: T } | null
  /** Changes what is held, if calls run. */
  readonly hold: (value: T) => void
  /** Fires now, or when the call before is through; of several that wait only the last one is fired. */
  readonly send: (value: T, fire: () => Promise<unknown>) => Promise<void>
}

/**
 * Calls of one control, one at a time (ui 2.0.5), of which the last value wins: what a key or a finger did while a call
 * ran is sent after it. `settle` hears at the end what was held, unless the tree declared another value meanwhile.
 */
export function useLastWord<T>(declared: T, settle: (value: T) => void): LastWord<T> {
  const [held, setHeld] = useState<{ readonly value: T } | null>(null)
  const chosen = useRef<{ readonly value: T } | null>(null)
  const waiting = useRef<(() => Promise<unknown>) | null>(null)
  const newest = useRef({ declared, settle })
  useLayoutEffect(() => {
    newest.current = { declared, settle }
  })
  const choose = (next: { readonly value: T } | null) => {
    chosen.current = next
    setHeld(next)
  }
  const send = async (value: T, fire: () => Promise<unknown>) => {
    const runs = chosen.current !== null
    waiting.current = fire
    choose({ value })
    if (runs) return
    let before = declared
    try {
      for (;;) {
        const next = waiting.current
        if (next === null) break
        waiting.current = null
        before = newest.current.declared
        await next()
      }
    } finally {
      const { value: last } = chosen.current ?? { value }
      choose(null)
      if (JSON.stringify(before) === JSON.stringify(newest.current.declared)) newest.current.settle(last)
    }
  }
  return { held, hold: (value) => chosen.current !== null && choose({ value }), send }
}
