import { useEffect, useState } from 'react'

/** Time left until a moment as `4:38`; null when it is over. */
export function timeLeft(until: string, now: number): string | null {
  const seconds = Math.ceil((Date.parse(until) - now) / 1_000)
  if (!(seconds > 0)) return null
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** The same, followed every second while `active`. */
export function useCountdown(until: string, active: boolean): string | null {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!active) return
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [active])
  return timeLeft(until, now)
}
