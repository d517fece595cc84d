import { t } from '../../i18n/index.ts'

interface Word {
  readonly label: string
  readonly tone: 'neutral' | 'success' | 'warning' | 'danger' | 'primary'
}

const STATUSES: Readonly<Record<string, Word>> = {
  draft: { label: t('draft'), tone: 'neutral' },
  pending_review: { label: t('waits for review'), tone: 'warning' },
  active: { label: t('published'), tone: 'success' },
  rejected: { label: t('sent back'), tone: 'danger' },
  suspended: { label: t('suspended'), tone: 'warning' },
  pending: { label: t('waits'), tone: 'neutral' },
  validating: { label: t('being checked'), tone: 'primary' },
  live: { label: t('live'), tone: 'success' },
  failed: { label: t('failed'), tone: 'danger' },
  cancelled: { label: t('cancelled'), tone: 'neutral' },
  approved: { label: t('agreed'), tone: 'primary' },
  paid: { label: t('paid'), tone: 'success' },
}

/** The state of an app, a deploy or a payout in a word; one of a newer server is shown as it is. */
export const stateWord = (status: string): Word => STATUSES[status] ?? { label: status, tone: 'neutral' }
