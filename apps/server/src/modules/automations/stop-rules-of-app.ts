import { AppId, type EventEnvelope } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { announce } from './announce.ts'
import { isStructured } from './ground-rule.ts'
import type { RuleRow } from './tables.ts'
import type { Parts } from './types.ts'

/** The event after which rules may lack their app. */
export const UNINSTALLED = 'extension.uninstalled'

const concerns = (rule: RuleRow, appId: string): boolean =>
  rule.event_type.startsWith(`${appId}.`) ||
  rule.actions.some((action) => isStructured(action) && action.app_id === appId)

/** Rules that need an app stop with a reason when their owner uninstalls it (K7.17). */
export async function stopRulesOfApp(parts: Parts, tx: Tx, event: EventEnvelope): Promise<void> {
  const appId = AppId.safeParse(event.data.app_id)
  if (event.event_type !== UNINSTALLED || !appId.success) return
  const rules = await tx
    .selectFrom('automations.rule')
    .selectAll()
    .where('tenant_id', '=', event.tenant_id)
    .where('user_id', '=', event.user_id)
    .where('status', '=', 'active')
    .forUpdate()
    .execute()
  for (const rule of rules.filter((one) => concerns(one, appId.data))) {
    const stopped = await tx
      .updateTable('automations.rule')
      .set({
        status: 'error',
        status_reason: `It needs the app ${appId.data}, which you uninstalled.`,
        updated_at: new Date(parts.clock.now()),
      })
      .where('rule_id', '=', rule.rule_id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await announce(parts, tx, stopped, 'rule_updated')
  }
}
