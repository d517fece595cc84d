import type { MailParty, MailSummary } from '@imperal/contract'
import type { FetchMessageObject, ImapFlow, MessageAddressObject, MessageStructureObject, SearchObject } from 'imapflow'
import { mailboxErrors } from './errors.ts'

export const MOST_SOURCE_BYTES = 1024 * 1024
const SUMMARY = { uid: true, flags: true, envelope: true, internalDate: true, size: true, bodyStructure: true } as const

// Line breaks and other controls would let a sender draw lists of their own.
const plain = (text: string | undefined, longest: number): string =>
  (text ?? '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, longest)
const parties = (list: readonly MessageAddressObject[] | undefined): MailParty[] =>
  (list ?? []).slice(0, 100).map(({ name, address }) => ({ name: plain(name, 200), address: plain(address, 254) }))

function countAttachments(part: MessageStructureObject | undefined): number {
  if (part === undefined) return 0
  const own = part.disposition === 'attachment' ? 1 : 0
  return (part.childNodes ?? []).reduce((sum, child) => sum + countAttachments(child), own)
}

const isoOf = (date: Date | string | undefined): string => {
  const moment = date === undefined ? Number.NaN : new Date(date).getTime()
  return Number.isNaN(moment) ? '' : new Date(moment).toISOString()
}

export function summaryOf(folder: string, message: FetchMessageObject): MailSummary {
  const { uid, envelope, flags, internalDate, size, bodyStructure } = message
  return {
    folder,
    uid,
    message_id: plain(envelope?.messageId, 1000),
    from: parties(envelope?.from),
    to: parties(envelope?.to),
    cc: parties(envelope?.cc),
    reply_to: parties(envelope?.replyTo),
    subject: plain(envelope?.subject, 500),
    date: isoOf(internalDate ?? envelope?.date),
    seen: flags?.has('\\Seen') ?? false,
    flagged: flags?.has('\\Flagged') ?? false,
    answered: flags?.has('\\Answered') ?? false,
    size: size ?? 0,
    attachments: countAttachments(bodyStructure),
  }
}

export interface MailSearch {
  readonly text?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly subject?: string | undefined
  readonly since?: string | undefined
  readonly before?: string | undefined
  readonly unread?: boolean | undefined
  readonly flagged?: boolean | undefined
  readonly before_uid?: number | undefined
  readonly limit: number
}

function queryOf({ limit: _, unread, before_uid, ...fields }: MailSearch): SearchObject {
  const query: SearchObject = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  if (unread !== undefined) query.seen = !unread
  if (before_uid !== undefined) query.uid = `1:${before_uid - 1}`
  return Object.keys(query).length === 0 ? { all: true } : query
}

/** Newest first, in an open folder. `total` counts all that fit. */
export async function searchMessages(client: ImapFlow, folder: string, search: MailSearch) {
  const uid_validity = client.mailbox ? String(client.mailbox.uidValidity) : ''
  if (search.before_uid === 1) return { messages: [], total: 0, has_more: false, uid_validity }
  const found = await client.search(queryOf(search), { uid: true })
  // The client answers a search that failed with no list; that is not an empty folder.
  if (!Array.isArray(found)) throw Object.assign(new Error('no search'), { responseText: 'The search failed.' })
  const uids = found.sort((a, b) => b - a).slice(0, search.limit)
  const messages = uids.length === 0 ? [] : await client.fetchAll(uids.join(','), SUMMARY, { uid: true })
  const newest = messages.map((one) => summaryOf(folder, one)).sort((a, b) => b.uid - a.uid)
  return { messages: newest, total: found.length, has_more: found.length > uids.length, uid_validity }
}

/** One message of an open folder. It is peeked at, so that it stays unread. @throws MAILBOX_MESSAGE_NOT_FOUND */
export async function readMessage(client: ImapFlow, folder: string, uid: number) {
  const source = { start: 0, maxLength: MOST_SOURCE_BYTES }
  const message = await client.fetchOne(String(uid), { ...SUMMARY, headers: ['references'], source }, { uid: true })
  if (!message || message.uid !== uid) throw mailboxErrors.MESSAGE_NOT_FOUND()
  const references = message.headers?.toString('latin1').replace(/^references:/i, '') ?? ''
  return {
    message: summaryOf(folder, message),
    references: plain(references, 10_000),
    source: message.source?.toString('base64') ?? '',
    truncated: (message.size ?? 0) > MOST_SOURCE_BYTES,
  }
}
