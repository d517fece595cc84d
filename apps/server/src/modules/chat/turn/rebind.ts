import type { JsonObject } from '@imperal/contract'
import type { PlanStep } from '../plan/plan.ts'
import type { CallRecord } from '../plan/records.ts'
import type { Repair, Wording } from '../plan/run-plan.ts'
import { digestOf, operationsOf } from '../truth/narration.ts'
import { historyMessages, quoted, rebindPrompt } from '../understand/prompts.ts'
import type { TurnContext } from './turn-tools.ts'

/** One focused request about the arguments of one planned call; the function stays what it is (K2.28). Null: no use came of it. */
async function rebind(
  context: TurnContext,
  { step, records, wanted }: { step: PlanStep; records: readonly CallRecord[]; wanted: string },
): Promise<JsonObject | null> {
  const { tools, limits, user, hold, voice } = context
  if (!limits.step_reclassify_enabled) return null
  const results = digestOf(records, limits.chain_prior_total_max_chars, limits.chain_prior_step_max_chars)
  try {
    const answer = await tools.llm.complete({
      purpose: 'step_reclassify',
      tenantId: user.tenantId,
      userId: user.userId,
      appId: null,
      traceId: hold.traceId,
      system: rebindPrompt(tools.assistantName, step, { catalog: context.catalog, operations: operationsOf(records) }),
      messages: [
        ...historyMessages(context.history.slice(-6)),
        { role: 'user', content: `${context.text}\n\nEarlier calls:\n${quoted('results', results)}\n${wanted}` },
      ],
      temperature: 0,
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['args'],
        properties: { args: { type: 'string' } },
      },
      signal: voice.signal,
    })
    const parsed: unknown = JSON.parse(String(answer.object?.args ?? ''))
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonObject) : null
  } catch (error) {
    if (voice.signal.aborted) throw error
    tools.log.warn({ err: error, step: step.stepId }, 'a model gave no arguments')
    return null
  }
}

/** Other arguments for a call whose schema refused them (K3.18). */
export const repair = (context: TurnContext, { step, args, problem, records }: Repair): Promise<JsonObject | null> =>
  rebind(context, {
    step,
    records,
    wanted: `The arguments ${JSON.stringify(args)} were refused.\n${problem}\nGive all arguments of this call.`,
  })

/** Texts of a call that builds on earlier ones, as the person wants them; without an answer what was found stays as it is. */
export const word = (context: TurnContext, { step, args, open, records }: Wording): Promise<JsonObject | null> =>
  rebind(context, {
    step,
    records,
    wanted: `The arguments so far:\n${quoted('data', JSON.stringify(args))}\nGive nothing but ${open.join(', ')}: what the person wants to stand there, from the results alone, unchanged where they want it unchanged.`,
  })
