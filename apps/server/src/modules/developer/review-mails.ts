import type { Mail, MailCase } from '../../foundation/mail/index.ts'
import type { AppRecord } from '../registry/index.ts'
import type { DeveloperParts } from './open-developer.ts'

type Verdict = { readonly kind: 'app_approved' } | { readonly kind: 'app_rejected'; readonly reason: string }

interface Told {
  readonly to: string
  readonly userId: string
  readonly app: Pick<AppRecord, 'appId' | 'name'>
  readonly verdict: Verdict
}

function letterOf(publicUrl: string, { to, userId, app, verdict }: Told): Mail {
  const link = `${publicUrl}/ext/developer`
  const values = { app: app.name, app_id: app.appId, link }
  const ending = `\n\n--\n${link}\n`
  if (verdict.kind === 'app_approved')
    return {
      ...{ kind: verdict.kind, to, userId, values },
      subject: `${app.name} was approved`,
      text: `Your app ${app.name} was approved. It is in the marketplace from now on.${ending}`,
    }
  return {
    ...{ kind: verdict.kind, to, userId, values: { ...values, reason: verdict.reason } },
    subject: `${app.name} was not approved`,
    text: `Your app ${app.name} was not approved: ${verdict.reason}\n\nChange it, deploy it and submit it again.${ending}`,
  }
}

/** Tells the owner what the review decided. After the transaction that is told of. */
export async function tellReview(parts: DeveloperParts, app: AppRecord, verdict: Verdict): Promise<void> {
  if (app.ownerId === null) return
  const owner = await parts.identity.developer(app.ownerTenantId, app.ownerId)
  if (owner === null) return
  parts.post.post(letterOf(parts.publicUrl, { to: owner.email, userId: app.ownerId, app, verdict }))
}

/** The mails about reviews, each as it looks. */
export function reviewMails(publicUrl: string): MailCase[] {
  const told = { to: 'ada@example.com', userId: 'imp_u_abc123', app: { appId: 'notes', name: 'Notes' } }
  return [
    {
      case: 'app_approved',
      description: 'An app was approved.',
      sample: letterOf(publicUrl, { ...told, verdict: { kind: 'app_approved' } }),
    },
    {
      case: 'app_rejected',
      description: 'An app was not approved.',
      sample: letterOf(publicUrl, { ...told, verdict: { kind: 'app_rejected', reason: 'The icon is missing.' } }),
    },
  ]
}
