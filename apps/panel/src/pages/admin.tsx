import './pages.css'
import { EmptyState } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { PageFrame } from '../components/page-frame.tsx'
import { isAdmin, meQuery, runsInstallation } from '../data/me.ts'
import { t } from '../i18n/index.ts'
import { Agencies } from './admin/agencies.tsx'
import { AuditLog } from './admin/audit-log.tsx'
import { Money } from './admin/money.tsx'
import { People } from './admin/people.tsx'
import { Reviews } from './admin/reviews.tsx'
import { Roles, Tenants } from './admin/roles-and-tenants.tsx'
import { HealthButton, HealthChecks } from './doctor.tsx'
import { ModelsPage } from './models/models-page.tsx'
import { Loaded } from './parts/loaded.tsx'
import { type SectionedPage, SectionPage } from './parts/section-page.tsx'

const PAGE: SectionedPage = {
  label: t('Admin'),
  base: '/admin',
  sections: {
    health: {
      title: t('Health'),
      icon: 'Activity',
      lead: t('What the installation needs, and whether it has it.'),
      content: HealthChecks,
      actions: <HealthButton />,
    },
    reviews: {
      title: t('Review queue'),
      icon: 'Store',
      lead: t('Apps that are to appear in the marketplace.'),
      content: Reviews,
    },
    people: { title: t('People'), icon: 'User', lead: t('Everybody who may sign in here.'), content: People },
    roles: { title: t('Roles'), icon: 'ShieldCheck', lead: t('What people of a role may do.'), content: Roles },
    tenants: {
      title: t('Tenants'),
      icon: 'LayoutGrid',
      lead: t('Separate worlds on this installation.'),
      content: Tenants,
    },
    agencies: {
      title: t('Agencies'),
      icon: 'Palette',
      lead: t('Groups of people whose panel carries another name and look.'),
      content: Agencies,
    },
    money: {
      title: t('Money'),
      icon: 'Coins',
      lead: t('Payments and payouts that wait for your word.'),
      content: Money,
    },
    models: {
      title: t('Language models'),
      icon: 'MessageSquareText',
      lead: t('Which model answers what, what it may take, and what it took.'),
      content: ModelsPage,
    },
    audit: {
      title: t('Audit log'),
      icon: 'FileText',
      lead: t('Who changed what, and who was turned away. Nothing in it can be changed.'),
      content: AuditLog,
    },
  },
}

/** What only those who run the installation may see; administrators of a tenant are refused there. */
const OF_INSTALLATION: readonly string[] = ['health', 'reviews', 'money', 'models']

const OF_TENANT: SectionedPage = {
  ...PAGE,
  sections: Object.fromEntries(Object.entries(PAGE.sections).filter(([id]) => !OF_INSTALLATION.includes(id))),
}

/** The installation and its people, for administrators, by section. An unknown section leads to the first one. */
export function AdminPage() {
  const me = useQuery(meQuery)
  if (me.data && isAdmin(me.data)) return <SectionPage page={runsInstallation(me.data) ? PAGE : OF_TENANT} />
  return (
    <PageFrame title={t('Admin')}>
      <Loaded query={me}>
        {() => (
          <EmptyState icon="Shield" message={t('For administrators')}>
            {t('This page shows the state of the installation. Whoever set it up can give you the role.')}
          </EmptyState>
        )}
      </Loaded>
    </PageFrame>
  )
}
