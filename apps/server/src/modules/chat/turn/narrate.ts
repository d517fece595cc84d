import type { JsonObject } from '@imperal/contract'
import type { Plan } from '../plan/plan.ts'
import { type CallRecord, hasFailed, intercepted, isChange, isPromoted, succeeded } from '../plan/records.ts'
import { finishText } from '../truth/filters.ts'
import {
  digestOf,
  EMIT_NARRATION,
  groundsOf,
  type NarrationEmission,
  narratable,
  operationsOf,
  parseEmission,
  resultsOf,
  verifyNarration,
} from '../truth/narration.ts'
import { presenceOf } from '../truth/presence.ts'
import { renderIntegrity, renderOutcome, renderOutcomes } from '../truth/render.ts'
import { askObject } from '../understand/ask-object.ts'
import { judgePrompt, narratorPrompt, quoted } from '../understand/prompts.ts'
import { phrase, spoken } from '../words/phrases.ts'
import type { TurnContext } from './turn-tools.ts'

interface Telling {
  readonly plan: Plan
  readonly records: readonly CallRecord[]
  readonly language: string
}

/**
 * Whether a model should phrase the outcome. What waits or goes on is told in fixed words; so is a single change that worked
 * where the app's own sentence is in the user's language.
 */
export function mayNarrate(records: readonly CallRecord[], language: string): boolean {
  const calls = narratable(records)
  if (calls.length === 0 || records.some((record) => intercepted(record) || isPromoted(record))) return false
  if (!calls.some(isChange)) return calls.some(succeeded)
  return calls.some(succeeded) && (calls.length > 1 || spoken(language) !== 'en')
}

async function emit(context: TurnContext, telling: Telling): Promise<NarrationEmission | null> {
  const { tools, limits, user, hold } = context
  const mode = telling.plan.narrationMode
  const asked = `${context.text}\n\n${quoted('results', digestOf(telling.records, limits.narrator_structured_data_chars))}`
  for (let attempt = 0; attempt < 2; attempt++) {
    const answer = await askObject(tools.llm, {
      purpose: 'action_narrator',
      tenantId: user.tenantId,
      userId: user.userId,
      appId: null,
      traceId: hold.traceId,
      system: narratorPrompt(tools.assistantName, {
        language: telling.language,
        mode,
        catalog: context.catalog,
        operations: operationsOf(telling.records),
      }),
      messages: [
        { role: 'user', content: asked },
        ...(attempt === 0
          ? []
          : [
              { role: 'assistant' as const, content: '{}' },
              {
                role: 'user' as const,
                content: 'That was not the shape of emit_narration. Once more, every required member.',
              },
            ]),
      ],
      schema: EMIT_NARRATION,
      signal: context.voice.signal,
    })
    const emission = parseEmission(answer?.object)
    if (emission !== null) return emission
  }
  return null
}

/** In audit mode the kernel composes: the narrator's words for what worked, fixed ones for everything else (K3.47). */
function compose(emission: NarrationEmission, { plan, records, language }: Telling, context: TurnContext): string {
  if (plan.narrationMode === 'narrative') return emission.prose
  const calls = narratable(records)
  const phrasing = new Map(
    emission.per_call_verdicts.map((verdict) => [calls[verdict.call_index], verdict.user_phrasing]),
  )
  const lines = records.map((record) => {
    const words = phrasing.get(record)?.trim() ?? ''
    return succeeded(record) && words !== '' ? words : renderOutcome(record, { language, limits: context.limits })
  })
  return lines.length === 1
    ? (lines[0] ?? '')
    : lines.map((line) => (line.includes('\n') ? line : `- ${line}`)).join('\n')
}

const JUDGEMENT: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['faithful'],
  properties: { faithful: { type: 'boolean' } },
}

/** N6, where it is on: a second model compares the text with the results. */
async function isFaithful(context: TurnContext, telling: Telling, text: string): Promise<boolean> {
  const { tools, limits, user, hold } = context
  if (!limits.judge_enabled) return true
  const answer = await tools.llm.complete({
    purpose: 'judge',
    tenantId: user.tenantId,
    userId: user.userId,
    appId: null,
    traceId: hold.traceId,
    system: judgePrompt(tools.assistantName, {
      catalog: context.catalog,
      operations: operationsOf(telling.records),
    }),
    messages: [
      {
        role: 'user',
        content: `${quoted('results', digestOf(telling.records, limits.judge_digest_chars))}\n${quoted('data', text)}`,
      },
    ],
    temperature: 0,
    schema: JUDGEMENT,
    signal: context.voice.signal,
  })
  return answer.object?.faithful === true
}

/** A line when fewer or more things were done than the person asked for (N4). */
function countNote({ plan, records, language }: Telling): string {
  const changes = records.filter((record) => record.outcome !== null && isChange(record))
  const done = changes.filter(succeeded).length
  const expected = plan.taskCountTarget
  const isOpen = records.some((record) => intercepted(record) || isPromoted(record))
  if (expected === null || changes.length === 0 || expected === done || isOpen) return ''
  return `\n\n${phrase('count_note', language, { succeeded: done, expected })}`
}

/**
 * Tells the outcome (kernel T11): in the narrator's words once every gate has passed them, else in fixed ones. Nothing is
 * shown before it was verified, for shown text cannot be taken back.
 */
export async function narrate(context: TurnContext, telling: Telling): Promise<string> {
  const { language, records, plan } = telling
  const { voice, tools } = context
  const options = { language, limits: context.limits }
  const fixed = () => renderOutcomes(records, options) + countNote(telling)
  // Who stopped the turn wants no more of a model, but is told what was done before.
  if (!context.hasModel || voice.signal.aborted || !mayNarrate(records, language)) return fixed()
  voice.status(phrase('combining', language))
  let text: string
  try {
    const emission = await emit(context, telling)
    const presence = presenceOf({
      skeletons: context.skeletons,
      catalog: context.catalog,
      read: resultsOf(records),
      facts: context.history.flatMap((entry) => entry.facts),
      said: context.text,
    })
    const check = { mode: plan.narrationMode, records, message: context.text, language, presence }
    const fall =
      emission === null ? ({ gate: 'N1', why: 'the shape is wrong' } as const) : verifyNarration(emission, check)
    if (emission === null || fall !== null) {
      voice.count(fall?.gate === 'N3' || fall?.gate === 'N2' ? 'integrity_failure' : 'narration_replaced')
      tools.log.warn({ gate: fall?.gate, why: fall?.why, trace: context.hold.traceId }, 'a narration was replaced')
      return (
        (records.some(hasFailed) && records.some(succeeded)
          ? renderIntegrity(records, options)
          : renderOutcomes(records, options)) + countNote(telling)
      )
    }
    text = compose(emission, telling, context)
    if (!(await isFaithful(context, telling, text))) {
      voice.count('narration_replaced')
      return fixed()
    }
  } catch (error) {
    // Calls that ran are told, whatever became of their narrator (K3.48); also when the person stopped it.
    if (!voice.signal.aborted)
      tools.log.warn({ err: error }, 'the narration failed, the outcome is told in fixed words')
    return fixed()
  }
  const finished = finishText(text, {
    assistantName: tools.assistantName,
    byModel: true,
    evidence: groundsOf(records, context.text).text,
  })
  if (finished === '') return fixed()
  for (const piece of finished.match(/\S+\s*/g) ?? []) voice.text(piece)
  return finished + countNote(telling)
}
