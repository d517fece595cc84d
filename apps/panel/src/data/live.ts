import { followEvents, type StreamEvent } from '@imperal/client'
import { inOneTab } from './one-tab.ts'
import { accessToken, renewSession } from './session.ts'

export type LiveState = 'connecting' | 'live' | 'offline' | 'resync'

type Listener = (event: StreamEvent) => void
type Word =
  | { readonly kind: 'event'; readonly event: StreamEvent }
  | { readonly kind: 'state'; readonly state: LiveState }
  | { readonly kind: 'ask' }

const CHANNEL = 'imperal.live'
const listeners = new Set<Listener>()
const stateListeners = new Set<() => void>()
const seen = new Set<string>()
let state: LiveState = 'connecting'
let stop: AbortController | null = null

function setState(next: LiveState): void {
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

function hear(event: StreamEvent): void {
  if (!isNew(event)) return
  for (const listener of listeners) listener(event)
}

/** Opens the stream, and tells the other tabs what comes: a browser allows few connections to one address. */
function lead(signal: AbortSignal, channel: BroadcastChannel): Promise<void> {
  const say = (word: Word) => {
    if (!signal.aborted) channel.postMessage(word)
  }
  return followEvents({
    baseUrl: '',
    token: accessToken,
    refresh: renewSession,
    signal,
    onState: (next) => {
      setState(next)
      say({ kind: 'state', state: next })
    },
    onEvent: (event) => {
      hear(event)
      say({ kind: 'event', event })
    },
  })
}

/** Follows the events of the signed-in person; of all tabs of the browser one holds the connection. */
export function startLive(): void {
  if (stop) return
  stop = new AbortController()
  const { signal } = stop
  const channel = new BroadcastChannel(CHANNEL)
  signal.addEventListener('abort', () => channel.close())
  let leads = false
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    if (data.kind === 'event') hear(data.event)
    else if (data.kind === 'state') setState(data.state)
    else if (leads) channel.postMessage({ kind: 'state', state })
  }
  channel.postMessage({ kind: 'ask' })
  const turn = inOneTab(CHANNEL, signal, () => {
    leads = true
    // What came between the last leader and this one is not known.
    if (state !== 'connecting') setState('offline')
    return lead(signal, channel)
  })
  turn.catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

export function stopLive(): void {
  stop?.abort()
  stop = null
  seen.clear()
  state = 'connecting'
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
