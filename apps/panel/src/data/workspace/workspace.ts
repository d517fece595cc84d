import type { JsonObject } from '@imperal/contract'
import type { ActionFailure } from '@imperal/ui-kit'
import { type App, findPanel, type PanelSpec, SECRETS_PANEL, type Slot } from '../apps.ts'
import { createStore } from '../store.ts'

/** One panel of one app in this window. */
export interface PanelView {
  /** What every refresh sends. */
  readonly params: JsonObject
  /** The last tree from the wire; undefined before the first. */
  readonly tree: unknown
  readonly fetchedAt: number | null
  readonly fetching: boolean
  readonly failure: ActionFailure | null
  /** Failures in a row, for the pace of the next tries. */
  readonly failures: number
  /** Raised when a person's call was answered with this tree: closed overlays in it open again. */
  readonly opening: number
  /** Something newer is known while the person is typing. */
  readonly newer: boolean
  /** Must be fetched when it is shown next. */
  readonly stale: boolean
}

export type Side = Exclude<Slot, 'center'>

/** One opened app in this window. */
export interface AppView {
  /** Revision of the app that it belongs to. */
  readonly revision: string
  readonly panels: Readonly<Record<string, PanelView>>
  readonly active: Readonly<Record<Side, string | null>>
  /** Sides whose panel had nothing to show when the app was opened. */
  readonly unclaimed: Readonly<Record<Side, boolean>>
  readonly center: string | null
  readonly hydrated: boolean
  /** The person has done something in the app, so nothing opens by itself any more. */
  readonly touched: boolean
  /** Unix milliseconds since when another app is shown. */
  readonly leftAt: number | null
}

export interface Workspace {
  readonly apps: Readonly<Record<string, AppView>>
  readonly current: string | null
  /** False while a page of the host covers the panes. */
  readonly shown: boolean
}

const EMPTY: Workspace = { apps: {}, current: null, shown: true }
export const workspace = createStore<Workspace>(EMPTY)
export const clearWorkspace = (): void => workspace.set(EMPTY)

export const NEW_PANEL: PanelView = {
  params: {},
  tree: undefined,
  fetchedAt: null,
  fetching: false,
  failure: null,
  failures: 0,
  opening: 0,
  newer: false,
  stale: false,
}

/** Panels that share a side as tabs. The secrets panel is one only where the app has nothing else (ui 5.2). */
export function panelsOfSide(app: App, side: Side): readonly PanelSpec[] {
  const all = app.panels.filter((panel) => panel.slot === side)
  const own = all.filter((panel) => panel.panelId !== SECRETS_PANEL)
  return own.length > 0 ? own : all
}

/** Whether the secrets panel hides behind the key in the head of the right pane. */
export const hasSecretsKey = (app: App): boolean =>
  findPanel(app, SECRETS_PANEL) !== undefined &&
  panelsOfSide(app, 'right').every((panel) => panel.panelId !== SECRETS_PANEL)

export function newAppView(app: App): AppView {
  const first = (side: Side) => panelsOfSide(app, side)[0]?.panelId ?? null
  return {
    revision: app.revision,
    panels: {},
    active: { left: first('left'), right: first('right') },
    unclaimed: { left: false, right: false },
    center: null,
    hydrated: false,
    touched: false,
    leftAt: null,
  }
}

export const appView = (appId: string): AppView | undefined => workspace.get().apps[appId]
export const panelView = (appId: string, panelId: string): PanelView | undefined => appView(appId)?.panels[panelId]

export function changeApp(appId: string, change: (view: AppView) => AppView): void {
  workspace.set((all) => {
    const view = all.apps[appId]
    return view === undefined ? all : { ...all, apps: { ...all.apps, [appId]: change(view) } }
  })
}

export function changePanel(appId: string, panelId: string, change: (view: PanelView) => PanelView): void {
  changeApp(appId, (view) => ({
    ...view,
    panels: { ...view.panels, [panelId]: change(view.panels[panelId] ?? NEW_PANEL) },
  }))
}

export const touch = (appId: string): void =>
  changeApp(appId, (view) => (view.touched ? view : { ...view, touched: true }))

/** Panels of the app that are on the screen, or would be if they had something to show. */
export function openPanels(view: AppView): readonly string[] {
  return [view.active.left, view.active.right, view.center].filter((panelId) => panelId !== null)
}
