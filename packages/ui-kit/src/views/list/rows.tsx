import type { UiNode, UiProps } from '@imperal/contract/ui'
import { useMemo, useRef } from 'react'
import { laterPart } from '../../parts/later-part.tsx'
import { AnyEntry, type EntriesProps, type Entry, keyOf, LIST_ROLE } from './entry.tsx'
import { groupOf } from './list-model.ts'
import { OpenRows } from './row.tsx'
import type { Selection } from './use-selection.ts'

/** Above this many rows only those in sight are in the page. */
const MANY_ROWS = 200
/** So many are there while the code for the others is on its way. */
const FIRST_ROWS = 40
/** Only the rows in sight. */
export const SomeRows = laterPart(
  async () => (await import('./some-rows.tsx')).SomeRows,
  (all: EntriesProps) => <EveryRow {...all} entries={all.entries.slice(0, FIRST_ROWS)} />,
)

interface RowsProps {
  readonly rows: readonly UiNode[]
  readonly props: UiProps<'List'>
  readonly selection: Selection
}

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

/** The rows of a list; of a long one only those in sight are in the page (ui 4.2). */
export function Rows({ rows, props, selection }: RowsProps) {
  const entries = useMemo(() => entriesOf(rows, props.grouped_by), [rows, props.grouped_by])
  const open = useRef(new Set<string>())
  const all: EntriesProps = { entries, count: rows.length, props, selection }
  return (
    <OpenRows value={open.current}>{rows.length > MANY_ROWS ? <SomeRows {...all} /> : <EveryRow {...all} />}</OpenRows>
  )
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
