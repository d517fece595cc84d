import type { ChatMessage } from '@imperal/contract'
import { PlatformError } from '../../foundation/errors.ts'
import type { Log } from '../../foundation/log.ts'
import type { CatalogFunction, Kernel } from '../kernel/index.ts'
import type { Llm } from '../llm/index.ts'
import { classify, type Understanding } from './classify.ts'
import { matchWithoutModel } from './match.ts'
import type { ChatUser, HistoryEntry, TurnResult } from './messages.ts'
import type { Plan } from './plan.ts'
import { conversationPrompt, historyMessages, narratorPrompt, quoted } from './prompts.ts'
import { mayNarrate, renderOutcomes } from './render.ts'
import { confirmationOf, factsOf, runPlan, type StepRecord, succeeded, taskOf } from './run-plan.ts'
import { type ShortCircuit, shortCircuit } from './short-circuits.ts'
import { acceptNarration, claimsAction, truthfulStream } from './verify-narration.ts'

export interface Turn {
  readonly user: ChatUser
  readonly conversationId: string
  readonly text: string
  readonly openApp: string | null
  readonly timezone: string
  readonly history: readonly HistoryEntry[]
  readonly signal: AbortSignal
  onStatus(text: string): void
  onText(delta: string): void
}

export interface TurnTools {
  readonly kernel: Kernel
  readonly llm: Llm
  readonly log: Log
  now(): string
  /** Current facts of the user's apps for the classifier. */
  skeletons(user: ChatUser): Promise<string>
}

const done = (text: string, type: ChatMessage['type'] = 'response', more: Partial<TurnResult> = {}): TurnResult => ({
  text,
  type,
  status: 'done',
  ...more,
})

function capabilities(catalog: readonly CatalogFunction[]): string {
  if (catalog.length === 0) return 'No app is installed yet. Open the marketplace to add one.'
  const apps = Map.groupBy(catalog, (entry) => entry.appName)
  return [...apps]
    .map(([name, entries]) => `**${name}**\n${entries.map((entry) => `- ${entry.description}`).join('\n')}`)
    .join('\n\n')
}

const actionsOf = (records: readonly StepRecord[]): ChatMessage['actions'] =>
  records.flatMap((record) =>
    'outcome' in record
      ? [
          {
            trace_id: record.outcome.traceId,
            call_id: record.outcome.callId,
            app_id: record.step.function.appId,
            function: record.step.function.name,
            action_type: record.step.function.actionType,
            status: record.outcome.status,
            summary: record.outcome.response.summary ?? record.outcome.response.error ?? '',
            duration_ms: Math.round(record.outcome.durationMs),
            arguments: record.args,
          },
        ]
      : [],
  )

async function narrate(
  turn: Turn,
  tools: TurnTools,
  records: readonly StepRecord[],
  language: string,
): Promise<string> {
  const fixed = renderOutcomes(records)
  if (!mayNarrate(records)) return fixed
  try {
    const results = records.filter(succeeded).map((record) => ({
      function: record.step.function.name,
      summary: record.outcome.response.summary,
      data: record.outcome.response.data,
    }))
    const answer = await tools.llm.complete({
      purpose: 'execution',
      tenantId: turn.user.tenantId,
      userId: turn.user.userId,
      appId: null,
      system: narratorPrompt(language),
      messages: [
        { role: 'user', content: `${turn.text}\n\n${quoted('results', JSON.stringify(results).slice(0, 16_000))}` },
      ],
      maxTokens: 1024,
      signal: turn.signal,
    })
    // Verified before anyone reads it: shown text cannot be taken back.
    if (!acceptNarration(answer.text, records, turn.text)) return fixed
    for (const piece of answer.text.match(/\S+\s*/g) ?? []) turn.onText(piece)
    return answer.text.trim()
  } catch (error) {
    if (turn.signal.aborted) throw error
    tools.log.warn({ err: error }, 'the narration failed, the outcome is told in fixed words')
    return fixed
  }
}

async function execute(turn: Turn, tools: TurnTools, plan: Plan, language: string | null): Promise<TurnResult> {
  const records = await runPlan(plan, {
    kernel: tools.kernel,
    user: turn.user,
    conversationId: turn.conversationId,
    message: turn.text,
    turns: turn.history
      .filter((entry) => entry.role === 'assistant')
      .map((entry) => entry.facts)
      .reverse(),
    signal: turn.signal,
    onStep: (label, index, total) => turn.onStatus(total > 1 ? `Step ${index + 1}/${total}: ${label}` : label),
  })
  const text = language === null ? renderOutcomes(records) : await narrate(turn, tools, records, language)
  const confirmationId = records.map(confirmationOf).find((id) => id !== null) ?? null
  const shown = records.filter(succeeded).at(-1)?.outcome.response.ui
  return done(text, typeOf(records), {
    appId: plan.steps[0]?.function.appId ?? null,
    ui: (shown ?? null) as never,
    confirmationId,
    taskId: records.map(taskOf).find((id) => id !== null) ?? null,
    actions: actionsOf(records),
    facts: factsOf(records),
  })
}

function typeOf(records: readonly StepRecord[]): ChatMessage['type'] {
  if (records.some((record) => confirmationOf(record) !== null)) return 'confirmation'
  if (records.some((record) => taskOf(record) !== null)) return 'task_promoted'
  if (records.some(succeeded)) return 'function_call'
  const isFull = records.some(
    (record) => 'outcome' in record && record.outcome.response.error_code === 'TASK_LIMIT_REACHED',
  )
  return isFull ? 'task_limit_reached' : 'error'
}

async function talk(
  turn: Turn,
  tools: TurnTools,
  catalog: readonly CatalogFunction[],
  language: string,
): Promise<TurnResult> {
  const stream = truthfulStream(turn.onText)
  const answer = await tools.llm.complete({
    purpose: 'navigate',
    tenantId: turn.user.tenantId,
    userId: turn.user.userId,
    appId: null,
    system: conversationPrompt(catalog, language),
    messages: [...historyMessages(turn.history), { role: 'user', content: turn.text }],
    onText: stream.onText,
    signal: turn.signal,
  })
  stream.end()
  const text = claimsAction(answer.text)
    ? "I wasn't able to complete that action: nothing was run."
    : answer.text.trim()
  return done(text || 'How can I help?', 'navigate')
}

function pick(turn: Turn, catalog: readonly CatalogFunction[], notice: string): TurnResult | Plan {
  const match = matchWithoutModel(turn.text, catalog)
  if (match.kind === 'run') return match.plan
  if (match.items.length === 0)
    return done(`${notice}I found no function that fits. Say "help" to see what the installed apps can do.`)
  const question = match.items.length === 1 ? 'Is this what you want?' : 'Which of these do you want?'
  return done(`${notice}${question}`, 'pick_list', { pickList: match.items })
}

async function withoutModel(
  turn: Turn,
  tools: TurnTools,
  catalog: readonly CatalogFunction[],
  notice: string,
): Promise<TurnResult> {
  const picked = pick(turn, catalog, notice)
  return 'steps' in picked ? execute(turn, tools, picked, null) : picked
}

async function answerShort(
  found: ShortCircuit,
  turn: Turn,
  tools: TurnTools,
  catalog: readonly CatalogFunction[],
): Promise<TurnResult> {
  switch (found.kind) {
    case 'capabilities':
      return done(capabilities(catalog), 'navigate')
    case 'acknowledgement':
      return done("You're welcome.", 'navigate')
    case 'greeting':
      return done('Hello! What can I do for you?', 'navigate')
    case 'bad_command':
      return done(found.message, 'error')
    case 'command':
      return execute(
        turn,
        tools,
        { steps: [{ stepId: 's1', function: found.function, args: found.args, dependsOn: [] }] },
        null,
      )
  }
}

function carryOut(
  found: Understanding,
  turn: Turn,
  tools: TurnTools,
  catalog: readonly CatalogFunction[],
): Promise<TurnResult> {
  switch (found.kind) {
    case 'plan':
      return execute(turn, tools, found.plan, found.language)
    case 'talk':
      return talk(turn, tools, catalog, found.language)
    case 'ask':
      return Promise.resolve(done(found.text))
    case 'unclear':
      return withoutModel(turn, tools, catalog, '')
  }
}

const NO_MODEL = 'The AI model is currently unavailable, so I matched your words to functions (Settings, AI provider). '

/** One turn from text to result. Never throws for anything a person could cause; failures are told honestly (K1.6). */
export async function runTurn(turn: Turn, tools: TurnTools): Promise<TurnResult> {
  const catalog = await tools.kernel.catalog(turn.user)
  const short = shortCircuit(turn.text, catalog)
  if (short) return answerShort(short, turn, tools, catalog)
  if (!(await tools.llm.available(turn.user.tenantId, turn.user.userId))) return withoutModel(turn, tools, catalog, '')
  turn.onStatus('Thinking')
  let found: Understanding
  try {
    found = await classify({
      ...turn,
      llm: tools.llm,
      catalog,
      // Facts of all apps are more than a limited credential may see.
      skeletons: turn.user.limitedTo === undefined ? await tools.skeletons(turn.user) : '',
      now: tools.now(),
    })
    return await carryOut(found, turn, tools, catalog)
  } catch (error) {
    if (turn.signal.aborted || !(error instanceof PlatformError && error.code.startsWith('LLM_'))) throw error
    tools.log.warn({ err: error }, 'the model failed, matching without it')
    return withoutModel(turn, tools, catalog, NO_MODEL)
  }
}
