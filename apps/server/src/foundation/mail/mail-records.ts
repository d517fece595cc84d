import { type Database, EVERY_TENANT } from '../db/index.ts'
import type { Mail } from './mailer.ts'

export type MailStatus = 'sent' | 'failed' | 'skipped_disabled' | 'skipped_dedup'

/** One line of the log, as services read it (api.md 3.26). */
export interface MailRecord {
  readonly id: number
  readonly created_at: Date
  readonly mail_case: string
  readonly to_email: string
  readonly user_id: string | null
  readonly subject: string
  readonly status: MailStatus
  readonly provider_message_id: string | null
  readonly error: string | null
  readonly dedup_key: string | null
}

export interface MailQuery {
  readonly case?: string | undefined
  readonly status?: MailStatus | undefined
  readonly userId?: string | undefined
  readonly limit: number
  readonly offset: number
}

const LONGEST = 1000
const KEPT_DAYS = 90

const RECORD = `insert into foundation.mail_log
 (mail_case, to_email, user_id, subject, status, provider_message_id, error, dedup_key, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
const WANTED =
  '($1::text is null or mail_case = $1) and ($2::text is null or status = $2) and ($3::text is null or user_id = $3)'
const COUNT = `select count(*)::int as total from foundation.mail_log where ${WANTED}`
const READ = `select * from foundation.mail_log
where ${WANTED}
order by created_at desc, id desc limit $4 offset $5`
const TIDY = `delete from foundation.mail_log where created_at < $1::timestamptz - make_interval(days => ${KEPT_DAYS})`
const FORGET = 'delete from foundation.mail_log where user_id = $1'

const cut = (text: string): string => text.slice(0, LONGEST).toWellFormed().replaceAll('\0', '')

export async function countMails(db: Database, query: Omit<MailQuery, 'limit' | 'offset'>): Promise<number> {
  const values = [query.case ?? null, query.status ?? null, query.userId ?? null]
  const [result] = await db.atomic(EVERY_TENANT, [{ text: COUNT, values }])
  const [row] = (result?.rows ?? []) as { total: number }[]
  return row?.total ?? 0
}

/** Notes what became of a mail; never its words. */
export async function recordMail(
  db: Database,
  mail: Pick<Mail, 'kind' | 'to' | 'subject' | 'userId' | 'dedupKey'>,
  end: {
    readonly status: MailStatus
    readonly at: string
    readonly messageId?: string | null
    readonly error?: string | null
  },
): Promise<void> {
  const { messageId = null, error = null } = end
  const values = [
    ...[mail.kind, cut(mail.to), mail.userId ?? null, cut(mail.subject), end.status],
    ...[messageId, error === null ? null : cut(error), mail.dedupKey ?? null, end.at],
  ]
  await db.atomic(EVERY_TENANT, [{ text: RECORD, values }])
}

export async function readMails(db: Database, query: MailQuery): Promise<MailRecord[]> {
  const values = [query.case ?? null, query.status ?? null, query.userId ?? null, query.limit, query.offset]
  const [result] = await db.atomic(EVERY_TENANT, [{ text: READ, values }])
  return (result?.rows ?? []) as MailRecord[]
}

/** Removes what is older than 90 days. */
export async function tidyMails(db: Database, now: string): Promise<void> {
  await db.atomic(EVERY_TENANT, [{ text: TIDY, values: [now] }])
}

/** Removes what was sent to a user who is erased. */
export async function forgetMails(db: Database, userId: string): Promise<void> {
  await db.atomic(EVERY_TENANT, [{ text: FORGET, values: [userId] }])
}
