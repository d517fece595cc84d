import { useQuery } from '@tanstack/react-query'
import { useApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { CATEGORIES_BY_GROUP } from '../parts/server-words.ts'
import { SideNav } from '../parts/side-nav.tsx'
import { categoriesQuery } from './queries.ts'

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, one) => total + one, 0)

/** All apps, installed ones, and the categories that hold any. */
export function MarketplaceNav({ current, inside = false }: { readonly current: string; readonly inside?: boolean }) {
  const counts = useQuery(categoriesQuery).data?.counts
  const installed = useApps().filter((app) => !app.isSystem).length
  const groups = CATEGORIES_BY_GROUP.map((group) => ({
    label: group.name,
    entries: group.categories
      .filter(({ id }) => counts?.[id])
      .map(({ id, name, icon }) => ({ href: `/marketplace?category=${id}`, label: name, icon, count: counts?.[id] })),
  }))
  const first = [
    { href: '/marketplace', label: t('All apps'), icon: 'Compass', ...(counts ? { count: sum(counts) } : {}) },
    { href: '/marketplace?view=installed', label: t('Installed'), icon: 'CircleCheck', count: installed },
  ]
  return (
    <SideNav
      label={t('Marketplace')}
      current={current}
      inside={inside}
      groups={[{ entries: first }, ...groups.filter(({ entries }) => entries.length > 0)]}
    />
  )
}
