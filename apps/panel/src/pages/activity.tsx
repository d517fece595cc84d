import './pages.css'
import { Button, EmptyState } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { PageFrame } from '../components/page-frame.tsx'
import { t } from '../i18n/index.ts'
import { ActionTable } from './activity/action-table.tsx'
import { ActivityFilters } from './activity/activity-filters.tsx'
import { MonthLine } from './activity/month-line.tsx'
import { actionsQuery, filterOf, PER_PAGE } from './activity/queries.ts'
import { TraceView } from './activity/trace-view.tsx'
import { useAddressQuery, useGo } from './parts/address.ts'
import { count } from './parts/figures.ts'
import { Loaded } from './parts/loaded.tsx'

/** What was done in the name of the signed-in person: every call, refused ones included. */
export function ActivityPage() {
  const [query, change] = useAddressQuery()
  const filter = filterOf(query)
  const list = useQuery(actionsQuery(filter))
  const search = useCallback((text: string) => change({ q: text.trim(), page: null }), [change])
  const linkOf = (trace: string) => {
    const next = new URLSearchParams(query)
    next.set('trace', trace)
    return `/activity?${next}`
  }
  return (
    <PageFrame
      title={t('Activity')}
      note={<MonthLine />}
      lead={t('Every call that ran, was refused or waited for you. Nothing in this list can be changed.')}
      actions={
        <Button icon="RefreshCw" pending={list.isFetching && !list.isPending} onClick={() => void list.refetch()}>
          {t('Refresh')}
        </Button>
      }
    >
      <div className="pg-page">
        <ActivityFilters filter={filter} onChange={change} onSearch={search} />
        <Loaded query={list} rows={8}>
          {({ actions, total }) =>
            actions.length === 0 ? (
              <Nothing filtered={total > 0 || isFiltered(query)} />
            ) : (
              <div className="pg-results" aria-busy={list.isPlaceholderData}>
                <ActionTable actions={actions} linkOf={(action) => linkOf(action.trace_id)} />
                <Pager
                  page={filter.page}
                  shown={actions.length}
                  total={total}
                  onPage={(page) => change({ page: page === 1 ? null : String(page) }, { push: true })}
                />
              </div>
            )
          }
        </Loaded>
      </div>
      <TraceView traceId={query.get('trace') ?? ''} onClose={() => change({ trace: null })} />
    </PageFrame>
  )
}

const isFiltered = (query: URLSearchParams) => ['app', 'kind', 'status', 'q', 'page'].some((name) => query.has(name))

function Nothing({ filtered }: { readonly filtered: boolean }) {
  const go = useGo()
  return filtered ? (
    <EmptyState
      icon="SearchX"
      message={t('No calls match')}
      action={<Button onClick={() => go('/activity')}>{t('Show everything')}</Button>}
    />
  ) : (
    <EmptyState icon="History" message={t('No calls yet')}>
      {t('Ask the assistant for something, or use the panel of an app. Each call leaves a line here.')}
    </EmptyState>
  )
}

function Pager({
  page,
  shown,
  total,
  onPage,
}: {
  readonly page: number
  readonly shown: number
  readonly total: number
  readonly onPage: (page: number) => void
}) {
  const first = (page - 1) * PER_PAGE + 1
  const last = first + shown - 1
  if (total <= PER_PAGE && page === 1) return null
  return (
    <nav className="pg-pager" aria-label={t('Pages')}>
      <span>{t('{first} to {last} of {total}', { first: count(first), last: count(last), total: count(total) })}</span>
      <Button size="sm" disabled={page === 1} onClick={() => onPage(page - 1)}>
        {t('Newer')}
      </Button>
      <Button size="sm" disabled={last >= total} onClick={() => onPage(page + 1)}>
        {t('Older')}
      </Button>
    </nav>
  )
}
