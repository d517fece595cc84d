import type { CallResponse, JsonObject } from '@imperal/contract'
import type { CallAction, SendAction } from '@imperal/contract/ui'
import type { ActionFailure, ActionOrigin, ActionOutcome } from '@imperal/ui-kit'
import { newId } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'
import { type App, findPanel, panelOfFunction, rereadApps } from '../apps.ts'
import { sendMessage } from '../chat/chat.ts'
import { failureOf, failureOfResponse } from '../failures.ts'
import { admit, byHand, bySelf } from '../limiter.ts'
import { go } from '../navigation.ts'
import { askPerson, cardOf } from '../questions.ts'
import { isOverlayRoot } from '../roots.ts'
import { mayMove } from '../self-moves.ts'
import { sendCall } from '../send-call.ts'
import { revealPhoneView } from '../view.ts'
import { goToCenter } from './center-address.ts'
import { applyTree, readPanel } from './fetch-panels.ts'
import { rememberTree } from './open-app.ts'
import { showOverlay } from './overlay.ts'
import { refreshPanels } from './refresher.ts'
import { respond } from './respond.ts'
import { mayLeaveCenter } from './unsaved.ts'
import { appView, changeApp, openPanels, touch } from './workspace.ts'

const refused = (message: string, code: string): ActionOutcome => ({
  ok: false,
  error: { message, code, retryable: false },
})
const BUSY: ActionFailure = { message: t('Too many calls of this app at once.'), code: 'RATE_LIMITED', retryable: true }
const MOST_CHARACTERS = 4_000

/** One call of a tree or a form, with what its answer needs. */
export interface CallRequest {
  readonly function: string
  readonly params: JsonObject
  /** The same for a repeated attempt of the same gesture. */
  readonly gestureId: string
  /** Names of params that came from fields or rows. */
  readonly typed?: ReadonlySet<string>
  readonly kind?: ActionOrigin['kind']
  /** False where the caller shows the outcome itself. */
  readonly tell?: boolean
}

/** What became of a call: `declined` when the person refused its confirmation. */
export type CallOutcome =
  | { readonly kind: 'done'; readonly response: CallResponse; readonly durationMs: number }
  | { readonly kind: 'declined' }
  | { readonly kind: 'failed'; readonly failure: ActionFailure }

// A stopped call is remembered by its key; the next attempt of the same gesture must be a new question.
const attempts = new Map<string, number>()
const keyOf = (gestureId: string) => {
  const attempt = attempts.get(gestureId) ?? 0
  return attempt === 0 ? gestureId : `${gestureId}.${attempt}`
}

/** Runs a plain function in the name of the person: confirms when the kernel asks for it, and acts on the answer (ui 3.1, 3.4). */
export async function runFunction(app: App, request: CallRequest): Promise<CallOutcome> {
  if (!(await admit(byHand, app.appId))) return { kind: 'failed', failure: BUSY }
  let began = performance.now()
  try {
    const call = { function: request.function, params: request.params }
    let response = await sendCall(app.appId, call, keyOf(request.gestureId))
    const card = cardOf(response)
    if (card) {
      attempts.set(request.gestureId, (attempts.get(request.gestureId) ?? 0) + 1)
      const result = await askPerson(app, card)
      if (result === null) return { kind: 'declined' }
      response = result.response
      // The time that the person took to decide is not the call's.
      began = performance.now() - result.durationMs
    }
    if (response.status === 'error') return { kind: 'failed', failure: failureOfResponse(response) }
    const durationMs = Math.round(performance.now() - began)
    respond({ app, ...call, response, durationMs, ...(request.tell === undefined ? {} : { tell: request.tell }) })
    followDirectives(app, response)
    return { kind: 'done', response, durationMs }
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) }
  }
}

/** What a declarative function asks its client to do (ir 5.4). A message was told already: it is the summary. */
function followDirectives(app: App, response: CallResponse): void {
  for (const directive of response.directives ?? []) {
    const { action } = directive
    const to = typeof directive.url === 'string' ? directive.url : ''
    if (action === 'navigate' && /^\/(?![/\\])/.test(to)) {
      if (mayMove(app)) go(to)
    } else if ((action === 'navigate' || action === 'open') && /^https?:/.test(to) && navigator.userActivation.isActive)
      window.open(to, '_blank', 'noopener,noreferrer')
    else if (action === 'call' && typeof directive.function === 'string') {
      const params = (directive.params ?? {}) as JsonObject
      const origin = { kind: 'control', nodePath: '', gestureId: newId() } as const
      if (panelOfFunction(directive.function) !== null && mayMove(app))
        void runAction(app, { action: 'call', function: directive.function, params, confirm: null }, {}, origin)
    }
  }
}

/** What a tree of `app` may do (ui 3): the host of every pane, card and overlay ends here. */
export async function runAction(
  app: App,
  action: CallAction | SendAction,
  payload: JsonObject,
  origin: ActionOrigin,
): Promise<ActionOutcome> {
  touch(app.appId)
  if (action.action === 'send') return send(action.message)
  const request = {
    function: action.function,
    params: { ...action.params },
    gestureId: origin.gestureId,
    typed: new Set(Object.keys(payload)),
    kind: origin.kind,
  }
  const panelId = panelOfFunction(action.function)
  if (panelId !== null) return openPanel(app, panelId, request)
  const outcome = await runFunction(app, request)
  if (outcome.kind === 'done') return { ok: true, data: outcome.response.data as never }
  if (outcome.kind === 'failed') return { ok: false, error: outcome.failure }
  // What a row or a cell showed ahead of the answer goes back; a form or a button just rests.
  const rollBack = origin.kind === 'cell' || origin.kind === 'bulk' || origin.kind === 'drop'
  return rollBack ? refused(t('Not confirmed. Nothing was changed.'), 'DECLINED') : { ok: true }
}

function send(message: string): ActionOutcome {
  // It speaks for the person, so a person must just have done something (ui 3.2).
  if (!navigator.userActivation.isActive) return refused(t('A message needs a click.'), 'NO_GESTURE')
  revealPhoneView('chat')
  void sendMessage(message.slice(0, MOST_CHARACTERS))
  return { ok: true }
}

async function openPanel(
  app: App,
  panelId: string,
  request: CallRequest & { typed: ReadonlySet<string> },
): Promise<ActionOutcome> {
  const spec = findPanel(app, panelId)
  if (!spec) {
    void rereadApps()
    return refused(t('{name} has no panel of this name any more.', { name: app.name }), 'UNKNOWN_PANEL')
  }
  const view = appView(app.appId)
  const continues = request.kind === 'end_reached' && view !== undefined && openPanels(view).includes(panelId)
  if (!(await admit(continues ? bySelf : byHand, app.appId))) return { ok: false, error: BUSY }
  try {
    if (continues) return await nextRows(app, request)
    const { response, superseded } = await readPanel(app, panelId, { params: request.params, key: request.gestureId })
    if (superseded) return { ok: true }
    if (response.status === 'error') return { ok: false, error: failureOfResponse(response) }
    if (response.ui === null || response.ui === undefined)
      return refused(t('This panel returned nothing.'), 'EMPTY_PANEL')
    if (spec.slot === 'center' && !(await mayLeaveCenter())) return { ok: true }
    show(app, { panelId, slot: spec.slot, tree: response.ui, request })
    return { ok: true }
  } catch (error) {
    return { ok: false, error: failureOf(error) }
  }
}

/** The next page of a list: the list appends it, and the panel's own params stay (ui 4.2). */
async function nextRows(app: App, request: CallRequest): Promise<ActionOutcome> {
  const response = await sendCall(app.appId, { function: request.function, params: request.params }, request.gestureId)
  if (response.status === 'error') return { ok: false, error: failureOfResponse(response) }
  return { ok: true, ui: response.ui }
}

interface Shown {
  readonly panelId: string
  readonly slot: 'left' | 'center' | 'right'
  readonly tree: unknown
  readonly request: CallRequest & { readonly typed: ReadonlySet<string> }
}

function show(app: App, { panelId, slot, tree, request }: Shown): void {
  const { params, typed } = request
  if (slot === 'center' && isOverlayRoot(tree)) {
    showOverlay(app, tree)
    return
  }
  const before = appView(app.appId)
  applyTree(app, panelId, tree, { params })
  if (slot === 'center') {
    rememberTree(app.appId, panelId, params, tree)
    const replace =
      before?.center === panelId && JSON.stringify(before.panels[panelId]?.params) === JSON.stringify(params)
    goToCenter({ appId: app.appId, panelId, params }, typed, { replace })
    revealPhoneView('panel')
    return
  }
  changeApp(app.appId, (view) => ({
    ...view,
    active: { ...view.active, [slot]: panelId },
    unclaimed: { ...view.unclaimed, [slot]: false },
  }))
  revealPhoneView('panel')
}

/** The person pressed the refresh button of a pane. */
export function refreshByHand(app: App, panelId: string): void {
  touch(app.appId)
  refreshPanels(app.appId, [panelId])
}
