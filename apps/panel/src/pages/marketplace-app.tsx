import './pages.css'
import type { AppDetail } from '@imperal/contract'
import { Button, EmptyState, Markdown } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { PageFrame } from '../components/page-frame.tsx'
import { t } from '../i18n/index.ts'
import { AppAside } from './marketplace/app-aside.tsx'
import { AppHead } from './marketplace/app-head.tsx'
import { FunctionTable } from './marketplace/function-table.tsx'
import { InstallButton } from './marketplace/install-button.tsx'
import { MarketplaceNav } from './marketplace/marketplace-nav.tsx'
import { detailQuery } from './marketplace/queries.ts'
import { Reviews } from './marketplace/reviews.tsx'
import { UninstallDialog } from './marketplace/uninstall-dialog.tsx'
import { exactPriceOf } from './marketplace/words.ts'
import { useGo, usePathPart } from './parts/address.ts'
import { Loaded } from './parts/loaded.tsx'
import { Section } from './parts/section.tsx'

/** One app of the marketplace: what it does, what it may touch, and the button that installs it. */
export function MarketplaceAppPage() {
  const appId = usePathPart('appId')
  const app = useQuery(detailQuery(appId))
  const go = useGo()
  const nav = <MarketplaceNav current="/marketplace" inside />
  if (app.data) return <AppPage key={appId} app={app.data} />
  return (
    <PageFrame title={t('App')} nav={nav}>
      <Loaded
        query={app}
        failed={(status) =>
          status === 404 || status === 422 ? (
            <EmptyState
              icon="PackageX"
              message={t('This app is not in the marketplace')}
              action={<Button onClick={() => go('/marketplace')}>{t('Show all apps')}</Button>}
            >
              {t('It was never published, or its developer or the operator took it back.')}
            </EmptyState>
          ) : null
        }
      >
        {() => null}
      </Loaded>
    </PageFrame>
  )
}

function AppPage({ app }: { readonly app: AppDetail }) {
  const [leaving, setLeaving] = useState(false)
  return (
    <PageFrame
      title={app.display_name}
      nav={<MarketplaceNav current="/marketplace" inside />}
      actions={
        <>
          {app.is_installed && !app.system ? <Button onClick={() => setLeaving(true)}>{t('Uninstall…')}</Button> : null}
          <InstallButton app={app} place="page" price={exactPriceOf(app)} />
        </>
      }
    >
      <div className="pg-page">
        <AppHead app={app} />
        <div className="pg-columns">
          <div className="pg-main">
            <Description app={app} />
            <Section title={t('Functions')} note={app.tools.length}>
              <FunctionTable tools={app.tools} />
            </Section>
            <Reviews app={app} />
            {app.changelog.trim() === '' ? null : (
              <Section title={t('New in {version}', { version: app.version })}>
                <div className="pg-prose">
                  <Markdown content={app.changelog} />
                </div>
              </Section>
            )}
          </div>
          <AppAside app={app} />
        </div>
      </div>
      <UninstallDialog app={app} open={leaving} onOpenChange={setLeaving} />
    </PageFrame>
  )
}

function Description({ app }: { readonly app: AppDetail }) {
  const text = app.long_description.trim()
  if (text === '' || text === app.short_description.trim()) return null
  return (
    <div className="pg-prose">
      <Markdown content={text} />
    </div>
  )
}
