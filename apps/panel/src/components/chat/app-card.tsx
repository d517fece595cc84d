import type { App } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { AppIcon } from '../app-icon.tsx'
import { UiTree } from '../lazy-parts.tsx'
import { useUiHost } from '../panes/use-ui-host.ts'

export interface AppCardProps {
  readonly app: App
  readonly tree: unknown
  /** False for a card of an earlier visit: it can be read, its controls rest (ui 5.10). */
  readonly live: boolean
}

/** A tree of an app inside the conversation, in a frame that says whose it is. */
export function AppCard({ app, tree, live }: AppCardProps) {
  const host = useUiHost(app)
  return (
    <section className="app-card" aria-label={t('Card of {name}', { name: app.name })}>
      <header>
        <AppIcon app={app} size={16} />
        <span>{app.name}</span>
        {live ? null : <small>{t('from earlier')}</small>}
      </header>
      <div inert={!live}>
        <UiTree node={tree} host={host} headingOffset={2} />
      </div>
    </section>
  )
}
