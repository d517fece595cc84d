import { serviceMail as routes } from '@imperal/contract'
import { implement, type MountedRoute, type Principal, pageOf, runsInstallation } from '../../foundation/http/index.ts'
import {
  countMails,
  dress,
  holesOf,
  type MailCase,
  type MailTemplate,
  readMails,
  readTemplates,
  saveTemplate,
  valuesOf,
} from '../../foundation/mail/index.ts'
import { servicesErrors } from './errors.ts'
import type { ServiceParts } from './types.ts'

/** Changing what everybody is sent takes an administrator behind the service. @throws SERVICES_ADMIN_NEEDED */
function requireAdministrator(principal: Principal | null): string {
  if (principal?.userId == null || !runsInstallation(principal)) throw servicesErrors.ADMIN_NEEDED()
  return principal.userId
}

const toWire = ({ case: name, description, sample }: MailCase, template: MailTemplate | undefined) => ({
  case: name,
  description,
  default_subject: sample.subject,
  subject: template?.subject ?? sample.subject,
  enabled: template?.enabled ?? true,
  has_custom_body: template?.html_body != null || template?.text_body != null,
  updated_at: template?.updated_at.toISOString() ?? null,
  updated_by: template?.updated_by ?? null,
})

/** A body that drops the link of a mail that is sent for its link would lock people out. @throws SERVICES_* */
function checkWords(
  kind: MailCase,
  words: Readonly<Record<'subject' | 'html_body' | 'text_body', string | undefined>>,
) {
  const known = new Set(Object.keys(valuesOf(kind.sample)))
  const unknown = Object.values(words)
    .flatMap((text) => holesOf(text ?? ''))
    .filter((name) => !known.has(name))
  if (unknown.length > 0) throw servicesErrors.UNKNOWN_PLACEHOLDER({ names: [...new Set(unknown)], known: [...known] })
  const written = {
    mail_case: kind.case,
    html_body: null,
    text_body: null,
    enabled: true,
    updated_at: new Date(0),
    updated_by: null,
  }
  if (words.subject && dress(kind.sample, { ...written, subject: words.subject }).subject.trim() === '')
    throw servicesErrors.MAIL_NEEDED()
  if (kind.sample.values?.code === undefined) return
  for (const body of [words.html_body, words.text_body])
    if (body && !holesOf(body).some((name) => ['link', 'code', 'text', 'html'].includes(name)))
      throw servicesErrors.LINK_MISSING()
}

/** The words of mails and the log of what was sent (api.md 3.26). */
export function mailRoutes(parts: ServiceParts): MountedRoute[] {
  const caseOf = (name: string): MailCase => {
    const found = parts.mailCases.find((one) => one.case === name)
    if (found === undefined) throw servicesErrors.NO_SUCH_MAIL()
    return found
  }
  return [
    implement(routes.log, async (request) => {
      const { query, principal } = request
      // What was sent to everybody is not for the person whom a service names, unless that one runs the installation.
      if (!runsInstallation(principal)) throw servicesErrors.ADMIN_NEEDED()
      const { user_id: userId, ...asked } = query
      const rows = await readMails(parts.db, { ...asked, userId })
      const mails = rows.map(({ mail_case: name, created_at: at, ...row }) => ({
        ...row,
        case: name,
        created_at: at.toISOString(),
        tag: name,
      }))
      return pageOf(request, mails, await countMails(parts.db, { ...asked, userId }))
    }),
    implement(routes.templates, async ({ principal }) => {
      if (!runsInstallation(principal)) throw servicesErrors.ADMIN_NEEDED()
      const written = await readTemplates(parts.db, null)
      return parts.mailCases.map((one) =>
        toWire(
          one,
          written.find(({ mail_case: name }) => name === one.case),
        ),
      )
    }),
    implement(routes.template, async ({ params, principal }) => {
      if (!runsInstallation(principal)) throw servicesErrors.ADMIN_NEEDED()
      const found = caseOf(params.case)
      const [template] = await readTemplates(parts.db, found.case)
      const values = valuesOf(found.sample)
      return {
        ...toWire(found, template),
        html_body: template?.html_body ?? '',
        text_body: template?.text_body ?? '',
        default_html_preview: values.html ?? '',
        default_text_preview: values.text ?? '',
        placeholders: Object.keys(values).sort(),
      }
    }),
    implement(routes.saveTemplate, async ({ params, body, principal, ip, requestId }) => {
      const admin = requireAdministrator(principal)
      const found = caseOf(params.case)
      const { updated_by: by, ...change } = body
      if (by !== undefined && by !== admin) throw servicesErrors.NOT_THAT_USER()
      checkWords(found, { subject: body.subject, html_body: body.html_body, text_body: body.text_body })
      const [before] = await readTemplates(parts.db, found.case)
      const saved = await saveTemplate(parts.db, found.case, { ...change, by: admin, at: parts.clock.iso() })
      await parts.audit.record({
        tenantId: principal?.tenantId ?? 'default',
        actorId: admin,
        actorType: 'user',
        action: before?.enabled === saved.enabled ? 'email_template_saved' : 'email_case_toggled',
        targetType: 'email_template',
        targetId: found.case,
        metadata: { enabled: saved.enabled, changed: Object.keys(change) },
        source: 'service',
        ip,
        requestId,
      })
      return { case: found.case, enabled: saved.enabled, action: 'saved' as const }
    }),
    implement(routes.test, async ({ body, principal, ip, requestId }) => {
      const admin = requireAdministrator(principal)
      const found = caseOf(body.case)
      const end = await parts.post.sendNow({ ...found.sample, to: body.to })
      await parts.audit.record({
        tenantId: principal?.tenantId ?? 'default',
        actorId: admin,
        actorType: 'user',
        action: 'email_test_sent',
        targetType: 'email_template',
        targetId: found.case,
        metadata: { status: end.status },
        source: 'service',
        ip,
        requestId,
      })
      return {
        case: found.case,
        to: body.to,
        status: end.status,
        provider_message_id: end.messageId ?? null,
        error: end.error ?? null,
      }
    }),
  ]
}
