import { type RefObject, useEffect, useRef, useSyncExternalStore } from 'react'

/** Everything that lies over the page: dialogs, menus, popovers and hints. */
export type Layers = typeof import('../layers/index.ts')

let layers: Layers | null = null
let loading: Promise<void> | null = null
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * Fetches the code of the layers, which no page needs before somebody opens one. Rejects when it cannot be fetched, as
 * offline; the next call tries again.
 */
export function preloadLayers(): Promise<void> {
  loading ??= import('../layers/index.ts').then(
    (module) => {
      layers = module
      for (const listener of listeners) listener()
    },
    (error: unknown) => {
      loading = null
      throw error
    },
  )
  return loading
}

/**
 * The code of the layers once it is there; asked for when the first of them is wanted. `takeBack` closes again what was
 * opened: when the code cannot be fetched (opening it once more asks again), and, for what opens beside an `anchor`, when the
 * person presses Escape or goes elsewhere before it is there. Else it would take the focus from what they do by then.
 */
export function useLayers(
  wanted: boolean,
  takeBack: () => void,
  anchor?: RefObject<HTMLElement | null>,
): Layers | null {
  const there = useSyncExternalStore(
    subscribe,
    () => layers,
    () => layers,
  )
  const latest = useRef(takeBack)
  latest.current = takeBack
  useEffect(() => {
    if (!wanted || there !== null) return
    const left = new AbortController()
    const { signal } = left
    preloadLayers().catch(() => signal.aborted || latest.current())
    if (anchor !== undefined) {
      const onElsewhere = ({ target }: Event) => anchor.current?.contains(target as Node) || latest.current() // of the page
      document.addEventListener('pointerdown', onElsewhere, { signal })
      document.addEventListener('focusin', onElsewhere, { signal })
      document.addEventListener('keydown', ({ key }) => key === 'Escape' && latest.current(), { signal })
    }
    return () => left.abort()
  }, [wanted, there, anchor])
  return there
}
