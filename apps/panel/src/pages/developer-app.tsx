import './pages.css'
import { Badge, EmptyState, Tabs } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { PageFrame } from '../components/page-frame.tsx'
import { t } from '../i18n/index.ts'
import { AppLog } from './developer/app-log.tsx'
import { AppOverview } from './developer/app-overview.tsx'
import { Deploys } from './developer/deploys.tsx'
import { ListingForm } from './developer/listing-form.tsx'
import type { OwnApp } from './developer/own-app.ts'
import { PriceForm } from './developer/price-form.tsx'
import { ownAppQuery, ownAppsQuery } from './developer/queries.ts'
import { ReleaseActions } from './developer/release-actions.tsx'
import { Standing } from './developer/standing.tsx'
import { stateWord } from './developer/words.ts'
import { DEVELOPER_GROUPS } from './developer.tsx'
import { useAddressQuery, usePathPart } from './parts/address.ts'
import { Loaded } from './parts/loaded.tsx'
import { SideNav } from './parts/side-nav.tsx'

/** One app of one's own: how it is used, its deploys, and what the marketplace says of it. */
export function DeveloperAppPage() {
  const appId = usePathPart('appId')
  const app = useQuery(ownAppQuery(appId))
  const [query, change] = useAddressQuery()
  const tab = query.get('tab') ?? 'overview'
  const own = app.data?.owner === true ? app.data : undefined
  const others = useQuery(ownAppsQuery).data ?? []
  const nav = (
    <SideNav
      label={t('Developer')}
      groups={[...DEVELOPER_GROUPS, { label: t('My apps'), entries: others.map(entryOf) }]}
      current={`/developer/apps/${appId}`}
    />
  )
  const word = own ? stateWord(own.status) : null
  return (
    <PageFrame
      key={appId}
      title={own?.display_name ?? t('App')}
      note={word ? <Badge tone={word.tone}>{word.label}</Badge> : undefined}
      lead={own?.short_description}
      actions={own ? <ReleaseActions app={own} /> : undefined}
      nav={nav}
    >
      <Loaded
        query={app}
        failed={(status) =>
          status === 404 || status === 403 ? (
            <EmptyState icon="SearchX" message={t('There is no such app of yours')} />
          ) : null
        }
      >
        {(data) =>
          data.owner ? (
            <div className="pg-stack">
              <Standing app={data} />
              <Tabs
                label={data.display_name}
                active={tab}
                onChange={(next) => change({ tab: next === 'overview' ? null : next })}
                tabs={[
                  { id: 'overview', label: t('Overview'), content: <AppOverview app={data} /> },
                  { id: 'deploys', label: t('Deploys'), content: <Deploys appId={appId} /> },
                  { id: 'logs', label: t('Logs'), content: <AppLog appId={appId} /> },
                  { id: 'listing', label: t('Listing'), content: <Listing app={data} /> },
                ]}
              />
            </div>
          ) : (
            <EmptyState icon="SearchX" message={t('There is no such app of yours')} />
          )
        }
      </Loaded>
    </PageFrame>
  )
}

const entryOf = ({ app_id, display_name }: { readonly app_id: string; readonly display_name: string }) => ({
  href: `/developer/apps/${app_id}`,
  label: display_name,
  icon: 'AppWindow',
})

function Listing({ app }: { readonly app: OwnApp }) {
  return (
    <div className="pg-stack">
      <ListingForm app={app} />
      <PriceForm key={app.version} app={app} />
    </div>
  )
}
