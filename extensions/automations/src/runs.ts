import { ActionResult } from '@imperal/sdk'
import { type PlatformAnswer, platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { chat } from './extension.ts'
import { RuleId, refused, rulePath } from './rules.ts'

const Execution = z.object({
  execution_id: z.string(),
  status: z.string(),
  result: z.string().nullable(),
  error_text: z.string().nullable(),
  created_at: z.string(),
})
const RunStep = z.object({
  index: z.number().int(),
  app_id: z.string().nullable(),
  tool: z.string().nullable(),
  status: z.string(),
  summary: z.string().nullable(),
  error: z.string().nullable(),
})
const Run = Execution.extend({
  attempt: z.number().int(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  event_data: z.record(z.string(), z.json()),
  steps: z.array(RunStep),
})
export type Run = z.infer<typeof Run>

/** The latest runs of a rule with their steps, newest first. */
export async function readRuns(ctx: object, ruleId: number, limit: number): Promise<PlatformAnswer<Run[]>> {
  const path = rulePath(ruleId, '/executions')
  const answer = await platform(ctx).request<{ executions: unknown[] }>('GET', path, { query: { limit } })
  const runs = answer.ok ? answer.body.executions.map((one) => Run.parse(one)) : []
  return { ...answer, body: runs }
}

export const listExecutions = chat.function(
  'list_executions',
  {
    description: 'List the latest runs of a rule and what came of them.',
    params: z.object({ rule_id: RuleId, limit: z.number().int().min(1).max(100).default(20) }),
    returns: z.object({ executions: z.array(Execution), total: z.number().int() }),
  },
  async (ctx, { rule_id, limit }) => {
    const answer = await readRuns(ctx, rule_id, limit)
    if (!answer.ok) return refused(answer)
    const executions = answer.body.map((run) => Execution.parse(run))
    return ActionResult.success(
      { executions, total: executions.length },
      executions.length === 0 ? 'It has not run yet.' : `${executions.length} run(s).`,
    )
  },
)
