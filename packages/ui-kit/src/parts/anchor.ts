import { cloneElement, type ReactElement, type Ref, type RefObject } from 'react'

type Handler = (event: never) => void
type Props = Readonly<Record<string, unknown>>

/**
 * The element with further props: its own handlers run first, and one that prevents the default keeps ours from running.
 * The element stays the same one in the page, whatever opens beside it.
 */
export function anchored(element: ReactElement, anchor: RefObject<HTMLElement | null>, props: Props): ReactElement {
  const own = element.props as Props & { readonly ref?: Ref<HTMLElement> } // React keeps the ref among the props
  const merged = Object.entries(props).map(([name, value]) => [name, both(own[name], value)])
  const ref = (node: HTMLElement | null) => {
    anchor.current = node
    if (typeof own.ref === 'function') return own.ref(node)
    if (own.ref) own.ref.current = node
  }
  return cloneElement(element, { ...Object.fromEntries(merged), ref } as object)
}

function both(own: unknown, ours: unknown): unknown {
  if (typeof own !== 'function') return own ?? ours
  if (typeof ours !== 'function') return own
  return (event: { readonly defaultPrevented: boolean }) => {
    ;(own as Handler)(event as never) // handlers of one name take the same event
    if (!event.defaultPrevented) (ours as Handler)(event as never)
  }
}
