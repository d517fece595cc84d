import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrDocument, IrFunction } from '../document.ts'
import { IR_LIMITS } from '../limits.ts'
import type { WorkBudget } from '../template/scope.ts'
import { RunError } from './run-error.ts'

/** One client method of the platform in the name of the calling user (host-clients of the contract). */
export type Callback = (client: string, method: string, args: readonly JsonValue[]) => Promise<JsonValue>

/** What all flows of one call share, child runs included. */
export interface RunState {
  readonly document: IrDocument
  readonly callback: Callback
  /** `ctx` of templates: user, app, now, today. */
  readonly ctx: JsonObject
  readonly work: WorkBudget
  readonly now: () => number
  /** Steps until other calls of the process get their turn. */
  readonly stepsPerTurn: number
  /** Unix milliseconds. */
  readonly deadline: number
  /** False in runs that an event or an automation started: nobody is there to be sent anywhere (I5.8). */
  readonly hasClient: boolean
  readonly directives: JsonObject[]
  /** Functions that run, the outermost first. */
  readonly stack: readonly string[]
  readonly counts: { calls: number; completions: number }
  /** Records that were written or deleted, for the run's own record (I11.7). */
  readonly affected: string[]
  /** Ids of executed steps in order, those of child runs among them. */
  readonly path: string[]
  /** What the run left out because nobody was there (I5.8), for its own record. */
  readonly notes: string[]
}

export function findFunction(document: IrDocument, name: string): IrFunction | undefined {
  return document.app.functions.find((candidate) => candidate.name === name)
}

/** @throws RunError when one more use would be beyond the limit of a run */
export function takeOne(state: RunState, what: 'calls' | 'completions'): void {
  state.counts[what] += 1
  const most = what === 'calls' ? IR_LIMITS.callSteps : IR_LIMITS.completions
  if (state.counts[what] > most)
    throw new RunError(
      'IR_LIMIT',
      `The flow uses ${what === 'calls' ? 'call' : 'ai.complete'} more than ${most} times.`,
    )
}

export function checkTime(state: RunState): void {
  if (state.now() >= state.deadline) throw new RunError('BACKEND_TIMEOUT', 'The function took longer than it may.')
}
