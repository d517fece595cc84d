import { findApp } from '../apps.ts'
import { fetchPanels } from './fetch-panels.ts'
import { changePanel, openPanels, workspace } from './workspace.ts'

const COALESCE_MS = 250
const waiting = new Map<string, Set<string>>()
const busy = new Map<string, Set<string>>()
let _timer: ReturnType<typeof setTimeout> | null = null

/**
 * Asks for fresh trees of open panels: those named, or all of the app. Requests within 250 ms become one, and a panel
 * whose fetch is under way is fetched once more afterwards (ui 5.4). Panels that are not on the screen are marked.
 */
export function refreshPanels(appId: string, panelIds: readonly string[] | 'all'): void {
  const { apps, current, shown } = workspace.get()
  const view = apps[appId]
  if (!view) return
  const open = openPanels(view)
  const wanted = panelIds === 'all' ? Object.keys(view.panels) : panelIds.filter((panelId) => panelId in view.panels)
  for (const panelId of wanted) {
    if (appId === current && shown && open.includes(panelId)) enqueue(appId, panelId)
    else changePanel(appId, panelId, (panel) => ({ ...panel, stale: true }))
  }
}

/** Fetches what became old while it could not be seen. */
export function refreshStale(appId: string): void {
  const view = workspace.get().apps[appId]
  if (!view) return
  for (const panelId of openPanels(view)) {
    if (view.panels[panelId]?.stale) enqueue(appId, panelId)
  }
}

function enqueue(appId: string, panelId: string): void {
  const panels = waiting.get(appId) ?? new Set()
  panels.add(panelId)
  waiting.set(appId, panels)
  _timer ??= setTimeout(flush, COALESCE_MS)
}

function flush(): void {
  _timer = null
  for (const [appId, panels] of waiting) {
    const running = busy.get(appId) ?? new Set()
    const ready = [...panels].filter((panelId) => !running.has(panelId))
    for (const panelId of ready) panels.delete(panelId)
    if (panels.size === 0) waiting.delete(appId)
    void run(appId, ready)
  }
}

async function run(appId: string, panelIds: readonly string[]): Promise<void> {
  const app = findApp(appId)
  if (!app || panelIds.length === 0) return
  const running = busy.get(appId) ?? new Set()
  busy.set(appId, running)
  for (const panelId of panelIds) running.add(panelId)
  await fetchPanels(app, panelIds)
  for (const panelId of panelIds) running.delete(panelId)
  if (waiting.has(appId)) _timer ??= setTimeout(flush, COALESCE_MS)
}
