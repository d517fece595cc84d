import { type App, currentApps } from './apps.ts'
import { sendBatch } from './send-call.ts'
import { createStore } from './store.ts'

/** A widget of the start page, with the last tree that its function gave. */
export interface Widget {
  readonly appId: string
  readonly widgetId: string
  readonly label: string
  readonly icon: string
  /** Undefined before the first answer. */
  readonly tree: unknown
  /** The last reading failed: what is shown is older. */
  readonly dim: boolean
}

export const widgets = createStore<readonly Widget[]>([])
const EVERY_MS = 60_000
const SOON_MS = 1_000
const SLOT = 'dashboard.stats'

const isSame = (a: Widget, b: Widget) => a.appId === b.appId && a.widgetId === b.widgetId

function declared(app: App): Widget[] {
  if (app.isDisabled || !app.hasAccess) return []
  return app.ui.widgets
    .filter((widget) => widget.slot === SLOT)
    .map(({ id, label, icon }) => ({ appId: app.appId, widgetId: id, label, icon, tree: undefined, dim: false }))
}

/** Takes over what the installed apps declare; trees that were read stay. */
function declareWidgets(apps: readonly App[]): void {
  widgets.set((before) => apps.flatMap(declared).map((widget) => before.find((one) => isSame(one, widget)) ?? widget))
}

async function readWidgets(appId: string): Promise<void> {
  const mine = widgets.get().filter((widget) => widget.appId === appId)
  if (mine.length === 0) return
  const answers = await sendBatch(
    appId,
    mine.map(({ widgetId }) => ({ function: `__widget__${widgetId}`, params: {} })),
  ).catch(() => null)
  widgets.set((all) =>
    all.map((widget) => {
      const at = mine.findIndex((one) => isSame(one, widget))
      if (at === -1) return widget
      const answer = answers?.[at]
      return answer?.status === 'success' ? { ...widget, tree: answer.ui, dim: false } : { ...widget, dim: true }
    }),
  )
}

const soon = new Map<string, ReturnType<typeof setTimeout>>()
let followed = false

/** Reads the widgets of an app after things happened in it, while they are looked at. */
export function readWidgetsSoon(appId: string): void {
  if (!followed || soon.has(appId) || !widgets.get().some((widget) => widget.appId === appId)) return
  soon.set(
    appId,
    setTimeout(() => {
      soon.delete(appId)
      void readWidgets(appId)
    }, SOON_MS),
  )
}

/** Reads the widgets of these apps now and every minute while the tab is in front. Returns the way to stop. */
export function followWidgets(apps: readonly App[]): () => void {
  declareWidgets(apps)
  followed = true
  const readAll = () => {
    if (document.visibilityState !== 'visible') return
    for (const app of currentApps()) void readWidgets(app.appId)
  }
  readAll()
  const timer = setInterval(readAll, EVERY_MS)
  return () => {
    followed = false
    clearInterval(timer)
  }
}
