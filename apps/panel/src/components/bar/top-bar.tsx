import { IconGlyph } from '@imperal/ui-kit'
import { brand } from '../../data/agency.ts'
import { isAdmin, useMe } from '../../data/me.ts'
import { openPalette } from '../../data/palette.ts'
import { useStore } from '../../data/store.ts'
import { t } from '../../i18n/index.ts'
import { BrandMark } from '../brand-mark.tsx'
import { NavLink } from '../nav-link.tsx'
import { useMedia } from '../use-media.ts'
import { LiveDot } from './live-dot.tsx'
import { NotificationsMenu } from './notifications-menu.tsx'
import { TasksMenu } from './tasks-menu.tsx'
import { ThemeToggle } from './theme-toggle.tsx'
import { Tray } from './tray.tsx'
import { UserMenu } from './user-menu.tsx'

/** Pages of the host, for the bar and for the list of a phone. */
export function useSections(): readonly { readonly href: string; readonly label: string; readonly icon: string }[] {
  const admin = isAdmin(useMe())
  return [
    { href: '/marketplace', label: t('Marketplace'), icon: 'Store' },
    { href: '/activity', label: t('Activity'), icon: 'Activity' },
    { href: '/developer/apps', label: t('Developer'), icon: 'Code' },
    { href: '/settings/account', label: t('Settings'), icon: 'Settings' },
    ...(admin ? [{ href: '/admin', label: t('Admin'), icon: 'ShieldCheck' }] : []),
  ]
}

const root = (path: string) => `/${path.split('/')[1] ?? ''}`

/** The host's bar: where one is, the way to everything, and what is going on. */
export function TopBar({ path, inWorkspace }: { readonly path: string; readonly inWorkspace: boolean }) {
  const sections = useSections()
  const brandName = useStore(brand)?.name ?? 'Imperal'
  const isPhone = useMedia('(max-width: 767px)')
  return (
    <header className="topbar">
      <NavLink href="/" className="brand" aria-label={t('{name}, to the assistant', { name: brandName })}>
        <BrandMark />
      </NavLink>
      {isPhone ? null : (
        <nav className="sections" aria-label={t('Sections')}>
          <SectionLink href="/" label={t('Assistant')} isCurrent={inWorkspace} />
          {sections.map(({ href, label }) => (
            <SectionLink key={href} href={href} label={label} isCurrent={!inWorkspace && root(path) === root(href)} />
          ))}
        </nav>
      )}
      <span className="topbar-space" />
      <button type="button" className="search-button" aria-keyshortcuts="Control+K Meta+K" onClick={openPalette}>
        <IconGlyph name="Search" size={16} />
        <span>{t('Search or run')}</span>
        <kbd>{navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <LiveDot />
      <TasksMenu />
      <Tray />
      <NotificationsMenu />
      <ThemeToggle />
      <UserMenu />
    </header>
  )
}

function SectionLink({
  href,
  label,
  isCurrent,
}: {
  readonly href: string
  readonly label: string
  readonly isCurrent: boolean
}) {
  return (
    <NavLink href={href} className="section-link" aria-current={isCurrent ? 'page' : undefined}>
      {label}
    </NavLink>
  )
}
