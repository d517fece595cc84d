import './pages.css'
import { useQuery } from '@tanstack/react-query'
import { type ComponentType, useEffect } from 'react'
import { PageFrame } from '../components/page-frame.tsx'
import { t } from '../i18n/index.ts'
import { Earnings } from './developer/earnings.tsx'
import { MyApps } from './developer/my-apps.tsx'
import { profileQuery } from './developer/queries.ts'
import { Register } from './developer/register.tsx'
import { useGo, usePathPart } from './parts/address.ts'
import { Loaded } from './parts/loaded.tsx'
import { SideNav } from './parts/side-nav.tsx'

interface Part {
  readonly title: string
  readonly icon: string
  readonly lead: string
  readonly content: ComponentType
}

const PARTS: Readonly<Record<string, Part>> = {
  apps: {
    title: t('My apps'),
    icon: 'Code',
    lead: t('Apps that you write. Only you see an app until it is published.'),
    content: MyApps,
  },
  earnings: {
    title: t('Earnings'),
    icon: 'Coins',
    lead: t('What people paid for your apps, and what was paid out.'),
    content: Earnings,
  },
}
const FIRST = 'apps'
const path = (section: string) => `/developer/${section}`
export const DEVELOPER_GROUPS = [
  { entries: Object.entries(PARTS).map(([id, { title, icon }]) => ({ href: path(id), label: title, icon })) },
]

/** Where people write and publish apps, by section. Whoever is no developer yet becomes one here. */
export function DeveloperPage() {
  const section = usePathPart('section')
  const go = useGo()
  const part = PARTS[section]
  const profile = useQuery(profileQuery)
  useEffect(() => {
    if (!part) go(path(FIRST), { replace: true })
  }, [part, go])
  if (!part) return null
  const { title, lead, content: Content } = part
  return (
    <PageFrame
      key={section}
      title={title}
      lead={profile.data ? lead : undefined}
      nav={<SideNav label={t('Developer')} groups={DEVELOPER_GROUPS} current={path(section)} />}
    >
      <Loaded query={profile} failed={(status) => (status === 403 || status === 404 ? <Register /> : null)}>
        {() => <Content />}
      </Loaded>
    </PageFrame>
  )
}
