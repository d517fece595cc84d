import { ActionResult, readerOf } from '@imperal/sdk'
import * as z from 'zod'
import { chat, Sent } from './extension.ts'
import { accountsOf, ask, type Mail, MailId, partyText, placeOf, refusal, subjectOf } from './mailbox.ts'
import { readSource } from './read-source.ts'
import { fetchMail } from './reading-functions.ts'

const Text = z.string().trim().min(1).max(100_000)
const Addresses = z
  .union([z.array(z.email().max(254)).max(50), z.string().max(2000)])
  .transform((given) => (typeof given === 'string' ? given.split(/[,;\s]+/).filter((one) => one !== '') : given))
  .pipe(z.array(z.email('Addresses such as ada@example.com, with a comma between them.')).max(50))
const Taken = z.object({
  message_id: z.string(),
  accepted: z.array(z.string()),
  rejected: z.array(z.string()),
  kept_in: z.string().nullable(),
})
type Taken = z.infer<typeof Taken>

interface Outgoing {
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly subject: string
  readonly text: string
  readonly in_reply_to?: string
  readonly references?: string
  readonly answers?: { readonly folder: string; readonly uid: number }
}

async function send(ctx: object, message: Outgoing) {
  const answer = await ask(ctx).request<Taken>('POST', '/v1/mailbox/messages', { body: message })
  if (!answer.ok) return refusal(answer)
  const { accepted, rejected, kept_in } = answer.body
  const said = [
    `Sent to ${accepted.join(', ')}.`,
    rejected.length === 0 ? '' : `The server refused ${rejected.join(', ')}.`,
    kept_in === null ? 'The mailbox keeps no copy of it.' : '',
  ]
  return ActionResult.success({ ...answer.body }, said.filter((line) => line !== '').join(' '))
}

export const sendMail = chat.function(
  'send_mail',
  {
    description: 'Send a mail of plain text from your mailbox. It cannot be called back.',
    actionType: 'destructive',
    effects: ['send:mail'],
    event: Sent,
    params: z.object({
      to: Addresses.describe('Addresses of the recipients.'),
      cc: Addresses.optional(),
      bcc: Addresses.optional().describe('Recipients whom the others do not see.'),
      subject: z.string().trim().min(1).max(500),
      text: Text.describe('The whole text, as it is sent.'),
    }),
    returns: Taken,
  },
  async (ctx, { to, cc = [], bcc = [], subject, text }) => {
    if (to.length === 0) return ActionResult.error('Say to whom it goes.', { code: 'NO_RECIPIENT' })
    return send(ctx, { to, cc, bcc, subject, text })
  },
)

const isSame = (named: readonly string[], meant: readonly string[]): boolean => {
  const keys = new Set(named.map((address) => address.toLowerCase()))
  return keys.size === meant.length && meant.every((address) => keys.has(address.toLowerCase()))
}

/** The card shows what was named: nobody gets an answer whom it does not show. Null: all are named. */
function unnamed(named: { to: readonly string[]; cc: readonly string[] }, whom: { to: string[]; cc: string[] }) {
  const refuse = (why: string) => ActionResult.error(why, { code: 'OTHER_RECIPIENT' })
  if (!isSame(named.to, whom.to)) return refuse(`This mail is answered to ${whom.to.join(', ')}.`)
  if (isSame(named.cc, whom.cc)) return null
  return refuse(
    whom.cc.length === 0
      ? 'The answer goes to the sender alone: leave cc out.'
      : `The answer also goes to ${whom.cc.join(', ')}: name them in cc.`,
  )
}

const again = (subject: string): string => (/^(?:re|aw|sv|antw)\s*:/i.test(subject) ? subject : `Re: ${subject}`)
const quoted = (text: string): string =>
  text
    .slice(0, 20_000)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')

/** Whom an answer goes to: never to oneself, nobody twice. */
export function recipientsOf(mail: Mail, own: string, all: boolean) {
  const seen = new Set([own.toLowerCase()])
  const fresh = (parties: Mail['to']) =>
    parties.flatMap(({ address }) => {
      const key = address.toLowerCase()
      if (seen.has(key) || !z.email().safeParse(address).success) return []
      seen.add(key)
      return [address]
    })
  const to = fresh(mail.reply_to.length > 0 ? mail.reply_to : mail.from)
  return { to, cc: all ? fresh([...mail.to, ...mail.cc]) : [] }
}

export const replyMail = chat.function(
  'reply_mail',
  {
    description:
      'Answer a mail with a text of your own; the mail is quoted below. It goes to its sender, who has to be named: any other ' +
      'recipient is refused. It cannot be called back.',
    actionType: 'destructive',
    effects: ['send:mail'],
    event: Sent,
    params: z.object({
      mail_id: MailId,
      to: Addresses.describe('Address that the answer goes to: the sender as read_mail told.'),
      text: Text.describe('The whole text of the answer, without the quoted mail.'),
      reply_all: z.boolean().default(false).describe('Also to the other recipients, who have to be named in cc.'),
      cc: Addresses.optional().describe('The other recipients, all of them, as read_mail told; only with reply_all.'),
    }),
    returns: Taken,
  },
  async (ctx, { mail_id, to, cc = [], text, reply_all }) => {
    const answer = await fetchMail(ctx, mail_id)
    if (!answer.ok) return refusal(answer)
    const { message, references, source } = answer.body
    const account = (await accountsOf(ctx.store).query({ orderBy: '-created_at', limit: 1 })).data[0]
    const whom = recipientsOf(message, account?.data.email ?? '', reply_all || cc.length > 0)
    if (whom.to.length === 0) return ActionResult.error('The mail names nobody to answer to.', { code: 'NO_RECIPIENT' })
    const refused = unnamed({ to, cc }, whom)
    if (refused !== null) return refused
    const { text: original } = await readSource(source)
    const from = message.from.map(partyText).join(', ')
    return send(ctx, {
      ...whom,
      bcc: [],
      subject: again(subjectOf(message)),
      text: `${text}\n\n${readerOf(ctx).moment(message.date)}, ${from}:\n${quoted(original)}\n`,
      ...(message.message_id === ''
        ? {}
        : { in_reply_to: message.message_id, references: `${references} ${message.message_id}`.trim() }),
      answers: placeOf(mail_id),
    })
  },
)
