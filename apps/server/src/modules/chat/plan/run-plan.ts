import type { JsonObject } from '@imperal/contract'
import { formatProblems, problemReasons } from '@imperal/contract/guards'
import type { CallIntent, CallOutcome, Evidence, Kernel, StepHold } from '../../kernel/index.ts'
import type { AssistantLimits } from '../limits.ts'
import type { SkipReason, StepRow, StepStore } from '../turn/step-record.ts'
import { TurnLost } from '../turn/turn-record.ts'
import { type Bound, bindStep } from './bind-step.ts'
import { openArguments, withTexts } from './open-arguments.ts'
import { joinPages, listed, nextPage } from './pages.ts'
import { type Plan, type PlanProblem, type PlanStep, runningOrder } from './plan.ts'
import { type CallRecord, confirmationOf, hasFailed, intercepted, isChange, succeeded } from './records.ts'
import type { ReferenceSources } from './references.ts'

export interface PlanContext {
  readonly kernel: Pick<Kernel, 'runSteps' | 'settleStep' | 'decision'>
  readonly steps: StepStore
  readonly limits: AssistantLimits
  readonly user: Pick<CallIntent, 'tenantId' | 'userId' | 'limitedTo'>
  readonly conversationId: string
  readonly traceId: string
  readonly message: string
  readonly turns: ReferenceSources['turns']
  readonly signal: AbortSignal
  /** Ends the calls that run. */
  readonly calls: AbortSignal
  /** Nothing further is done or decided here: another node goes on with the plan. */
  isLeaving(): boolean
  holdFor(callId: string): StepHold
  /** What the arguments of a model's call may rest on, as things stand now. */
  evidence(records: readonly CallRecord[]): Evidence
  /** Other arguments for a call that was refused for its arguments; null: there are none (K3.18). */
  repair?: ((attempt: Repair) => Promise<JsonObject | null>) | undefined
  /** Texts for the open arguments of a bound call, from earlier results; null: none (K2.28). */
  word?: ((attempt: Wording) => Promise<JsonObject | null>) | undefined
  /** The step with the files that its arguments name; null: they cannot be given. */
  withFiles(step: PlanStep): Promise<PlanStep | null>
  onStep(step: PlanStep, index: number, total: number): void
  /** A call is over: it ran, was refused, or waits for its card. */
  onEnd(record: CallRecord & { readonly outcome: CallOutcome }, known: readonly CallRecord[]): void
}

export interface Repair {
  readonly step: PlanStep
  readonly args: JsonObject
  /** A line for each argument that does not fit (K3.18). */
  readonly problem: string
  readonly records: readonly CallRecord[]
}

export interface Wording {
  readonly step: PlanStep
  readonly args: JsonObject
  readonly open: readonly string[]
  readonly records: readonly CallRecord[]
}

/** Where a plan stands when nothing more can run now. */
export interface PlanRun {
  readonly records: readonly CallRecord[]
  /** The card that it waits for. */
  readonly confirmationId: string | null
  /** Why the model should plan once more, when it should. */
  readonly problem: PlanProblem | null
  /** What a person must decide before it can go on. */
  readonly question: Extract<Bound, { kind: 'ambiguous' | 'too_many' }> | null
}

const MOST_REPAIRS = 2
/** Pages of one list that are read for a plan. */
const MOST_PAGES = 50

const isSchemaProblem = (outcome: CallOutcome): boolean =>
  outcome.status === 'validation_rejected' &&
  (outcome.response.error_code ?? '').startsWith('VALIDATION_') &&
  (outcome.response.data as JsonObject | null)?.reason !== 'error_bleed'

interface ToldProblems {
  readonly problems?: readonly { readonly field: string; readonly problem: string; readonly reason?: string }[]
  readonly missing_fields?: readonly string[]
}

/** What the model is told about its arguments, in the words of the library (sdk.md 9.5). */
function feedbackOf({ response }: CallOutcome): string {
  const { problems = [], missing_fields: missing = [] } = response.data as ToldProblems // as the kernel refuses arguments
  const told = problems.map(({ field, problem, reason }) => ({ path: field, reason: reason ?? problem }))
  const named = new Set(told.map(({ path }) => path))
  const left = missing.filter((path) => !named.has(path)).map((path) => ({ path, reason: problemReasons.missing }))
  return told.length + left.length > 0 ? formatProblems([...told, ...left]) : (response.error ?? '')
}

const UNKNOWN = (callId: string, traceId: string, step: PlanStep): CallOutcome => ({
  response: {
    status: 'error',
    data: {},
    summary: null,
    error: 'The platform stopped while this ran. Whether it took effect is not known.',
    ui: null,
    error_code: 'OUTCOME_UNKNOWN',
    trace_id: traceId,
  },
  callId,
  traceId,
  status: 'unknown',
  actionType: step.function.actionType,
  durationMs: 0,
})

/**
 * Runs a plan to where it can go now, each call through the corridor once. What an earlier run has done is not done again
 * (K1.3); a failed or refused step takes its dependants with it, and independent ones go on (K2.32); the first card that
 * needs a decision stops it (K3.30).
 */
export class PlanRunner {
  readonly #plan: Plan
  readonly #context: PlanContext
  #records: CallRecord[] = []
  #problem: PlanProblem | null = null
  #question: PlanRun['question'] = null

  constructor(plan: Plan, context: PlanContext) {
    this.#plan = plan
    this.#context = context
  }

  /** @throws TurnLost when another node does the rest */
  async run(): Promise<PlanRun> {
    await this.#load()
    for (const stepNo of runningOrder(this.#plan.steps)) {
      this.#stay()
      await this.#step(stepNo)
      if (this.#of(stepNo).some((record) => record.state === 'waiting') || this.#problem !== null) break
    }
    return {
      records: this.#records,
      confirmationId: this.#waitsFor(),
      problem: this.#problem,
      question: this.#question,
    }
  }

  #stay(): void {
    if (this.#context.isLeaving()) throw new TurnLost()
  }

  async #load(): Promise<void> {
    const rows = await this.#context.steps.load()
    this.#records = rows.flatMap((row) => this.#recordOf(row) ?? [])
  }

  #recordOf(row: StepRow): CallRecord | null {
    const step = this.#plan.steps[row.stepNo]
    return step === undefined ? null : { ...row, step }
  }

  #of(stepNo: number): CallRecord[] {
    return this.#records.filter((record) => record.stepNo === stepNo)
  }

  #waitsFor(): string | null {
    return (
      this.#records
        .filter((record) => record.state === 'waiting')
        .map(confirmationOf)
        .find((id) => id !== null) ?? null
    )
  }

  #put(record: CallRecord): void {
    const at = this.#records.findIndex((one) => one.stepNo === record.stepNo && one.itemNo === record.itemNo)
    if (at >= 0) this.#records[at] = record
    else this.#records.push(record)
  }

  async #step(stepNo: number): Promise<void> {
    const step = this.#plan.steps[stepNo]
    if (step === undefined) return
    const before = this.#of(stepNo)
    if (before.length > 0) {
      await this.#goOn(step, before)
      return this.#follow(step, stepNo)
    }
    const reason = this.#reasonToSkip(step)
    if (reason !== null) return this.#skip(step, stepNo, reason)
    const { turns, limits } = this.#context
    const given = await this.#context.withFiles(step)
    if (given === null) return this.#skip(step, stepNo, 'unresolved')
    const bound = bindStep(this.#plan, given, { records: this.#records, turns, limits })
    if (bound.kind === 'calls') {
      await this.#call(step, stepNo, await this.#worded(step, bound.items))
      return this.#follow(step, stepNo)
    }
    await this.#cannotBind(step, stepNo, bound)
  }

  /** The texts of a change that builds on earlier steps are worded from their results; a set is taken as it was found. */
  async #worded(step: PlanStep, items: readonly JsonObject[]): Promise<readonly JsonObject[]> {
    const [args] = items
    const { word, signal, limits } = this.#context
    if (word === undefined || args === undefined || items.length > 1 || step.typed === true || signal.aborted)
      return items
    if (!isChange({ step }) || step.dependsOn.length === 0) return items
    const open = openArguments(step, args, limits.chain_prior_step_max_chars)
    if (open.length === 0) return items
    const answer = await word({ step, args, open, records: this.#records })
    return answer === null ? items : [withTexts(args, open, answer)]
  }

  async #cannotBind(step: PlanStep, stepNo: number, bound: Exclude<Bound, { kind: 'calls' }>): Promise<void> {
    if (bound.kind === 'unresolved' && this.#context.repair !== undefined && this.#problem === null) {
      this.#problem = { code: bound.code, message: bound.message }
      return
    }
    if (bound.kind === 'ambiguous' || bound.kind === 'too_many') this.#question = bound
    await this.#skip(step, stepNo, 'unresolved')
  }

  /** Reads on while there are further pages and the person asked for all, until there are more than may be acted on (K2.30). */
  async #follow(step: PlanStep, stepNo: number): Promise<void> {
    if (this.#plan.wantsAll !== true || isChange({ step })) return
    const { limits, signal } = this.#context
    for (;;) {
      const own = this.#of(stepNo)
      const last = own.at(-1)
      if (last === undefined || !succeeded(last) || signal.aborted) return
      const args = nextPage(last)
      const isFanOut = own.length > 1 && joinPages(own) === null
      if (args === null || isFanOut || own.length >= MOST_PAGES || listed(own) > limits.fanout_max) return
      await this.#attempt(step, stepNo, [{ itemNo: last.itemNo + 1, args }])
    }
  }

  #reasonToSkip(step: PlanStep): SkipReason | null {
    this.#stay()
    if (this.#context.signal.aborted) return 'stopped'
    const lacks = step.dependsOn.some((id) => {
      const stepNo = this.#plan.steps.findIndex((one) => one.stepId === id)
      return stepNo >= 0 && !this.#of(stepNo).some(succeeded)
    })
    return lacks ? 'dependency' : null
  }

  async #skip(step: PlanStep, stepNo: number, reason: SkipReason, itemNo = 0): Promise<void> {
    await this.#context.steps.skip(stepNo, reason, itemNo)
    this.#put({ step, stepNo, itemNo, state: 'skipped', callId: null, args: {}, outcome: null, reason, told: false })
  }

  /** A step that an earlier run began: its lost calls are settled, its decided ones told, the rest run again. */
  async #goOn(step: PlanStep, before: readonly CallRecord[]): Promise<void> {
    const waiting = before.filter((record) => record.state === 'waiting')
    if (waiting.length > 0) await this.#decide(step, waiting)
    const again: { itemNo: number; args: JsonObject }[] = []
    for (const record of before.filter((one) => one.state === 'running')) {
      const outcome = await this.#settled(step, record)
      if (outcome === null) again.push(record)
      else await this.#end({ ...record, outcome })
    }
    const [first] = before
    if (again.length > 0 && first !== undefined) await this.#attempt(step, first.stepNo, again)
  }

  async #settled(step: PlanStep, { callId }: CallRecord): Promise<CallOutcome | null> {
    if (callId === null) return null
    const end = await this.#context.kernel.settleStep(this.#context.user.tenantId, callId)
    if (typeof end === 'object') return end
    // Looking again does no harm; anything else is told as what it is.
    if (end === 'none' || step.function.actionType === 'read') return null
    return UNKNOWN(callId, this.#context.traceId, step)
  }

  async #decide(step: PlanStep, waiting: readonly CallRecord[]): Promise<void> {
    const id = waiting.map(confirmationOf).find((one) => one !== null)
    const decided = id == null ? null : await this.#context.kernel.decision(this.#context.user, id)
    if (decided === null || decided.status === 'pending' || decided.status === 'confirmed') return
    for (const [index, record] of waiting.entries()) {
      const outcome = decided.outcomes[index]
      if (decided.status === 'cancelled' || decided.status === 'expired')
        await this.#skip(step, record.stepNo, decided.status, record.itemNo)
      else await this.#end({ ...record, outcome: outcome ?? UNKNOWN('', this.#context.traceId, step) })
    }
  }

  async #end(record: CallRecord & { readonly outcome: CallOutcome }): Promise<void> {
    await this.#context.steps.end(record.stepNo, record.itemNo, record.outcome)
    const ended = { ...record, state: intercepted(record) ? ('waiting' as const) : ('done' as const) }
    this.#put(ended)
    this.#context.onEnd(ended, this.#records)
  }

  #call(step: PlanStep, stepNo: number, items: readonly JsonObject[]): Promise<void> {
    return this.#attempt(
      step,
      stepNo,
      items.map((args, itemNo) => ({ itemNo, args })),
    )
  }

  async #attempt(step: PlanStep, stepNo: number, items: { itemNo: number; args: JsonObject }[]): Promise<void> {
    const { steps, kernel, onStep } = this.#context
    onStep(step, stepNo, this.#plan.steps.length)
    let left: readonly { itemNo: number; args: JsonObject }[] = items
    for (let attempt = 0; left.length > 0; attempt++) {
      this.#stay()
      const callIds = await steps.begin(stepNo, left)
      const outcomes = await kernel.runSteps(
        left.map(({ args, itemNo }, index) => ({
          intent: { ...this.#intentOf(step, args), itemNo },
          hold: this.#context.holdFor(callIds[index] ?? ''),
        })),
      )
      const again: { itemNo: number; args: JsonObject }[] = []
      for (const [index, item] of left.entries()) {
        const outcome = outcomes[index]
        if (outcome === undefined) throw new Error('the kernel gave no outcome for a call')
        // Stays as it was begun: whoever goes on hears from the kernel that it did nothing.
        if (outcome.cutOff === true) continue
        const record = {
          step,
          stepNo,
          ...item,
          state: 'done' as const,
          callId: outcome.callId,
          outcome,
          reason: null,
          told: false,
        }
        const repaired = attempt < MOST_REPAIRS ? await this.#repaired(record) : null
        if (repaired === null) await this.#end(record)
        else again.push({ itemNo: item.itemNo, args: repaired })
      }
      if (outcomes.some((outcome) => outcome.cutOff === true)) throw new TurnLost()
      left = again
    }
    this.#noteInvention(step, stepNo)
  }

  /** Only problems of the schema are repaired; an invented id is not tried again, the plan is (K3.10, K3.18). */
  async #repaired(record: CallRecord & { readonly outcome: CallOutcome }): Promise<JsonObject | null> {
    const { repair, signal } = this.#context
    if (repair === undefined || record.step.typed === true || signal.aborted || !isSchemaProblem(record.outcome))
      return null
    const problem = feedbackOf(record.outcome)
    const args = await repair({ step: record.step, args: record.args, problem, records: this.#records })
    return args === null || JSON.stringify(args) === JSON.stringify(record.args) ? null : args
  }

  #noteInvention(step: PlanStep, stepNo: number): void {
    if (this.#context.repair === undefined || step.typed === true) return
    const invented = this.#of(stepNo).find(
      (record) => hasFailed(record) && record.outcome?.response.error_code === 'FABRICATED_ID_SHAPE',
    )
    if (invented !== undefined)
      this.#problem = { code: 'FABRICATED_ID_SHAPE', message: invented.outcome?.response.error ?? '' }
  }

  #intentOf(step: PlanStep, args: JsonObject): CallIntent {
    const { user, conversationId, traceId, message, calls: signal } = this.#context
    return {
      ...user,
      source: 'chat',
      appId: step.function.appId,
      function: step.function.name,
      params: args,
      traceId,
      chainId: this.#plan.chainId ?? undefined,
      stepId: step.stepId,
      conversationId,
      messagePreview: message.slice(0, 200),
      // A chain is waited for as a whole (K2.31).
      isStep: this.#plan.steps.length > 1,
      signal,
      model: this.#plan.model,
      evidence: step.typed === true ? undefined : this.#context.evidence(this.#records),
    }
  }
}
