import type { FunctionContext, StoreClient } from '@imperal/sdk'
import * as z from 'zod'
import { ext, Received } from './extension.ts'
import { accountsOf, ask, type Found, mailId, partyText, subjectOf } from './mailbox.ts'

/** Up to which message of the inbox somebody was told, and by whose numbers that counts. */
const Told = z.object({
  account_id: z.string().default(''),
  uid_validity: z.string().default(''),
  uid: z.number().int(),
})
/** After failures a mailbox is left alone for a while, longer each time: providers lock who knocks all day. */
const Pause = z.object({ account_id: z.string(), failures: z.number().int(), next_look: z.string() })
const pausesOf = (store: StoreClient) => store.collection('pauses', Pause)

const MOST_AT_ONCE = 100
/** One slow server must not keep the others waiting. */
const MOST_MS = 15_000
const MINUTE = 60_000
const LONGEST_PAUSE = 6 * 60 * MINUTE
/** Where a sign-in that was refused begins: 80 minutes. */
const REFUSED_FAILURES = 4

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the mailbox did not answer in time')), MOST_MS)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Looks again at the next chance, after the mailbox was seen to work. */
export async function endPause(store: StoreClient): Promise<void> {
  for (const { id } of (await pausesOf(store).query({ limit: 10 })).data) await pausesOf(store).delete(id)
}

async function pause(store: StoreClient, account_id: string, isRefused: boolean): Promise<void> {
  const pauses = pausesOf(store)
  const [before] = (await pauses.query({ limit: 1 })).data
  const last = before?.data.account_id === account_id ? before.data.failures : 0
  const failures = Math.max(last + 1, isRefused ? REFUSED_FAILURES : 1)
  const ms = Math.min(5 * MINUTE * 2 ** failures, LONGEST_PAUSE)
  const next = { account_id, failures, next_look: new Date(Date.now() + ms).toISOString() }
  if (before === undefined) await pauses.create(next)
  else await pauses.update(before.id, next)
}

const errorOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'error' in body ? String(body.error).toLowerCase() : ''

/** The inbox, or null when it is left alone for now. */
async function look(ctx: FunctionContext, account_id: string): Promise<Found | null> {
  const [paused] = (await pausesOf(ctx.store).query({ limit: 1 })).data
  if (paused?.data.account_id === account_id && Date.parse(paused.data.next_look) > Date.now()) return null
  const asking = ask(ctx).request<Found>('GET', '/v1/mailbox/messages', { query: { limit: MOST_AT_ONCE } })
  const answer = await inTime(asking).catch(async (error: unknown) => {
    await pause(ctx.store, account_id, false)
    throw error
  })
  const error = answer.ok ? '' : errorOf(answer.body)
  // No server was asked, and the panel says what to do.
  if (error === 'mailbox_password_missing') return null
  if (!answer.ok) {
    await pause(ctx.store, account_id, error === 'mailbox_sign_in_refused')
    throw new Error(answer.problem)
  }
  if (paused !== undefined) await endPause(ctx.store)
  return answer.body
}

/**
 * Says once of each message that came into somebody's inbox since the last look that it is there. The first look at a
 * mailbox says nothing, nor does the first after its server began to count anew: what lies there is not new.
 */
async function tellNew(ctx: FunctionContext): Promise<number> {
  const [account] = (await accountsOf(ctx.store).query({ limit: 1 })).data
  if (account === undefined) return 0
  const inbox = await look(ctx, account.id)
  if (inbox === null) return 0
  const told = ctx.store.collection('told', Told)
  const [last] = (await told.query({ limit: 1 })).data
  const newest = inbox.messages.reduce((most, { uid }) => Math.max(most, uid), 0)
  const mark = { account_id: account.id, uid_validity: inbox.uid_validity, uid: newest }
  if (last === undefined) {
    await told.create(mark)
    return 0
  }
  const { data } = last
  if (data.account_id !== mark.account_id || data.uid_validity !== mark.uid_validity) {
    await told.update(last.id, mark)
    return 0
  }
  const found = inbox.messages.filter(({ uid }) => uid > data.uid).sort((one, other) => one.uid - other.uid)
  // Marked first: a crash in between loses a notice instead of setting the rules of its owner off twice. Never lowered:
  // where the newest message was deleted, the older ones are not new.
  if (newest > data.uid) await told.update(last.id, mark)
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
