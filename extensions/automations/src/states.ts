import { ActionResult } from '@imperal/sdk'
import { platform } from '@imperal/sdk/platform'
import * as z from 'zod'
import { chat, RulesChanged } from './extension.ts'
import { RuleId, refused, rulePath } from './rules.ts'

const State = z.object({ rule_id: z.number().int(), status: z.string() })

/** What every change of state declares. */
const declared = (description: string) =>
  ({
    description,
    effects: ['update:automation'],
    event: RulesChanged,
    params: z.object({ rule_id: RuleId }),
    returns: State,
  }) as const

/** Asks the platform for another state; `body` is what it wants beside. */
async function change(ctx: object, ruleId: number, to: { path: 'pause' | 'resume'; body?: object; word: string }) {
  const answer = await platform(ctx).request('POST', rulePath(ruleId, `/${to.path}`), { body: to.body ?? {} })
  if (!answer.ok) return refused(answer)
  return ActionResult.success(State.parse(answer.body), `The rule is ${to.word}.`)
}

export const pauseAutomation = chat.function(
  'pause_automation',
  { ...declared('Pause a rule; it does nothing until it is resumed.'), actionType: 'write' },
  (ctx, { rule_id }) => change(ctx, rule_id, { path: 'pause', word: 'paused' }),
)

export const resumeAutomation = chat.function(
  'resume_automation',
  { ...declared('Let a paused rule run again.'), actionType: 'write' },
  (ctx, { rule_id }) => change(ctx, rule_id, { path: 'resume', word: 'active' }),
)

// Agreeing to destruction is destructive itself: the card that the kernel shows is where the person agrees.
export const approveAutomation = chat.function(
  'approve_automation',
  {
    ...declared('Agree that a rule may do by itself what it waits for, whenever it runs, and let it run.'),
    actionType: 'destructive',
    params: z.object({
      rule_id: RuleId,
      approval: z.string().min(1).describe('approval_needed of the rule: exactly what is agreed to.'),
    }),
  },
  // A rule that was changed between the card and the answer needs another approval, so this one is refused.
  (ctx, { rule_id, approval }) =>
    change(ctx, rule_id, { path: 'resume', body: { approve: approval }, word: 'approved and active' }),
)
