import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { PageLink } from '../parts/page-link.tsx'

/** Why nothing was paid; without a card it leads to where one is stored. */
export function PaymentFailed({ error }: { readonly error: unknown }) {
  const failure = error == null ? null : failureOf(error)
  const needsCard = failure?.code.toUpperCase() === 'BILLING_NO_CARD'
  return (
    <FailedAlert
      failure={failure}
      action={needsCard ? <PageLink href="/wallet/payments">{t('Cards')}</PageLink> : undefined}
    />
  )
}
