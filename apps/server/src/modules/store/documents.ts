import type { JsonObject } from '@imperal/contract'
import type { DocumentWire } from './types.ts'

/** Columns that make a document on the wire. */
export const COLUMNS =
  'd.tenant_id, d.app_id, d.user_id, d.collection, d.id, d.data, d.etag, d.created_at, d.updated_at'

export interface DocumentRow {
  readonly tenant_id: string
  readonly app_id: string
  readonly user_id: string
  readonly collection: string
  readonly id: string
  readonly data: JsonObject
  readonly etag: string
  readonly created_at: Date
  readonly updated_at: Date
}

export const toDocument = (row: DocumentRow): DocumentWire => ({
  id: row.id,
  collection: row.collection,
  data: row.data,
  extension_id: row.app_id,
  tenant_id: row.tenant_id,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  user_id: row.user_id,
  etag: row.etag,
})
