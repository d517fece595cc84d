import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
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

const ActionsPlace = createContext<HTMLElement | null>(null)

/** Buttons of a part of the page that stand in the page's head; the main one last. */
export function PageActions({ children }: { readonly children: ReactNode }) {
  const place = useContext(ActionsPlace)
  return place ? createPortal(children, place) : null
}

/** A page of the host inside the shell. Its title takes the focus when the page opens. */
export function PageFrame({ title, note, lead, actions, nav, children, width = 'wide' }: PageFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const [place, setPlace] = useState<HTMLElement | null>(null)
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
          <div ref={setPlace} className="page-actions">
            {actions}
          </div>
        </header>
        <ActionsPlace.Provider value={place}>{children}</ActionsPlace.Provider>
      </div>
    </div>
  )
}
