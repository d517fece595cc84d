import type { ComponentPropsWithRef } from 'react'
import { go } from '../data/navigation.ts'

/** A link to a path of the shell that keeps the page; with a modifier key it behaves as any link. */
export function NavLink({ href, onClick, ...rest }: ComponentPropsWithRef<'a'> & { readonly href: string }) {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event)
        if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        go(href)
      }}
    />
  )
}
