import type { Execution, Rule } from '@imperal/contract'
import { approvalNeeded } from './approval.ts'
import type { ExecutionRow, RuleRow } from './tables.ts'

const iso = (moment: Date | null): string | null => moment?.toISOString() ?? null

/** A rule as clients see it. */
export function toRule(row: RuleRow): Rule {
  return {
    id: row.rule_id,
    rule_id: row.rule_id,
    user_id: row.user_id,
    tenant_id: row.tenant_id,
    name: row.name,
    prompt: row.prompt,
    interpretation: row.interpretation,
    status: row.status,
    status_reason: row.status_reason,
    trigger_filter: {
      event_type: row.event_type,
      schedule: row.cron,
      conditions: row.conditions,
      when: row.condition_words,
    },
    timezone: row.zone,
    next_run_at: row.status === 'active' ? iso(row.next_due_at) : null,
    actions: row.actions,
    cooldown_seconds: row.cooldown_seconds,
    max_per_hour: row.max_per_hour,
    max_iterations: row.max_iterations,
    notify_mode: row.notify_mode,
    approval_needed: approvalNeeded(row),
    trigger_count: row.trigger_count,
    success_count: row.success_count,
    failure_count: row.failure_count,
    skipped: row.skipped,
    last_skipped_at: iso(row.last_skipped_at),
    last_triggered_at: iso(row.last_triggered_at),
    last_error: row.last_error,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

export const toExecution = (row: ExecutionRow): Execution => ({
  execution_id: row.execution_id,
  rule_id: row.rule_id,
  tenant_id: row.tenant_id,
  status: row.status,
  attempt: row.attempt,
  parent_execution_id: row.parent_execution_id,
  timeout_at: iso(row.timeout_at),
  event_data: row.event,
  result: row.result,
  error: row.error,
  error_text: row.error_text,
  trace_id: row.trace_id,
  started_at: iso(row.started_at),
  finished_at: iso(row.finished_at),
  created_at: row.created_at.toISOString(),
  steps: row.steps,
})
