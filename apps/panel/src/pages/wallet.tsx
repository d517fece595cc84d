import './pages.css'
import { t } from '../i18n/index.ts'
import { type SectionedPage, SectionPage } from './parts/section-page.tsx'
import { Credits } from './wallet/credits.tsx'
import { Movements } from './wallet/movements.tsx'
import { Payments } from './wallet/payments.tsx'
import { Plans } from './wallet/plans.tsx'
import { Usage } from './wallet/usage.tsx'

const PAGE: SectionedPage = {
  label: t('Wallet'),
  base: '/wallet',
  sections: {
    movements: { title: t('Wallet'), icon: 'Wallet', content: Movements },
    usage: {
      title: t('Usage'),
      icon: 'ChartColumn',
      lead: t('What you used this month, against your plan.'),
      content: Usage,
    },
    plans: {
      title: t('Plans'),
      icon: 'Layers',
      lead: t('What you may use each month, and what it costs.'),
      content: Plans,
    },
    credits: {
      title: t('Buy credits'),
      icon: 'CirclePlus',
      lead: t('Credits that are bought stay until they are used.'),
      content: Credits,
    },
    payments: {
      title: t('Payments'),
      icon: 'Receipt',
      lead: t('What you paid, with which card, and on whose name.'),
      content: Payments,
    },
  },
}

/** Credits of the signed-in person, by section. An unknown section leads to the first one. */
export const WalletPage = () => <SectionPage page={PAGE} />
