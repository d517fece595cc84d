import { useEffect } from 'react'
import { findApp } from '../../data/apps.ts'
import { paramsOfAddress } from '../../data/workspace/center-address.ts'
import { leaveApp, setShown, showPlace } from '../../data/workspace/open-app.ts'
import type { Place } from '../use-place.ts'

/** Lets the workspace follow the address: which app is open, and what the center shows. */
export function useFollowPlace(place: Place, ready: boolean, revision: string | undefined): void {
  // The key stands for everything in the place.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!ready) return
    if (place.kind === 'page') return setShown(false)
    setShown(true)
    const app = place.appId === null ? undefined : findApp(place.appId)
    if (app) showPlace({ app, panelId: place.panelId, params: paramsOfAddress(place.search, place.state) })
    else leaveApp()
  }, [place.key, ready, revision])
}
