import { createToasts, type UiToast } from '@imperal/ui-kit'

/** The toasts of this window. */
export const toasts = createToasts()

const MOST = 3
const WITHIN_MS = 10_000
const shown = new Map<string, number[]>()

/** A toast of an app: it carries the app's name, and at most three of one app appear within ten seconds (ui 6.4). */
export function toastOfApp(app: { readonly appId: string; readonly name: string }, toast: UiToast): void {
  const now = Date.now()
  const recent = (shown.get(app.appId) ?? []).filter((at) => now - at < WITHIN_MS)
  if (recent.length >= MOST) return
  shown.set(app.appId, [...recent, now])
  toasts.show({ ...toast, owner: app.name })
}
