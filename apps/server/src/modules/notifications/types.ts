import type { JsonObject } from '@imperal/contract'
import type { Writer } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'

export interface Notification {
  readonly tenantId: string
  readonly userId: string
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
  /** Stores the notification and announces it on the stream; e-mail when the channel asks for it. Never throws on delivery failure. */
  notify(writer: Writer, notification: Notification): Promise<void>
  readonly routes: readonly MountedRoute[]
}
