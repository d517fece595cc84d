import type { JsonObject, JsonValue } from '@imperal/contract'
import { DIRECTIVES, type IrStep, isVerb, type Verb } from '../document.ts'
import { bareObject, isObject } from '../json.ts'
import { IR_LIMITS, isLargerThan, stepBudget, weigh } from '../limits.ts'
import { resolveToText, resolveValue } from '../template/resolve.ts'
import { ABSENT, type Scope, spend } from '../template/scope.ts'
import { completeVerb } from './ai-verb.ts'
import { callVerb } from './call-verb.ts'
import { holds } from './condition.ts'
import { DIRECTIVE_VERBS, isDropped } from './directive-verbs.ts'
import { readArgs } from './read-args.ts'
import { RunError } from './run-error.ts'
import { checkTime, type RunState } from './run-state.ts'
import { STORE_VERBS } from './store-verbs.ts'

/** What a flow leaves behind: the raw outcome, and what the steps said about the function's result (ir 4.4). */
export interface FlowOutcome {
  readonly steps: JsonObject
  readonly prev: JsonValue
  /** Ids of executed steps in order. */
  readonly path: readonly string[]
  readonly data: JsonValue
  readonly summary: string | null
  readonly ui: JsonValue | null
}

type Resolver = (tree: JsonValue, scope: Scope) => JsonValue
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

// Other calls get their turn: a flow without any callback would keep the process to itself until it ends.
const otherCalls = () => new Promise<void>((resolve) => setTimeout(resolve))

function runVerb(state: RunState, verb: Exclude<Verb, 'conditional'>, step: IrStep, scope: Scope): Promise<JsonValue> {
  const args = readArgs(step, verb, scope)
  const own = STORE_VERBS[verb] ?? DIRECTIVE_VERBS[verb]
  if (own !== undefined) return own(state, args)
  return verb === 'call' ? callVerb(state, args) : completeVerb(state, args)
}

function checkSize(value: JsonValue): JsonValue {
  if (isLargerThan(value, IR_LIMITS.stepResultBytes))
    throw new RunError('IR_LIMIT', `The result of a step is larger than ${IR_LIMITS.stepResultBytes} bytes.`)
  return value
}

/** Where a step that is no branch leads: its `next`, or the following step (I4.6). */
const following = (steps: readonly IrStep[], index: number): string | null => {
  const next = steps[index]?.next
  return next === undefined ? (steps[index + 1]?.id ?? null) : typeof next === 'string' ? next : null
}

class Flow {
  readonly #state: RunState
  readonly #steps: readonly IrStep[]
  readonly #resolveTree: Resolver
  readonly #scope: Mutable<Scope>
  readonly #outcome: Mutable<FlowOutcome> & { path: string[] }

  constructor(state: RunState, steps: readonly IrStep[], event: JsonObject, resolveTree: Resolver) {
    const results = bareObject()
    this.#state = state
    this.#steps = steps
    this.#resolveTree = resolveTree
    this.#scope = { event, steps: results, prev: {}, ctx: state.ctx, aliases: new Map(), work: state.work }
    this.#outcome = { steps: results, prev: {}, path: [], data: {}, summary: null, ui: null }
  }

  async run(): Promise<FlowOutcome> {
    const places = new Map(this.#steps.map((step, index) => [step.id, index]))
    const budget = stepBudget(this.#steps.length)
    let at: string | null = this.#steps[0]?.id ?? null
    for (let executed = 1; at !== null; executed += 1) {
      const index: number | undefined = places.get(at)
      const step = index === undefined ? undefined : this.#steps[index]
      if (index === undefined || step === undefined)
        throw new RunError('INTERNAL', `The flow leads to a step “${at}” that it does not have.`)
      if (executed > budget)
        throw new RunError('IR_STEP_BUDGET', `declarative flow exceeded step budget (${budget}); possible cycle`)
      if (executed % this.#state.stepsPerTurn === 0) await otherCalls()
      at = await this.#execute(step, index)
    }
    return this.#outcome
  }

  async #execute(step: IrStep, index: number): Promise<string | null> {
    try {
      checkTime(this.#state)
      this.#outcome.path.push(step.id)
      this.#state.path.push(step.id)
      if (step.action === 'conditional') return this.#branch(step)
      await this.#work(step)
      return following(this.#steps, index)
    } catch (error) {
      throw named(error, step.id)
    }
  }

  #branch(step: IrStep): string | null {
    const target = isObject(step.if) && holds(step.if, this.#scope) ? step.then : step.else
    const next = typeof target === 'string' ? target : null
    this.#keep(step, { next })
    if (next !== null && !this.#steps.some((other) => other.id === next))
      throw new RunError('INTERNAL', `conditional step '${step.id}' targets unknown step id '${next}'`)
    return next
  }

  async #work(step: IrStep): Promise<void> {
    const verb = step.action
    if (!isVerb(verb) || verb === 'conditional') throw new RunError('INTERNAL', `There is no verb “${verb}”.`)
    const result = checkSize(await runVerb(this.#state, verb, step, this.#scope))
    spend(this.#scope, weigh(result, IR_LIMITS.stepResultBytes)) // all results are kept until the flow ends
    this.#keep(step, result)
    const output = step.output ?? (verb === 'ai.complete' && isObject(step.params) ? step.params.output : undefined)
    if (typeof output === 'string') this.#scope.steps[output] = result
    if (DIRECTIVES.has(verb)) {
      this.#state.directives.push(result as JsonObject) // directives are objects
      if (isDropped(this.#state, verb))
        this.#state.notes.push(`step '${step.id}': ${verb} was dropped, because nobody was there`)
    } else this.#outcome.data = result
    this.#shape(step)
  }

  #keep(step: IrStep, result: JsonValue): void {
    this.#scope.steps[step.id] = result
    this.#scope.prev = result
    this.#outcome.prev = result
  }

  /** `result`, `summary` and `ui` are resolved right after their step, so the last executed one counts (ir 4.4). */
  #shape(step: IrStep): void {
    if (step.result !== undefined) {
      const data = resolveValue(step.result, this.#scope)
      this.#outcome.data = data === ABSENT ? {} : data
      this.#hasResult = true
    } else if (this.#hasResult) this.#outcome.data = this.#lastResult
    if (this.#hasResult) this.#lastResult = this.#outcome.data
    if (step.summary !== undefined) this.#outcome.summary = resolveToText(step.summary, this.#scope)
    if (step.ui !== undefined) this.#outcome.ui = this.#resolveTree(step.ui, this.#scope)
  }
  #hasResult = false
  #lastResult: JsonValue = {}
}

/** The error with the innermost step that failed. A value nested deeper than the stack is a limit like others. */
function named(error: unknown, stepId: string): unknown {
  const known =
    error instanceof RangeError ? new RunError('IR_LIMIT', 'A value is nested deeper than it may be.') : error
  if (known instanceof RunError) known.step ??= stepId
  return known
}

/** Runs steps one after another until the flow ends (ir 4.2). Earlier writes of a failing flow stay (I4.11). @throws RunError */
export function runFlow(
  state: RunState,
  steps: readonly IrStep[],
  event: JsonObject,
  resolveTree: Resolver,
): Promise<FlowOutcome> {
  return new Flow(state, steps, event, resolveTree).run()
}
