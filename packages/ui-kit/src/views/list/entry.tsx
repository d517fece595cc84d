import type { UiNode, UiProps } from '@imperal/contract/ui'
import type { Ref } from 'react'
import { InnerNodes } from '../../tree/node-view.tsx'
import { rowId } from './list-model.ts'
import { Row, type RowPlace } from './row.tsx'
import type { Selection } from './use-selection.ts'

// Safari drops list semantics from lists without bullets, unless the role is named.
export const LIST_ROLE = { role: 'list' } as const

export type Entry = { readonly group: string } | { readonly row: UiNode; readonly position: number }

export const keyOf = (entry: Entry): string => ('row' in entry ? entry.row.resetToken : `group:${entry.group}`)

export interface EntriesProps {
  readonly entries: readonly Entry[]
  readonly count: number
  readonly props: UiProps<'List'>
  readonly selection: Selection
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

/** A row, or the heading of a group. */
export function AnyEntry({ entry, props, selection, index, count, measure }: AnyEntryProps) {
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
