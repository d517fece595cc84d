import type { Tx } from '../../foundation/db/index.ts'
import type { RuleRow } from './tables.ts'
import type { Parts } from './types.ts'

export type RuleChange = 'rule_created' | 'rule_updated' | 'rule_deleted' | 'execution_triggered' | 'execution_finished'

/** Lets the owner's open panels follow: the same kind of notice as after a call (K3.54). */
export function announce(
  parts: Parts,
  tx: Tx,
  rule: Pick<RuleRow, 'rule_id' | 'tenant_id' | 'user_id' | 'name' | 'status'>,
  action: RuleChange,
): Promise<void> {
  return parts.outbox.publish(tx, {
    tenantId: rule.tenant_id,
    userId: rule.user_id,
    type: 'state_changed',
    payload: {
      type: 'state_changed',
      scope: 'automations',
      action,
      id: `automations/${rule.rule_id}`,
      actor: rule.user_id,
      tenant_id: rule.tenant_id,
      user_id: rule.user_id,
      timestamp: parts.clock.iso(),
      data: {
        app_id: 'automations',
        tool_name: action,
        rule_id: rule.rule_id,
        status: rule.status,
        message: rule.name.slice(0, 200),
        response_preview: '',
      },
    },
  })
}
