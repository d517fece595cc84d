import { classes } from '@imperal/ui-kit'
import { type ReactNode, useId } from 'react'

/** A named part of a page: a heading and what it holds, without a frame. */
export function Section({
  title,
  note,
  lead,
  actions,
  children,
  className,
}: {
  readonly title: string
  readonly note?: ReactNode
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children?: ReactNode
  readonly className?: string
}) {
  const id = useId()
  return (
    <section className={classes('pg-section', className)} aria-labelledby={id}>
      <header className="pg-section-head">
        <h2 id={id}>
          {title}
          {note ? <span className="pg-note">{note}</span> : null}
        </h2>
        {actions ? <div className="pg-section-actions">{actions}</div> : null}
      </header>
      {lead ? <p className="pg-lead">{lead}</p> : null}
      {children}
    </section>
  )
}

/** Names and values in two columns; entries without a value are left out. */
export function Facts({ entries }: { readonly entries: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="pg-facts">
      {entries.map(([name, value]) =>
        value === null || value === undefined || value === '' ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}

/** One thing of a list: what it is, a line about it, and buttons at the end. */
export function Row({
  icon,
  title,
  badge,
  detail,
  actions,
  children,
}: {
  readonly icon?: ReactNode
  readonly title: ReactNode
  readonly badge?: ReactNode
  readonly detail?: ReactNode
  readonly actions?: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <li className="pg-row">
      {icon}
      <div className="pg-row-text">
        <div className="pg-row-title">
          <span>{title}</span>
          {badge}
        </div>
        {detail ? <div className="pg-row-detail">{detail}</div> : null}
        {children}
      </div>
      {actions ? <div className="pg-row-actions">{actions}</div> : null}
    </li>
  )
}
