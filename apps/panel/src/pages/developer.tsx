import './pages.css'
import { useQuery } from '@tanstack/react-query'
import type { ComponentType } from 'react'
import { t } from '../i18n/index.ts'
import { Earnings } from './developer/earnings.tsx'
import { MyApps } from './developer/my-apps.tsx'
import { profileQuery } from './developer/queries.ts'
import { Register } from './developer/register.tsx'
import { Loaded } from './parts/loaded.tsx'
import { navOf, type SectionedPage, SectionPage } from './parts/section-page.tsx'

const PAGE: SectionedPage = {
  label: t('Developer'),
  base: '/developer',
  sections: {
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
  },
}
export const DEVELOPER_GROUPS = navOf(PAGE)

/** Where people write and publish apps, by section. Whoever is no developer yet becomes one here. */
export function DeveloperPage() {
  const profile = useQuery(profileQuery)
  const wrap = (Content: ComponentType) => (
    <Loaded query={profile} failed={(status) => (status === 403 || status === 404 ? <Register /> : null)}>
      {() => <Content />}
    </Loaded>
  )
  return <SectionPage page={PAGE} around={{ hasLead: profile.data !== undefined, wrap }} />
}
