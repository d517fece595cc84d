import type { Confirmation, JsonObject } from '@imperal/contract'
import { wordsOf } from '../../../foundation/words.ts'
import type { CatalogFunction } from '../../kernel/index.ts'
import type { Llm } from '../../llm/index.ts'
import type { AssistantLimits } from '../limits.ts'
import type { SessionMemory } from '../memory/session.ts'
import type { ChatUser, HistoryEntry } from '../messages.ts'
import { CLASSIFICATION_SCHEMA, Classification, type Plan, type PlanProblem, validatePlan } from '../plan/plan.ts'
import { askObject } from './ask-object.ts'
import { pickTools } from './pick-tool.ts'
import { classifierPrompt, historyMessages, quoted } from './prompts.ts'

export type Understanding =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly language: string }
  | { readonly kind: 'talk'; readonly language: string }
  /** One question back to the person, in the model's words. */
  | { readonly kind: 'ask'; readonly text: string; readonly language: string }
  /** Values are missing; the model asked nothing that could be used. */
  | { readonly kind: 'missing'; readonly fields: readonly string[]; readonly language: string }
  | { readonly kind: 'refuse'; readonly refusal: NonNullable<Classification['refusal']>; readonly language: string }
  | { readonly kind: 'unclear'; readonly language: string | null; readonly problem: PlanProblem | null }

export interface ClassifyInput {
  readonly llm: Pick<Llm, 'complete'>
  readonly assistantName: string
  readonly user: ChatUser
  readonly traceId: string
  readonly text: string
  readonly catalog: readonly CatalogFunction[]
  readonly functions: readonly CatalogFunction[]
  readonly history: readonly HistoryEntry[]
  readonly skeletons: string
  /** Files that the person attached, as lines; empty: none. */
  readonly attached: string
  readonly session: SessionMemory
  readonly pending: readonly Confirmation[]
  readonly limits: AssistantLimits
  readonly now: string
  readonly timezone: string
  readonly openApp: string | null
  readonly signal: AbortSignal
  /** What ran in this turn, when it is planned once more, and why. */
  readonly again?: { readonly plan: Plan; readonly results: string; readonly problem: PlanProblem } | undefined
}

const FOLLOW_UP_WORDS = 6

interface Answered {
  readonly found: Classification
  readonly model: Plan['model']
}

const correction = (problem: PlanProblem): string =>
  `The plan was refused: ${problem.code}. ${problem.message} Plan again for the same request.`

async function ask(
  input: ClassifyInput,
  functions: readonly CatalogFunction[],
  problem: { readonly problem: PlanProblem; readonly proposal: string } | null,
): Promise<Answered | null> {
  const messages = [
    ...historyMessages(input.history.slice(-input.limits.default_routing_context)),
    { role: 'user' as const, content: input.text },
  ]
  if (input.again !== undefined)
    messages.push(
      { role: 'assistant', content: JSON.stringify({ ran: input.again.plan.steps.map((step) => step.stepId) }) },
      {
        role: 'user',
        content: `These calls of the plan ran; references count them as well:\n${quoted('results', input.again.results)}\n${correction(input.again.problem)} Give only the steps that are still needed.`,
      },
    )
  if (problem !== null)
    messages.push(
      { role: 'assistant', content: problem.proposal },
      { role: 'user', content: correction(problem.problem) },
    )
  const answer = await askObject(input.llm, {
    purpose: 'routing',
    tenantId: input.user.tenantId,
    userId: input.user.userId,
    appId: null,
    traceId: input.traceId,
    system: classifierPrompt({
      ...input,
      functions,
      isShort: wordsOf(input.text).length <= FOLLOW_UP_WORDS,
    }),
    messages,
    temperature: 0,
    schema: CLASSIFICATION_SCHEMA,
    signal: input.signal,
  })
  const parsed = Classification.safeParse(answer?.object)
  if (answer === null || !parsed.success) return null
  return { found: parsed.data, model: { name: answer.model, isOwn: answer.owner === 'user' } }
}

const wantsChange = (found: Classification): boolean => ['write', 'destructive', 'chain'].includes(found.intent)

/** A change was wanted and nothing planned, nor a reason given (kernel 3.8, layer B 2). */
const isEmptyPromise = (found: Classification): boolean =>
  found.action_plans.length === 0 &&
  wantsChange(found) &&
  found.question === null &&
  found.refusal === null &&
  found.missing.length === 0

function decide(found: Classification, plan: Plan, limits: AssistantLimits): Understanding {
  const { language } = found
  if (found.action_plans.length === 0) {
    if (found.question !== null) return { kind: 'ask', text: found.question, language }
    if (found.missing.length > 0) return { kind: 'missing', fields: found.missing, language }
    if (found.refusal !== null) return { kind: 'refuse', refusal: found.refusal, language }
    return found.intent === 'navigate' ? { kind: 'talk', language } : { kind: 'unclear', language, problem: null }
  }
  const onlyReads = plan.steps.every((step) => step.function.actionType === 'read')
  const confidence = found.confidence * 100
  if (confidence >= limits.confidence_act_percent || (confidence >= limits.confidence_ask_percent && onlyReads))
    return { kind: 'plan', plan, language }
  return found.question === null
    ? { kind: 'unclear', language, problem: null }
    : { kind: 'ask', text: found.question, language }
}

/** After a function that an app does not have, all functions of that app are shown in full. */
const withApp = (input: ClassifyInput, proposal: Classification): readonly CatalogFunction[] => {
  const named = new Set([...proposal.apps, ...proposal.action_plans.map((item) => item.tool.split(/\.|__/)[0] ?? '')])
  return [...new Set([...input.functions, ...input.catalog.filter((entry) => named.has(entry.appId))])]
}

/**
 * Asks the model once, and once more with the reason when its plan does not hold (kernel T6, T7). What then still does not
 * hold is asked back or left alone; nothing is guessed.
 * @throws LLM_*
 */
export async function classify(input: ClassifyInput): Promise<Understanding> {
  let { functions } = input
  let problem: { problem: PlanProblem; proposal: string } | null = null
  let language: string | null = null
  for (let attempt = 0; attempt < 2; attempt++) {
    const answer = await ask(input, functions, problem)
    if (!answer) {
      problem = {
        problem: { code: 'VALIDATION_TYPE_ERROR', message: 'The answer did not match the schema.' },
        proposal: '{}',
      }
      continue
    }
    language = answer.found.language
    const picked = await pickTools(input, answer.found)
    const found = 'code' in picked ? answer.found : picked
    const plan =
      'code' in picked
        ? picked
        : validatePlan(picked, input.catalog, { limits: input.limits, before: input.again?.plan })
    const proposal = JSON.stringify(found satisfies object as JsonObject)
    if (!('steps' in plan)) {
      problem = { problem: plan, proposal }
      functions = withApp(input, found)
    } else if (isEmptyPromise(found)) {
      problem = {
        problem: { code: 'NOTHING_CHANGED', message: 'The person wants something changed and the plan calls nothing.' },
        proposal,
      }
    } else return decide(found, plan.model === undefined ? { ...plan, model: answer.model } : plan, input.limits)
  }
  const missing = problem?.problem.missing ?? []
  if (missing.length > 0) return { kind: 'missing', fields: [...new Set(missing)], language: language ?? 'en' }
  return { kind: 'unclear', language, problem: problem?.problem ?? null }
}
