import { useEffect, useState } from 'react'
import type { TryMessage, TryState } from '../src/dev/try-out/wire.ts'

const KEPT_LINES = 300

/** What is live, and the lines of the terminal's log, oldest first. A new deploy raises `deploys`. */
export interface DevLog {
  readonly state: TryState | null
  readonly lines: readonly string[]
  readonly deploys: number
  readonly isConnected: boolean
}

export function useDevLog(): DevLog {
  const [log, setLog] = useState<DevLog>({ state: null, lines: [], deploys: 0, isConnected: false })
  useEffect(() => {
    const source = new EventSource('/log')
    // The server sends everything that it knows at every connect.
    source.onopen = () => setLog((old) => ({ ...old, lines: [], isConnected: true }))
    source.onerror = () => setLog((old) => ({ ...old, isConnected: false }))
    source.onmessage = ({ data }) => {
      const message = JSON.parse(data) as TryMessage
      setLog((old) =>
        message.kind === 'live'
          ? { ...old, state: message.state, deploys: old.deploys + 1 }
          : { ...old, lines: [...old.lines, message.text].slice(-KEPT_LINES) },
      )
    }
    return () => source.close()
  }, [])
  return log
}
