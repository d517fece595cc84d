import type { FunctionContext } from '@imperal/sdk'
import * as z from 'zod'
import { ext, Received } from './extension.ts'
import { accountsOf, ask, type Found, mailId, partyText, subjectOf } from './mailbox.ts'

/** Up to which message of the inbox somebody was told, in which mailbox. */
const Told = z.object({ email: z.string(), uid: z.number().int() })
const MOST_AT_ONCE = 100

/**
 * Says once of each message that came into somebody's inbox since the last look that it is there. The first look at a
 * mailbox says nothing: what lies there is not new.
 */
async function tellNew(ctx: FunctionContext): Promise<number> {
  const [account] = (await accountsOf(ctx.store).query({ limit: 1 })).data
  if (account === undefined) return 0
  const answer = await ask(ctx).request<Found>('GET', '/v1/mailbox/messages', { query: { limit: MOST_AT_ONCE } })
  if (!answer.ok) throw new Error(answer.problem)
  const { email } = account.data
  const told = ctx.store.collection('told', Told)
  const { data } = await told.query({ limit: 1 })
  const [last] = data
  const newest = answer.body.messages.reduce((most, { uid }) => Math.max(most, uid), 0)
  if (last === undefined || last.data.email !== email) {
    if (last === undefined) await told.create({ email, uid: newest })
    else await told.update(last.id, { email, uid: newest })
    return 0
  }
  const found = answer.body.messages.filter(({ uid }) => uid > last.data.uid).sort((one, other) => one.uid - other.uid)
  // Marked first: a crash in between loses a notice instead of setting the rules of its owner off twice. A server that
  // counts anew begins below.
  if (newest !== last.data.uid) await told.update(last.id, { email, uid: newest })
  for (const mail of found)
    await ctx.extensions.emit(Received, {
      mail_id: mailId(mail),
      from: mail.from.map(partyText).join(', '),
      subject: subjectOf(mail),
      date: mail.date,
    })
  return found.length
}

ext.schedule('new_mail', { cron: '*/5 * * * *' }, async (ctx) => {
  let told = 0
  for await (const userId of ctx.store.listUsers('mailboxes')) {
    try {
      told += await tellNew(ctx.asUser(userId))
    } catch (error) {
      // One mailbox that does not answer must not cost the others their notices.
      ctx.log(
        `looking for new mail of ${userId} failed: ${error instanceof Error ? error.message : String(error)}`,
        'warn',
      )
    }
  }
  if (told > 0) ctx.log(`told of ${told} new mails`)
})
