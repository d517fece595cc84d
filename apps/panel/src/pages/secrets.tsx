import './pages.css'
import { secrets as routes, type SecretStatus } from '@imperal/contract'
import { Badge, EmptyState } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { api } from '../data/api.ts'
import { useApps } from '../data/apps.ts'
import { t } from '../i18n/index.ts'
import { usePathPart } from './parts/address.ts'
import { Moment } from './parts/moment.tsx'
import { OfApp } from './parts/of-app.tsx'
import { SecretForm } from './secrets/secret-form.tsx'

const secretsQuery = (appId: string) => ({
  queryKey: ['secrets', appId],
  queryFn: () => api.send(routes.list, { params: { ext_id: appId } }),
})

/** Secrets of one app: set and deleted here, never shown. The app has no part in drawing this page. */
export function SecretsPage() {
  const appId = usePathPart('appId')
  const name = useApps().find((app) => app.appId === appId)?.name ?? appId
  const list = useQuery(secretsQuery(appId))
  return (
    <OfApp
      appId={appId}
      name={name}
      title={t('Secrets of {name}', { name })}
      lead={t('Stored encrypted for you alone. Nobody can read a value back, not even you.')}
      query={list}
    >
      {(secrets) =>
        secrets.length === 0 ? (
          <EmptyState icon="KeyRound" message={t('{name} asks for no secrets', { name })} />
        ) : (
          <SecretList appId={appId} secrets={secrets} />
        )
      }
    </OfApp>
  )
}

function SecretList({ appId, secrets }: { readonly appId: string; readonly secrets: readonly SecretStatus[] }) {
  const wanted = useLocation({ select: (location) => location.hash })
  useEffect(() => {
    if (wanted === '') return
    const place = document.getElementById(wanted)
    place?.scrollIntoView({ block: 'start' })
    place?.querySelector<HTMLElement>('input')?.focus({ preventScroll: true })
  }, [wanted])
  return (
    <ul className="pg-secrets">
      {secrets.map((secret) => (
        <li key={secret.name} id={secret.name} data-wanted={secret.name === wanted || undefined}>
          <header>
            <h2>
              <code>{secret.name}</code>
            </h2>
            <SecretBadge secret={secret} />
          </header>
          <p>{secret.description}</p>
          <p className="pg-help">
            {secret.last_accessed_at === null ? (
              t('For you only · the app has not read it yet')
            ) : (
              <>
                {t('For you only · read by the app')} <Moment value={secret.last_accessed_at * 1000} />
              </>
            )}
            {secret.rotation_hint_days === null
              ? ''
              : ` · ${t('renew it every {count} days', { count: secret.rotation_hint_days })}`}
          </p>
          <SecretForm appId={appId} secret={secret} />
        </li>
      ))}
    </ul>
  )
}

function SecretBadge({ secret }: { readonly secret: SecretStatus }) {
  if (secret.is_set) return <Badge tone="success">{t('set')}</Badge>
  return secret.required ? <Badge tone="warning">{t('required')}</Badge> : <Badge>{t('not set')}</Badge>
}
