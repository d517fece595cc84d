import type { JsonObject } from '@imperal/contract'
import { builder, list, members, sparse } from './emit.ts'
import {
  type AvatarOptions,
  type BadgeOptions as BadgeRules,
  type DataTableOptions,
  type KeyValueItem,
  type KeyValueOptions,
  type ListItemOptions,
  type ListOptions,
  type StatOptions,
  type StatsOptions,
  TABLE,
  type TimelineItem,
  type TreeOptions,
} from './table.ts'
import type { Child, Children, Column, NodeMeta, Row, Scalar, TreeItem, UINode } from './types.ts'

const rows = builder('List', TABLE.List)

/** Rows with search, groups, pages, selection and more on demand. Any node may be a row. */
export function List(items: readonly Child[], options: ListOptions = {}): UINode {
  return rows({ ...options, items })
}

const listItem = builder('ListItem', TABLE.ListItem)

/** One row of a List. */
export function ListItem(id: string, title: string, options: ListItemOptions = {}): UINode {
  return listItem({ ...options, id, title })
}

const dataTable = builder('DataTable', TABLE.DataTable)

/** Rows and columns that can be sorted and, with `onCellEdit`, edited in place. Give every row an `id`. */
export function DataTable<R extends Row>(
  columns: readonly Column<R>[],
  entries: readonly R[],
  options: DataTableOptions = {},
): UINode {
  return dataTable({ ...options, columns, rows: entries })
}

// The editor travels with every editable column, the usual one included.
const COLUMN = {
  ...TABLE.DataColumn,
  editType: sparse('edit_type', undefined, { choices: ['text', 'toggle', 'number'] }),
}

export type DataColumnOptions = {
  /** A click on the head sorts. */
  readonly sortable?: boolean
  /** A CSS length. */
  readonly width?: string
  /** Cells can be changed in place, when the table has `onCellEdit`. */
  readonly editable?: boolean
  /** The editor; `number` sends a number. */
  readonly editType?: 'text' | 'toggle' | 'number'
  /** By default numbers stand at the right. */
  readonly align?: 'left' | 'center' | 'right'
}

/** A column of a DataTable: plain data, not a node. */
export function DataColumn<R extends Row = Row>(
  key: keyof R & string,
  label: string,
  options: DataColumnOptions = {},
): Column<R> {
  const editType = options.editable === true ? (options.editType ?? 'text') : undefined
  const column: JsonObject = members('DataColumn', COLUMN, { ...options, editType, key, label })
  return Object.freeze(column) as Column<R> // made from the rules above, which are the columns of that type
}

const stat = builder('Stat', TABLE.Stat)

/** One measured value. */
export function Stat(label: string, value: string | number, options: StatOptions = {}): UINode {
  return stat({ ...options, label, value })
}

const stats = builder('Stats', TABLE.Stats)

/** Measured values beside each other. */
export function Stats(children: Children, options: StatsOptions = {}): UINode {
  return stats({ ...options, children: list(children) })
}

const badge = builder('Badge', TABLE.Badge)

export type BadgeOptions = Omit<BadgeRules, 'value'> & {
  /** Shown without a label; the counter of a tray item. */
  readonly value?: Scalar
}

/** A word or a number that marks a state. */
export function Badge(label = '', options: BadgeOptions = {}): UINode {
  return badge({ ...options, label })
}

const avatar = builder('Avatar', TABLE.Avatar)

/** A person or thing as a picture or initials. */
export function Avatar(options: AvatarOptions = {}): UINode {
  return avatar(options)
}

const keyValue = builder('KeyValue', TABLE.KeyValue)

/** Names and their values. */
export function KeyValue(
  items: readonly KeyValueItem[] | { readonly [key: string]: Scalar },
  options: KeyValueOptions = {},
): UINode {
  const pairs = Array.isArray(items) ? items : Object.entries(items).map(([key, value]) => ({ key, value }))
  return keyValue({ ...options, items: pairs })
}

const timeline = builder('Timeline', TABLE.Timeline)

/** What happened, in order. */
export function Timeline(items: readonly TimelineItem[], options: NodeMeta = {}): UINode {
  return timeline({ ...options, items })
}

const tree = builder('Tree', TABLE.Tree)

/** Things inside things. */
export function Tree(nodes: readonly TreeItem[], options: TreeOptions = {}): UINode {
  return tree({ ...options, nodes })
}
