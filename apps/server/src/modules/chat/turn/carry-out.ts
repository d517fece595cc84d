import type { ChatChange, ChatMessage, JsonObject, JsonValue } from '@imperal/contract'
import { maskArguments } from '../../kernel/index.ts'
import { isModelFailure } from '../../llm/index.ts'
import { evidenceOf } from '../memory/evidence.ts'
import type { TurnResult } from '../messages.ts'
import type { Plan, PlanProblem, PlanStep } from '../plan/plan.ts'
import {
  type CallRecord,
  confirmationOf,
  factsOf,
  hasFailed,
  intercepted,
  isChange,
  isPromoted,
  succeeded,
  taskOf,
} from '../plan/records.ts'
import { type PlanRun, PlanRunner } from '../plan/run-plan.ts'
import { changesOf } from '../truth/changes.ts'
import { beyondRequest, contentOf, descriptionsOfOthers, withoutConsent, wordsIn } from '../truth/injection.ts'
import { digestOf } from '../truth/narration.ts'
import { labelOf } from '../truth/render.ts'
import { classify, type Understanding } from '../understand/classify.ts'
import { phrase } from '../words/phrases.ts'
import { attachedLines, attachedText, withFiles } from './attached-files.ts'
import { narrate } from './narrate.ts'
import { missing, plannerWords } from './planner-words.ts'
import { repair, word } from './rebind.ts'
import type { EndState } from './turn-record.ts'
import type { TurnContext } from './turn-tools.ts'

/** How a turn ends, or what it waits for. */
export interface TurnEnd {
  readonly result: TurnResult
  readonly state: EndState | 'AWAITING_CONFIRMATION'
  readonly language: string | null
  /** Records that the message tells. */
  readonly told: readonly CallRecord[]
  readonly functionName: string | null
}

export const ended = (
  text: string,
  more: Partial<TurnResult> & { state?: EndState; language?: string | null } = {},
): TurnEnd => {
  const { state = 'CLOSED', language = null, ...result } = more
  return {
    result: { text, type: 'response', status: 'done', ...result },
    state,
    language,
    told: [],
    functionName: null,
  }
}

/** Candidates are chosen by the caller, for this turn and for every further planning of it. */
export interface Planning {
  readonly functions: TurnContext['catalog']
  readonly openApp: string | null
}

export const classifying = (context: TurnContext, planning: Planning) => ({
  llm: context.tools.llm,
  assistantName: context.tools.assistantName,
  user: context.user,
  traceId: context.hold.traceId,
  text: context.text,
  catalog: context.catalog,
  functions: planning.functions,
  history: context.history,
  skeletons: context.skeletons,
  attached: attachedLines(context.attached, context.limits.attachment_chars),
  session: context.session,
  pending: context.pending,
  limits: context.limits,
  now: context.now,
  timezone: context.timezone,
  openApp: planning.openApp,
  signal: context.voice.signal,
})

const visible = (records: readonly CallRecord[]): CallRecord[] =>
  records.filter((record) => record.reason !== 'replaced' && record.state !== 'running')

/** Exact results of earlier turns, newest first. */
const factsOfTurns = (history: TurnContext['history']) => history.toReversed().flatMap((entry) => entry.facts)

interface ToldStep extends Pick<CallRecord, 'step' | 'stepNo' | 'outcome'> {
  readonly changes: ChatChange[]
}

/** Tells where a plan stands: the facts of the call, and a label in the person's language that holds nothing but them. */
function tellStep({ voice, language }: TurnContext, plan: Plan, { step, stepNo, outcome, changes }: ToldStep): void {
  const [index, total] = [stepNo + 1, plan.steps.length]
  const what = step.function.name.replaceAll('_', ' ')
  voice.status(total > 1 ? phrase('step', language, { index, total, what }) : what, {
    phase: outcome === null ? 'start' : 'done',
    step_id: step.stepId,
    index,
    total,
    app_id: step.function.appId,
    function: step.function.name,
    action_type: step.function.actionType,
    call_id: outcome?.callId ?? null,
    status: outcome?.status ?? null,
    duration_ms: outcome === null ? null : Math.round(outcome.durationMs),
    changes,
  })
}

function runnerFor(context: TurnContext, plan: Plan, mayAsk: boolean): PlanRunner {
  const { hold, progress, tools, user, voice, history, limits } = context
  const said = [context.text, context.session.hint?.pending_question ?? ''].join('\n')
  return new PlanRunner(plan, {
    kernel: tools.kernel,
    steps: progress.steps,
    limits,
    user,
    conversationId: hold.conversationId,
    traceId: hold.traceId,
    message: context.text,
    turns: history
      .filter((entry) => entry.role === 'assistant')
      .map((entry) => entry.facts)
      .reverse(),
    signal: voice.signal,
    calls: voice.calls,
    isLeaving: () => voice.isLeaving(),
    holdFor: (callId) => ({ callId, fence: progress.fence }),
    withFiles: (step) => withFiles(context, step),
    evidence: (records) =>
      evidenceOf({
        userId: user.userId,
        said: `${said}\n${attachedText(context.attached)}`,
        history,
        skeletons: context.skeletons,
        records,
      }),
    ...(mayAsk && plan.model !== undefined
      ? { repair: (attempt) => repair(context, attempt), word: (attempt) => word(context, attempt) }
      : {}),
    onStep: (step, stepNo) => tellStep(context, plan, { step, stepNo, outcome: null, changes: [] }),
    onEnd: (record, known) =>
      tellStep(context, plan, {
        ...record,
        changes: changesOf(record, { records: known, facts: factsOfTurns(history) }),
      }),
  })
}

/**
 * A change was asked for, everything that ran was a read, and nothing failed (kernel 3.8, layer B). What goes on as a task has
 * no result to plan with yet, so the turn ends there.
 */
function nothingChanged(plan: Plan, run: PlanRun): PlanProblem | null {
  if (plan.model === undefined || !['write', 'destructive'].includes(plan.intent)) return null
  const records = visible(run.records)
  if (run.question !== null || records.some((record) => isChange(record) || hasFailed(record) || isPromoted(record)))
    return null
  return {
    code: 'NOTHING_CHANGED',
    message: 'So far only reads ran, and the person wants something changed. Plan that change with what was found.',
  }
}

interface Carried {
  readonly plan: Plan
  readonly run: PlanRun
  /** What the last planning said instead of further steps. */
  readonly instead: Exclude<Understanding, { kind: 'plan' }> | null
  /** A step that only foreign content asks for. */
  readonly suspect: PlanStep | null
  readonly rounds: number
  /** The model failed when it was to plan once more. */
  readonly isCutShort: boolean
}

/** A question of this conversation that the message may answer. The memory of a session is that of all conversations of a person. */
function questionBefore({ history, session }: TurnContext): string {
  const question = session.isFresh ? (session.hint?.pending_question ?? '') : ''
  const last = history.findLast((entry) => entry.role === 'assistant')
  return last?.text.includes(question) === true ? question : ''
}

const basisOf = (context: TurnContext, records: readonly CallRecord[]) => ({
  said: context.text,
  question: questionBefore(context),
  content: [
    context.skeletons,
    ...contentOf(context.history, context.catalog),
    attachedText(context.attached),
    ...descriptionsOfOthers(context.catalog),
    ...records
      .filter(succeeded)
      .map(({ outcome: { response } }) => `${wordsIn(response.data as JsonValue)}\n${response.summary ?? ''}`),
  ],
})

/** The first step that nothing but foreign content asks for (K9.11). */
export const suspectOf = (context: TurnContext, steps: readonly PlanStep[], records: readonly CallRecord[] = []) =>
  withoutConsent(steps, basisOf(context, records))[0] ?? null

/** Null: the model failed. What ran has run and is told (K3.48), so its failure is no failure of the turn. */
async function planAgain(
  context: TurnContext,
  planning: Planning,
  current: { plan: Plan; run: PlanRun; problem: PlanProblem },
): Promise<Understanding | null> {
  const { limits, tools, voice } = context
  const results = digestOf(
    visible(current.run.records),
    limits.chain_prior_total_max_chars,
    limits.chain_prior_step_max_chars,
  )
  try {
    return await classify({
      ...classifying(context, planning),
      again: { plan: current.plan, results, problem: current.problem },
    })
  } catch (error) {
    // Who stops here is told what was done before, as after a failure.
    if (voice.signal.aborted) return null
    if (!isModelFailure(error)) throw error
    tools.log.warn({ err: error }, 'the model failed while it planned again')
    return null
  }
}

/** Steps that did not run, or failed for what they were given: the new plan stands in their place. */
async function replace(context: TurnContext, plan: Plan, run: PlanRun): Promise<void> {
  const { steps } = context.progress
  for (const stepNo of plan.steps.keys()) {
    const own = run.records.filter((record) => record.stepNo === stepNo)
    const isInvention = own.some((record) => record.outcome?.response.error_code === 'FABRICATED_ID_SHAPE')
    if (own.length === 0 || isInvention) await steps.skip(stepNo, 'replaced')
    else if (own.every((record) => record.state === 'skipped'))
      for (const record of own) await steps.skip(stepNo, 'replaced', record.itemNo)
  }
}

/** Runs a plan, and plans again while something wanted is left and a further planning helps (kernel T7, T9, T10). */
async function runToEnd(context: TurnContext, first: Plan, planning: Planning): Promise<Carried> {
  let plan = first
  let rounds = 0
  for (;;) {
    const mayAsk = context.hasModel && plan.model !== undefined && rounds < context.limits.default_kav_max_retries
    const run = await runnerFor(context, plan, mayAsk).run()
    const done = { plan, run, instead: null, suspect: null, rounds, isCutShort: false }
    if (run.confirmationId !== null || context.voice.signal.aborted) return done
    const problem = run.problem ?? nothingChanged(plan, run)
    if (problem === null || !mayAsk) return done
    rounds++
    const next = await planAgain(context, planning, { plan, run, problem })
    if (next === null && context.voice.signal.aborted) return done
    if (next === null) {
      const rest = run.problem === null ? run : await runnerFor(context, plan, false).run()
      return { ...done, run: rest, isCutShort: true }
    }
    const added = next.kind === 'plan' ? next.plan.steps.slice(plan.steps.length) : []
    if (next.kind !== 'plan' || added.length === 0) {
      // The rest of the plan runs without further help; what could not be bound is told as it is.
      const rest = run.problem === null ? run : await runnerFor(context, plan, false).run()
      return { ...done, run: rest, instead: next.kind === 'plan' ? null : next, rounds }
    }
    const suspect = beyondRequest(added, plan)[0] ?? suspectOf(context, added, run.records)
    if (suspect !== null) return { ...done, suspect, rounds }
    await replace(context, plan, run)
    plan = next.plan
    await context.progress.move({ state: 'PLANNED', plan: plan as unknown as JsonObject })
  }
}

const actionsOf = (records: readonly CallRecord[], known: Parameters<typeof changesOf>[1]): ChatMessage['actions'] =>
  records.flatMap((record) =>
    record.outcome === null || record.outcome.callId === ''
      ? []
      : [
          {
            trace_id: record.outcome.traceId,
            call_id: record.outcome.callId,
            app_id: record.step.function.appId,
            function: record.step.function.name,
            action_type: record.step.function.actionType,
            status: record.outcome.status,
            summary: record.outcome.response.summary ?? record.outcome.response.error ?? '',
            duration_ms: Math.round(record.outcome.durationMs),
            // What the person reads: secrets are hidden, long texts cut.
            arguments: maskArguments(record.args, { personal: false }),
            changes: changesOf(record, known),
          },
        ],
  )

function typeOf(records: readonly CallRecord[]): ChatMessage['type'] {
  if (records.some((record) => record.state === 'waiting')) return 'confirmation'
  if (records.some(isPromoted)) return 'task_promoted'
  if (records.some(succeeded)) return 'function_call'
  if (records.some((record) => record.outcome?.response.error_code === 'TASK_LIMIT_REACHED'))
    return 'task_limit_reached'
  return records.some(hasFailed) ? 'error' : 'response'
}

function stateOf(records: readonly CallRecord[], isStopped: boolean): TurnEnd['state'] {
  if (records.some((record) => record.state === 'waiting')) return 'AWAITING_CONFIRMATION'
  if (isStopped) return 'CANCELLED'
  if (records.some(succeeded) || records.some(isPromoted)) return 'CLOSED'
  if (records.some((record) => record.reason === 'cancelled')) return 'CANCELLED'
  if (records.some((record) => record.reason === 'expired')) return 'EXPIRED'
  return 'CLOSED'
}

/** What is said instead of an outcome: a question, or that it could not be carried out. */
function insteadOf(context: TurnContext, carried: Carried, language: string): string | null {
  const { run, instead, suspect, plan, rounds, isCutShort } = carried
  if (suspect !== null) {
    context.voice.count('consent_missing')
    return phrase('consent', language, { what: `“${labelOf({ step: suspect })}”` })
  }
  if (instead?.kind === 'ask') return plannerWords(context, instead.text, run.records) ?? phrase('unclear', language)
  if (instead?.kind === 'missing') return missing(context, instead.fields, language)
  if (run.question?.kind === 'ambiguous')
    return phrase('ambiguous', language, { choices: run.question.choices.map((choice) => `“${choice}”`).join(', ') })
  if (run.question?.kind === 'too_many')
    return phrase('too_many', language, { count: run.question.count, most: run.question.most })
  if (isCutShort) return nothingChanged(plan, run) === null ? null : phrase('interrupted', language)
  if (instead?.kind !== 'refuse' && rounds > 0 && nothingChanged(plan, run) !== null) {
    context.voice.count('kav_failed')
    return phrase('not_carried_out', language, { count: rounds + 1 })
  }
  return null
}

/** Carries out a plan as far as it goes now, and tells it: the whole of T8 to T11. */
export async function carryOut(
  context: TurnContext,
  plan: Plan,
  options: Planning & { readonly language: string },
): Promise<TurnEnd> {
  const { progress, limits, voice } = context
  const { language } = options
  await progress.move({ state: 'RUNNING' })
  const carried = await runToEnd(context, plan, options)
  const shown = visible(carried.run.records)
  const told = shown.filter((record) => !record.told)
  const instead = insteadOf(context, carried, language)
  await progress.move({ state: 'NARRATING' })
  const telling = { plan: carried.plan, records: told, language }
  const saysAll = instead !== null && !carried.isCutShort && !told.some(isChange)
  const outcome = saysAll ? '' : await narrate(context, telling)
  const text = [outcome, instead ?? ''].filter((part) => part !== '').join('\n\n')
  const ui = told.filter(succeeded).at(-1)?.outcome.response.ui
  return {
    result: {
      text,
      type: told.length === 0 ? 'response' : typeOf(told),
      status: voice.signal.aborted ? 'cancelled' : 'done',
      appId: told[0]?.step.function.appId ?? carried.plan.steps[0]?.function.appId ?? null,
      ui: (ui ?? null) as never,
      confirmationId: told.map(confirmationOf).find((id) => id !== null && told.some(intercepted)) ?? null,
      taskId: told.map(taskOf).find((id) => id !== null) ?? null,
      actions: actionsOf(told, { records: shown, facts: factsOfTurns(context.history) }),
      facts: factsOf(told, limits),
    },
    state: stateOf(shown, voice.signal.aborted),
    language,
    told,
    functionName: told.at(-1)?.step.function.name ?? null,
  }
}
