import { type RefObject, useLayoutEffect, useRef } from 'react'
import { scrollParent } from './list/scroll-parent.ts'

/** A toolbar that is higher than this share of its pane would leave too little of it: it scrolls along instead (ui 4.9). */
const MOST_OF_PANE = 0.4
const MARK = 'im-sticky'

/**
 * Keeps a toolbar at the top of its pane, below the toolbars beside it that come before. What follows it (the search
 * box of a list) reads the height of them all from `--im-sticky-under`. Heights are measured again when they change.
 */
export function useSticky(isSticky: boolean): RefObject<HTMLDivElement | null> {
  const self = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = self.current
    const holder = element?.parentElement
    if (!isSticky || !element || !holder || typeof ResizeObserver === 'undefined') return
    let isGone = false
    const bars = () =>
      [...holder.children].filter(
        (child): child is HTMLElement => child.classList.contains(MARK) && !(isGone && child === element),
      )
    const place = () => {
      const pane = scrollParent(element)?.clientHeight ?? window.innerHeight
      let above = 0
      for (const bar of bars()) {
        const fits = above + bar.offsetHeight <= pane * MOST_OF_PANE
        bar.style.position = fits ? '' : 'static'
        bar.style.top = `${above}px`
        if (fits) above += bar.offsetHeight
      }
      holder.style.setProperty('--im-sticky-under', `${above}px`)
    }
    const observer = new ResizeObserver(place)
    observer.observe(element)
    const pane = scrollParent(element)
    if (pane) observer.observe(pane)
    place()
    return () => {
      observer.disconnect()
      isGone = true
      place()
    }
  }, [isSticky])
  return self
}
