import type { automations, ExecutionStatus, JsonObject, RouteBody } from '@imperal/contract'
import { newTraceId, orderedId } from '../../foundation/ids.ts'
import { announce } from './announce.ts'
import { automationsErrors } from './errors.ts'
import { tellNotices } from './notify-owner.ts'
import { countEnd, noteEnd } from './settle-execution.ts'
import type { RuleRow } from './tables.ts'
import type { Parts } from './types.ts'
import { type Caller, readRule } from './write-rules.ts'

type Report = RouteBody<typeof automations.internalTriggered>

const DEFAULT_SECONDS = 300

function eventOf(text: string): JsonObject {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {
    // Falls through to the same refusal as a list or a bare value.
  }
  throw automationsErrors.INVALID({ problems: ['event_data is no JSON object.'] })
}

/** A run that begins: counted as one of the rule's own, and carried out by the service that says so. */
async function begin(parts: Parts, rule: RuleRow, report: Report): Promise<string> {
  const event = eventOf(report.event_data)
  const now = parts.clock.now()
  const executionId = report.execution_id ?? orderedId('exe')
  const timeout = report.timeout_at === null ? new Date(now + DEFAULT_SECONDS * 1000) : new Date(report.timeout_at)
  await parts.db.tenant(rule.tenant_id, async (tx) => {
    const inserted = await tx
      .insertInto('automations.execution')
      .values({
        execution_id: executionId,
        rule_id: rule.rule_id,
        tenant_id: rule.tenant_id,
        user_id: rule.user_id,
        cause: `service_${executionId}`,
        attempt: report.attempt,
        parent_execution_id: report.parent_execution_id,
        status: report.status,
        external: true,
        event: JSON.stringify(event),
        trace_id: newTraceId(),
        run_id: executionId,
        due_at: new Date(now),
        timeout_at: timeout,
        created_at: new Date(now),
        started_at: new Date(now),
        ...ended(report, now),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('execution_id')
      .executeTakeFirst()
    // An id that is taken is another rule's or another tenant's: nothing is told about it.
    if (inserted === undefined) throw automationsErrors.EXECUTION_NOT_FOUND()
    const counted = await tx
      .updateTable('automations.rule')
      .set({ trigger_count: rule.trigger_count + 1, last_triggered_at: new Date(now) })
      .where('rule_id', '=', rule.rule_id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await announce(parts, tx, counted, 'execution_triggered')
  })
  return executionId
}

const ended = ({ status, result, error, error_text: text }: Report, now: number) =>
  status === 'completed' || status === 'failed'
    ? {
        finished_at: new Date(now),
        result: result === '' ? null : result,
        error: error === '' ? null : error,
        error_text: text === '' ? null : text,
      }
    : {}

/** Null: the run is unknown, so that this report is its beginning. */
async function goOn(parts: Parts, rule: RuleRow, report: Report): Promise<ExecutionStatus | null> {
  if (report.execution_id === null) return null
  const id = report.execution_id
  return parts.db.tenant(rule.tenant_id, async (tx) => {
    const row = await tx
      .selectFrom('automations.execution')
      .select(['status', 'external'])
      .where('execution_id', '=', id)
      .where('rule_id', '=', rule.rule_id)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) return null
    // What has ended stays as it is, and what runs here is nobody else's to end.
    if (!row.external || (row.status !== 'triggered' && row.status !== 'running')) return row.status
    await tx
      .updateTable('automations.execution')
      .set({ status: report.status, ...ended(report, parts.clock.now()) })
      .where('execution_id', '=', id)
      .execute()
    return report.status
  })
}

/**
 * What a service tells of a run that it carries out itself (api.md 3.15).
 * @throws AUTOMATIONS_RULE_NOT_FOUND, AUTOMATIONS_EXECUTION_NOT_FOUND, AUTOMATIONS_INVALID
 */
export async function recordExternal(
  parts: Parts,
  caller: Caller,
  report: Report,
): Promise<{ executionId: string; status: ExecutionStatus }> {
  const rule = await readRule(parts, caller, report.rule_id)
  if (rule.tenant_id !== report.tenant_id) throw automationsErrors.RULE_NOT_FOUND()
  const status = await goOn(parts, rule, report)
  if (status !== null && report.execution_id !== null) return { executionId: report.execution_id, status }
  return { executionId: await begin(parts, rule, report), status: report.status }
}

/** Counts such a run, and tells the owner as the rule says. @throws AUTOMATIONS_RULE_NOT_FOUND */
export async function recordResult(
  parts: Parts,
  caller: Caller,
  result: { readonly ruleId: number; readonly isDone: boolean; readonly error: string },
): Promise<RuleRow> {
  const rule = await readRule(parts, caller, result.ruleId)
  const error = result.error || 'It failed.'
  const counted = await parts.db.tenant(rule.tenant_id, async (tx) => {
    const row = await countEnd(parts, tx, rule.rule_id, { isDone: result.isDone, error })
    if (row === null) throw automationsErrors.RULE_NOT_FOUND()
    const text = result.isDone ? 'All steps are done.' : error
    return { row, notice: await noteEnd(parts, tx, row, { isDone: result.isDone, text }) }
  })
  await tellNotices(parts, [counted.notice])
  return counted.row
}
