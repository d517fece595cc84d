import { type CatalogFunction, rankFunctions } from '../kernel/index.ts'
import type { Llm } from '../llm/index.ts'
import type { ChatUser, HistoryEntry } from './messages.ts'
import { CLASSIFICATION_SCHEMA, Classification, type Plan, type PlanProblem, validatePlan } from './plan.ts'
import { classifierPrompt, historyMessages } from './prompts.ts'

export type Understanding =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly language: string }
  | { readonly kind: 'talk'; readonly language: string }
  | { readonly kind: 'ask'; readonly text: string; readonly language: string }
  | { readonly kind: 'unclear'; readonly language: string }

export interface ClassifyInput {
  readonly llm: Llm
  readonly user: ChatUser
  readonly text: string
  readonly catalog: readonly CatalogFunction[]
  readonly history: readonly HistoryEntry[]
  readonly skeletons: string
  readonly now: string
  readonly timezone: string
  readonly openApp: string | null
  readonly signal: AbortSignal
}

// So many functions fit into a prompt whole; above it the best candidates go in, plus those of the open app.
const WHOLE_CATALOG = 60
const CANDIDATES = 40
const CONFIDENT = 0.75
const TENTATIVE = 0.45

function candidates(input: ClassifyInput): CatalogFunction[] {
  if (input.catalog.length <= WHOLE_CATALOG) return [...input.catalog]
  const recent = input.history
    .slice(-4)
    .map((entry) => entry.text)
    .join(' ')
  const ranked = rankFunctions(input.catalog, `${input.text} ${recent.slice(0, 400)}`).slice(0, CANDIDATES)
  const chosen = new Set(ranked.map((entry) => entry.function))
  for (const entry of input.catalog) if (entry.appId === input.openApp) chosen.add(entry)
  return [...chosen]
}

async function ask(
  input: ClassifyInput,
  functions: readonly CatalogFunction[],
  problem: PlanProblem | null,
): Promise<{ found: Classification; model: Plan['model'] } | null> {
  const messages = [...historyMessages(input.history), { role: 'user' as const, content: input.text }]
  if (problem)
    messages.push(
      { role: 'assistant', content: '{}' },
      {
        role: 'user',
        content: `The plan was refused: ${problem.code}. ${problem.message} Plan again for the same request.`,
      },
    )
  const answer = await input.llm.complete({
    purpose: 'routing',
    tenantId: input.user.tenantId,
    userId: input.user.userId,
    appId: null,
    system: classifierPrompt({ ...input, functions }),
    messages,
    temperature: 0,
    schema: CLASSIFICATION_SCHEMA,
    signal: input.signal,
  })
  const parsed = Classification.safeParse(answer.object)
  if (!parsed.success) return null
  return { found: parsed.data, model: { name: answer.model, isOwn: answer.owner === 'user' } }
}

function decide(found: Classification, plan: Plan): Understanding {
  const { language } = found
  if (found.question !== null && plan.steps.length === 0) return { kind: 'ask', text: found.question, language }
  if (found.refusal !== null && plan.steps.length === 0) return { kind: 'ask', text: found.refusal, language }
  if (plan.steps.length === 0)
    return found.intent === 'navigate' ? { kind: 'talk', language } : { kind: 'unclear', language }
  const onlyReads = plan.steps.every((step) => step.function.actionType === 'read')
  if (found.confidence >= CONFIDENT || (found.confidence >= TENTATIVE && onlyReads))
    return { kind: 'plan', plan, language }
  return found.question === null ? { kind: 'unclear', language } : { kind: 'ask', text: found.question, language }
}

/** Asks the model once, and once more with the reason when its plan does not hold (kernel T6, T7). @throws LLM_* */
export async function classify(input: ClassifyInput): Promise<Understanding> {
  const functions = candidates(input)
  let problem: PlanProblem | null = null
  for (let attempt = 0; attempt < 2; attempt++) {
    const answer = await ask(input, functions, problem)
    if (!answer) {
      problem = { code: 'VALIDATION_TYPE_ERROR', message: 'The answer did not match the schema.' }
      continue
    }
    const plan = validatePlan(answer.found, input.catalog)
    if ('steps' in plan) return decide(answer.found, { ...plan, model: answer.model })
    problem = plan
  }
  return { kind: 'unclear', language: 'en' }
}
