import type { ColumnType, Generated } from 'kysely'

type Time = ColumnType<Date, string, string>
type NullableTime = ColumnType<Date | null, string | null | undefined, string | null>

export interface ReviewTable {
  readonly review_id: Generated<number>
  readonly tenant_id: string
  readonly app_id: string
  readonly user_id: string
  rating: number
  title: Generated<string>
  body: string
  developer_reply: string | null
  helpful_count: Generated<number>
  readonly created_at: Time
  edited_at: NullableTime
}

interface VoteTable {
  readonly review_id: number
  readonly tenant_id: string
  readonly user_id: string
  readonly created_at: Time
}

interface FormerInstallTable {
  readonly tenant_id: string
  readonly user_id: string
  readonly app_id: string
  left_at: ColumnType<Date, Date, Date>
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'marketplace.review': ReviewTable
    'marketplace.vote': VoteTable
    'marketplace.former_install': FormerInstallTable
  }
}
