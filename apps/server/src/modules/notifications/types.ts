import type { JsonObject } from '@imperal/contract'
import type { Writer } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'

export interface Notification {
  readonly tenantId: string
  readonly userId: string
  /** The app that speaks; null for the platform itself. */
  readonly appId: string | null
  readonly title: string
  readonly body: string
  readonly message: string
  readonly priority: 'low' | 'normal' | 'high' | 'urgent'
  readonly channel: string
  readonly link: string | null
  readonly extra: JsonObject
}

/** A user's setting `notifications` (api 3.9): which channels, and which apps have others or none. */
export interface NotificationPreferences {
  readonly enabled: boolean
  readonly default: readonly string[]
  readonly apps: Readonly<Record<string, readonly string[] | 'off'>>
}

/** Where a notification went. */
export interface Sent {
  readonly id: string
  readonly channels: readonly ('bell' | 'email')[]
}

export interface Notifications {
  /**
   * Delivers the notification where its user wants messages of that app: to the bell, stored and announced on the stream in
   * one transaction; then by mail. Null: its user switched it off, and nothing happened. Long texts are cut. Never throws on delivery failure; a
   * notification that cannot be stored is an error of the database.
   */
  notify(writer: Writer, notification: Notification): Promise<Sent | null>
  readonly routes: readonly MountedRoute[]
}
