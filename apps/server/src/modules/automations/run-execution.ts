import { RunError } from '@imperal/ir'
import { approvalNeeded, whyItWaits } from './approval.ts'
import { askCondition } from './ask-condition.ts'
import { hasDestructive } from './ground-rule.ts'
import { claimExecution, EXECUTION_SECONDS, handOver, keepLease } from './hold-execution.ts'
import { NotHere, type Run, recallSteps, runStep, StepFailed } from './run-steps.ts'
import { type Ending, settleExecution } from './settle-execution.ts'
import type { RunJob } from './trigger-rule.ts'
import type { Parts } from './types.ts'
import { pauseRule } from './write-rules.ts'

/** Nodes that may take one run before it is given up: what ends them may be the run. */
const MOST_TURNS = 5
const LOST = 'lost'

function endingFor(run: Run, error: unknown): Ending {
  if (error instanceof StepFailed) {
    const timedOut = run.signal.aborted
    return {
      kind: 'failed',
      code: timedOut ? 'BACKEND_TIMEOUT' : error.code,
      message: timedOut ? `The run took longer than ${EXECUTION_SECONDS} s.` : error.message,
      isFinal: error.isFinal,
    }
  }
  if (error instanceof RunError)
    return { kind: 'failed', code: 'VALIDATION_TYPE_ERROR', message: error.message, isFinal: true }
  throw error
}

/** Why a run does not begin; null when it may. */
async function mayNot(run: Run): Promise<Ending | null> {
  const { rule, row, parts } = run
  if (rule.condition_words !== null && row.steps.length === 0) {
    const verdict = await askCondition(parts, rule, rule.condition_words, {
      event: row.event,
      traceId: row.trace_id,
      signal: run.signal,
    })
    if (verdict !== 'holds') return { kind: 'skipped', why: verdict }
  }
  // A function may have become one that cannot be undone since the rule was made.
  const destructive = rule.destructive || hasDestructive(rule.actions, run.functions)
  if (approvalNeeded({ ...rule, destructive }) === null) return null
  const reason = whyItWaits(rule)
  const caller = { owner: null, actorId: '__system__', isAtPanel: false, mayApprove: false, byApp: null }
  await parts.db.tenant(rule.tenant_id, (tx) =>
    tx.updateTable('automations.rule').set({ destructive }).where('rule_id', '=', rule.rule_id).execute(),
  )
  await pauseRule(parts, caller, rule.rule_id, reason)
  return { kind: 'failed', code: 'CONFIRMATION_REQUIRED', message: reason, isFinal: true }
}

async function carryOut(run: Run): Promise<Ending> {
  const { rule, row } = run
  if (row.turns > MOST_TURNS)
    return { kind: 'failed', code: 'INTERNAL', message: 'It was cut off again and again.', isFinal: true }
  const stopped = await mayNot(run)
  if (stopped !== null) return stopped
  try {
    await recallSteps(run)
    while (run.shown.length < rule.actions.length)
      await runStep(run, rule.actions[run.shown.length] as (typeof rule.actions)[number]) // within its length
  } catch (error) {
    return endingFor(run, error)
  }
  const last = run.results[String(rule.actions.length)] as { summary?: string } | undefined
  return { kind: 'completed', result: last?.summary ?? '' }
}

/**
 * Runs the steps of one run in order, in the name of the rule's owner as they are now (6.5), from where it stands: another
 * node may have had it before.
 */
export async function runExecution(
  parts: Parts,
  job: RunJob,
  closing: AbortSignal = new AbortController().signal,
): Promise<void> {
  const claimed = await claimExecution(parts, job)
  if (claimed === null) return
  const { rule, row } = claimed
  const controller = new AbortController()
  const left = (row.timeout_at?.getTime() ?? 0) - parts.clock.now()
  const timer = setTimeout(() => controller.abort('timeout'), Math.max(0, left)).unref()
  const release = keepLease(parts, row, () => controller.abort(LOST))
  try {
    const functions = await parts.kernel.catalog({
      tenantId: rule.tenant_id,
      userId: rule.user_id,
      limitedTo: rule.limited_to ?? undefined,
    })
    const run: Run = {
      ...{ parts, rule, row, functions, closing, signal: controller.signal },
      ...{ shown: [], texts: {}, results: {} },
    }
    const ending = await carryOut(run)
    if (controller.signal.reason !== LOST) await settleExecution(parts, row, ending)
  } catch (error) {
    if (!(error instanceof NotHere)) throw error
    if (closing.aborted) await handOver(parts, row)
  } finally {
    clearTimeout(timer)
    release()
  }
}
