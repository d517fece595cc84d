import { IconGlyph, SelectField } from '@imperal/ui-kit'
import { useGo } from './address.ts'
import { PageLink } from './page-link.tsx'

export interface NavEntry {
  readonly href: string
  readonly label: string
  readonly icon: string
  readonly count?: number | undefined
}

export interface NavGroup {
  readonly label?: string
  readonly entries: readonly NavEntry[]
}

/** The pages of one place: a list at the left, or a select above the content where there is no room for it, or the way back. */
export function SideNav({
  label,
  groups,
  current,
  inside = false,
}: {
  readonly label: string
  readonly groups: readonly NavGroup[]
  readonly current: string
  /** The page lies below the current entry, so that choosing the entry leads back to it. */
  readonly inside?: boolean
}) {
  const go = useGo()
  const entries = groups.flatMap((group) => group.entries)
  const above = inside ? entries.find(({ href }) => href === current) : undefined
  return (
    <nav className="pg-nav" aria-label={label}>
      <div className="pg-nav-list">
        {groups.map((group, index) => (
          <div key={group.label ?? index} className="pg-nav-group">
            {group.label ? <p className="pg-nav-label">{group.label}</p> : null}
            {group.entries.map((entry) => (
              <PageLink
                key={entry.href}
                bare
                href={entry.href}
                className="pg-nav-entry"
                aria-current={entry.href === current ? 'page' : undefined}
              >
                <IconGlyph name={entry.icon} size={16} placeholder />
                <span>{entry.label}</span>
                {entry.count === undefined ? null : <small>{entry.count}</small>}
              </PageLink>
            ))}
          </div>
        ))}
      </div>
      <div className="pg-nav-select">
        {above ? (
          <PageLink href={above.href} className="pg-nav-back">
            <IconGlyph name="ArrowLeft" size={16} />
            {above.label}
          </PageLink>
        ) : (
          <SelectField
            fallbackName={label}
            options={entries.map((entry) => ({ value: entry.href, label: entry.label }))}
            value={current}
            onValue={(href) => go(href)}
          />
        )}
      </div>
    </nav>
  )
}
