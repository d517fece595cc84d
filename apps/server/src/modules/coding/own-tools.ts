import type { JsonObject } from '@imperal/contract'
import { z } from 'zod'
import type { Tx } from '../../foundation/db/index.ts'
import { type CatalogFunction, rankFunctions } from '../kernel/index.ts'
import { appendFrame } from './frames.ts'
import type { StepOutcome } from './next-ask.ts'
import { changeSession } from './sessions.ts'
import type { SessionRow } from './tables.ts'
import type { CodingOptions } from './types.ts'

const Todos = z.object({
  todos: z
    .array(z.object({ content: z.string().min(1).max(1000), status: z.enum(['pending', 'in_progress', 'completed']) }))
    .max(100),
})
const Milestones = z.object({ milestones: z.array(z.string().trim().min(1).max(500)).min(1).max(50) })
const Index = z.object({ index: z.number().int().min(0) })
const Query = z.object({ query: z.string().min(1).max(2000) })
const SHOWN = 8

interface Own {
  readonly session: SessionRow
  readonly outcome: StepOutcome
}

const wrong = (session: SessionRow, error: z.ZodError): Own => ({
  session,
  outcome: { ok: false, content: `The arguments do not fit: ${z.prettifyError(error)}` },
})

const done = (session: SessionRow, content: string): Own => ({ session, outcome: { ok: true, content } })

export interface OwnCall {
  readonly tool: string
  readonly args: JsonObject
  /** Functions that the person may call; read when they are searched. */
  readonly catalog: readonly CatalogFunction[]
}

/** Does what needs nobody: the list of things to do, milestones, and finding functions. Answers the session as it is then. */
export async function runOwn(
  parts: Pick<CodingOptions, 'outbox' | 'clock'>,
  tx: Tx,
  session: SessionRow,
  call: OwnCall,
): Promise<Own> {
  if (call.tool === 'todo') {
    const parsed = Todos.safeParse(call.args)
    if (!parsed.success) return wrong(session, parsed.error)
    const { todos } = parsed.data
    const changed = await changeSession(tx, session, { todos: JSON.stringify(todos) })
    const completed = todos.filter(({ status }) => status === 'completed').length
    // The whole list each time: a reader that missed one frame is right after the next (I-WEBBEE-CODE-TODO-SCRATCHPAD).
    await appendFrame(parts, tx, session, { type: 'todo', todos, total: todos.length, completed })
    return done(changed, `${completed} of ${todos.length} done.`)
  }
  if (call.tool === 'plan_milestones') {
    const parsed = Milestones.safeParse(call.args)
    if (!parsed.success) return wrong(session, parsed.error)
    const milestones = parsed.data.milestones.map((title) => ({ title, done: false }))
    const changed = await changeSession(tx, session, { milestones: JSON.stringify(milestones) })
    const titles = milestones.map(({ title }) => title)
    await appendFrame(parts, tx, session, { type: 'marathon_plan', milestone_count: titles.length, milestones: titles })
    return done(changed, `${titles.length} milestones.`)
  }
  if (call.tool === 'finish_milestone') {
    const parsed = Index.safeParse(call.args)
    if (!parsed.success) return wrong(session, parsed.error)
    const { index } = parsed.data
    const milestone = session.milestones[index]
    if (milestone === undefined) return { session, outcome: { ok: false, content: `There is no milestone ${index}.` } }
    const milestones = session.milestones.map((one, at) => (at === index ? { ...one, done: true } : one))
    const changed = await changeSession(tx, session, { milestones: JSON.stringify(milestones) })
    await appendFrame(parts, tx, session, {
      type: 'milestone',
      index,
      title: milestone.title,
      status: 'done',
      done: true,
    })
    return done(changed, `${milestones.filter((one) => !one.done).length} milestones are left.`)
  }
  const parsed = Query.safeParse(call.args)
  if (!parsed.success) return wrong(session, parsed.error)
  const found = rankFunctions(call.catalog, parsed.data.query).slice(0, SHOWN)
  const described = found.map(({ function: fn }) => ({
    app_id: fn.appId,
    function: fn.name,
    description: fn.description,
    action_type: fn.actionType,
    arguments: fn.paramsSchema,
  }))
  return done(session, described.length === 0 ? 'No function fits.' : JSON.stringify(described))
}
