import type { MailCase } from '../../foundation/mail/index.ts'
import { mailText } from './mail-text.ts'

/** The mail of a notification, as it looks. */
export function notificationMails(publicUrl: string): MailCase[] {
  const [title, message] = ['A note is due', 'The note "Buy a lamp" is due today.']
  const notification = {
    ...{ tenantId: 'default', userId: 'imp_u_abc123', appId: 'notes', title, body: message, message },
    ...{ priority: 'normal' as const, channel: 'email', link: '/ext/notes', extra: {} },
  }
  return [
    {
      case: 'notification',
      description: 'A notification to somebody who wants them by mail.',
      sample: {
        kind: 'notification',
        to: 'ada@example.com',
        subject: title,
        text: mailText(notification, publicUrl),
        values: { title, message },
      },
    },
  ]
}
