import { useEffect } from 'react'
import { findApp } from '../../data/apps.ts'
import { revealPhoneView } from '../../data/view.ts'
import { paramsOfAddress } from '../../data/workspace/center-address.ts'
import { leaveApp, setShown, showPlace } from '../../data/workspace/open-app.ts'
import { workspace } from '../../data/workspace/workspace.ts'
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
    if (!app) return leaveApp()
    // Whoever comes to another app by its address wants to see it; on a phone that is its panel.
    const isNew = workspace.get().current !== app.appId
    if (isNew && (place.panelId !== null || app.panels.some(({ slot }) => slot === 'left'))) revealPhoneView('panel')
    showPlace({ app, panelId: place.panelId, params: paramsOfAddress(place.search, place.state) })
  }, [place.key, ready, revision])
}
