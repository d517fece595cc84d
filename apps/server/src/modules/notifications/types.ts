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

export interface Notifications {
  /**
   * Stores the notification and announces it on the stream in one transaction; then mails it when the channel is `email`.
   * Long texts are cut. Never throws on delivery failure; a notification that cannot be stored is an error of the database.
   */
  notify(writer: Writer, notification: Notification): Promise<void>
  readonly routes: readonly MountedRoute[]
}
