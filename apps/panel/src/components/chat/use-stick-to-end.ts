import { type RefObject, useCallback, useEffect, useRef } from 'react'

const NEAR_END = 80

/** Keeps a scrolling column at its end while new content arrives, unless the person has scrolled up. */
export function useStickToEnd(
  key: string,
  hidden: boolean,
): { readonly scroller: RefObject<HTMLDivElement | null>; readonly onScroll: () => void } {
  const scroller = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const onScroll = useCallback(() => {
    const box = scroller.current
    if (box) atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END
  }, [])
  // Another conversation, or being seen again, begins at the end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const box = scroller.current
    if (!box || hidden) return
    if (atEnd.current) box.scrollTop = box.scrollHeight
  }, [key, hidden])
  useEffect(() => {
    const box = scroller.current
    const content = box?.firstElementChild
    if (!box || !content) return
    let height = content.clientHeight
    const observer = new ResizeObserver(() => {
      const grown = content.clientHeight - height
      height = content.clientHeight
      if (atEnd.current) box.scrollTop = box.scrollHeight
      // Older messages came in above: what was read stays where it was.
      else if (grown > 0 && box.scrollTop < 4) box.scrollTop += grown
    })
    observer.observe(content)
    observer.observe(box)
    return () => observer.disconnect()
  }, [])
  return { scroller, onScroll }
}
