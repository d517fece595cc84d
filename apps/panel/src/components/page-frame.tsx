import { type ReactNode, useEffect, useRef } from 'react'
import { useTitle } from './use-title.ts'

export interface PageFrameProps {
  readonly title: string
  /** A short fact beside the title, such as a count. */
  readonly note?: ReactNode
  /** One sentence below the title. */
  readonly lead?: ReactNode
  /** Buttons at the end of the head; the main one last. */
  readonly actions?: ReactNode
  /** Side navigation at the left, a row above the content on narrow screens. */
  readonly nav?: ReactNode
  readonly children?: ReactNode
  /** `form` keeps the content at 560 px, `wide` at 1120 px. */
  readonly width?: 'form' | 'wide'
}

/** A page of the host inside the shell. Its title takes the focus when the page opens. */
export function PageFrame({ title, note, lead, actions, nav, children, width = 'wide' }: PageFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useTitle(title)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <div className={nav ? 'page page-with-nav' : 'page'}>
      {nav}
      <div className="page-body" data-width={width}>
        <header className="page-head">
          <div>
            <h1 ref={heading} tabIndex={-1}>
              {title}
              {note ? <span className="page-note">{note}</span> : null}
            </h1>
            {lead ? <p className="page-lead">{lead}</p> : null}
          </div>
          {actions ? <div className="page-actions">{actions}</div> : null}
        </header>
        {children}
      </div>
    </div>
  )
}
