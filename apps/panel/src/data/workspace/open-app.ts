import type { JsonObject } from '@imperal/contract'
import { type App, findPanel, panelOfFunction, SECRETS_PANEL } from '../apps.ts'
import { admit, bySelf } from '../limiter.ts'
import { go } from '../navigation.ts'
import { autoActionOf, isOverlayRoot } from '../roots.ts'
import { goToCenter } from './center-address.ts'
import { fetchPanels, overtake } from './fetch-panels.ts'
import { showOverlay } from './overlay.ts'
import { refreshPanels, refreshStale } from './refresher.ts'
import { type AppView, appView, changeApp, changePanel, newAppView, panelView, touch, workspace } from './workspace.ts'

/** What an address asks for. */
export interface Place {
  readonly app: App
  readonly panelId: string | null
  readonly params: JsonObject
}

const REMEMBERED_MS = 10 * 60_000
const JUST_NOW_MS = 1_000
const sameParams = (a: JsonObject, b: JsonObject) => JSON.stringify(a) === JSON.stringify(b)
// Trees of center panels by params, so that Back shows the last one at once.
const trees = new Map<string, unknown>()
const MOST_TREES = 60
const treeKey = (appId: string, panelId: string, params: JsonObject) => JSON.stringify([appId, panelId, params])

/** Keeps the tree of a center panel for the way back. */
export function rememberTree(appId: string, panelId: string, params: JsonObject, tree: unknown): void {
  trees.set(treeKey(appId, panelId, params), tree)
  if (trees.size > MOST_TREES) trees.delete(trees.keys().next().value as string)
}
export const clearTrees = (): void => trees.clear()

function reusable(view: AppView | undefined, app: App): boolean {
  if (view === undefined || view.revision !== app.revision) return false
  return view.leftAt === null || Date.now() - view.leftAt < REMEMBERED_MS
}

/** Leaves the app that was shown; it is remembered for ten minutes. */
export function leaveApp(): void {
  const { current } = workspace.get()
  if (current === null) return
  changeApp(current, (view) => ({ ...view, leftAt: Date.now(), center: null }))
  workspace.set((all) => ({ ...all, current: null }))
}

/** Makes the workspace show what the address says: opens the app on its first visit, then follows the center (ui 5.6). */
export function showPlace(place: Place): void {
  const { app } = place
  const { current, apps } = workspace.get()
  if (current === app.appId && reusable(apps[app.appId], app)) {
    follow(place)
    return
  }
  if (current !== app.appId) leaveApp()
  const known = reusable(apps[app.appId], app) ? apps[app.appId] : undefined
  const view = { ...(known ?? newAppView(app)), leftAt: null, touched: false, hydrated: false }
  workspace.set((all) => ({ ...all, current: app.appId, apps: { ...all.apps, [app.appId]: view } }))
  follow(place)
  void hydrate(place)
}

async function hydrate(place: Place): Promise<void> {
  const { app } = place
  const view = appView(app.appId)
  if (!view) return
  const sides = [view.active.left, view.active.right].filter((panelId) => panelId !== null)
  await fetchPanels(app, sides)
  changeApp(app.appId, (now) => ({ ...now, hydrated: true }))
  if (place.panelId === null) await openBySelf(app, sides)
}

/** What an app opens without being asked: its `auto_action`, or its only kind of panel (ui 5.6). */
async function openBySelf(app: App, sides: readonly string[]): Promise<void> {
  const free = () => {
    const view = appView(app.appId)
    return workspace.get().current === app.appId && view?.center === null && !view.touched
  }
  const auto = sides.map((panelId) => openingOf(app, panelId)).find((action) => action !== null)
  if (auto && free() && (await admit(bySelf, app.appId))) {
    if (findPanel(app, auto.panelId)?.slot === 'center')
      goToCenter({ ...auto, appId: app.appId }, new Set(), { replace: true })
    else showSide(app, auto.panelId, auto.params)
    return
  }
  const own = app.panels.filter((panel) => panel.panelId !== SECRETS_PANEL)
  const hub = own.every((panel) => panel.slot === 'center') ? own[0] : undefined
  if (hub && free()) goToCenter({ appId: app.appId, panelId: hub.panelId, params: {} }, new Set(), { replace: true })
}

function openingOf(app: App, panelId: string): { panelId: string; params: JsonObject } | null {
  const tree = panelView(app.appId, panelId)?.tree
  const action = tree === undefined ? null : autoActionOf(tree)
  const target = action ? panelOfFunction(action.function) : null
  return action && target !== null && findPanel(app, target) ? { panelId: target, params: { ...action.params } } : null
}

function follow({ app, panelId, params }: Place): void {
  const spec = panelId === null ? undefined : findPanel(app, panelId)
  if (panelId !== null && !spec) go(`/ext/${app.appId}`, { replace: true })
  else if (spec?.slot === 'center') followCenter(app, spec.panelId, params)
  else {
    setCenter(app, null)
    if (spec) showSide(app, spec.panelId, params)
  }
}

/** Shows a center panel as the address has it: the tree that a call has just brought, the last one of these params, or none yet. */
function followCenter(app: App, panelId: string, params: JsonObject): void {
  const shown = panelView(app.appId, panelId)
  const isSame = shown?.tree !== undefined && sameParams(shown.params, params)
  const isOpen = appView(app.appId)?.center === panelId
  const isFresh = isSame && (isOpen || Date.now() - (shown.fetchedAt ?? 0) < JUST_NOW_MS)
  if (!isSame) {
    overtake(app, panelId)
    const tree = trees.get(treeKey(app.appId, panelId, params))
    changePanel(app.appId, panelId, (panel) => ({
      ...panel,
      params,
      tree,
      failure: null,
      fetchedAt: null,
      newer: false,
    }))
  }
  setCenter(app, panelId)
  if (!isFresh) void fetchCenter(app, panelId)
}

async function fetchCenter(app: App, panelId: string): Promise<void> {
  await fetchPanels(app, [panelId])
  const panel = panelView(app.appId, panelId)
  if (!panel || panel.tree === undefined || panel.failure) return
  rememberTree(app.appId, panelId, panel.params, panel.tree)
  if (!isOverlayRoot(panel.tree)) return
  // An overlay is drawn over whatever the center shows; the center itself stays as it was.
  showOverlay(app, panel.tree)
  changePanel(app.appId, panelId, (now) => ({ ...now, tree: undefined }))
  go(`/ext/${app.appId}`, { replace: true })
}

function setCenter(app: App, panelId: string | null): void {
  const before = appView(app.appId)
  if (before?.center === panelId && panelId === null) return
  changeApp(app.appId, (view) => ({ ...view, center: panelId }))
  refreshLeft(app)
}

/** The left panel hears what the center shows; before the app is open its first fetch says it anyway. */
function refreshLeft(app: App): void {
  const view = appView(app.appId)
  if (view?.hydrated && view.active.left !== null) refreshPanels(app.appId, [view.active.left])
}

/** Shows a panel of a side, with other params when they are given. */
export function showSide(app: App, panelId: string, params: JsonObject | null): void {
  const side = findPanel(app, panelId)?.slot
  if (side !== 'left' && side !== 'right') return
  const before = panelView(app.appId, panelId)
  const changed = params !== null && !sameParams(before?.params ?? {}, params)
  if (changed) changePanel(app.appId, panelId, (panel) => ({ ...panel, params: params ?? {} }))
  changeApp(app.appId, (view) => ({
    ...view,
    active: { ...view.active, [side]: panelId },
    unclaimed: { ...view.unclaimed, [side]: false },
  }))
  if (!appView(app.appId)?.hydrated) return
  if (changed || before?.tree === undefined || before.stale) void fetchPanels(app, [panelId])
}

/** A person switched to another tab of a side. */
export function chooseTab(app: App, panelId: string): void {
  touch(app.appId)
  showSide(app, panelId, null)
}

/** The panes can be seen again, or a page of the host covers them. */
export function setShown(shown: boolean): void {
  workspace.set((all) => (all.shown === shown ? all : { ...all, shown }))
  const { current } = workspace.get()
  if (shown && current !== null) refreshStale(current)
}
