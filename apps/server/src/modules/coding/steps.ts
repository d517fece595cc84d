import type { JsonObject } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import { randomId } from '../../foundation/ids.ts'
import { toDatabaseJson } from './database.ts'
import { appendFrame } from './frames.ts'
import { nextAsk, type StepOutcome } from './next-ask.ts'
import { previewOfArgs, previewOfResult, summaryOf } from './previews.ts'
import { moveSession } from './sessions.ts'
import type { RequestRow, SessionRow, StepRow } from './tables.ts'
import type { CodingOptions } from './types.ts'

type Parts = Pick<CodingOptions, 'outbox' | 'clock'>

export const requestsOf = (tx: Tx, stepId: string): Promise<RequestRow[]> =>
  tx.selectFrom('coding.request').selectAll().where('step_id', '=', stepId).orderBy('position').execute()

/** The first step of a turn that is not over. */
export const openStepOf = (tx: Tx, taskId: string): Promise<StepRow | undefined> =>
  tx
    .selectFrom('coding.step')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('state', '<>', 'done')
    .orderBy('position')
    .limit(1)
    .executeTakeFirst()

export interface NewStep {
  readonly toolUseId: string
  readonly kind: StepRow['kind']
  readonly appId: string
  readonly tool: string
  readonly args: JsonObject
  readonly traceId: string
}

/** Queues one tool call of the model. Steps of a turn run one after the other, in the order in which they were asked for. */
export function addStep(tx: Tx, session: SessionRow, taskId: string, step: NewStep): Promise<StepRow> {
  const { preview, bytes } = previewOfArgs(step.args)
  return tx
    .insertInto('coding.step')
    .values({
      step_id: randomId('stp'),
      tenant_id: session.tenant_id,
      user_id: session.user_id,
      session_id: session.session_id,
      task_id: taskId,
      tool_use_id: step.toolUseId,
      kind: step.kind,
      app_id: step.appId,
      tool: step.tool,
      args: toDatabaseJson(step.args),
      trace_id: step.traceId,
      args_preview: preview,
      args_bytes: bytes,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

async function start(parts: Parts, tx: Tx, session: SessionRow, step: StepRow): Promise<StepRow> {
  const { step_id, app_id, tool, kind, args } = step
  await appendFrame(parts, tx, session, { type: 'step_started', step_id, kind, app_id, tool })
  const summary = summaryOf(tool, args)
  await appendFrame(parts, tx, session, { type: 'action', phase: 'start', step_id, app_id, tool, ok: null, summary })
  return tx
    .updateTable('coding.step')
    .set({ state: 'open', started_at: sql<Date>`now()` })
    .where('step_id', '=', step_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** How many things a result holds: facts, from which a client makes its own sentence (I-FRAMES-FACTS-ONLY). */
function factsOf({ tool, kind }: StepRow, { content, ok }: StepOutcome): JsonObject {
  if (!ok) return { count: 0, entity_kind: kind === 'ext_tool' ? 'call' : tool }
  const lines = content === '' ? 0 : content.split('\n').length
  const entity = {
    read_file: 'line',
    grep: 'match',
    glob: 'file',
    list_dir: 'entry',
    search_code: 'match',
    bash: 'line',
  }[tool]
  return entity === undefined
    ? { count: 1, entity_kind: kind === 'ext_tool' ? 'call' : tool }
    : { count: lines, entity_kind: entity }
}

/** Ends a step with its outcome; what it was given is kept as a masked preview only. */
export async function finishStep(
  parts: Parts,
  tx: Tx,
  session: SessionRow,
  step: StepRow,
  outcome: StepOutcome,
): Promise<void> {
  const { step_id, app_id, tool, args } = step
  const { preview, bytes } = previewOfResult(outcome.content)
  await tx
    .updateTable('coding.step')
    .set({
      state: 'done',
      ok: outcome.ok,
      content: outcome.content.replaceAll('\0', '\uFFFD'),
      args: '{}',
      result_preview: preview.replaceAll('\0', '\uFFFD'),
      result_bytes: bytes,
      ended_at: sql<Date>`now()`,
    })
    .where('step_id', '=', step_id)
    .execute()
  // Files that were sent to be written, and what was read, are in the thread and nowhere else.
  await tx.updateTable('coding.request').set({ args: '{}', result: null }).where('step_id', '=', step_id).execute()
  if (step.state === 'queued') return
  const { ok } = outcome
  await appendFrame(parts, tx, session, { type: 'step_finished', step_id, ok, summary_facts: factsOf(step, outcome) })
  const summary = summaryOf(tool, args)
  await appendFrame(parts, tx, session, { type: 'action', phase: 'done', step_id, app_id, tool, ok, summary })
}

export interface Question {
  readonly kind: 'consent' | 'tool'
  readonly tool: string
  readonly args: JsonObject
  readonly confirmationId?: string
}

/** Asks the terminal for something; a question for its person parks the session. Answers the session as it is then. */
export async function ask(
  parts: Parts,
  tx: Tx,
  session: SessionRow,
  step: StepRow,
  question: Question,
): Promise<SessionRow> {
  const { kind, tool, args } = question
  const reqId = randomId('req')
  const { app_id, tenant_id, user_id, session_id, step_id } = step
  const frame =
    kind === 'consent'
      ? { type: 'confirm_request', req_id: reqId, app_id, tool, args }
      : { type: 'tool_request', req_id: reqId, tool, args }
  const stored = await appendFrame(parts, tx, session, frame)
  await tx
    .insertInto('coding.request')
    .values({
      ...{ req_id: reqId, tenant_id, user_id, session_id, step_id, task_id: step.task_id, kind, app_id, tool },
      args: toDatabaseJson(args),
      summary: summaryOf(tool, args),
      confirmation_id: question.confirmationId ?? null,
      frame_position: stored.position,
    })
    .execute()
  return kind === 'consent' ? moveSession(tx, session, 'ask') : session
}

export type StepWork =
  | { readonly kind: 'wait'; readonly session: SessionRow }
  | { readonly kind: 'run'; readonly step: StepRow; readonly decided: RequestRow | null }

/**
 * Takes the steps of a turn as far as they go without anybody: each is asked for, or finished with its answer. Null: all are
 * over.
 */
export async function driveSteps(parts: Parts, tx: Tx, session: SessionRow, taskId: string): Promise<StepWork | null> {
  for (let step = await openStepOf(tx, taskId); step !== undefined; step = await openStepOf(tx, taskId)) {
    if (step.state === 'queued') step = await start(parts, tx, session, step)
    const asked = await requestsOf(tx, step.step_id)
    const next = nextAsk(step, asked, session.applied_mode)
    if (next.kind === 'wait') return { kind: 'wait', session }
    if (next.kind === 'run') return { kind: 'run', step, decided: asked.at(-1) ?? null }
    if (next.kind === 'done') await finishStep(parts, tx, session, step, next.outcome)
    else {
      const question =
        next.kind === 'consent'
          ? { kind: 'consent' as const, tool: step.tool, args: step.args }
          : { kind: 'tool' as const, tool: next.tool, args: next.args }
      return { kind: 'wait', session: await ask(parts, tx, session, step, question) }
    }
  }
  return null
}

/** Ends what of a turn is under way, with a reason that its model reads when the thread goes on. Answers cards of it. */
export async function closeSteps(
  parts: Parts,
  tx: Tx,
  session: SessionRow,
  taskId: string,
  why: string,
): Promise<string[]> {
  const open = await tx
    .updateTable('coding.request')
    .set({ state: 'void' })
    .where('task_id', '=', taskId)
    .where('state', '=', 'open')
    .returning('confirmation_id')
    .execute()
  for (let step = await openStepOf(tx, taskId); step !== undefined; step = await openStepOf(tx, taskId))
    await finishStep(parts, tx, session, step, { ok: false, content: why })
  return open.flatMap(({ confirmation_id: card }) => card ?? [])
}
