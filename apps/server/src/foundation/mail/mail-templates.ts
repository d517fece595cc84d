import { type Database, EVERY_TENANT } from '../db/index.ts'
import type { Mail } from './mailer.ts'

/** What an administrator wrote for a case; null where the built-in words stand. */
export interface MailTemplate {
  readonly mail_case: string
  readonly subject: string | null
  readonly html_body: string | null
  readonly text_body: string | null
  readonly enabled: boolean
  readonly updated_at: Date
  readonly updated_by: string | null
}

export interface MailTemplateChange {
  readonly subject?: string | undefined
  readonly html_body?: string | undefined
  readonly text_body?: string | undefined
  readonly enabled?: boolean | undefined
}

const READ = 'select * from foundation.mail_template where $1::text is null or mail_case = $1'
// An empty text goes back to the built-in words; what is left out stays.
const SAVE = `insert into foundation.mail_template as t (mail_case, subject, html_body, text_body, enabled, updated_at, updated_by)
values ($1, nullif($2, ''), nullif($3, ''), nullif($4, ''), coalesce($5, true), $6, $7)
on conflict (mail_case) do update set
  subject = case when $2::text is null then t.subject else excluded.subject end,
  html_body = case when $3::text is null then t.html_body else excluded.html_body end,
  text_body = case when $4::text is null then t.text_body else excluded.text_body end,
  enabled = coalesce($5, t.enabled), updated_at = excluded.updated_at, updated_by = excluded.updated_by
returning *`

export async function readTemplates(db: Database, mailCase: string | null): Promise<MailTemplate[]> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: READ, values: [mailCase] }])
  return (result?.rows ?? []) as MailTemplate[]
}

export async function saveTemplate(
  db: Database,
  mailCase: string,
  change: MailTemplateChange & { readonly by: string | null; readonly at: string },
): Promise<MailTemplate> {
  const { subject = null, html_body: html = null, text_body: text = null, enabled = null, at, by } = change
  const values = [mailCase, subject, html, text, enabled, at, by]
  const [result] = await db.atomic(EVERY_TENANT, [{ text: SAVE, values }])
  return result?.rows[0] as MailTemplate // it was just written
}

const HOLE = /\{\{\s*([a-z_]+)\s*\}\}/g

/** Names between double braces. */
export const holesOf = (text: string): string[] => [...text.matchAll(HOLE)].map((match) => match[1] ?? '')

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const asHtml = (text: string): string =>
  text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escaped(paragraph).replaceAll('\n', '<br>')}</p>`)
    .join('\n')

/** What the holes of a mail stand for. `text` and `html` are the built-in words as a whole. */
export const valuesOf = (mail: Mail): Readonly<Record<string, string>> => ({
  ...mail.values,
  to: mail.to,
  subject: mail.subject,
  text: mail.text,
  html: mail.html ?? asHtml(mail.text),
})

const fill = (text: string, value: (name: string) => string): string =>
  text.replaceAll(HOLE, (_whole, name: string) => value(name))

/** The mail in the words of the template; what stands in holes is escaped where it would be markup. */
export function dress(mail: Mail, template: MailTemplate | undefined): Mail {
  if (template === undefined) return mail
  const values = valuesOf(mail)
  const plain = (name: string) => values[name] ?? ''
  // A line break in a subject would begin another header.
  const subject = template.subject === null ? mail.subject : fill(template.subject, plain).replaceAll(/\s+/g, ' ')
  const text = template.text_body === null ? mail.text : fill(template.text_body, plain)
  const html =
    template.html_body === null
      ? // Words of its own in plain text, and the built-in ones beside them, would be two mails in one.
        template.text_body === null
        ? mail.html
        : undefined
      : fill(template.html_body, (name) => (name === 'html' ? plain(name) : escaped(plain(name))))
  return { ...mail, subject, text, html }
}
