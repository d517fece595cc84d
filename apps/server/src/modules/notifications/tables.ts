import type { JsonObject } from '@imperal/contract'

interface NotificationTable {
  readonly id: string
  readonly tenant_id: string
  readonly user_id: string
  readonly app_id: string | null
  readonly title: string
  readonly body: string
  readonly message: string
  readonly priority: 'low' | 'normal' | 'high' | 'urgent'
  readonly channel: string
  readonly link: string | null
  readonly extra: JsonObject
  readonly created_at: Date
  readonly read_at: Date | null
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'notifications.notification': NotificationTable
  }
}

export type { NotificationTable }
