import type { JsonValue } from '@imperal/contract'
import type { UiTableRow } from '@imperal/contract/ui'

export interface Sort {
  readonly key: string
  readonly direction: 'ascending' | 'descending'
}

/** The next state of a column's header: ascending, descending, none. */
export function nextSort(current: Sort | null, key: string): Sort | null {
  if (current?.key !== key) return { key, direction: 'ascending' }
  return current.direction === 'ascending' ? { key, direction: 'descending' } : null
}

/** Rows in order; equal rows keep their places, and blanks come last. */
export function sortRows(rows: readonly UiTableRow[], sort: Sort | null): readonly UiTableRow[] {
  if (sort === null) return rows
  const sign = sort.direction === 'ascending' ? 1 : -1
  return rows.toSorted((a, b) => {
    const [left, right] = [a.data[sort.key] ?? null, b.data[sort.key] ?? null]
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
    return sign * compare(left, right)
  })
}

function compare(left: JsonValue, right: JsonValue): number {
  const [a, b] = [asNumber(left), asNumber(right)]
  if (a !== null && b !== null) return a - b
  return cellText(left).localeCompare(cellText(right), undefined, { numeric: true, sensitivity: 'base' })
}

function asNumber(value: JsonValue): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : null
}

/** A cell as text: nothing for null, compact JSON for objects. */
export function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** True when every value of the column is a number or missing: such a column stands at the right. */
export function isNumeric(rows: readonly UiTableRow[], key: string): boolean {
  const values = rows.map((row) => row.data[key]).filter((value) => value !== undefined && value !== null)
  return values.length > 0 && values.every((value) => typeof value === 'number')
}
