import { t } from '../i18n/index.ts'
import { toastOfApp } from './toasts.ts'

const MOST = 5
const WITHIN_MS = 10_000
const moves = new Map<string, number[]>()

/**
 * Whether an app may lead elsewhere now. What a person just asked for always may; of what comes by itself more than five
 * within ten seconds are a loop, which ends with an error (ui 6.4).
 */
export function mayMove(app: { readonly appId: string; readonly name: string }): boolean {
  if (navigator.userActivation.isActive) return true
  const now = Date.now()
  const recent = (moves.get(app.appId) ?? []).filter((at) => now - at < WITHIN_MS)
  if (recent.length < MOST) {
    moves.set(app.appId, [...recent, now])
    return true
  }
  const message = t('Stopped: it led to other pages by itself again and again.')
  toastOfApp(app, { message, variant: 'error' })
  return false
}
