import { IconGlyph, Tooltip } from '@imperal/ui-kit'
import { announce } from '../data/announce.ts'
import { type App, useApps } from '../data/apps.ts'
import { layout, orderRail } from '../data/layout.ts'
import { useStore } from '../data/store.ts'
import { t } from '../i18n/index.ts'
import { AppIcon } from './app-icon.tsx'
import { NavLink } from './nav-link.tsx'
import { useUnreadApps } from './use-unread-apps.ts'

/** Apps of the rail in the person's order; new ones come last. */
export function useRailApps(): readonly App[] {
  const apps = useApps().filter((app) => app.inRail)
  const order = useStore(layout, (now) => now.rail)
  const rank = (app: App) => {
    const at = order.indexOf(app.appId)
    return at === -1 ? order.length : at
  }
  return [...apps].sort((a, b) => rank(a) - rank(b))
}

/** Moves an app of the rail by so many places. */
function move(apps: readonly App[], appId: string, by: number): void {
  const ids = apps.map((app) => app.appId)
  const from = ids.indexOf(appId)
  const to = Math.min(ids.length - 1, Math.max(0, from + by))
  ids.splice(to, 0, ...ids.splice(from, 1))
  orderRail(ids)
  const title = apps[from]?.name ?? appId
  announce(t('{title}, {n} of {count}', { title, n: to + 1, count: ids.length }))
}

export interface RailProps {
  /** The app that is open, null for the assistant, undefined on pages of the host. */
  readonly current: string | null | undefined
}

/** The column of installed apps. Alt with the arrows, or dragging, changes their order. */
export function Rail({ current }: RailProps) {
  const apps = useRailApps()
  const unread = useUnreadApps()
  return (
    <nav className="rail" aria-label={t('Apps')}>
      <RailLink href="/" label={t('Assistant')} isCurrent={current === null}>
        <IconGlyph name="MessageSquareText" size={20} />
      </RailLink>
      <span aria-hidden className="rail-rule" />
      <div className="rail-apps">
        {apps.map((app) => (
          <RailLink
            key={app.appId}
            href={`/ext/${app.appId}`}
            label={app.name}
            isCurrent={current === app.appId}
            unread={unread.has(app.appId)}
            dragId={app.appId}
            onMove={(by) => move(apps, app.appId, by)}
            onDropOf={(appId) => move(apps, appId, apps.indexOf(app) - apps.findIndex((one) => one.appId === appId))}
          >
            <AppIcon app={app} size={32} />
          </RailLink>
        ))}
      </div>
      <RailLink href="/marketplace" label={t('Add an app')} isCurrent={false}>
        <IconGlyph name="Plus" size={20} />
      </RailLink>
    </nav>
  )
}

interface RailLinkProps {
  readonly href: string
  readonly label: string
  readonly isCurrent: boolean
  readonly unread?: boolean
  readonly dragId?: string
  readonly onMove?: (by: number) => void
  readonly onDropOf?: (appId: string) => void
  readonly children: React.ReactNode
}

const APP_TYPE = 'application/x-imperal-rail'

function RailLink({ href, label, isCurrent, unread = false, dragId, onMove, onDropOf, children }: RailLinkProps) {
  return (
    <Tooltip content={label} side="right">
      <NavLink
        href={href}
        className="rail-entry"
        aria-label={unread ? t('{name}, something new', { name: label }) : label}
        aria-current={isCurrent ? 'page' : undefined}
        aria-keyshortcuts={onMove && 'Alt+ArrowUp Alt+ArrowDown'}
        draggable={dragId !== undefined}
        onDragStart={(event) => dragId && event.dataTransfer.setData(APP_TYPE, dragId)}
        onDragOver={(event) => {
          if (onDropOf && event.dataTransfer.types.includes(APP_TYPE)) event.preventDefault()
        }}
        onDrop={(event) => {
          const appId = event.dataTransfer.getData(APP_TYPE)
          if (appId === '') return
          event.preventDefault()
          onDropOf?.(appId)
        }}
        onKeyDown={(event) => {
          const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
          if (!event.altKey || by === undefined || !onMove) return
          event.preventDefault()
          onMove(by)
        }}
      >
        {children}
        {unread ? <span aria-hidden className="unread-dot" /> : null}
      </NavLink>
    </Tooltip>
  )
}
