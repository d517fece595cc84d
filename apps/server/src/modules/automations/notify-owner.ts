import { sql } from 'kysely'
import type { Statement, Tx } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import type { NoticeRow, RuleRow } from './tables.ts'
import type { Parts } from './types.ts'

type Told = Pick<RuleRow, 'tenant_id' | 'user_id' | 'name' | 'notify_mode' | 'rule_id'>

/** Whoever wrote a notice says it at once; others take it up after so long. */
const LEFT_AFTER_MS = 30_000
const LONGEST_WAIT_MS = 3_600_000
const KEPT_MS = 7 * 86_400_000
const AT_ONCE = 50

function note(
  parts: Parts,
  tx: Tx,
  rule: Told,
  message: { readonly title: string; readonly body: string; readonly priority: 'normal' | 'high' },
): Promise<NoticeRow> {
  const now = parts.clock.now()
  return tx
    .insertInto('automations.notice')
    .values({
      notice_id: orderedId('ntc'),
      rule_id: rule.rule_id,
      tenant_id: rule.tenant_id,
      user_id: rule.user_id,
      ...message,
      created_at: new Date(now),
      due_at: new Date(now + LEFT_AFTER_MS),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Writes down what became of a run, as far as the owner wants to hear of it (K6.24). For `tellNotices` after the commit. */
export async function noteOutcome(
  parts: Parts,
  tx: Tx,
  rule: Told,
  outcome: { readonly isDone: boolean; readonly text: string },
): Promise<NoticeRow | null> {
  if (rule.notify_mode === 'off' || (outcome.isDone && rule.notify_mode !== 'all')) return null
  const title = outcome.isDone ? `${rule.name}: done` : `${rule.name}: failed`
  return note(parts, tx, rule, { title, body: outcome.text, priority: outcome.isDone ? 'normal' : 'high' })
}

/** A rule that no longer runs is told of whatever its owner chose: they would wait for it. */
export const notePaused = (parts: Parts, tx: Tx, rule: RuleRow): Promise<NoticeRow> =>
  note(parts, tx, rule, {
    title: `${rule.name}: stopped`,
    body: rule.status_reason ?? 'It does not run any more.',
    priority: 'high',
  })

// Divides by zero when somebody else has rung the bell for it, so that what is stored with it is not stored twice.
const RUNG = `with rung as (update automations.notice set is_rung = true where notice_id = $1 and not is_rung returning 1)
select 1 / count(*) as mine from rung`
const DIVISION_BY_ZERO = '22012'

async function ring(parts: Parts, notice: NoticeRow): Promise<void> {
  const { tenant_id: tenantId, user_id: userId, body } = notice
  const rung: Statement = { text: RUNG, values: [notice.notice_id] }
  const atomic = (statements: readonly Statement[]) => parts.db.atomic(tenantId, [...statements, rung])
  try {
    await parts.notifications.notify(
      { tenantId, atomic },
      {
        ...{ tenantId, userId, appId: null, title: notice.title, body, message: body, priority: notice.priority },
        ...{ channel: 'in_app', link: '/automations', extra: { rule_id: notice.rule_id } },
      },
    )
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== DIVISION_BY_ZERO) throw error
  }
}

/** To the bell and into the chat, once each. @throws when it could not be said; then it is still there. */
async function tell(parts: Parts, notice: NoticeRow): Promise<void> {
  if (!notice.is_rung) await ring(parts, notice)
  const owner = { tenantId: notice.tenant_id, userId: notice.user_id }
  // A node that ends in between leaves the notice, and whoever takes it up says it under the same id.
  const messageId = notice.notice_id.replace(/^ntc_/, 'msg_')
  await parts.say(owner, { text: `**${notice.title}**\n\n${notice.body}`, messageId })
  await parts.db.tenant(notice.tenant_id, (tx) =>
    tx.deleteFrom('automations.notice').where('notice_id', '=', notice.notice_id).execute(),
  )
}

/** Says what was written down. Never rejects: what cannot be said now is said later, and holds up nothing. */
export async function tellNotices(parts: Parts, notices: readonly (NoticeRow | null)[]): Promise<void> {
  for (const notice of notices)
    if (notice !== null)
      await tell(parts, notice).catch((error) =>
        parts.log.error({ err: error, rule: notice.rule_id }, 'the owner of an automation was not told, trying again'),
      )
}

/**
 * Says what nodes that are gone left unsaid, and what could not be said before. Whatever fails again waits as long as it
 * has waited so far, an hour at most, so that it keeps no other from its turn; after a week it is given up.
 */
export async function tellLeftNotices(parts: Parts): Promise<number> {
  const now = new Date(parts.clock.now())
  const kept = new Date(now.getTime() - KEPT_MS)
  const { left, lost } = await parts.db.everyTenant(async (tx) => {
    const { rows } = await sql<NoticeRow>`
      update automations.notice set due_at = ${now}::timestamptz
        + least(${now}::timestamptz - created_at, make_interval(secs => ${LONGEST_WAIT_MS / 1_000}))
      where notice_id in (
        select notice_id from automations.notice where due_at <= ${now}::timestamptz
        order by due_at limit ${AT_ONCE} for update skip locked) returning *`.execute(tx)
    const gone = await tx.deleteFrom('automations.notice').where('created_at', '<', kept).returning('rule_id').execute()
    return { left: rows.filter((row) => row.created_at >= kept), lost: gone }
  })
  if (lost.length > 0)
    parts.log.error({ rules: lost.map((row) => row.rule_id) }, 'owners of automations could not be told for a week')
  await tellNotices(parts, left)
  return left.length
}
