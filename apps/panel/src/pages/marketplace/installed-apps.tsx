import type { MyExtension } from '@imperal/contract'
import { Badge, Button, EmptyState, IconButton, Menu, SwitchField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { settingsPath, toApp } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { useGo } from '../parts/address.ts'
import { AppIcon } from '../parts/app-icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { PageLink } from '../parts/page-link.tsx'
import { Row } from '../parts/section.tsx'
import { ownedQuery, useAppChange } from './queries.ts'
import { UninstallDialog } from './uninstall-dialog.tsx'

/** What this account has: a switch for each app, and the way out. */
export function InstalledApps() {
  const owned = useQuery(ownedQuery)
  const go = useGo()
  return (
    <Loaded query={owned}>
      {(apps) =>
        apps.length === 0 ? (
          <EmptyState
            icon="Blocks"
            message={t('No apps yet')}
            action={<Button onClick={() => go('/marketplace')}>{t('Browse all apps')}</Button>}
          >
            {t('Installed apps appear here and in the rail.')}
          </EmptyState>
        ) : (
          <ul className="pg-rows" aria-label={t('Installed apps')}>
            {apps.map((app) => (
              <InstalledApp key={app.app_id} app={app} />
            ))}
          </ul>
        )
      }
    </Loaded>
  )
}

function InstalledApp({ app }: { readonly app: MyExtension }) {
  const go = useGo()
  const [leaving, setLeaving] = useState(false)
  const { switchTo } = useAppChange(app)
  const on = switchTo.isPending ? switchTo.variables : !app.is_disabled
  return (
    <Row
      icon={<AppIcon appId={app.app_id} name={app.display_name} url={app.icon_url} size={32} />}
      title={
        app.system ? (
          app.display_name
        ) : (
          <PageLink bare href={`/marketplace/${app.app_id}`}>
            {app.display_name}
          </PageLink>
        )
      }
      badge={<AppBadge app={app} />}
      detail={
        <>
          {t('Version {version}', { version: app.version })}
          {app.description ? ' · ' : null}
          <bdi>{app.description}</bdi>
        </>
      }
      actions={
        <>
          <SwitchField
            fallbackName={t('{name} is on', { name: app.display_name })}
            checked={on}
            disabled={switchTo.isPending}
            onChecked={(next) => switchTo.mutate(next)}
          />
          <Menu
            items={[
              {
                key: 'open',
                label: t('Open'),
                icon: 'ArrowRight',
                disabled: app.is_disabled,
                onSelect: () => go(`/ext/${app.app_id}`),
              },
              ...(app.ui.settings.length === 0
                ? []
                : [
                    {
                      key: 'settings',
                      label: t('Settings'),
                      icon: 'Settings',
                      onSelect: () => go(settingsPath(toApp(app))),
                    },
                  ]),
              {
                key: 'secrets',
                label: t('Secrets'),
                icon: 'KeyRound',
                onSelect: () => go(`/ext/${app.app_id}/secrets`),
              },
              ...(app.system
                ? []
                : [
                    {
                      key: 'uninstall',
                      label: t('Uninstall…'),
                      icon: 'Trash2',
                      danger: true,
                      onSelect: () => setLeaving(true),
                    },
                  ]),
            ]}
          >
            <IconButton icon="Ellipsis" label={t('More about {name}', { name: app.display_name })} />
          </Menu>
          <UninstallDialog app={app} open={leaving} onOpenChange={setLeaving} />
        </>
      }
    />
  )
}

function AppBadge({ app }: { readonly app: MyExtension }) {
  if (app.needs_attention)
    return (
      <Badge size="sm" tone="warning">
        {t('needs attention')}
      </Badge>
    )
  if (app.status === 'suspended')
    return (
      <Badge size="sm" tone="danger">
        {t('suspended')}
      </Badge>
    )
  if (!app.has_access)
    return (
      <Badge size="sm" tone="warning">
        {t('no access')}
      </Badge>
    )
  if (app.status !== 'active') return <Badge size="sm">{app.status.replaceAll('_', ' ')}</Badge>
  return app.is_disabled ? <Badge size="sm">{t('off')}</Badge> : null
}
