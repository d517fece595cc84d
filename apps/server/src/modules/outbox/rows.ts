import type { JsonObject } from '@imperal/contract'
import { encodePosition } from './position.ts'
import type { StreamRecord } from './types.ts'

/** Columns of a message as the readers select them. */
export const COLUMNS = 'm.xid::text as xid, m.seq, m.tenant_id, m.user_id, m.type, m.payload, m.created_at'

export interface MessageRow {
  readonly xid: string
  readonly seq: number
  readonly tenant_id: string
  readonly user_id: string | null
  readonly type: string
  readonly payload: JsonObject
  readonly created_at: Date
}

export const toRecord = (row: MessageRow): StreamRecord => ({
  id: encodePosition({ xid: row.xid, seq: String(row.seq) }),
  tenantId: row.tenant_id,
  userId: row.user_id,
  type: row.type,
  payload: row.payload,
  createdAt: row.created_at.toISOString(),
})
