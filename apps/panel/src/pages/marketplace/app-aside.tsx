import { type AppDetail, secrets } from '@imperal/contract'
import { Avatar, IconGlyph, SafeLink } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { counted } from '../parts/figures.ts'
import { PageLink } from '../parts/page-link.tsx'
import { Section } from '../parts/section.tsx'
import { reachOf, staysInside } from './words.ts'

/** What an app may touch, in words, and who made it. */
export function AppAside({ app }: { readonly app: AppDetail }) {
  return (
    <aside className="pg-aside">
      <Section title={t('What it may touch')}>
        <ul className="pg-reach">
          {app.scopes.map((scope) => {
            const reach = reachOf(scope, app.app_id)
            return (
              <ReachRow key={scope} icon={reach.icon} title={reach.title} detail={reach.detail} tooltip={reach.scope} />
            )
          })}
          {app.is_installed ? <OwnSecrets app={app} /> : null}
          {app.scopes.every((scope) => staysInside(scope, app.app_id)) ? (
            <ReachRow
              icon="ShieldCheck"
              title={t('Nothing of other apps')}
              detail={t('It runs isolated, without files, environment or another app’s data.')}
            />
          ) : null}
        </ul>
      </Section>
      <Section title={t('Developer')}>
        <div className="pg-maker">
          <Avatar name={app.author} size={32} />
          <div>
            <strong>{app.author}</strong>
            {app.homepage === '' ? null : <SafeLink href={app.homepage}>{hostOf(app.homepage)}</SafeLink>}
          </div>
        </div>
      </Section>
    </aside>
  )
}

function hostOf(address: string): string {
  try {
    return new URL(address).host
  } catch {
    return address
  }
}

function ReachRow({
  icon,
  title,
  detail,
  tooltip,
}: {
  readonly icon: string
  readonly title: React.ReactNode
  readonly detail: React.ReactNode
  readonly tooltip?: string
}) {
  return (
    <li title={tooltip}>
      <IconGlyph name={icon} size={16} />
      <div>
        <strong>{title}</strong>
        {detail ? <p>{detail}</p> : null}
      </div>
    </li>
  )
}

function OwnSecrets({ app }: { readonly app: AppDetail }) {
  const list = useQuery({
    queryKey: ['secrets', app.app_id],
    queryFn: () => api.send(secrets.list, { params: { ext_id: app.app_id } }),
  }).data
  if (!list || list.length === 0) return null
  const set = list.filter((secret) => secret.is_set).length
  return (
    <ReachRow
      icon="KeyRound"
      title={
        <PageLink href={`/ext/${app.app_id}/secrets`}>
          {t('{secrets} of its own', { secrets: counted(list.length, 'secret') })}
        </PageLink>
      }
      detail={t('{set} set. You type them, nobody can read them back.', { set })}
    />
  )
}
