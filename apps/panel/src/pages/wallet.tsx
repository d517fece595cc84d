import './pages.css'
import { type ComponentType, useEffect } from 'react'
import { PageFrame } from '../components/page-frame.tsx'
import { t } from '../i18n/index.ts'
import { useGo, usePathPart } from './parts/address.ts'
import { SideNav } from './parts/side-nav.tsx'
import { Credits } from './wallet/credits.tsx'
import { Movements } from './wallet/movements.tsx'
import { Payments } from './wallet/payments.tsx'
import { Plans } from './wallet/plans.tsx'
import { Usage } from './wallet/usage.tsx'

interface Part {
  readonly title: string
  readonly icon: string
  readonly lead?: string
  readonly content: ComponentType
}

const PARTS: Readonly<Record<string, Part>> = {
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
}
const FIRST = 'movements'
const path = (section: string) => `/wallet/${section}`
const GROUPS = [
  { entries: Object.entries(PARTS).map(([id, { title, icon }]) => ({ href: path(id), label: title, icon })) },
]

/** Credits of the signed-in person, by section. An unknown section leads to the first one. */
export function WalletPage() {
  const section = usePathPart('section')
  const go = useGo()
  const part = PARTS[section]
  useEffect(() => {
    if (!part) go(path(FIRST), { replace: true })
  }, [part, go])
  if (!part) return null
  const { title, lead, content: Content } = part
  return (
    <PageFrame
      key={section}
      title={title}
      lead={lead}
      nav={<SideNav label={t('Wallet')} groups={GROUPS} current={path(section)} />}
    >
      <Content />
    </PageFrame>
  )
}
