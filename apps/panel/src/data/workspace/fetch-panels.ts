import type { CallResponse, JsonObject } from '@imperal/contract'
import type { ActionFailure } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'
import { type App, findPanel, PANEL_PREFIX, rereadApps } from '../apps.ts'
import { failureOf, failureOfResponse } from '../failures.ts'
import { isEmptyRoot } from '../roots.ts'
import { type FunctionCall, sendBatch, sendCall } from '../send-call.ts'
import { appView, changeApp, changePanel, panelView, type Side } from './workspace.ts'

const NOTHING: ActionFailure = { message: t('This panel returned nothing.'), code: 'EMPTY_PANEL', retryable: true }
// The newest request of a panel wins; answers of older ones are dropped.
const newest = new Map<string, number>()
// The same of what persons ask for: a refresh that begins meanwhile does not take their word back.
const asked = new Map<string, number>()

const keyOf = (app: App, panelId: string): string => `${app.appId}/${panelId}`
const raise = (counts: Map<string, number>, key: string): number => {
  const number = (counts.get(key) ?? 0) + 1
  counts.set(key, number)
  return number
}

/** A person went somewhere else in this panel: what they asked for before is not shown any more. */
export const overtake = (app: App, panelId: string): void => void raise(asked, keyOf(app, panelId))

/** Params as they travel: the left panel is told what the center shows, so that it can mark the row (ui 5.5). */
export function wireParams(app: App, panelId: string, params: JsonObject): JsonObject {
  const view = appView(app.appId)
  if (findPanel(app, panelId)?.slot !== 'left' || !view?.center) return params
  const active = { panel_id: view.center, params: view.panels[view.center]?.params ?? {} }
  return { ...params, __active__: active }
}

const callOf = (app: App, panelId: string): FunctionCall => ({
  function: `${PANEL_PREFIX}${panelId}`,
  params: wireParams(app, panelId, panelView(app.appId, panelId)?.params ?? {}),
})

function begin(app: App, panelId: string): number {
  const number = raise(newest, keyOf(app, panelId))
  changePanel(app.appId, panelId, (panel) => ({ ...panel, fetching: true, stale: false }))
  return number
}

const isNewest = (app: App, panelId: string, number: number) => newest.get(keyOf(app, panelId)) === number

function fail(app: App, panelId: string, failure: ActionFailure): void {
  changePanel(app.appId, panelId, (panel) => ({
    ...panel,
    fetching: false,
    failure,
    failures: panel.failures + 1,
  }))
}

/** Takes over a tree: the answer of a refresh, or of a person's call with new params. */
export function applyTree(
  app: App,
  panelId: string,
  tree: unknown,
  byPerson: { readonly params: JsonObject } | null,
): void {
  changePanel(app.appId, panelId, (panel) => ({
    ...panel,
    params: byPerson ? byPerson.params : panel.params,
    tree,
    fetchedAt: Date.now(),
    fetching: false,
    failure: null,
    failures: 0,
    newer: false,
    stale: false,
    opening: byPerson ? panel.opening + 1 : panel.opening,
  }))
  const side = findPanel(app, panelId)?.slot
  if (side === 'left' || side === 'right') claim(app, side, panelId, tree)
}

/** A side that has something to show takes its column; it gives the column up only while the app opens (ui 5.6). */
function claim(app: App, side: Side, panelId: string, tree: unknown): void {
  const empty = isEmptyRoot(tree)
  changeApp(app.appId, (view) => {
    if (view.active[side] !== panelId) return view
    const unclaimed = view.hydrated ? view.unclaimed[side] && empty : empty
    return unclaimed === view.unclaimed[side] ? view : { ...view, unclaimed: { ...view.unclaimed, [side]: unclaimed } }
  })
}

function finish(app: App, panelId: string, response: CallResponse): void {
  const missing = response.ui === null || response.ui === undefined
  if (response.status === 'success' && !missing) applyTree(app, panelId, response.ui, null)
  else fail(app, panelId, response.status === 'error' ? failureOfResponse(response) : NOTHING)
  // The app was updated and this panel is gone: what is installed is read again (ui 3.6).
  if (response.error_code === 'UNKNOWN_SUB_FUNCTION') void rereadApps()
}

/** Fetches panels with their current params in one request. Never throws: each pane shows its own failure. */
export async function fetchPanels(app: App, panelIds: readonly string[]): Promise<void> {
  if (panelIds.length === 0) return
  const numbers = panelIds.map((panelId) => begin(app, panelId))
  const each = (act: (panelId: string, index: number) => void) =>
    panelIds.forEach((panelId, index) => {
      if (isNewest(app, panelId, numbers[index] ?? 0)) act(panelId, index)
    })
  try {
    const answers = await sendBatch(
      app.appId,
      panelIds.map((panelId) => callOf(app, panelId)),
    )
    each((panelId, index) => {
      const answer = answers[index]
      if (answer) finish(app, panelId, answer)
      else fail(app, panelId, NOTHING)
    })
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code === 'KERNEL_APP_NOT_FOUND' || failure.code === 'KERNEL_APP_DENIED') void rereadApps()
    each((panelId) => fail(app, panelId, failure))
  }
}

/** Reads one panel with given params, for a person who waits. `superseded` when they asked for something newer. @throws as `sendCall` */
export async function readPanel(
  app: App,
  panelId: string,
  request: { readonly params: JsonObject; readonly key: string },
): Promise<{ readonly response: CallResponse; readonly superseded: boolean }> {
  const key = keyOf(app, panelId)
  const turn = raise(asked, key)
  begin(app, panelId)
  try {
    const params = wireParams(app, panelId, request.params)
    const response = await sendCall(app.appId, { function: `${PANEL_PREFIX}${panelId}`, params }, request.key)
    const superseded = asked.get(key) !== turn
    // A refresh that is under way has the params of before: its answer is dropped.
    if (!superseded && response.status === 'success') raise(newest, key)
    return { response, superseded }
  } finally {
    if (asked.get(key) === turn) changePanel(app.appId, panelId, (panel) => ({ ...panel, fetching: false }))
  }
}
