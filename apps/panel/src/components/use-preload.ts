import { useEffect } from 'react'
import { type Workspace, workspace } from '../data/workspace/workspace.ts'
import { preloadParts, preloadRest, treeDrawn } from './lazy-parts.tsx'
import type { Place } from './use-place.ts'

/** Milliseconds after which it is done even though the browser is not idle, or does not tell. */
const IDLE_MS = 2_000

/** Nothing more is waited for: the app at this place has drawn its first panel or has none to draw, or no app is open. */
function isSettled({ apps }: Workspace, appId: string | null): boolean {
  if (appId === null) return true
  const view = apps[appId]
  if (view?.hydrated !== true) return false
  return treeDrawn.get() || Object.values(view.panels).every(({ tree }) => tree === undefined)
}

function whenIdle(work: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(work, { timeout: IDLE_MS })
  else setTimeout(work, IDLE_MS)
}

/**
 * Fetches code before somebody asks for it: what draws panels and the chat at once, and the layers and Markdown only when
 * the first panel stands, so that they never compete with it. `ready` says that the apps are known (ui 4.15).
 */
export function usePreload(place: Place, ready: boolean): void {
  const appId = place.kind === 'page' ? null : place.appId
  useEffect(() => void preloadParts(), [])
  useEffect(() => {
    if (!ready) return
    let done = false
    const look = () => {
      if (done || !isSettled(workspace.get(), appId)) return
      done = true
      // The next frame shows them; what follows it is free.
      void preloadParts().then(() => requestAnimationFrame(() => whenIdle(() => void preloadRest())))
    }
    const stops = [workspace.subscribe(look), treeDrawn.subscribe(look)]
    look()
    return () => {
      done = true
      for (const stop of stops) stop()
    }
  }, [appId, ready])
}
