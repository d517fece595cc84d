import { followEvents, type StreamEvent } from '@imperal/client'
import { accessToken, renewSession } from './session.ts'

export type LiveState = 'connecting' | 'live' | 'offline' | 'resync'

type Listener = (event: StreamEvent) => void
const listeners = new Set<Listener>()
const stateListeners = new Set<() => void>()
let state: LiveState = 'connecting'
let abort: AbortController | null = null
const seen = new Set<string>()

const setState = (next: LiveState) => {
  state = next
  for (const listener of stateListeners) listener()
}

/** An event counts once, however often the stream repeats it after a reconnect. */
function isNew(event: StreamEvent): boolean {
  const id = typeof event.payload.event_id === 'string' ? event.payload.event_id : event.id
  if (id === null || id === undefined) return true
  if (seen.has(id)) return false
  seen.add(id)
  if (seen.size > 500) seen.delete(seen.values().next().value as string)
  return true
}

export function startLive(): void {
  if (abort) return
  abort = new AbortController()
  void followEvents({
    baseUrl: '',
    token: accessToken,
    refresh: renewSession,
    signal: abort.signal,
    onState: setState,
    onEvent: (event) => {
      if (!isNew(event)) return
      for (const listener of listeners) listener(event)
    },
  })
}

export function stopLive(): void {
  abort?.abort()
  abort = null
  seen.clear()
}

/** Every message of the event stream of the signed-in person. */
export function onLiveEvent(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const liveState = (): LiveState => state
export function subscribeLiveState(listener: () => void): () => void {
  stateListeners.add(listener)
  return () => stateListeners.delete(listener)
}
