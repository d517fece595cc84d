import type { ExecutionStep, JsonObject, RuleAction } from '@imperal/contract'
import { newCallId } from '../../foundation/ids.ts'
import type { CallIntent, CallOutcome, CatalogFunction } from '../kernel/index.ts'
import { approvalNeeded } from './approval.ts'
import { forbidden, functionOf, isStructured } from './ground-rule.ts'
import { executionFence } from './hold-execution.ts'
import { renderArguments, renderText, scopeOf } from './render-values.ts'
import type { ExecutionRow, RuleRow } from './tables.ts'
import { causeOfRule } from './trigger-rule.ts'
import type { Parts } from './types.ts'

export interface Run {
  readonly parts: Parts
  readonly rule: RuleRow
  readonly row: ExecutionRow
  readonly functions: readonly CatalogFunction[]
  readonly signal: AbortSignal
  /** This node ends: no further step begins here. */
  readonly closing: AbortSignal
  /** Of the steps so far, as the panel shows them. */
  readonly shown: ExecutionStep[]
  /** What steps in words said, by their number. */
  readonly texts: Record<string, string>
  /** Of the steps so far, as templates see them. */
  readonly results: JsonObject
}

type Structured = Extract<RuleAction, { tool: string }>
type Words = Extract<RuleAction, { message: string }>

export class StepFailed extends Error {
  readonly code: string
  readonly isFinal: boolean
  constructor(code: string, message: string, isFinal = false) {
    super(message)
    this.code = code
    this.isFinal = isFinal
  }
}

/** Another node goes on with the run: this one ends, has lost it, or could not write down what came of a step. */
export class NotHere extends Error {}

/** Writes how far the run is. A turn that no longer holds it stops here, before the next effect. */
async function keepSteps({ parts, row, shown, texts }: Run): Promise<void> {
  const held = await parts.db.tenant(row.tenant_id, (tx) =>
    tx
      .updateTable('automations.execution')
      .set({
        steps: JSON.stringify(shown),
        texts: JSON.stringify(texts),
        // What may have changed something is known before it begins: nobody repeats the run.
        changed: shown.some((step) => step.action_type !== 'read'),
      })
      .where('execution_id', '=', row.execution_id)
      .where('status', '=', 'running')
      .where('run_id', '=', row.run_id)
      .returning('execution_id')
      .executeTakeFirst(),
  )
  if (held === undefined) throw new NotHere()
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

const replace = (run: Run, step: number, change: Partial<ExecutionStep>): void => {
  run.shown[step - 1] = { ...(run.shown[step - 1] as ExecutionStep), ...change } // each step is pushed before it begins
}

const unknown = (step: number): StepFailed =>
  new StepFailed(
    'OUTCOME_UNKNOWN',
    `Step ${step} was cut off, and whether it happened is not known: look before you run it again.`,
    true,
  )

/** What came of a call, on the step; throws when it is no success. */
function took(run: Run, action: Structured, step: number, outcome: CallOutcome): void {
  const { response } = outcome
  const isDone = outcome.status === 'success'
  replace(run, step, {
    status: isDone ? 'success' : 'failed',
    summary: response.summary?.slice(0, 500) ?? null,
    error: isDone ? null : (response.error?.slice(0, 500) ?? outcome.status),
    call_id: outcome.callId,
  })
  if (outcome.status === 'unknown') throw unknown(step)
  if (!isDone)
    throw new StepFailed(
      response.error_code ?? 'INTERNAL',
      `Step ${step}, ${action.app_id}.${action.tool}: ${response.error ?? 'it failed.'}`,
    )
  // Of a verified result.
  run.results[String(step)] = { status: 'success', data: response.data, summary: response.summary ?? '' } as JsonObject
}

async function runStructured(run: Run, action: Structured, step: number): Promise<void> {
  const found = functionOf(run.functions, action)
  if (found === undefined)
    throw new StepFailed('UNKNOWN_TOOL', `Step ${step}: you have no function ${action.app_id}.${action.tool} any more.`)
  const refused = forbidden(found)
  if (refused !== null) throw new StepFailed('PERMISSION_DENIED', `Step ${step}: ${refused}`, true)
  const { rule, row, parts } = run
  const intent: CallIntent = {
    ...intentOf(run, step),
    tenantId: rule.tenant_id,
    userId: rule.user_id,
    appId: found.appId,
    function: found.name,
    params: renderArguments(action.args, found.paramsSchema, scopeOf(row.event, run.results)),
    messagePreview: rule.name,
    signal: run.signal,
  }
  const hold = { callId: run.shown[step - 1]?.call_id ?? newCallId(), fence: executionFence(row) }
  const [outcome] = await parts.kernel.runSteps([{ intent, hold }])
  // It could not be recorded, or was cut off before it did anything: whoever goes on asks what came of it.
  if (outcome === undefined || outcome.refusal?.status === 503 || outcome.cutOff === true) throw new NotHere()
  took(run, action, step, outcome)
}

/** Words may read everything that the owner may, and use what the rule spells out elsewhere, nothing that cannot be undone (K6.21). */
function allowedFor({ rule }: Run): (entry: CatalogFunction) => boolean {
  const named = new Set(rule.actions.filter(isStructured).map((action) => `${action.app_id}.${action.tool}`))
  return (entry) =>
    forbidden(entry) === null &&
    (entry.actionType === 'read' ||
      (named.has(`${entry.appId}.${entry.name}`) && (entry.actionType === 'write' || approvalNeeded(rule) === null)))
}

const spoken = (text: string): JsonObject => ({ status: 'success', data: { response: text }, summary: text })

async function runWords(run: Run, action: Words, step: number): Promise<void> {
  const text = renderText(action.message, scopeOf(run.row.event, run.results))
  const owner = { tenantId: run.rule.tenant_id, userId: run.rule.user_id }
  const answer = await run.parts.understand(owner, {
    text,
    allows: allowedFor(run),
    intent: intentOf(run, step),
    signal: run.signal,
  })
  if (!answer.isDone && run.closing.aborted && run.shown[step - 1]?.action_type === 'read') throw new NotHere()
  replace(run, step, {
    status: answer.isDone ? 'success' : 'failed',
    summary: answer.text.slice(0, 500),
    error: answer.isDone ? null : answer.text.slice(0, 500),
    call_id: answer.callId,
  })
  if (!answer.isDone) throw new StepFailed('NOT_DONE', `Step ${step}: ${answer.text}`)
  run.texts[String(step)] = answer.text
  run.results[String(step)] = spoken(answer.text)
}

function typeOf(run: Run, action: RuleAction): ExecutionStep['action_type'] {
  if (isStructured(action)) return functionOf(run.functions, action)?.actionType ?? 'write'
  return run.functions.some((entry) => entry.actionType !== 'read' && allowedFor(run)(entry)) ? 'write' : 'read'
}

/** Runs the next step. */
export async function runStep(run: Run, action: RuleAction): Promise<void> {
  if (run.closing.aborted) throw new NotHere()
  if (run.signal.aborted) throw new StepFailed('BACKEND_TIMEOUT', 'The run took too long.')
  const step = run.shown.length + 1
  run.shown.push({
    index: step,
    app_id: isStructured(action) ? action.app_id : null,
    tool: isStructured(action) ? action.tool : null,
    action_type: typeOf(run, action),
    status: 'running',
    summary: null,
    error: null,
    // Known before it begins, so that whoever goes on can ask the kernel what came of it.
    call_id: isStructured(action) ? newCallId() : null,
  })
  await keepSteps(run)
  try {
    await (isStructured(action) ? runStructured(run, action, step) : runWords(run, action, step))
  } catch (error) {
    if (error instanceof NotHere) throw error
    if (run.shown[step - 1]?.status === 'running')
      replace(run, step, {
        status: 'failed',
        error: error instanceof Error ? error.message.slice(0, 500) : 'It failed.',
      })
    await keepSteps(run)
    throw error
  }
  await keepSteps(run)
}

const isSame = (shown: ExecutionStep, action: RuleAction | undefined): boolean =>
  action !== undefined &&
  (isStructured(action) ? shown.app_id === action.app_id && shown.tool === action.tool : shown.tool === null)

async function recall(run: Run, before: ExecutionStep, action: RuleAction): Promise<void> {
  const step = before.index
  run.shown.push(before)
  if (before.status === 'failed') throw new StepFailed('INTERNAL', `Step ${step}: ${before.error ?? 'it failed.'}`)
  if (isStructured(action)) {
    const { parts, row } = run
    const end = await parts.kernel.settleStep(row.tenant_id, before.call_id ?? '')
    if (end === 'unknown') throw unknown(step)
    if (end === 'none') run.shown.pop()
    else took(run, action, step, end)
  } else if (before.status === 'success') {
    const text = run.row.texts[String(step)] ?? before.summary ?? ''
    run.texts[String(step)] = text
    run.results[String(step)] = spoken(text)
  } else if (before.action_type === 'read') run.shown.pop()
  else throw unknown(step)
}

/**
 * What the turns before this one did: finished steps give their results again, one that was cut off is what the kernel knows
 * of it. No step that may have happened is repeated (E1).
 */
export async function recallSteps(run: Run): Promise<void> {
  for (const before of run.row.steps) {
    const action = run.rule.actions[before.index - 1]
    if (action === undefined || !isSame(before, action))
      throw new StepFailed('CHANGED', 'The automation was changed while it ran.', true)
    await recall(run, before, action)
  }
}
