import { type RefObject, useEffect } from 'react'
import type { PanelSpec } from '../../data/apps.ts'
import { admit, bySelf } from '../../data/limiter.ts'
import { refreshPanels } from '../../data/workspace/refresher.ts'
import { changePanel, panelView, workspace } from '../../data/workspace/workspace.ts'

const CHECK_MS = 1_000
const MOST_DOUBLINGS = 3

/** True while the person has changed something in a form of the pane and is still in it. */
function isTyping(pane: HTMLElement | null): boolean {
  return pane?.dataset.edited === 'true' && pane.contains(document.activeElement)
}

/**
 * Fetches a panel of `interval:` again while it can be seen and the tab is in front; after failures it waits longer, up
 * to eight times. While the person types it says "New data" instead (ui 5.4).
 */
export function usePanelTimer(appId: string, spec: PanelSpec, pane: RefObject<HTMLElement | null>): void {
  const { panelId } = spec
  const { intervalMs } = spec.refresh
  useEffect(() => {
    if (intervalMs === null) return
    const spread = 0.95 + Math.random() / 10
    const check = () => {
      const view = panelView(appId, panelId)
      if (!view || view.fetching || document.visibilityState !== 'visible' || !workspace.get().shown) return
      const wait = intervalMs * spread * 2 ** Math.min(view.failures, MOST_DOUBLINGS)
      if (view.fetchedAt === null || view.newer || Date.now() - view.fetchedAt < wait) return
      if (isTyping(pane.current)) changePanel(appId, panelId, (now) => ({ ...now, newer: true }))
      else void admit(bySelf, appId).then((free) => free && refreshPanels(appId, [panelId]))
    }
    const timer = setInterval(check, CHECK_MS)
    document.addEventListener('visibilitychange', check)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', check)
    }
  }, [appId, panelId, intervalMs, pane])
}
