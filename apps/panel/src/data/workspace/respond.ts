import type { CallResponse, JsonObject } from '@imperal/contract'
import { t } from '../../i18n/index.ts'
import { announce } from '../announce.ts'
import type { App } from '../apps.ts'
import { addChatLine, isChatVisible } from '../chat/lines.ts'
import { isOverlayRoot, toastOf } from '../roots.ts'
import { followTask } from '../tasks.ts'
import { toastOfApp } from '../toasts.ts'
import { showOverlay } from './overlay.ts'
import { refreshPanels } from './refresher.ts'

/** A call that was answered, with what is told about it. */
export interface AnsweredCall {
  readonly app: App
  readonly function: string
  readonly params: JsonObject
  readonly response: CallResponse
  readonly durationMs: number
  /** False where the outcome is shown beside what began it; panels are refreshed all the same. */
  readonly tell?: boolean
}

const dataOf = (response: CallResponse): JsonObject =>
  response.data !== null && typeof response.data === 'object' && !Array.isArray(response.data)
    ? (response.data as JsonObject)
    : {}

function refreshListOf(response: CallResponse): readonly string[] | undefined {
  const listed = response.refresh_panels ?? dataOf(response).refresh_panels
  return Array.isArray(listed) ? listed.filter((one): one is string => typeof one === 'string') : undefined
}

/** Everything that the shell does with the answer of a plain function, in the order of ui 3.4. Failures are the caller's. */
export function respond(call: AnsweredCall): void {
  const { app, response } = call
  if (response.status !== 'success') return
  const data = dataOf(response)
  const isRead = app.functions.find((one) => one.name === call.function)?.actionType === 'read'
  const inline = showUi(app, response.ui)
  const summary = response.summary?.trim() || (isRead ? '' : t('Done'))
  const silent = data.silent === true || call.tell === false
  if (!silent && (summary !== '' || inline !== null)) tell(call, summary, inline)
  // An app may have tasks of its own; those of the platform are known by their prefix.
  if (typeof data.task_id === 'string' && data.task_id.startsWith('task_')) followTask(data.task_id)
  const listed = refreshListOf(response)
  if (listed !== undefined) refreshPanels(app.appId, listed)
  else if (!isRead) refreshPanels(app.appId, 'all')
}

/** Toasts and overlays are shown at once; any other tree is given back for a card in the chat. */
function showUi(app: App, ui: unknown): unknown {
  if (ui === null || ui === undefined) return null
  const toast = toastOf(ui)
  if (toast) {
    toastOfApp(app, toast)
    return null
  }
  if (!isOverlayRoot(ui)) return ui
  showOverlay(app, ui)
  return null
}

function tell(call: AnsweredCall, summary: string, ui: unknown): void {
  const { app, response } = call
  addChatLine({
    appId: app.appId,
    function: call.function,
    params: call.params,
    summary,
    status: response.status,
    durationMs: call.durationMs,
    ui,
  })
  if (summary !== '') announce(`${app.name}: ${summary}`)
  if (!isChatVisible() && summary !== '') toastOfApp(app, { message: summary, variant: 'success' })
}
