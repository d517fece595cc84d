import { safeUrl, type UrlRules } from '@imperal/contract/ui'
import { Children, isValidElement, type ReactNode } from 'react'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { say } from '../words.ts'
import { strangeHost } from './link-host.ts'
import { Tooltip } from './tooltip.tsx'

export interface SafeLinkProps {
  readonly href: string
  readonly children: ReactNode
  readonly onNavigate?: ((path: string) => void) | undefined
  readonly rules?: UrlRules
}

/**
 * A link inside the rules of trees: paths go through the router, everything else opens in a new tab; refused ones are
 * text. A label that looks like another host is answered by a hint, for pointers and keys alike.
 */
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
  const host = strangeHost(textOf(children), safe)
  const link = (
    <a className="im-link" href={safe} target="_blank" rel="noopener noreferrer" title={host === '' ? safe : undefined}>
      {children}
      <IconGlyph name="ArrowUpRight" size={12} />
    </a>
  )
  return host === '' ? link : <Tooltip content={say('Leads to {host}', { host })}>{link}</Tooltip>
}

/** What can be read of a label. */
function textOf(label: ReactNode): string {
  return Children.toArray(label)
    .map((part) =>
      isValidElement<{ children?: ReactNode }>(part)
        ? textOf(part.props.children)
        : typeof part === 'object'
          ? ''
          : String(part),
    )
    .join('')
}
