import type { ReactNode } from 'react'
import { BrandMark } from './brand-mark.tsx'
import { useLook } from './use-look.ts'
import { useTitle } from './use-title.ts'

export interface AuthFrameProps {
  readonly title: string
  /** One sentence below the title. */
  readonly lead?: ReactNode
  readonly children?: ReactNode
  /** Links below the card, such as the way to the sign-up page. */
  readonly footer?: ReactNode
}

/** A centered card on an otherwise empty page: signing in, signing up, approving a device. */
export function AuthFrame({ title, lead, children, footer }: AuthFrameProps) {
  useTitle(title)
  const support = useLook()
  return (
    <div className="auth">
      <header className="auth-brand">
        <BrandMark size={24} />
      </header>
      <main className="auth-card">
        <h1>{title}</h1>
        {lead ? <p className="auth-lead">{lead}</p> : null}
        {children}
      </main>
      {footer ? <footer className="auth-foot">{footer}</footer> : null}
      {support ? (
        <footer className="auth-foot">
          <a href={`mailto:${support}`}>{support}</a>
        </footer>
      ) : null}
    </div>
  )
}
