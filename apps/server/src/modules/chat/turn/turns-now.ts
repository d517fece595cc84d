import type { Process } from '@imperal/contract'
import { sql } from 'kysely'
import { type Database, EVERY_TENANT } from '../../../foundation/db/index.ts'
import type { ProcessesOf } from '../../kernel/index.ts'

/** Turns that wait or go on, oldest first (E21). What was said in them is not told. */
export async function turnsNow(db: Database, which: ProcessesOf): Promise<Process[]> {
  const { tenantId, userId, appId, traceId, kind, limit } = which
  if (kind !== undefined && kind !== 'turn') return []
  const openApp = sql<string>`coalesce(request ->> 'openApp', '')`
  const rows = await db.tenant(tenantId ?? EVERY_TENANT, (tx) => {
    let query = tx
      .selectFrom('chat.turn')
      .select(['turn_id', 'tenant_id', 'user_id', 'state', 'trace_id', 'node_id', 'created_at', openApp.as('app_id')])
      .where('ended_at', 'is', null)
      .orderBy('created_at')
      .limit(limit)
    if (tenantId !== null) query = query.where('tenant_id', '=', tenantId)
    if (userId !== undefined) query = query.where('user_id', '=', userId)
    if (appId !== undefined) query = query.where(openApp, '=', appId)
    if (traceId !== undefined) query = query.where('trace_id', '=', traceId)
    return query.execute()
  })
  return rows.map((row) => ({
    kind: 'turn',
    id: row.turn_id,
    tenant_id: row.tenant_id,
    user_id: row.user_id,
    app_id: row.app_id,
    function: '',
    title: '',
    status: row.state.toLowerCase(),
    trace_id: row.trace_id,
    node_id: row.node_id,
    started_at: row.created_at.toISOString(),
    deadline_at: null,
    cancellable: true,
  }))
}

/** Whose turn it is, and its answer; undefined: there is none in the tenant, or, for null, in any. */
export const turnById = (db: Database, turnId: string, tenantId: string | null) =>
  db.tenant(tenantId ?? EVERY_TENANT, (tx) =>
    tx
      .selectFrom('chat.turn')
      .select(['tenant_id', 'user_id', 'reply_id'])
      .where('turn_id', '=', turnId)
      .executeTakeFirst(),
  )
