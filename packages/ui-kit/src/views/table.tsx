import { safeCssLength, type UiNode, type UiProps, type UiTableRow } from '@imperal/contract/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState } from 'react'
import { useAct } from '../host/use-act.ts'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { classes } from '../parts/class-names.ts'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'
import { fromNestedControl } from './interactive.tsx'
import { TableCell } from './table-cell.tsx'
import { isNumeric, nextSort, type Sort, sortRows } from './table-model.ts'

export type Column = UiProps<'DataTable'>['columns'][number]

/** Above this many rows only those in sight are in the page. */
const MANY_ROWS = 200
const ROW_HEIGHT = 36

export function DataTableView({ node, props }: ViewProps<'DataTable'>) {
  const [sort, setSort] = useState<Sort | null>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => sortRows(props.rows, sort), [props.rows, sort])
  const many = rows.length > MANY_ROWS
  const numeric = useMemo(
    () => new Set(props.columns.filter((column) => isNumeric(props.rows, column.key)).map((column) => column.key)),
    [props.columns, props.rows],
  )
  const virtual = useVirtualizer({
    count: many ? rows.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const window = virtual.getVirtualItems()
  const shown = many ? window.map((item) => item.index) : rows.map((_, index) => index)
  const above = many ? (window[0]?.start ?? 0) : 0
  const below = many ? virtual.getTotalSize() - (window.at(-1)?.end ?? 0) : 0
  const maxHeight = props.max_height || (many ? 560 : undefined)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls, and a region for every table would be too many
    <div
      ref={scroller}
      role="group"
      className="im-table-box"
      aria-label={say('Table')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      style={{ maxHeight }}
    >
      <table
        className={classes('im-table', (props.sticky_header || many) && 'im-sticky-head')}
        aria-rowcount={many ? rows.length + 1 : undefined}
      >
        <thead>
          <tr>
            {props.columns.map((column) => (
              <HeadCell
                key={column.key}
                column={column}
                align={alignOf(column, numeric)}
                sort={sort}
                onSort={() => setSort(nextSort(sort, column.key))}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 ? (
            <tr>
              <td className="im-table-empty" colSpan={Math.max(1, props.columns.length)}>
                {props.empty_text || say('No data')}
              </td>
            </tr>
          ) : null}
          <Spacer height={above} />
          {shown.map((index) => {
            const row = rows[index]
            return row === undefined ? null : (
              <TableRow
                key={rowKey(row, index)}
                node={node}
                props={props}
                row={row}
                number={many ? index + 2 : undefined}
                numeric={numeric}
              />
            )
          })}
          <Spacer height={below} />
        </tbody>
      </table>
    </div>
  )
}

function rowKey(row: UiTableRow, index: number): string {
  const id = row.data.id
  return typeof id === 'string' || typeof id === 'number' ? `row:${id}` : `at:${index}`
}

function alignOf(column: Column, numeric: ReadonlySet<string>): 'left' | 'center' | 'right' {
  return column.align || (numeric.has(column.key) ? 'right' : 'left')
}

function Spacer({ height }: { readonly height: number }) {
  return height > 0 ? (
    <tr aria-hidden>
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  ) : null
}

interface HeadCellProps {
  readonly column: Column
  readonly align: string
  readonly sort: Sort | null
  readonly onSort: () => void
}

function HeadCell({ column, align, sort, onSort }: HeadCellProps) {
  const direction = sort?.key === column.key ? sort.direction : 'none'
  const width = safeCssLength(column.width) ?? undefined
  if (!column.sortable) {
    return (
      <th scope="col" data-align={align} style={{ width }}>
        {column.label}
      </th>
    )
  }
  return (
    <th scope="col" data-align={align} style={{ width }} aria-sort={direction}>
      <button type="button" className="im-sort" data-direction={direction} onClick={onSort}>
        {column.label}
        <IconGlyph name={direction === 'descending' ? 'ArrowDown' : 'ArrowUp'} size={12} />
      </button>
    </th>
  )
}

interface TableRowProps {
  readonly node: UiNode
  readonly props: UiProps<'DataTable'>
  readonly row: UiTableRow
  readonly number: number | undefined
  readonly numeric: ReadonlySet<string>
}

function TableRow({ node, props, row, number, numeric }: TableRowProps) {
  const act = useAct(node.path, 'row')
  const action = props.on_row_click
  const fire = () => void act.run(action, { row: { ...row.data } })
  const clickable =
    action === null
      ? {}
      : {
          tabIndex: 0,
          className: 'im-clickable',
          onClick: (event: React.MouseEvent) => fromNestedControl(event) || fire(),
          onKeyDown: (event: React.KeyboardEvent) => {
            if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' ')) return
            event.preventDefault()
            fire()
          },
        }
  return (
    <tr aria-rowindex={number} aria-busy={act.pending || undefined} {...clickable}>
      {props.columns.map((column) => (
        <TableCell
          key={column.key}
          node={node}
          column={column}
          row={row}
          align={alignOf(column, numeric)}
          action={props.on_cell_edit}
        />
      ))}
    </tr>
  )
}
