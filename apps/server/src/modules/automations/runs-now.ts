import type { Process } from '@imperal/contract'
import { EVERY_TENANT } from '../../foundation/db/index.ts'
import type { ProcessesOf } from '../kernel/index.ts'
import type { Parts } from './types.ts'

/** Runs of automations that wait or go on, oldest first (E21). What a step of them does is a call, and in the list as one. */
export async function runsNow({ db }: Pick<Parts, 'db'>, which: ProcessesOf): Promise<Process[]> {
  const { tenantId, userId, appId, traceId, kind, limit } = which
  if (appId !== undefined || (kind !== undefined && kind !== 'automation')) return []
  const rows = await db.tenant(tenantId ?? EVERY_TENANT, (tx) => {
    let query = tx
      .selectFrom('automations.execution as e')
      .innerJoin('automations.rule as r', 'r.rule_id', 'e.rule_id')
      .select(['e.execution_id', 'e.rule_id', 'e.tenant_id', 'e.user_id', 'e.status', 'e.trace_id'])
      .select(['e.created_at', 'e.started_at', 'e.timeout_at', 'r.name'])
      .where('e.status', 'in', ['triggered', 'running'])
      .orderBy('e.created_at')
      .limit(limit)
    if (tenantId !== null) query = query.where('e.tenant_id', '=', tenantId)
    if (userId !== undefined) query = query.where('e.user_id', '=', userId)
    if (traceId !== undefined) query = query.where('e.trace_id', '=', traceId)
    return query.execute()
  })
  return rows.map((row) => ({
    kind: 'automation',
    id: row.execution_id,
    tenant_id: row.tenant_id,
    user_id: row.user_id,
    app_id: '',
    function: String(row.rule_id),
    title: row.name,
    status: row.status,
    trace_id: row.trace_id,
    node_id: null,
    started_at: (row.started_at ?? row.created_at).toISOString(),
    deadline_at: row.timeout_at?.toISOString() ?? null,
    cancellable: false,
  }))
}
