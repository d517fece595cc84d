import type { JsonObject } from '@imperal/contract'
import type { CallOutcome } from '../../kernel/index.ts'
import type { AssistantLimits } from '../limits.ts'
import { factOf } from '../memory/facts.ts'
import type { Fact } from '../messages.ts'
import type { SkipReason } from '../turn/step-record.ts'
import type { PlanStep } from './plan.ts'

/** What became of one call of a plan. A step that fans out has one for each item. */
export interface CallRecord {
  readonly step: PlanStep
  readonly stepNo: number
  readonly itemNo: number
  readonly state: 'running' | 'waiting' | 'done' | 'skipped'
  /** The pass of its last attempt. */
  readonly callId: string | null
  readonly args: JsonObject
  readonly outcome: CallOutcome | null
  readonly reason: SkipReason | null
  /** An earlier message of the turn has told it. */
  readonly told: boolean
}

export type Succeeded = CallRecord & { readonly outcome: CallOutcome }

/** Layer A of the truth gate: only this counts as done (kernel 3.8). */
export const succeeded = (record: CallRecord): record is Succeeded =>
  record.state === 'done' && record.outcome?.status === 'success' && record.outcome.promoted === undefined
export const intercepted = (record: CallRecord): boolean => record.outcome?.status === 'intercepted'
export const isPromoted = (record: CallRecord): boolean => record.outcome?.promoted !== undefined
export const hasFailed = (record: CallRecord): boolean =>
  record.state === 'done' && !succeeded(record) && !isPromoted(record)

export const isChange = (record: { readonly step: PlanStep }): boolean => record.step.function.actionType !== 'read'

/** The confirmation that an intercepted call waits for. */
export function confirmationOf(record: CallRecord): string | null {
  if (!intercepted(record)) return null
  const data = record.outcome?.response.data as { confirmation?: { confirmation_id?: string } } | null
  return data?.confirmation?.confirmation_id ?? null
}

/** The task that a slow or background call became. */
export const taskOf = (record: CallRecord): string | null => record.outcome?.promoted?.taskId ?? null

/** Exact results of the calls that worked, for references of later turns. */
export const factsOf = (records: readonly CallRecord[], limits: AssistantLimits): Fact[] =>
  records
    .filter(succeeded)
    .map(({ step, outcome }) => factOf(step.function, (outcome.response.data ?? {}) as JsonObject, limits))
