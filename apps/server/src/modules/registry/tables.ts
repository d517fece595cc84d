import type { JsonObject } from '@imperal/contract'
import type { ColumnType, Generated } from 'kysely'
import type { AppStatus, ArtefactFormat, LifecycleHook } from './types.ts'

type Json<T = JsonObject> = ColumnType<T, string | undefined, string>
type Time = ColumnType<Date, string | undefined, string>
type NullableTime = ColumnType<Date | null, string | null | undefined, string | null>

export interface AppTable {
  app_id: string
  name: string
  short_description: Generated<string>
  long_description: Generated<string>
  category: Generated<string>
  icon: Generated<string>
  tags: Json<string[]>
  homepage: Generated<string>
  license: Generated<string>
  status: Generated<AppStatus>
  system: Generated<boolean>
  first_party: Generated<boolean>
  featured: Generated<boolean>
  owner_id: string | null
  owner_tenant_id: string
  pricing_model: Generated<'free' | 'per_action' | 'subscription'>
  pricing_config: Json
  config: Json
  settings: Json
  live_version: string | null
  install_count: Generated<number>
  rating_total: Generated<number>
  review_count: Generated<number>
  action_count: Generated<number>
  created_at: Time
  updated_at: Time
  published_at: NullableTime
  deleted_at: NullableTime
  search: ColumnType<string, never, never>
}

export interface VersionTable {
  app_id: string
  version: string
  manifest: Json
  extras: Json<Record<string, JsonObject>>
  artefact_hash: string | null
  icon_svg: string | null
  format: Generated<ArtefactFormat>
  revision: ColumnType<number | null, number | null | undefined, number | null>
  created_at: Time
  updated_at: Time
}

export interface ArtefactTable {
  hash: string
  bundle: string
  source_map: string | null
  created_at: Time
}

export interface InstallTable {
  tenant_id: string
  user_id: string
  app_id: string
  installed_at: Time
  is_disabled: Generated<boolean>
  installed_version: Generated<string>
  needs_attention: Generated<boolean>
  config: Json
}

export interface AppKeyTable {
  key_id: string
  app_id: string
  key_hash: Buffer
  prefix: string
  scope: 'full' | 'readonly'
  created_at: Time
  revoked_at: NullableTime
}

export interface SectionRuleTable {
  tenant_id: string
  user_id: string
  app_id: string
  section_name: string
  enabled: Generated<boolean>
  ttl: number | null
  alert_config: Json
}

export interface DueHookTable {
  id: Generated<number>
  tenant_id: string
  user_id: string
  app_id: string
  hook: LifecycleHook
  from_version: string | null
  to_version: string | null
  attempts: Generated<number>
  next_at: Time
  gave_up: Generated<boolean>
  last_error: string | null
  claim: Generated<string | null>
  claimed_until: NullableTime
  created_at: Time
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'registry.app': AppTable
    'registry.version': VersionTable
    'registry.artefact': ArtefactTable
    'registry.install': InstallTable
    'registry.due_hook': DueHookTable
    'registry.app_key': AppKeyTable
    'registry.section_rule': SectionRuleTable
  }
}
