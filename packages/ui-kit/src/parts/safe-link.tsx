import { safeUrl, type UrlRules } from '@imperal/contract/ui'
import type { ReactNode } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'

export interface SafeLinkProps {
  readonly href: string
  readonly children: ReactNode
  readonly onNavigate?: ((path: string) => void) | undefined
  readonly rules?: UrlRules
}

/** A link inside the rules of trees: paths go through the router, everything else opens in a new tab; refused ones are text. */
export function SafeLink({ href, children, onNavigate, rules = {} }: SafeLinkProps) {
  const safe = safeUrl(href, 'link', rules)
  if (safe === null) return <span className="im-muted">{children}</span>
  if (safe.startsWith('#'))
    return (
      <a className="im-link" href={safe}>
        {children}
      </a>
    )
  if (safe.startsWith('/')) {
    return (
      <a
        className="im-link"
        href={safe}
        onClick={(event) => {
          if (onNavigate === undefined || event.metaKey || event.ctrlKey || event.shiftKey) return
          event.preventDefault()
          onNavigate(safe)
        }}
      >
        {children}
      </a>
    )
  }
  return (
    <a className="im-link" href={safe} target="_blank" rel="noopener noreferrer" title={safe}>
      {children}
      <IconGlyph name="ArrowUpRight" size={12} />
    </a>
  )
}
