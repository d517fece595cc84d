import { ActionResult } from '@imperal/sdk'
import { type PlatformAnswer, platform } from '@imperal/sdk/platform'
import * as z from 'zod'

export const Json = z.record(z.string(), z.json())
export const Rule = z.object({
  rule_id: z.number().int(),
  name: z.string(),
  interpretation: z.string(),
  status: z.string(),
  status_reason: z.string().nullable(),
  trigger_filter: Json,
  actions: z.array(Json),
  next_run_at: z.string().nullable(),
  approval_needed: z.string().nullable(),
  cooldown_seconds: z.number().int(),
  max_per_hour: z.number().int(),
  max_iterations: z.number().int(),
  trigger_count: z.number().int(),
  failure_count: z.number().int(),
  skipped: z.record(z.string(), z.number().int()).default({}),
  last_triggered_at: z.string().nullable(),
  last_error: z.string().nullable(),
})
export type Rule = z.infer<typeof Rule>
export const RuleId = z.coerce.number().int().min(1).describe('Id from list_automations.')

export const refused = (answer: PlatformAnswer<unknown>) => {
  const error = (answer.body as { error?: unknown } | null)?.error
  const code = typeof error === 'string' ? error.toUpperCase() : ''
  return ActionResult.error(answer.problem, {
    code: /^[A-Z][A-Z0-9_]{2,63}$/.test(code) ? code : 'PLATFORM_REFUSED',
    retryable: answer.status >= 500,
  })
}
export const rulePath = (ruleId: number, rest = '') => `/v1/automations/${ruleId}${rest}`
const PAGE = 500

/** All rules of the user, newest first. */
export async function readRules(ctx: object): Promise<PlatformAnswer<unknown[]>> {
  const rules: unknown[] = []
  for (let before: number | null = null; ; ) {
    const query: Record<string, number> = before === null ? {} : { limit: PAGE, before }
    const answer: PlatformAnswer<unknown[]> = await platform(ctx).request('GET', '/v1/automations', { query })
    if (!answer.ok) return answer
    rules.push(...answer.body)
    if (answer.body.length < PAGE) return { ...answer, body: rules }
    before = Rule.parse(answer.body.at(-1)).rule_id
  }
}

/** One rule of the user, or the refusal to answer with. */
export async function findRule(ctx: object, ruleId: number) {
  const answer = await readRules(ctx)
  if (!answer.ok) return { failure: refused(answer) }
  const rule = answer.body.map((row) => Rule.parse(row)).find((one) => one.rule_id === ruleId)
  return rule === undefined
    ? { failure: ActionResult.error('There is no such rule.', { code: 'RULE_NOT_FOUND' }) }
    : { rule }
}

/** What the assistant says of a rule. */
export const said = (rule: Rule): string =>
  rule.approval_needed === null
    ? `${rule.name}: ${rule.status}.`
    : `${rule.name} waits. ${rule.status_reason ?? 'It needs your approval.'} Approve it with approve_automation.`
