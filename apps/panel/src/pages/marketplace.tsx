import './pages.css'
import { Button, EmptyState, SelectField } from '@imperal/ui-kit'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { PageFrame } from '../components/page-frame.tsx'
import { t } from '../i18n/index.ts'
import { AppGrid } from './marketplace/app-grid.tsx'
import { InstalledApps } from './marketplace/installed-apps.tsx'
import { MarketplaceNav } from './marketplace/marketplace-nav.tsx'
import { browseQuery, type Filter, featuredQuery, SORTS, sortOf } from './marketplace/queries.ts'
import { useAddressQuery, useGo } from './parts/address.ts'
import { counted } from './parts/figures.ts'
import { Loaded } from './parts/loaded.tsx'
import { SearchField } from './parts/search-field.tsx'
import { Section } from './parts/section.tsx'
import { categoryWord } from './parts/server-words.ts'

/** Every app that can be installed, and those that are. */
export function MarketplacePage() {
  const [query] = useAddressQuery()
  const category = query.get('category') ?? ''
  if (query.get('view') === 'installed') {
    return (
      <PageFrame title={t('Installed')} nav={<MarketplaceNav current="/marketplace?view=installed" />}>
        <InstalledApps />
      </PageFrame>
    )
  }
  return <Browse category={category} />
}

function Browse({ category }: { readonly category: string }) {
  const [query, change] = useAddressQuery()
  const filter: Filter = { search: query.get('q') ?? '', category, sort: sortOf(query.get('sort')) }
  const apps = useInfiniteQuery(browseQuery(filter))
  const total = apps.data?.pages[0]?.total
  const search = useCallback((text: string) => change({ q: text.trim() }), [change])
  const plain = filter.search === '' && category === ''
  return (
    <PageFrame
      title={category === '' ? t('Marketplace') : categoryWord(category)}
      note={total === undefined ? undefined : counted(total, 'app')}
      nav={<MarketplaceNav current={category === '' ? '/marketplace' : `/marketplace?category=${category}`} />}
      actions={
        <div className="pg-tools">
          <SearchField label={t('Search by name or what it does')} value={filter.search} onSearch={search} />
          <SelectField
            fallbackName={t('Order')}
            options={[...SORTS]}
            value={filter.sort}
            onValue={(sort) => change({ sort: sort === 'actions' ? null : sort })}
          />
        </div>
      }
    >
      <div className="pg-page">
        {plain ? <Featured /> : null}
        <Loaded query={apps} rows={6}>
          {({ pages }) => {
            const cards = pages.flatMap((page) => page.cards)
            if (cards.length === 0) return <Nothing filter={filter} />
            return (
              <div className="pg-results" aria-busy={apps.isPlaceholderData}>
                <AppGrid cards={cards} label={t('Apps')} />
                {apps.hasNextPage ? (
                  <Button
                    pending={apps.isFetchingNextPage}
                    pendingLabel={t('Loading')}
                    onClick={() => void apps.fetchNextPage()}
                  >
                    {t('Show more')}
                  </Button>
                ) : null}
              </div>
            )
          }}
        </Loaded>
      </div>
    </PageFrame>
  )
}

function Featured() {
  const cards = useQuery(featuredQuery).data ?? []
  if (cards.length === 0) return null
  return (
    <Section title={t('Chosen by the operator')}>
      <AppGrid cards={cards} label={t('Chosen apps')} heading="h3" />
    </Section>
  )
}

function Nothing({ filter }: { readonly filter: Filter }) {
  const go = useGo()
  if (filter.search === '' && filter.category === '') {
    return (
      <EmptyState icon="Blocks" message={t('No apps are published yet')}>
        {t('Write one:')} <code>imperal init my-app</code>, {t('and then')} <code>imperal deploy</code>{' '}
        {t('and submit it for review.')}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon="SearchX"
      message={
        filter.search === ''
          ? t('No apps in this category')
          : t('Nothing found for “{search}”', { search: filter.search })
      }
      action={<Button onClick={() => go('/marketplace')}>{t('Show all apps')}</Button>}
    >
      {filter.search === '' ? null : t('Search looks at names, descriptions and tags. Try fewer or other words.')}
    </EmptyState>
  )
}
