import { Avatar, initials, Menu, type MenuEntry } from '@imperal/ui-kit'
import { type App, useApps } from '../../data/apps.ts'
import { isAdmin, type Me, nameOf, useMe } from '../../data/me.ts'
import { go } from '../../data/navigation.ts'
import { signOut } from '../../data/session.ts'
import { useStore } from '../../data/store.ts'
import { chooseTheme, type Theme, theme } from '../../data/theme.ts'
import { runMenuItem } from '../../data/workspace/run-menu-item.ts'
import { clearUnsaved } from '../../data/workspace/unsaved.ts'
import { t } from '../../i18n/index.ts'

interface AppEntry {
  readonly app: App
  readonly itemId: string
  readonly label: string
  readonly icon: string
  readonly section: 'main' | 'admin'
  readonly path: string
  readonly order: number
  readonly danger: boolean
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Entries that apps add; `account` and `footer` belong to the host (ui 5.8). */
function entriesOf(app: App): AppEntry[] {
  if (app.isDisabled || !app.hasAccess) return []
  return app.menu
    .filter((raw) => text(raw.item_id) !== '' && ['', 'main', 'admin'].includes(text(raw.section)))
    .map((raw) => ({
      app,
      itemId: text(raw.item_id),
      label: text(raw.label) || text(raw.item_id),
      icon: text(raw.icon),
      section: text(raw.section) === 'admin' ? 'admin' : 'main',
      path: text(raw.path),
      order: typeof raw.order === 'number' ? raw.order : 100,
      danger: raw.danger === true,
    }))
}

const toMenu = (entry: AppEntry): MenuEntry => ({
  key: `${entry.app.appId}/${entry.itemId}`,
  label: entry.label,
  ...(entry.icon ? { icon: entry.icon } : {}),
  danger: entry.danger,
  onSelect: () => (/^\/(?![/\\])/.test(entry.path) ? go(entry.path) : void runMenuItem(entry.app, entry.itemId)),
})

const THEMES: readonly { readonly theme: Theme; readonly label: string; readonly icon: string }[] = [
  { theme: 'light', label: t('Light theme'), icon: 'Sun' },
  { theme: 'dark', label: t('Dark theme'), icon: 'Moon' },
  { theme: 'system', label: t('Theme of the system'), icon: 'Monitor' },
]

function menuOf(me: Me, apps: readonly App[], current: Theme): MenuEntry[] {
  const entries = apps.flatMap(entriesOf).sort((a, b) => a.order - b.order || a.itemId.localeCompare(b.itemId))
  const main = entries.filter((entry) => entry.section === 'main').map(toMenu)
  const admin = isAdmin(me) ? entries.filter((entry) => entry.section === 'admin').map(toMenu) : []
  return [
    { key: 'account', label: nameOf(me), icon: 'CircleUser', onSelect: () => go('/settings/account') },
    { key: 'rule-theme', separator: true },
    ...THEMES.filter((one) => one.theme !== current).map((one) => ({
      key: one.theme,
      label: one.label,
      icon: one.icon,
      onSelect: () => chooseTheme(one.theme),
    })),
    { key: 'rule-main', separator: true },
    ...main,
    { key: 'wallet', label: t('Wallet'), icon: 'Wallet', onSelect: () => go('/wallet/movements') },
    { key: 'settings', label: t('Settings'), icon: 'Settings', onSelect: () => go('/settings/account') },
    ...(isAdmin(me) ? [{ key: 'admin', label: t('Admin'), icon: 'ShieldCheck', onSelect: () => go('/admin') }] : []),
    ...admin,
    { key: 'rule-end', separator: true },
    { key: 'sign-out', label: t('Sign out'), icon: 'LogOut', onSelect: leave },
  ]
}

function leave(): void {
  clearUnsaved()
  go('/sign-in')
  void signOut()
}

/** The person's own menu. */
export function UserMenu() {
  const me = useMe()
  const apps = useApps()
  const current = useStore(theme)
  if (!me) return null
  const name = nameOf(me)
  // Whoever steers by voice says what they see, which is the letters.
  const label = t('Account of {name}, {initials}', { name, initials: initials(name) })
  return (
    <Menu items={menuOf(me, apps, current)}>
      <button type="button" className="avatar-button" aria-label={label} title={me.email}>
        <span aria-hidden>
          <Avatar name={name} size={26} />
        </span>
      </button>
    </Menu>
  )
}
