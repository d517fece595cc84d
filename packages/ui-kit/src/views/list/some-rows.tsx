import { useVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'
import { AnyEntry, type EntriesProps, keyOf, LIST_ROLE } from './entry.tsx'
import { scrollParent } from './scroll-parent.ts'

const ROW_HEIGHT = 52
const GROUP_HEIGHT = 28
/** Rows beyond each edge of what is in sight, so that fast scrolling shows no gaps. */
const BEYOND = 12

/** The rows of a long list: only those in sight are in the page. */
export function SomeRows({ entries, count, props, selection }: EntriesProps) {
  const list = useRef<HTMLUListElement>(null)
  const [frame, setFrame] = useState<{ readonly scroller: Element | null; readonly above: number }>({
    scroller: null,
    above: 0,
  })
  // What stands above the list in the same scroller grows and shrinks with the tree, so it is measured after every draw.
  useLayoutEffect(() => {
    const element = list.current
    if (element === null) return
    const scroller = scrollParent(element) ?? document.documentElement
    const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
    const above = Math.round(top)
    if (scroller !== frame.scroller || above !== frame.above) setFrame({ scroller, above })
  })
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => frame.scroller,
    estimateSize: (index) => ('group' in (entries[index] ?? {}) ? GROUP_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => {
      const entry = entries[index]
      return entry === undefined ? index : keyOf(entry)
    },
    scrollMargin: frame.above,
    overscan: BEYOND,
    initialRect: { width: 0, height: 800 },
  })
  const shown = virtual.getVirtualItems()
  const before = Math.max(0, (shown[0]?.start ?? frame.above) - frame.above)
  const after = Math.max(0, virtual.getTotalSize() - ((shown.at(-1)?.end ?? frame.above) - frame.above))
  return (
    <ul
      {...LIST_ROLE}
      ref={list}
      className="im-rows"
      aria-label={props.title || undefined}
      style={{ paddingBlock: `${before}px ${after}px` }}
    >
      {shown.map(({ index, key }) => {
        const entry = entries[index]
        if (entry === undefined) return null
        return (
          <AnyEntry
            key={key}
            entry={entry}
            props={props}
            selection={selection}
            index={index}
            count={count}
            measure={virtual.measureElement}
          />
        )
      })}
    </ul>
  )
}
