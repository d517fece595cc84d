import type { NotificationPreferences } from './types.ts'

/** The ways in which a notification reaches a person. */
export interface Transports {
  /** Kept, and shown in the panel. */
  readonly bell: boolean
  readonly email: boolean
}

/**
 * Where a user wants the messages of an app (null: of the platform). The user's choice decides alone: the channel that
 * the app asked for neither adds a way nor takes one. A channel without a transport here rings the bell instead.
 */
export function chooseTransports(preferences: Partial<NotificationPreferences>, appId: string | null): Transports {
  const { enabled = true, default: usual = ['bell'], apps = {} } = preferences
  const own = appId !== null && Object.hasOwn(apps, appId) ? apps[appId] : undefined
  const chosen = own ?? usual
  if (!enabled || chosen === 'off') return { bell: false, email: false }
  return { bell: chosen.some((channel) => channel !== 'email'), email: chosen.includes('email') }
}
