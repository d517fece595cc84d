import { hash, timingSafeEqual } from 'node:crypto'
import type { JsonObject } from '@imperal/contract'
import { z } from 'zod'
import { eventMessage } from '../outbox/index.ts'
import { accountsWith } from './known-accounts.ts'
import type { ConnectionsParts } from './open-connections.ts'

const Push = z.object({
  message: z.object({ data: z.string().max(10_000), messageId: z.string().max(100).default('') }),
})
const Notice = z.object({ emailAddress: z.string().max(320), historyId: z.union([z.string(), z.number()]) })

const digest = (text: string) => Buffer.from(hash('sha256', text), 'hex')

function noticeIn(body: unknown): (z.infer<typeof Notice> & { messageId: string }) | null {
  const push = Push.safeParse(body)
  if (!push.success) return null
  try {
    const notice = Notice.parse(JSON.parse(Buffer.from(push.data.message.data, 'base64').toString('utf8')))
    return { ...notice, messageId: push.data.message.messageId }
  } catch {
    // Whoever sends it gets the same answer for everything (api.md 3.20).
    return null
  }
}

/**
 * A message of Google about a mailbox: each user who has connected it gets the event `gmail.push`. Ignored without the
 * operator's token, and when it cannot be read.
 */
export async function takeGmailPush(parts: ConnectionsParts, pushed: { token: string; body: unknown }): Promise<void> {
  const expected = parts.gmailPushToken
  if (expected === undefined || !timingSafeEqual(digest(expected), digest(pushed.token))) return
  const notice = noticeIn(pushed.body)
  if (notice === null) return
  const accounts = await accountsWith(parts, 'google', notice.emailAddress)
  const users = new Map(accounts.map((account) => [`${account.tenantId}/${account.userId}`, account]))
  for (const { tenantId, userId, accountId } of users.values()) {
    const data: JsonObject = {
      email: notice.emailAddress,
      history_id: String(notice.historyId),
      message_id: notice.messageId,
      account_id: accountId,
    }
    const timestamp = parts.clock.iso()
    const { message } = eventMessage({ type: 'gmail.push', source: 'system', tenantId, userId, data, timestamp })
    await parts.db.tenant(tenantId, (tx) => parts.outbox.publish(tx, message))
  }
}
