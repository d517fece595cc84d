import { IconGlyph } from '@imperal/ui-kit'
import { phoneView } from '../data/view.ts'
import { t } from '../i18n/index.ts'
import { AppIcon } from './app-icon.tsx'
import { useSections } from './bar/top-bar.tsx'
import { NavLink } from './nav-link.tsx'
import { useRailApps } from './rail.tsx'
import { useUnreadApps } from './use-unread-apps.ts'

/** Everything that can be opened, as the list of a phone. */
export function AppsView({ current }: { readonly current: string | null | undefined }) {
  const apps = useRailApps()
  const unread = useUnreadApps()
  const sections = useSections()
  return (
    <main className="apps-view">
      <h1 className="im-hidden">{t('Apps')}</h1>
      <nav aria-label={t('Apps')}>
        <NavLink href="/" aria-current={current === null ? 'page' : undefined} onClick={() => phoneView.set('chat')}>
          <IconGlyph name="MessageSquareText" size={20} />
          <span className="apps-view-name">{t('Assistant')}</span>
        </NavLink>
        {apps.map((app) => (
          <NavLink
            key={app.appId}
            href={`/ext/${app.appId}`}
            aria-current={current === app.appId ? 'page' : undefined}
            onClick={() => phoneView.set('panel')}
          >
            <AppIcon app={app} size={32} />
            <span className="apps-view-name">{app.name}</span>
            {unread.has(app.appId) ? <span role="img" aria-label={t('something new')} className="unread-dot" /> : null}
          </NavLink>
        ))}
        <hr />
        {sections.map((section) => (
          <NavLink key={section.href} href={section.href} onClick={() => phoneView.set('chat')}>
            <IconGlyph name={section.icon} size={20} />
            <span className="apps-view-name">{section.label}</span>
          </NavLink>
        ))}
      </nav>
    </main>
  )
}
