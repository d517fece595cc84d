import type { JsonObject } from '@imperal/contract'
import type { SkeletonRow } from './types.ts'

export const COLUMNS = 's.tenant_id, s.user_id, s.app_id, s.section, s.data, s.refreshed_at, s.ttl, s.stale_reason'

export interface SkeletonTableRow {
  readonly tenant_id: string
  readonly user_id: string
  readonly app_id: string
  readonly section: string
  readonly data: JsonObject | null
  readonly refreshed_at: Date | null
  readonly ttl: number
  readonly stale_reason: string | null
}

export const toSkeleton = (row: SkeletonTableRow): SkeletonRow => ({
  tenantId: row.tenant_id,
  userId: row.user_id,
  appId: row.app_id,
  section: row.section,
  data: row.data,
  refreshedAt: row.refreshed_at === null ? null : Math.floor(row.refreshed_at.getTime() / 1_000),
  ttl: row.ttl,
  staleReason: row.stale_reason,
})
