import type { JsonObject, JsonValue } from '@imperal/contract'
import type { Generated } from 'kysely'

interface CacheTable {
  readonly tenant_id: string
  readonly app_id: string
  readonly user_id: string
  readonly key: string
  readonly model: string
  readonly envelope: JsonValue
  readonly expires_at: Date
}

interface CacheFetchTable {
  readonly tenant_id: string
  readonly app_id: string
  readonly user_id: string
  readonly key: string
  readonly model: string
  readonly claim: string
  readonly until: Date
}

interface SkeletonTable {
  readonly tenant_id: string
  readonly user_id: string
  readonly app_id: string
  readonly section: string
  readonly data: JsonObject | null
  readonly refreshed_at: Date | null
  readonly ttl: number
  readonly due_at: Date
  readonly wanted_until: Date
  readonly leased_until: Date | null
  readonly invalidated: Generated<boolean>
  readonly failures: Generated<number>
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'state.cache': CacheTable
    'state.cache_fetch': CacheFetchTable
    'state.skeleton': SkeletonTable
  }
}
