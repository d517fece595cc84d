import type { ChatMessage } from '@imperal/contract'
import { sql } from 'kysely'
import type { Database, Tx } from '../../../foundation/db/index.ts'
import { type ChatUser, finishReply } from '../messages.ts'
import { phrase } from '../words/phrases.ts'

const SILENT_SECONDS = 600
const AT_ONCE = 50

interface Orphan {
  readonly tenant_id: string
  readonly user_id: string
  readonly message_id: string
  readonly language: string | null
}

/**
 * Closes answers that somebody has seen in the making for ten minutes while no turn works on them or waits for a decision
 * (K4.16). Any number of nodes may do it at once. Answers how many.
 */
export async function closeOrphans(
  db: Database,
  announce: (tx: Tx, user: ChatUser, message: ChatMessage) => Promise<void>,
): Promise<number> {
  return db.everyTenant(async (tx) => {
    const { rows } = await sql<Orphan>`
      select tenant_id, user_id, message_id,
        (select s.language from chat.session s where s.tenant_id = m.tenant_id and s.user_id = m.user_id) as language
      from chat.message m
      where status = 'processing' and created_at < now() - make_interval(secs => ${SILENT_SECONDS})
        and not exists (
          select from chat.turn t
          where t.tenant_id = m.tenant_id and t.user_id = m.user_id and t.reply_id = m.message_id and t.ended_at is null)
      order by created_at limit ${AT_ONCE} for update skip locked`.execute(tx)
    for (const row of rows) {
      const user = { tenantId: row.tenant_id, userId: row.user_id }
      const end = { text: phrase('interrupted', row.language), type: 'error', status: 'failed' } as const
      const message = await finishReply(tx, user, row.message_id, end)
      if (message !== null) await announce(tx, user, message)
    }
    return rows.length
  })
}
