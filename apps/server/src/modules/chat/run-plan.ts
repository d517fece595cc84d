import type { JsonObject } from '@imperal/contract'
import type { CallOutcome, CatalogFunction, Kernel } from '../kernel/index.ts'
import type { ChatUser, Fact } from './messages.ts'
import type { Plan, PlanStep } from './plan.ts'
import { type ReferenceSources, resolveReferences } from './references.ts'

/** What became of one step. `skipped` steps never reached the kernel. */
export type StepRecord =
  | { readonly step: PlanStep; readonly args: JsonObject; readonly outcome: CallOutcome }
  | { readonly step: PlanStep; readonly skipped: string }

export interface RunContext {
  readonly kernel: Kernel
  readonly user: ChatUser
  readonly conversationId: string
  readonly message: string
  readonly turns: ReferenceSources['turns']
  readonly signal: AbortSignal
  onStep(label: string, index: number, total: number): void
}

export const succeeded = (record: StepRecord): record is Extract<StepRecord, { outcome: CallOutcome }> =>
  'outcome' in record && record.outcome.status === 'success'
export const intercepted = (record: StepRecord): boolean =>
  'outcome' in record && record.outcome.status === 'intercepted'

/** The confirmation that an intercepted call waits for. */
export function confirmationOf(record: StepRecord): string | null {
  if (!('outcome' in record) || record.outcome.status !== 'intercepted') return null
  const data = record.outcome.response.data as { confirmation?: { confirmation_id?: string } } | null
  return data?.confirmation?.confirmation_id ?? null
}

/** The task that a slow or background call became. */
export const taskOf = (record: StepRecord): string | null =>
  'outcome' in record ? (record.outcome.promoted?.taskId ?? null) : null

/** Exact results of the calls that worked, for references and later turns. */
export const factsOf = (records: readonly StepRecord[]): Fact[] =>
  records.filter(succeeded).map((record) => ({
    app_id: record.step.function.appId,
    function: record.step.function.name,
    data: (record.outcome.response.data ?? {}) as JsonObject,
  }))

/** Parameter that receives the target of a step: `id_projection`, else the only id parameter, else the verb rule (K2.19). */
export function targetParameter(entry: CatalogFunction): string | null {
  if (entry.idProjection !== '') return entry.idProjection
  const names = Object.keys((entry.paramsSchema.properties ?? {}) as JsonObject).filter((name) => name.endsWith('_id'))
  if (names.length === 1) return names[0] ?? null
  const guess = `${entry.name.replace(/^[a-z]+_/, '')}_id`
  return names.includes(guess) ? guess : null
}

/**
 * Runs the steps in order, each through the corridor. A failed, refused or waiting step takes its dependants with it;
 * independent steps go on (K2.32). Nothing is retried here.
 */
export async function runPlan(plan: Plan, context: RunContext): Promise<StepRecord[]> {
  const records: StepRecord[] = []
  // All calls of one turn share the trace that the first one was given.
  let trace: string | undefined
  for (const [index, step] of plan.steps.entries()) {
    if (context.signal.aborted) {
      records.push({ step, skipped: 'stopped' })
      continue
    }
    const blocked = step.dependsOn.find(
      (id) => !records.some((record) => record.step.stepId === id && succeeded(record)),
    )
    if (blocked !== undefined) {
      records.push({ step, skipped: 'an earlier step did not succeed' })
      continue
    }
    context.onStep(step.function.name.replaceAll('_', ' '), index, plan.steps.length)
    let args: JsonObject
    try {
      args = resolveReferences(step.args, { calls: factsOf(records), turns: context.turns })
    } catch (error) {
      records.push({ step, skipped: error instanceof Error ? error.message : 'a reference could not be resolved' })
      continue
    }
    const outcome = await context.kernel.call({
      source: 'chat',
      tenantId: context.user.tenantId,
      userId: context.user.userId,
      limitedTo: context.user.limitedTo,
      appId: step.function.appId,
      function: step.function.name,
      params: args,
      traceId: trace,
      stepId: step.stepId,
      conversationId: context.conversationId,
      messagePreview: context.message.slice(0, 200),
      // A chain is waited for as a whole.
      isStep: plan.steps.length > 1,
      signal: context.signal,
      model: plan.model,
    })
    trace = outcome.traceId
    records.push({ step, args, outcome })
  }
  return records
}
