import type { Tx } from '../../foundation/db/index.ts'
import type { LlmToolUseBlock } from '../llm/index.ts'
import type { ModelEnd } from './ask-model.ts'
import { holdWork, type Work } from './claim-work.ts'
import { endTurn, turnOf } from './end-turn.ts'
import { appendFrame } from './frames.ts'
import { runOwn } from './own-tools.ts'
import { changeSession } from './sessions.ts'
import { addStep, finishStep } from './steps.ts'
import type { SessionRow, TurnRow, Uses } from './tables.ts'
import { addMessage } from './thread.ts'
import { OWN_TOOLS } from './tools.ts'
import type { CodingOptions } from './types.ts'

/** How often long work is told to go on although its model stopped before the last milestone. */
const MOST_NUDGES = 3

interface Charged {
  readonly session: SessionRow
  readonly turn: TurnRow
  /** Credits that were taken now. */
  readonly taken: number
  readonly isOut: boolean
}

function usesAfter(turn: TurnRow, { answer }: ModelEnd): Uses {
  // The person's own model costs no credits.
  if (answer.owner === 'user') return turn.uses
  const before = turn.uses[answer.model] ?? { input: 0, output: 0 }
  const { input_tokens: input, output_tokens: output } = answer.usage
  return { ...turn.uses, [answer.model]: { input: before.input + input, output: before.output + output } }
}

/** Counts and charges one answer; what the wallet does not have is owed, so that the answer is not lost (api.md 5.9). */
async function charge(
  parts: CodingOptions,
  tx: Tx,
  session: SessionRow,
  turn: TurnRow,
  end: ModelEnd,
): Promise<Charged> {
  const { coding } = parts.billing
  const uses = usesAfter(turn, end)
  const cost = coding.cost(
    Object.entries(uses).map(([model, { input, output }]) => ({ model, inputTokens: input, outputTokens: output })),
  )
  const due = Math.max(0, cost - turn.credits) + session.owed
  const spending = {
    tenantId: session.tenant_id,
    userId: session.user_id,
    amount: due,
    description: `Coding: ${turn.title}`,
    eventId: `coding:${turn.task_id}:${turn.rounds}`,
  }
  const { taken, available } = due === 0 ? { taken: 0, available: null } : await coding.spend(tx, spending)
  const { graceCap, lowWarnThreshold } = coding.terms()
  const tokens = turn.tokens + end.answer.usage.input_tokens + end.answer.usage.output_tokens
  const credits = Math.max(turn.credits, cost)
  const counted = await tx
    .updateTable('coding.turn')
    .set({ uses: JSON.stringify(uses), tokens, credits, rounds: turn.rounds + 1 })
    .where('task_id', '=', turn.task_id)
    .returningAll()
    .executeTakeFirstOrThrow()
  const owed = Math.min(graceCap, due - taken)
  const changed = await changeSession(tx, session, { owed })
  const isLow = available !== null && available < lowWarnThreshold
  await appendFrame(parts, tx, changed, {
    type: 'usage',
    tokens,
    credits,
    ...(isLow ? { low_balance: available } : {}),
  })
  return { session: changed, turn: counted, taken, isOut: due > taken }
}

async function addCalls(
  parts: CodingOptions,
  tx: Tx,
  start: SessionRow,
  turn: TurnRow,
  end: ModelEnd,
): Promise<SessionRow> {
  let session = start
  const calls = end.answer.content.filter((block): block is LlmToolUseBlock => block.type === 'tool_use')
  for (const { id, name, input } of calls) {
    const common = { toolUseId: id, traceId: end.traceId }
    if (OWN_TOOLS.has(name)) {
      const step = await addStep(tx, session, turn.task_id, {
        ...common,
        kind: 'own',
        appId: 'platform',
        tool: name,
        args: input,
      })
      const own = await runOwn(parts, tx, session, { tool: name, args: input, catalog: end.catalog })
      session = own.session
      await finishStep(parts, tx, session, step, own.outcome)
    } else if (name === 'call_function') {
      const { app_id: appId, function: fn, arguments: args } = input
      const params = typeof args === 'object' && args !== null && !Array.isArray(args) ? args : {}
      const step = {
        ...common,
        kind: 'ext_tool' as const,
        appId: String(appId ?? ''),
        tool: String(fn ?? ''),
        args: params,
      }
      await addStep(tx, session, turn.task_id, step)
    } else {
      await addStep(tx, session, turn.task_id, {
        ...common,
        kind: 'local_tool',
        appId: 'terminal',
        tool: name,
        args: input,
      })
    }
  }
  return session
}

/** The person is asked something: the last sentence is a question (I-VISIBLE-ASSISTANT-QUESTION). */
export const isQuestion = (text: string): boolean => /[?？؟]["”»*_)\s]*$/.test(text)

async function conclude(parts: CodingOptions, tx: Tx, session: SessionRow, turn: TurnRow, text: string): Promise<void> {
  const done = { action: 'finish', status: 'done' } as const
  const awaits = isQuestion(text)
  if (session.kind === 'coding' || awaits) {
    await endTurn(parts, tx, session, turn, { ...done, frame: { type: 'final', text, awaits_reply: awaits } })
    return
  }
  const open = session.milestones.filter((milestone) => !milestone.done).length
  if (open === 0) {
    await endTurn(parts, tx, session, turn, { ...done, frame: { type: 'marathon_complete', text } })
    return
  }
  if (turn.nudges >= MOST_NUDGES) {
    const frame = { type: 'marathon_paused', reason: 'stalled' } as const
    await endTurn(parts, tx, session, turn, { action: 'finish', status: 'paused', frame })
    return
  }
  const content = `${open} milestones are not reached yet. Go on, or ask the person what you need.`
  await addMessage(tx, session, { taskId: turn.task_id, role: 'user', content, surface: 'system' })
  await tx
    .updateTable('coding.turn')
    .set({ nudges: turn.nudges + 1 })
    .where('task_id', '=', turn.task_id)
    .execute()
}

/** Writes an answer of the model down: what it cost, what it said, what it wants done. Nothing when the turn is over meanwhile. */
export async function recordAnswer(parts: CodingOptions, work: Work, end: ModelEnd): Promise<void> {
  let taken = 0
  await parts.db.tenant(work.session.tenant_id, async (tx) => {
    const held = await holdWork(tx, work)
    if (held === null) return
    const folded = await changeSession(tx, held, { folded_position: end.thread.upTo, summary: end.thread.summary })
    const charged = await charge(parts, tx, folded, await turnOf(tx, work.turn.task_id), end)
    taken = charged.taken
    const { content } = end.answer
    const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
    const taskId = charged.turn.task_id
    if (content.length > 0)
      await addMessage(tx, charged.session, { taskId, role: 'assistant', content, surface: 'assistant' })
    if (!content.some((block) => block.type === 'tool_use')) {
      await conclude(parts, tx, charged.session, charged.turn, text)
      return
    }
    if (text !== '') await appendFrame(parts, tx, charged.session, { type: 'thinking', llm_text: text })
    const session = await addCalls(parts, tx, charged.session, charged.turn, end)
    if (!charged.isOut) return
    await endTurn(parts, tx, session, charged.turn, {
      action: 'run_out',
      status: 'paused',
      frame: { type: 'marathon_paused', reason: 'out_of_credits' },
      why: 'Not done: there were no credits left.',
    })
  })
  parts.billing.coding.spent({ tenantId: work.session.tenant_id, userId: work.session.user_id }, taken)
}
