import type { ExecutionRow } from './tables.ts'
import type { Parts } from './types.ts'

/** Runs of a rule, newest first; `before` is the id of the last one of the page before. */
export const readExecutions = (
  parts: Parts,
  rule: { readonly tenantId: string; readonly ruleId: number },
  page: { readonly limit: number; readonly before?: string | undefined },
): Promise<ExecutionRow[]> =>
  parts.db.tenant(rule.tenantId, (tx) => {
    let query = tx.selectFrom('automations.execution').selectAll().where('rule_id', '=', rule.ruleId)
    if (page.before !== undefined) query = query.where('execution_id', '<', page.before)
    return query.orderBy('execution_id', 'desc').limit(page.limit).execute()
  })
