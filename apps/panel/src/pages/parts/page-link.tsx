import { classes } from '@imperal/ui-kit'
import type { ComponentPropsWithRef, MouseEvent } from 'react'
import { useGo } from './address.ts'

const isPlain = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey

/** A link to a page of the panel; new tabs and windows work as with any other link. */
export function PageLink({
  href,
  bare = false,
  className,
  onClick,
  ...rest
}: ComponentPropsWithRef<'a'> & { readonly href: string; readonly bare?: boolean }) {
  const go = useGo()
  return (
    <a
      {...rest}
      href={href}
      className={classes(!bare && 'im-link', className)}
      onClick={(event) => {
        onClick?.(event)
        if (event.defaultPrevented || !isPlain(event)) return
        event.preventDefault()
        go(href)
      }}
    />
  )
}
