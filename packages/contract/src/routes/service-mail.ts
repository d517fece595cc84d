import { z } from 'zod'
import { Timestamp } from '../identifiers.ts'
import { defineRoute } from '../route.ts'

const tag = 'Mail (internal)'
const MailCase = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'a case is lower-case letters, digits and _')
const MailStatus = z.enum(['sent', 'failed', 'skipped_disabled', 'skipped_dedup'])

const Template = z.object({
  case: z.string(),
  description: z.string(),
  default_subject: z.string(),
  subject: z.string(),
  enabled: z.boolean(),
  has_custom_body: z.boolean(),
  updated_at: Timestamp.nullable(),
  updated_by: z.string().nullable(),
})

/** Mails of the platform: what was sent, and in which words (api.md 3.26). */
export const serviceMail = {
  log: defineRoute({
    id: 'service_mail.log',
    method: 'GET',
    path: '/v1/internal/email/log',
    auth: 'svc',
    tag,
    summary: 'Mails of the last 90 days and what became of them, newest first',
    query: z.object({
      case: MailCase.optional(),
      status: MailStatus.optional(),
      user_id: z.string().max(64).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
    response: z.array(
      z.object({
        id: z.number().int(),
        created_at: Timestamp,
        case: z.string(),
        to_email: z.string(),
        user_id: z.string().nullable(),
        subject: z.string(),
        status: MailStatus,
        provider_message_id: z.string().nullable(),
        error: z.string().nullable(),
        dedup_key: z.string().nullable(),
        tag: z.string(),
      }),
    ),
    errors: ['SERVICES_ADMIN_NEEDED'],
  }),
  templates: defineRoute({
    id: 'service_mail.templates',
    method: 'GET',
    path: '/v1/internal/email/templates',
    auth: 'svc',
    tag,
    summary: 'Every case of mail, and whether its words are the built-in ones',
    response: z.array(Template),
    errors: ['SERVICES_ADMIN_NEEDED'],
  }),
  template: defineRoute({
    id: 'service_mail.template',
    method: 'GET',
    path: '/v1/internal/email/templates/{case}',
    auth: 'svc',
    tag,
    summary: 'The words of one case, and the built-in ones with sample values',
    params: z.object({ case: MailCase }),
    response: Template.extend({
      html_body: z.string(),
      text_body: z.string(),
      default_html_preview: z.string(),
      default_text_preview: z.string(),
      /** Names that may stand between double braces. */
      placeholders: z.array(z.string()),
    }),
    errors: ['SERVICES_ADMIN_NEEDED', 'SERVICES_NO_SUCH_MAIL'],
  }),
  saveTemplate: defineRoute({
    id: 'service_mail.save_template',
    method: 'PUT',
    path: '/v1/internal/email/templates/{case}',
    auth: 'svc',
    tag,
    summary: 'Write a case in other words, or switch it off; an empty text is back to the built-in words',
    params: z.object({ case: MailCase }),
    body: z.object({
      subject: z.string().max(500).optional(),
      html_body: z.string().max(200_000).optional(),
      text_body: z.string().max(200_000).optional(),
      enabled: z.boolean().optional(),
      updated_by: z.string().max(128).optional(),
    }),
    response: z.object({ case: z.string(), enabled: z.boolean(), action: z.literal('saved') }),
    errors: [
      'SERVICES_NO_SUCH_MAIL',
      'SERVICES_ADMIN_NEEDED',
      'SERVICES_UNKNOWN_PLACEHOLDER',
      'SERVICES_LINK_MISSING',
      'SERVICES_MAIL_NEEDED',
    ],
  }),
  test: defineRoute({
    id: 'service_mail.test',
    method: 'POST',
    path: '/v1/internal/email/test',
    auth: 'svc',
    tag,
    summary: 'Send one case with sample values to an address, and wait for what becomes of it',
    body: z.object({ case: MailCase, to: z.email().max(255) }),
    response: z.object({
      case: z.string(),
      to: z.string(),
      status: MailStatus,
      provider_message_id: z.string().nullable(),
      error: z.string().nullable(),
    }),
    errors: ['SERVICES_NO_SUCH_MAIL', 'SERVICES_ADMIN_NEEDED'],
  }),
} as const
