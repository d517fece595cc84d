import type { UiNode, UiProps } from '@imperal/contract/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { InnerNodes } from '../../tree/node-view.tsx'
import { groupOf, rowId } from './list-model.ts'
import { OpenRows, Row, type RowPlace } from './row.tsx'
import { scrollParent } from './scroll-parent.ts'
import type { Selection } from './use-selection.ts'

/** Above this many rows only those in sight are in the page. */
const MANY_ROWS = 200
const ROW_HEIGHT = 52
const GROUP_HEIGHT = 28
/** Rows beyond each edge of what is in sight, so that fast scrolling shows no gaps. */
const BEYOND = 12

// Safari drops list semantics from lists without bullets, unless the role is named.
export const LIST_ROLE = { role: 'list' } as const

interface RowsProps {
  readonly rows: readonly UiNode[]
  readonly props: UiProps<'List'>
  readonly selection: Selection
}

type Entry = { readonly group: string } | { readonly row: UiNode; readonly position: number }

/** Rows with the headings of their groups between them. */
function entriesOf(rows: readonly UiNode[], groupedBy: string): readonly Entry[] {
  let last: string | undefined
  return rows.flatMap((row, index): Entry[] => {
    const entry = { row, position: index + 1 }
    if (groupedBy === '') return [entry]
    const group = groupOf(row, groupedBy)
    const isFirst = group !== last
    last = group
    return isFirst ? [{ group }, entry] : [entry]
  })
}

const keyOf = (entry: Entry): string => ('row' in entry ? entry.row.resetToken : `group:${entry.group}`)

/** The rows of a list; of a long one only those in sight are in the page (ui 4.2). */
export function Rows({ rows, props, selection }: RowsProps) {
  const entries = useMemo(() => entriesOf(rows, props.grouped_by), [rows, props.grouped_by])
  const open = useRef(new Set<string>())
  const Content = rows.length > MANY_ROWS ? SomeRows : EveryRow
  return (
    <OpenRows value={open.current}>
      <Content entries={entries} count={rows.length} props={props} selection={selection} />
    </OpenRows>
  )
}

interface EntriesProps {
  readonly entries: readonly Entry[]
  readonly count: number
  readonly props: UiProps<'List'>
  readonly selection: Selection
}

function EveryRow({ entries, props, selection }: EntriesProps) {
  return (
    <ul {...LIST_ROLE} className="im-rows" aria-label={props.title || undefined}>
      {entries.map((entry) => (
        <AnyEntry key={keyOf(entry)} entry={entry} props={props} selection={selection} />
      ))}
    </ul>
  )
}

function SomeRows({ entries, count, props, selection }: EntriesProps) {
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

interface AnyEntryProps {
  readonly entry: Entry
  readonly props: UiProps<'List'>
  readonly selection: Selection
  /** Present when only some of the rows are in the page. */
  readonly index?: number
  readonly count?: number
  readonly measure?: Ref<HTMLLIElement>
}

function AnyEntry({ entry, props, selection, index, count, measure }: AnyEntryProps) {
  if ('group' in entry) {
    return (
      <li ref={measure} data-index={index} className="im-group" role="presentation">
        {entry.group}
      </li>
    )
  }
  const { row, position } = entry
  const place: RowPlace | undefined = count === undefined ? undefined : { index, measure, position, count }
  if (row.type !== 'ListItem') {
    return (
      <li
        ref={measure}
        data-index={index}
        aria-posinset={count && position}
        aria-setsize={count}
        className="im-list-plain"
      >
        <InnerNodes nodes={[row]} />
      </li>
    )
  }
  const id = rowId(row)
  const tick = props.selectable
    ? { checked: selection.has(id), active: selection.active, toggle: (range: boolean) => selection.toggle(id, range) }
    : undefined
  return <Row node={row} props={row.props as UiProps<'ListItem'>} tick={tick} place={place} /> // the type was checked
}
