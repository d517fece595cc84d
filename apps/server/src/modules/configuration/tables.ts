import type { JsonObject } from '@imperal/contract'
import type { ColumnType } from 'kysely'

type Json = ColumnType<JsonObject, string | undefined, string>
type Time = ColumnType<Date, string, string>

export interface PlatformConfigTable {
  app_id: string
  config: Json
  updated_by: string
  updated_at: Time
}

export interface ConfigLayerTable {
  tenant_id: string
  scope: 'tenant' | 'user'
  scope_id: string
  app_id: string
  config: Json
  enforced: Json
  role_defaults: Json
  updated_by: string
  updated_at: Time
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'configuration.platform': PlatformConfigTable
    'configuration.layer': ConfigLayerTable
  }
}
