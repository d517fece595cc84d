import { newId } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'
import type { App } from '../apps.ts'
import { failureOf } from '../failures.ts'
import { isOverlayRoot, toastOf } from '../roots.ts'
import { sendCall } from '../send-call.ts'
import { toastOfApp } from '../toasts.ts'
import { showOverlay } from './overlay.ts'

/** Any tree as something that lies over the shell: what is no overlay gets a dialog around it. */
const asOverlay = (app: App, tree: unknown): unknown =>
  isOverlayRoot(tree) ? tree : { type: 'Dialog', props: { title: app.name, open: true, content: tree } }

/** Runs an entry that an app added to the user menu: its tree opens over the shell, its summary is a toast (ui 5.8). */
export async function runMenuItem(app: App, itemId: string): Promise<void> {
  try {
    const response = await sendCall(app.appId, { function: `__menu__${itemId}`, params: {} }, newId())
    if (response.status === 'error') {
      toastOfApp(app, { message: response.error ?? t('This did not work.'), variant: 'error' })
      return
    }
    const toast = toastOf(response.ui)
    if (toast) toastOfApp(app, toast)
    else if (response.ui !== null && response.ui !== undefined) showOverlay(app, asOverlay(app, response.ui))
    if (response.summary) toastOfApp(app, { message: response.summary, variant: 'success' })
  } catch (error) {
    toastOfApp(app, { message: failureOf(error).message, variant: 'error' })
  }
}
