import type { mailbox as contract, RouteBody } from '@imperal/contract'
import nodemailer, { type SentMessageInfo } from 'nodemailer'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import type { Egress } from '../hosts/index.ts'
import { addressOf, type OpenAccount } from './account.ts'
import { mailboxErrors } from './errors.ts'
import { folderFor, inFolder } from './folders.ts'
import { type ImapConnections, reasonOf } from './imap-connections.ts'

type Outgoing = RouteBody<typeof contract.send>

const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

async function transportOf(egress: Pick<Egress, 'addressOf'>, account: OpenAccount) {
  const { smtp } = account
  return nodemailer.createTransport({
    host: await addressOf(egress, smtp),
    port: smtp.port,
    secure: smtp.security === 'tls',
    requireTLS: smtp.security === 'starttls',
    ignoreTLS: smtp.security === 'none',
    tls: { servername: smtp.host },
    auth: { user: account.username, pass: account.password },
    disableFileAccess: true,
    disableUrlAccess: true,
    ...PATIENCE,
  })
}

function failure(host: string, problem: unknown): Error {
  const { code, response } = (problem ?? {}) as { code?: string; response?: string }
  if (code === 'EAUTH') return mailboxErrors.SIGN_IN_REFUSED({ host }, problem)
  if (typeof response === 'string') return mailboxErrors.REFUSED({ host, answer: response.slice(0, 300) }, problem)
  return mailboxErrors.UNREACHABLE({ host, why: reasonOf(problem) }, problem)
}

/** Signs in at the SMTP server and sends nothing. @throws MAILBOX_SIGN_IN_REFUSED, MAILBOX_UNREACHABLE */
export async function checkSmtp(egress: Pick<Egress, 'addressOf'>, account: OpenAccount): Promise<void> {
  const transport = await transportOf(egress, account)
  try {
    await transport.verify()
  } catch (problem) {
    throw failure(account.smtp.host, problem)
  } finally {
    transport.close()
  }
}

const compose = (message: object): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    new MailComposer(message).compile().build((error, built) => (error ? reject(error) : resolve(built)))
  })

/** Providers that keep what they send by themselves. */
const keepsOnItsOwn = (host: string): boolean => /(?:^|\.)(?:gmail|googlemail|office365|outlook)\.com$/i.test(host)

/** What comes after the sending: its failure must not look as if nothing was sent. */
async function keepCopy(imap: ImapConnections, account: OpenAccount, raw: Buffer, answers: Outgoing['answers']) {
  return imap.use(account, async (client) => {
    if (answers !== undefined)
      await inFolder(client, answers.folder, () =>
        client.messageFlagsAdd(String(answers.uid), ['\\Answered'], { uid: true }),
      )
    const sent = await folderFor(client, 'sent')
    if (sent !== null && !keepsOnItsOwn(account.smtp.host)) await client.append(sent, raw, ['\\Seen'])
    return sent
  })
}

/** Sends a message of plain text. Once the server took it, it is sent, whether or not a copy can be kept. */
export async function sendMessage(
  parts: { readonly egress: Pick<Egress, 'addressOf'>; readonly imap: ImapConnections },
  account: OpenAccount,
  { to, cc, bcc, subject, text, in_reply_to, references, answers }: Outgoing,
) {
  const transport = await transportOf(parts.egress, account)
  const from = { name: account.name, address: account.email }
  const line = subject.replaceAll(/\p{Cc}+/gu, ' ')
  const message = { from, to, cc, subject: line, text, inReplyTo: in_reply_to, references }
  const raw = await compose(message)
  let sent: SentMessageInfo
  try {
    sent = await transport.sendMail({ raw, envelope: { from: account.email, to: [...to, ...cc, ...bcc] } })
  } catch (problem) {
    throw failure(account.smtp.host, problem)
  } finally {
    transport.close()
  }
  const kept_in = await keepCopy(parts.imap, account, raw, answers).catch(() => null)
  const messageId = /^message-id:\s*(<[^>]+>)/im.exec(raw.toString('latin1'))?.[1] ?? ''
  const addresses = (list: unknown): string[] => (Array.isArray(list) ? list.map(String) : [])
  return { message_id: messageId, accepted: addresses(sent.accepted), rejected: addresses(sent.rejected), kept_in }
}
