import type { ExecutionStep, JsonObject, RuleAction } from '@imperal/contract'
import { RunError } from '@imperal/ir'
import { randomId } from '../../foundation/ids.ts'
import type { CallIntent, CatalogFunction } from '../kernel/index.ts'
import { approvalNeeded } from './approval.ts'
import { askCondition } from './ask-condition.ts'
import { forbidden, functionOf, hasDestructive, isStructured } from './ground-rule.ts'
import { renderArguments, renderText, scopeOf } from './render-values.ts'
import { type Ending, settleExecution } from './settle-execution.ts'
import type { ExecutionRow, RuleRow } from './tables.ts'
import { causeOfRule, type RunJob } from './trigger-rule.ts'
import type { Parts } from './types.ts'
import { pauseRule } from './write-rules.ts'

/** Longest run of all steps of a rule (K6.22). */
export const EXECUTION_SECONDS = 300

interface Run {
  readonly parts: Parts
  readonly rule: RuleRow
  readonly row: ExecutionRow
  readonly functions: readonly CatalogFunction[]
  readonly signal: AbortSignal
  /** Of the steps so far, as the panel shows them. */
  readonly shown: ExecutionStep[]
  /** Of the steps so far, as templates see them. */
  readonly results: JsonObject
}

class StepFailed extends Error {
  readonly code: string
  readonly isFinal: boolean
  constructor(code: string, message: string, isFinal = false) {
    super(message)
    this.code = code
    this.isFinal = isFinal
  }
}

async function claim(
  parts: Parts,
  { tenant_id, execution_id }: RunJob,
): Promise<{ rule: RuleRow; row: ExecutionRow } | null> {
  const now = parts.clock.now()
  return parts.db.tenant(tenant_id, async (tx) => {
    const row = await tx
      .updateTable('automations.execution')
      .set({
        status: 'running',
        run_id: randomId('run'),
        started_at: new Date(now),
        timeout_at: new Date(now + EXECUTION_SECONDS * 1000),
      })
      .where('execution_id', '=', execution_id)
      .where('status', '=', 'triggered')
      .where('external', '=', false)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return null
    const rule = await tx
      .selectFrom('automations.rule')
      .selectAll()
      .where('rule_id', '=', row.rule_id)
      .executeTakeFirst()
    return rule === undefined ? null : { rule, row }
  })
}

/** Writes how far the run is. A turn that no longer holds it stops here, before the next effect. */
async function keepSteps({ parts, row, shown }: Run, changed: boolean): Promise<void> {
  const held = await parts.db.tenant(row.tenant_id, (tx) =>
    tx
      .updateTable('automations.execution')
      .set({ steps: JSON.stringify(shown), ...(changed ? { changed: true } : {}) })
      .where('execution_id', '=', row.execution_id)
      .where('status', '=', 'running')
      .where('run_id', '=', row.run_id)
      .returning('execution_id')
      .executeTakeFirst(),
  )
  if (held === undefined) throw new StepFailed('CANCELLED', 'The run was ended from outside.', true)
}

const causationOf = ({ rule, row }: Run): string[] => {
  const earlier = Array.isArray(row.event.causation) ? row.event.causation.filter((one) => typeof one === 'string') : []
  const own = typeof row.event.event_id === 'string' ? [row.event.event_id] : []
  return [...earlier, ...own, causeOfRule(rule.rule_id)]
}

const intentOf = (run: Run, step: number) =>
  ({
    source: 'automation',
    limitedTo: run.rule.limited_to ?? undefined,
    traceId: run.row.trace_id,
    chainId: run.row.execution_id,
    stepId: `s${step}`,
    causation: causationOf(run),
    isStep: true,
  }) as const satisfies Partial<CallIntent>

async function runStructured(
  run: Run,
  action: Extract<RuleAction, { tool: string }>,
  step: number,
): Promise<JsonObject> {
  const found = functionOf(run.functions, action)
  if (found === undefined)
    throw new StepFailed('UNKNOWN_TOOL', `Step ${step}: you have no function ${action.app_id}.${action.tool} any more.`)
  const refused = forbidden(found)
  if (refused !== null) throw new StepFailed('PERMISSION_DENIED', `Step ${step}: ${refused}`, true)
  const shown = run.shown[step - 1] as ExecutionStep // written by the caller before it came here
  const { rule } = run
  const outcome = await run.parts.kernel.call({
    ...intentOf(run, step),
    tenantId: rule.tenant_id,
    userId: rule.user_id,
    appId: found.appId,
    function: found.name,
    params: renderArguments(action.args, found.paramsSchema, scopeOf(run.row.event, run.results)),
    messagePreview: rule.name,
    signal: run.signal,
  })
  const { response } = outcome
  const isDone = outcome.status === 'success'
  run.shown[step - 1] = {
    ...shown,
    status: isDone ? 'success' : 'failed',
    summary: response.summary?.slice(0, 500) ?? null,
    error: isDone ? null : (response.error?.slice(0, 500) ?? outcome.status),
    call_id: outcome.callId,
  }
  if (!isDone)
    throw new StepFailed(
      response.error_code ?? 'INTERNAL',
      `Step ${step}, ${found.appId}.${found.name}: ${response.error ?? 'it failed.'}`,
    )
  return { status: 'success', data: response.data, summary: response.summary ?? '' } as JsonObject // of a verified result
}

/** Words may read everything that the owner may, and use what the rule spells out elsewhere, nothing that cannot be undone (K6.21). */
function allowedFor({ rule }: Run): (entry: CatalogFunction) => boolean {
  const named = new Set(rule.actions.filter(isStructured).map((action) => `${action.app_id}.${action.tool}`))
  return (entry) =>
    forbidden(entry) === null &&
    (entry.actionType === 'read' ||
      (named.has(`${entry.appId}.${entry.name}`) && (entry.actionType === 'write' || approvalNeeded(rule) === null)))
}

async function runWords(run: Run, action: Extract<RuleAction, { message: string }>, step: number): Promise<JsonObject> {
  const text = renderText(action.message, scopeOf(run.row.event, run.results))
  const owner = { tenantId: run.rule.tenant_id, userId: run.rule.user_id }
  const answer = await run.parts.understand(owner, {
    text,
    allows: allowedFor(run),
    intent: intentOf(run, step),
    signal: run.signal,
  })
  run.shown[step - 1] = {
    ...(run.shown[step - 1] as ExecutionStep), // written by the caller before it came here
    status: answer.isDone ? 'success' : 'failed',
    summary: answer.text.slice(0, 500),
    error: answer.isDone ? null : answer.text.slice(0, 500),
    call_id: answer.callId,
  }
  if (!answer.isDone) throw new StepFailed('NOT_DONE', `Step ${step}: ${answer.text}`)
  return { status: 'success', data: { response: answer.text }, summary: answer.text }
}

async function runStep(run: Run, action: RuleAction, step: number): Promise<void> {
  if (run.signal.aborted) throw new StepFailed('BACKEND_TIMEOUT', 'The run took too long.')
  const type = isStructured(action)
    ? (functionOf(run.functions, action)?.actionType ?? 'write')
    : run.functions.some((entry) => entry.actionType !== 'read' && allowedFor(run)(entry))
      ? 'write'
      : 'read'
  run.shown.push({
    index: step,
    app_id: isStructured(action) ? action.app_id : null,
    tool: isStructured(action) ? action.tool : null,
    action_type: type,
    status: 'running',
    summary: null,
    error: null,
    call_id: null,
  })
  // What may have changed something is known before it begins: whoever finds the run must not repeat it.
  await keepSteps(run, type !== 'read')
  try {
    run.results[String(step)] = isStructured(action)
      ? await runStructured(run, action, step)
      : await runWords(run, action, step)
  } catch (error) {
    const shown = run.shown[step - 1] as ExecutionStep // pushed above
    if (shown.status === 'running')
      run.shown[step - 1] = {
        ...shown,
        status: 'failed',
        error: error instanceof Error ? error.message.slice(0, 500) : 'It failed.',
      }
    await keepSteps(run, false)
    throw error
  }
  await keepSteps(run, false)
}

function endingFor(run: Run, error: unknown): Ending {
  if (error instanceof StepFailed) {
    const timedOut = run.signal.aborted && error.code !== 'CANCELLED'
    return {
      kind: 'failed',
      code: timedOut ? 'BACKEND_TIMEOUT' : error.code,
      message: timedOut ? `The run took longer than ${EXECUTION_SECONDS} s.` : error.message,
      isFinal: error.isFinal,
    }
  }
  if (error instanceof RunError)
    return { kind: 'failed', code: 'VALIDATION_TYPE_ERROR', message: error.message, isFinal: true }
  run.parts.log.error({ err: error, execution: run.row.execution_id }, 'an automation could not be run')
  return { kind: 'failed', code: 'INTERNAL', message: 'Something went wrong on our side.' }
}

async function carryOut(run: Run): Promise<Ending> {
  const { rule, row, parts } = run
  if (rule.condition_words !== null) {
    const verdict = await askCondition(parts, rule, rule.condition_words, {
      event: row.event,
      traceId: row.trace_id,
      signal: run.signal,
    })
    if (verdict !== 'holds') return { kind: 'skipped', why: verdict }
  }
  // A function may have become one that cannot be undone since the rule was made.
  const destructive = rule.destructive || hasDestructive(rule.actions, run.functions)
  if (approvalNeeded({ ...rule, destructive }) !== null) {
    const reason = 'It waits for you to agree to a step that cannot be undone.'
    const caller = { owner: null, actorId: '__system__', isAtPanel: false }
    await parts.db.tenant(rule.tenant_id, (tx) =>
      tx.updateTable('automations.rule').set({ destructive }).where('rule_id', '=', rule.rule_id).execute(),
    )
    await pauseRule(parts, caller, rule.rule_id, reason)
    return { kind: 'failed', code: 'CONFIRMATION_REQUIRED', message: reason, isFinal: true }
  }
  try {
    for (const [index, action] of rule.actions.entries()) await runStep(run, action, index + 1)
  } catch (error) {
    return endingFor(run, error)
  }
  const last = run.results[String(rule.actions.length)] as { summary?: string } | undefined
  return { kind: 'completed', result: last?.summary ?? '' }
}

/** Runs the steps of one triggered run in order, in the name of the rule's owner as they are now (6.5). */
export async function runExecution(parts: Parts, job: RunJob): Promise<void> {
  const claimed = await claim(parts, job)
  if (claimed === null) return
  const { rule, row } = claimed
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort('timeout'), EXECUTION_SECONDS * 1000).unref()
  try {
    const functions = await parts.kernel.catalog({
      tenantId: rule.tenant_id,
      userId: rule.user_id,
      limitedTo: rule.limited_to ?? undefined,
    })
    const run: Run = { parts, rule, row, functions, signal: controller.signal, shown: [], results: {} }
    await settleExecution(parts, row, await carryOut(run))
  } finally {
    clearTimeout(timer)
  }
}
