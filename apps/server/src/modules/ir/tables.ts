import type { DocumentIssue } from '@imperal/contract'
import type { ColumnType, Generated } from 'kysely'

type Time = ColumnType<Date, string, never>
type Json<T> = ColumnType<T, string, string>

export interface RevisionTable {
  app_id: string
  revision: number
  tenant_id: string
  /** The document as it was sent, in compact JSON. */
  source: string
  /** Its completed normal form. */
  normal: string
  sha256: string
  artefact_hash: string
  format_version: string
  app_version: string
  migrated_from: string | null
  content_of: number | null
  previous: number | null
  issues: Json<DocumentIssue[]>
  created_by: string
  created_at: Time
}

export interface ActiveTable {
  app_id: string
  tenant_id: string
  revision: number
  activated_at: ColumnType<Date, string, string>
}

export interface RunTable {
  id: Generated<number>
  tenant_id: string
  app_id: string
  revision: number | null
  function: string
  status: 'success' | 'error'
  error_code: string | null
  step: string | null
  path: Json<string[]>
  affected: Json<string[]>
  notes: Json<string[]>
  duration_ms: number
  call_id: string
  trace_id: string
  created_at: Time
}

declare module '../../foundation/db/tables.ts' {
  interface Tables {
    'ir.revision': RevisionTable
    'ir.active': ActiveTable
    'ir.run': RunTable
  }
}
