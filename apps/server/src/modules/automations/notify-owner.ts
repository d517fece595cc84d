import type { RuleRow } from './tables.ts'
import type { Parts } from './types.ts'

type Told = Pick<RuleRow, 'tenant_id' | 'user_id' | 'name' | 'notify_mode' | 'rule_id'>

/** To the bell and into the chat (K6.24). Never rejects: what ran is recorded whether or not it was told. */
async function tell(
  parts: Parts,
  rule: Told,
  message: { title: string; body: string; priority: 'normal' | 'high' },
): Promise<void> {
  const owner = { tenantId: rule.tenant_id, userId: rule.user_id }
  try {
    await parts.notifications.notify(
      { tenantId: rule.tenant_id, atomic: (statements) => parts.db.atomic(rule.tenant_id, statements) },
      {
        ...owner,
        appId: null,
        title: message.title,
        body: message.body,
        message: message.body,
        priority: message.priority,
        channel: 'in_app',
        link: '/automations',
        extra: { rule_id: rule.rule_id },
      },
    )
    await parts.say(owner, `**${message.title}**\n\n${message.body}`)
  } catch (error) {
    parts.log.error({ err: error, rule: rule.rule_id }, 'the owner of an automation could not be told')
  }
}

/** What became of a run, as far as the owner wants to hear of it. */
export async function tellOutcome(
  parts: Parts,
  rule: Told,
  outcome: { readonly isDone: boolean; readonly text: string },
): Promise<void> {
  if (rule.notify_mode === 'off' || (outcome.isDone && rule.notify_mode !== 'all')) return
  const title = outcome.isDone ? `${rule.name}: done` : `${rule.name}: failed`
  await tell(parts, rule, { title, body: outcome.text, priority: outcome.isDone ? 'normal' : 'high' })
}

/** A rule that no longer runs is told of whatever its owner chose: they would wait for it. */
export const tellPaused = (parts: Parts, rule: RuleRow): Promise<void> =>
  tell(parts, rule, {
    title: `${rule.name}: stopped`,
    body: rule.status_reason ?? 'It does not run any more.',
    priority: 'high',
  })
