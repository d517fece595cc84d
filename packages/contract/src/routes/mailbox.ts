import { z } from 'zod'
import { defineRoute } from '../route.ts'

/** How a connection to a mail server is secured. `none`: only to a server on this machine, such as a local bridge. */
export const MailSecurity = z.enum(['tls', 'starttls', 'none'])
export type MailSecurity = z.infer<typeof MailSecurity>

export const MailServer = z.object({
  host: z.string().trim().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
  security: MailSecurity,
})
export type MailServer = z.infer<typeof MailServer>

/** The document of the app `mail` that says where a user's mailbox is. The password is a secret of the same app. */
export const MailboxAccount = z.object({
  email: z.string().min(3).max(254),
  name: z.string().max(100).default(''),
  /** Name at both servers; mostly the address. */
  username: z.string().min(1).max(254),
  imap: MailServer,
  smtp: MailServer,
})
export type MailboxAccount = z.infer<typeof MailboxAccount>

export const MailParty = z.object({ name: z.string(), address: z.string() })
export type MailParty = z.infer<typeof MailParty>

/** A message as lists show it. Everything in it was written by its sender. */
export const MailSummary = z.object({
  folder: z.string(),
  uid: z.number().int(),
  message_id: z.string(),
  from: z.array(MailParty),
  to: z.array(MailParty),
  cc: z.array(MailParty),
  reply_to: z.array(MailParty),
  subject: z.string(),
  /** ISO 8601, when the server took it; empty when it does not say. */
  date: z.string(),
  seen: z.boolean(),
  flagged: z.boolean(),
  answered: z.boolean(),
  /** Bytes. */
  size: z.number().int(),
  attachments: z.number().int(),
})
export type MailSummary = z.infer<typeof MailSummary>

export const MailFolder = z.object({
  path: z.string(),
  name: z.string(),
  /** What it is for, where the server says so. */
  role: z.enum(['inbox', 'sent', 'drafts', 'trash', 'junk', 'archive', 'all', 'flagged']).nullable(),
  total: z.number().int(),
  unread: z.number().int(),
})
export type MailFolder = z.infer<typeof MailFolder>

const Folder = z.string().min(1).max(500)
const Uid = z.coerce.number().int().min(1).max(4_294_967_295)
const Uids = z.array(z.number().int().min(1).max(4_294_967_295)).min(1).max(200)
const Address = z.email().max(254)
const Words = z.string().trim().min(1).max(200)

const FAILURES = [
  'MAILBOX_NOT_SET_UP',
  'MAILBOX_PASSWORD_MISSING',
  'MAILBOX_SIGN_IN_REFUSED',
  'MAILBOX_SERVER_CLOSED_OFF',
  'MAILBOX_UNREACHABLE',
  'MAILBOX_REFUSED',
]
const shared = { auth: 'user', tag: 'Mailbox', surface: 'client' } as const

/**
 * A user's mailbox at any mail server, over IMAP and SMTP, for the app `mail`. Only apps that come with the platform
 * reach these operations; no socket listens for them.
 */
export const mailbox = {
  check: defineRoute({
    ...shared,
    id: 'mailbox.check',
    method: 'POST',
    reads: true,
    path: '/v1/mailbox/check',
    summary: 'Signs in at both servers of the mailbox, for the apps of the platform',
    body: z.object({}),
    response: z.object({ email: z.string(), folders: z.number().int() }),
    errors: FAILURES,
  }),
  folders: defineRoute({
    ...shared,
    id: 'mailbox.folders',
    method: 'GET',
    path: '/v1/mailbox/folders',
    summary: 'Folders of the mailbox, for the apps of the platform',
    response: z.object({ folders: z.array(MailFolder) }),
    errors: FAILURES,
  }),
  search: defineRoute({
    ...shared,
    id: 'mailbox.search',
    method: 'GET',
    path: '/v1/mailbox/messages',
    summary: 'Messages of a folder, newest first, all or those that fit, for the apps of the platform',
    query: z.object({
      folder: Folder.default('INBOX'),
      /** In the whole message. */
      text: Words.optional(),
      from: Words.optional(),
      to: Words.optional(),
      subject: Words.optional(),
      /** Days, `2026-11-29`. */
      since: z.iso.date().optional(),
      before: z.iso.date().optional(),
      unread: z.stringbool().optional(),
      flagged: z.stringbool().optional(),
      /** Only messages that came before this one. */
      before_uid: Uid.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(30),
    }),
    response: z.object({
      messages: z.array(MailSummary),
      total: z.number().int(),
      has_more: z.boolean(),
      /** Another one: the server has begun to number the folder's messages anew. */
      uid_validity: z.string(),
    }),
    errors: [...FAILURES, 'MAILBOX_FOLDER_NOT_FOUND'],
  }),
  read: defineRoute({
    ...shared,
    id: 'mailbox.read',
    method: 'GET',
    path: '/v1/mailbox/message',
    summary: 'One message with its source, which stays unread, for the apps of the platform',
    query: z.object({ folder: Folder.default('INBOX'), uid: Uid }),
    response: z.object({
      message: MailSummary,
      references: z.string(),
      /** The first mebibyte of the message as it was sent, in base64. */
      source: z.string(),
      truncated: z.boolean(),
    }),
    errors: [...FAILURES, 'MAILBOX_FOLDER_NOT_FOUND', 'MAILBOX_MESSAGE_NOT_FOUND'],
  }),
  send: defineRoute({
    ...shared,
    id: 'mailbox.send',
    method: 'POST',
    path: '/v1/mailbox/messages',
    summary: 'Sends a message of plain text and keeps it with the sent ones, for the apps of the platform',
    body: z.object({
      to: z.array(Address).min(1).max(50),
      cc: z.array(Address).max(50).default([]),
      bcc: z.array(Address).max(50).default([]),
      subject: z.string().max(500),
      text: z.string().max(200_000),
      in_reply_to: z.string().max(1000).optional(),
      references: z.string().max(10_000).optional(),
      /** The message that this one answers, which is marked so. */
      answers: z.object({ folder: Folder, uid: z.number().int().min(1) }).optional(),
    }),
    response: z.object({
      message_id: z.string(),
      accepted: z.array(z.string()),
      rejected: z.array(z.string()),
      /** Folder that keeps a copy; null when the server has none for it. */
      kept_in: z.string().nullable(),
    }),
    errors: FAILURES,
  }),
  mark: defineRoute({
    ...shared,
    id: 'mailbox.mark',
    method: 'POST',
    path: '/v1/mailbox/mark',
    summary: 'Marks messages as read or unread, with or without a flag, for the apps of the platform',
    body: z.object({
      folder: Folder,
      uids: Uids,
      seen: z.boolean().optional(),
      flagged: z.boolean().optional(),
    }),
    response: z.object({ marked: z.number().int() }),
    errors: [...FAILURES, 'MAILBOX_FOLDER_NOT_FOUND'],
  }),
  move: defineRoute({
    ...shared,
    id: 'mailbox.move',
    method: 'POST',
    path: '/v1/mailbox/move',
    summary: 'Moves messages into another folder, for the apps of the platform',
    body: z.object({ folder: Folder, uids: Uids, to: Folder }),
    response: z.object({ moved: z.number().int() }),
    errors: [...FAILURES, 'MAILBOX_FOLDER_NOT_FOUND'],
  }),
  delete: defineRoute({
    ...shared,
    id: 'mailbox.delete',
    method: 'POST',
    path: '/v1/mailbox/delete',
    summary:
      'Moves messages to the trash; those that are there, or where none is, go for good; for the apps of the platform',
    body: z.object({ folder: Folder, uids: Uids }),
    response: z.object({ deleted: z.number().int(), kept_in: z.string().nullable() }),
    errors: [...FAILURES, 'MAILBOX_FOLDER_NOT_FOUND'],
  }),
} as const
