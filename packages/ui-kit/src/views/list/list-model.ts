import { type UiNode, walkNodes } from '@imperal/contract/ui'
import { folded } from '../../parts/combobox.ts'
import { say } from '../../words.ts'
import { badgeText } from '../data.tsx'

/** The id under which a row is selected, dragged and found again. */
export function rowId(node: UiNode): string {
  const id = node.type === 'ListItem' ? node.props.id : undefined
  return typeof id === 'string' && id !== '' ? id : node.identity
}

function searchText(node: UiNode): string {
  if (node.type !== 'ListItem') {
    const words = [...walkNodes(node)].flatMap((one) => [
      one.props.content,
      one.props.label,
      one.props.text,
      one.props.title,
    ])
    return folded(words.filter((word) => typeof word === 'string').join('\n'))
  }
  const { title, subtitle, meta, badge } = node.props
  const mark = badge !== null && typeof badge === 'object' ? badgeText(badge as UiNode) : '' // read by the table as a node or null
  return folded([title, subtitle, meta, mark].join('\n'))
}

/** The rows that contain the query, without regard to case and accents (ui 4.4). */
export function searchRows(rows: readonly UiNode[], query: string): readonly UiNode[] {
  const needle = folded(query.trim())
  return needle === '' ? rows : rows.filter((row) => searchText(row).includes(needle))
}

/** The heading above a row: the value of the prop that the list is grouped by. */
export function groupOf(row: UiNode, groupedBy: string): string {
  const value = Object.hasOwn(row.props, groupedBy) ? row.props[groupedBy] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) || say('Other') : say('Other')
}

/** The rows of one page, counted from 1; a page past the end is the last one. */
export function pageOf<T>(
  rows: readonly T[],
  size: number,
  page: number,
): { readonly rows: readonly T[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(rows.length / size))
  const current = Math.min(Math.max(1, page), pages)
  return { rows: rows.slice((current - 1) * size, current * size), page: current, pages }
}
