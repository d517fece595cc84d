import { ActionResult, type StoreClient } from '@imperal/sdk'
import { type PlatformAnswer, platform } from '@imperal/sdk/platform'
import * as z from 'zod'

const Server = z.object({ host: z.string(), port: z.number().int(), security: z.enum(['tls', 'starttls', 'none']) })
/** Where the mailbox is. The newest document counts; the password is a secret. */
export const Account = z.object({
  email: z.string(),
  name: z.string(),
  username: z.string(),
  imap: Server,
  smtp: Server,
})
export type Account = z.infer<typeof Account>
export const accountsOf = (store: StoreClient) => store.collection('mailboxes', Account)

const Party = z.object({ name: z.string(), address: z.string() })
export type Party = z.infer<typeof Party>
export const Mail = z.object({
  folder: z.string(),
  uid: z.number().int(),
  message_id: z.string(),
  from: z.array(Party),
  to: z.array(Party),
  cc: z.array(Party),
  reply_to: z.array(Party),
  subject: z.string(),
  date: z.string(),
  seen: z.boolean(),
  flagged: z.boolean(),
  answered: z.boolean(),
  size: z.number().int(),
  attachments: z.number().int(),
})
export type Mail = z.infer<typeof Mail>
export const Found = z.object({
  messages: z.array(Mail),
  total: z.number().int(),
  has_more: z.boolean(),
  uid_validity: z.string(),
})
export type Found = z.infer<typeof Found>

const Folder = z.object({
  path: z.string(),
  name: z.string(),
  role: z.string().nullable(),
  total: z.number().int(),
  unread: z.number().int(),
})
export const Folders = z.object({ folders: z.array(Folder) })
export type FolderWire = z.infer<typeof Folder>

/** A message as functions name it: its number and its folder. */
export const mailId = ({ uid, folder }: Pick<Mail, 'uid' | 'folder'>): string => `${uid}:${folder}`
export const MailId = z
  .string()
  .regex(/^[1-9]\d{0,9}:.+$/s, 'Take the mail_id from list_mail or search_mail.')
  .describe('mail_id from list_mail or search_mail.')
export function placeOf(id: string): { readonly uid: number; readonly folder: string } {
  const colon = id.indexOf(':')
  return { uid: Number(id.slice(0, colon)), folder: id.slice(colon + 1) }
}

export const partyName = ({ name, address }: Party): string => name || address || 'somebody'
export const partyText = ({ name, address }: Party): string => (name === '' ? address : `${name} <${address}>`)
export const subjectOf = ({ subject }: Pick<Mail, 'subject'>): string => subject || '(no subject)'

/** A line for lists in the chat. */
export const lineOf = (mail: Mail): string =>
  `${mail.seen ? '' : '● '}${subjectOf(mail)}, from ${partyName(mail.from[0] ?? { name: '', address: '' })}`

/** The failure of a request as people and callers read it. */
export function refusal({ status, body, problem }: PlatformAnswer<unknown>): ReturnType<typeof ActionResult.error> {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  const word = typeof error === 'string' ? error.toUpperCase() : ''
  const code = /^[A-Z][A-Z0-9_]{2,63}$/.test(word) ? word : 'MAIL_FAILED'
  return ActionResult.error(problem, { code, retryable: status >= 500 })
}

export const ask = (ctx: object) => platform(ctx)
