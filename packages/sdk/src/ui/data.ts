import type { JsonObject } from '@imperal/contract'
import { confirmWire } from './actions.ts'
import { always, builder, list, members, required, sparse } from './emit.ts'
import type {
  Action,
  BulkAction,
  Child,
  Children,
  Column,
  HoverAction,
  Icon,
  KeyValueItem,
  NodeMeta,
  Row,
  Scalar,
  TimelineItem,
  Tone,
  TreeItem,
  UINode,
} from './types.ts'

const TONES: readonly Tone[] = [
  'blue',
  'green',
  'red',
  'yellow',
  'orange',
  'purple',
  'cyan',
  'gray',
  'primary',
  'success',
  'danger',
  'warning',
  'info',
  'accent',
  'neutral',
  'amber',
]

const BULK = {
  label: required('label'),
  action: required('action'),
  icon: sparse('icon', ''),
  variant: sparse('variant', '', { choices: ['primary', 'secondary', 'ghost', 'danger'] }),
  confirm: sparse('confirm', '', { map: confirmWire }),
}
const rows = builder('List', {
  items: required('items', { map: list }),
  searchable: always('searchable', false),
  groupedBy: always('grouped_by', ''),
  pageSize: sparse('page_size', 0),
  onEndReached: sparse('on_end_reached'),
  selectable: sparse('selectable', false),
  bulkActions: sparse('bulk_actions', undefined, {
    map: (given: readonly BulkAction[]) => given.map((one) => members('List', BULK, one)),
  }),
  totalItems: sparse('total_items', 0),
  extraInfo: sparse('extra_info', ''),
  title: sparse('title', ''),
  emptyText: sparse('empty_text', ''),
  searchPlaceholder: sparse('search_placeholder', ''),
  maxHeight: sparse('max_height', 0),
  idsParam: sparse('ids_param', 'message_ids'),
})

export type ListOptions = NodeMeta & {
  readonly searchable?: boolean
  /** The ListItem option whose value makes the group, such as `group`. */
  readonly groupedBy?: string
  readonly pageSize?: number
  readonly onEndReached?: Action
  readonly selectable?: boolean
  readonly bulkActions?: readonly BulkAction[]
  readonly totalItems?: number
  readonly extraInfo?: string
  readonly title?: string
  readonly emptyText?: string
  readonly searchPlaceholder?: string
  readonly maxHeight?: number
  readonly idsParam?: string
}

/** Rows with search, groups, pages, selection and more on demand. Any node may be a row. */
export function List(items: readonly Child[], options: ListOptions = {}): UINode {
  return rows({ ...options, items })
}

const HOVER = {
  icon: required('icon'),
  onClick: required('on_click'),
  label: sparse('label', ''),
  confirm: sparse('confirm', '', { map: confirmWire }),
}
const listItem = builder('ListItem', {
  id: required('id'),
  title: required('title'),
  subtitle: sparse('subtitle', ''),
  meta: sparse('meta', ''),
  avatar: sparse('avatar'),
  badge: sparse('badge'),
  icon: sparse('icon', ''),
  selected: sparse('selected', false),
  onClick: sparse('on_click'),
  actions: sparse('actions', undefined, {
    map: (given: readonly HoverAction[]) => given.map((one) => members('ListItem', HOVER, one)),
  }),
  draggable: sparse('draggable', false),
  droppable: sparse('droppable', false),
  onDrop: sparse('on_drop'),
  expandable: sparse('expandable', false),
  expandedContent: sparse('expanded_content', undefined, { map: list }),
  group: sparse('group', ''),
})

export type ListItemOptions = NodeMeta & {
  readonly subtitle?: string
  readonly meta?: string
  readonly avatar?: Child
  readonly badge?: Child
  readonly icon?: Icon
  readonly selected?: boolean
  readonly onClick?: Action
  readonly actions?: readonly HoverAction[]
  readonly draggable?: boolean
  readonly droppable?: boolean
  readonly onDrop?: Action
  readonly expandable?: boolean
  readonly expandedContent?: Children
  /** Heading under which the row stands when the List is `groupedBy: 'group'`. */
  readonly group?: string
}

/** One row of a List. */
export function ListItem(id: string, title: string, options: ListItemOptions = {}): UINode {
  const { avatar, badge, ...rest } = options
  return listItem({ ...rest, id, title, avatar: list(avatar)[0], badge: list(badge)[0] })
}

const dataTable = builder('DataTable', {
  columns: required('columns'),
  rows: required('rows'),
  onRowClick: sparse('on_row_click'),
  onCellEdit: sparse('on_cell_edit'),
  emptyText: sparse('empty_text', ''),
  maxHeight: sparse('max_height', 0),
  stickyHeader: sparse('sticky_header', false),
})

export type DataTableOptions = NodeMeta & {
  readonly onRowClick?: Action
  readonly onCellEdit?: Action
  readonly emptyText?: string
  readonly maxHeight?: number
  readonly stickyHeader?: boolean
}

/** Rows and columns that can be sorted and, with `onCellEdit`, edited in place. Give every row an `id`. */
export function DataTable<R extends Row>(
  columns: readonly Column<R>[],
  entries: readonly R[],
  options: DataTableOptions = {},
): UINode {
  return dataTable({ ...options, columns, rows: entries })
}

const COLUMN = {
  key: required('key'),
  label: required('label'),
  sortable: always('sortable', true),
  width: sparse('width', ''),
  editable: sparse('editable', false),
  editType: sparse('edit_type', undefined, { choices: ['text', 'toggle', 'number'] }),
  align: sparse('align', '', { choices: ['', 'left', 'center', 'right'] }),
}

export type DataColumnOptions = {
  readonly sortable?: boolean
  readonly width?: string
  readonly editable?: boolean
  readonly editType?: 'text' | 'toggle' | 'number'
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

const stat = builder('Stat', {
  label: required('label'),
  value: required('value'),
  trend: always('trend', ''),
  icon: always('icon', ''),
  color: always('color', 'blue', { choices: TONES }),
  description: sparse('description', ''),
  trendDirection: sparse('trend_direction', '', { choices: ['', 'up', 'down', 'neutral'] }),
})

export type StatOptions = NodeMeta & {
  readonly trend?: string
  readonly icon?: Icon
  readonly color?: Tone
  readonly description?: string
  readonly trendDirection?: 'up' | 'down' | 'neutral'
}

/** One measured value. */
export function Stat(label: string, value: string | number, options: StatOptions = {}): UINode {
  return stat({ ...options, label, value })
}

const stats = builder('Stats', { children: required('children', { map: list }), columns: sparse('columns', 0) })

/** Measured values beside each other. */
export function Stats(children: Children, options: NodeMeta & { readonly columns?: number } = {}): UINode {
  return stats({ ...options, children: list(children) })
}

const badge = builder('Badge', {
  label: always('label', ''),
  value: always('value'),
  color: always('color', 'gray', { choices: TONES }),
  size: sparse('size', 'md', { choices: ['sm', 'md', 'lg'] }),
  dot: sparse('dot', false),
})

export type BadgeOptions = NodeMeta & {
  readonly value?: Scalar
  readonly color?: Tone
  readonly size?: 'sm' | 'md' | 'lg'
  readonly dot?: boolean
}

/** A word or a number that marks a state. */
export function Badge(label = '', options: BadgeOptions = {}): UINode {
  return badge({ ...options, label })
}

const avatar = builder('Avatar', {
  fallback: always('fallback', '?'),
  src: always('src', ''),
  size: always('size', 'md', { choices: ['xs', 'sm', 'md', 'lg'] }),
  name: sparse('name', ''),
  shape: sparse('shape', 'circle', { choices: ['circle', 'square'] }),
})

export type AvatarOptions = NodeMeta & {
  readonly fallback?: string
  readonly src?: string
  readonly size?: 'xs' | 'sm' | 'md' | 'lg'
  readonly name?: string
  readonly shape?: 'circle' | 'square'
}

/** A person or thing as a picture or initials. */
export function Avatar(options: AvatarOptions = {}): UINode {
  return avatar(options)
}

const PAIR = { key: required('key'), value: always('value'), copyable: sparse('copyable', false) }
const keyValue = builder('KeyValue', {
  items: required('items', {
    map: (given: readonly KeyValueItem[]) =>
      given.map((one) => ({ ...members('KeyValue', PAIR, one), ...(one.value === null ? { value: null } : {}) })),
  }),
  columns: always('columns', 1),
})

/** Names and their values. */
export function KeyValue(
  items: readonly KeyValueItem[] | { readonly [key: string]: Scalar },
  options: NodeMeta & { readonly columns?: number } = {},
): UINode {
  const pairs = Array.isArray(items) ? items : Object.entries(items).map(([key, value]) => ({ key, value }))
  return keyValue({ ...options, items: pairs })
}

const MOMENT = {
  title: required('title'),
  description: sparse('description', ''),
  time: sparse('time', ''),
  icon: sparse('icon', ''),
  color: sparse('color', '', { choices: TONES }),
}
const timeline = builder('Timeline', {
  items: required('items', {
    map: (given: readonly TimelineItem[]) => given.map((one) => members('Timeline', MOMENT, one)),
  }),
})

/** What happened, in order. */
export function Timeline(items: readonly TimelineItem[], options: NodeMeta = {}): UINode {
  return timeline({ ...options, items })
}

const ENTRY = {
  id: required('id'),
  label: required('label'),
  children: sparse('children', undefined, { map: (given: readonly TreeItem[]) => given.map(entry) }),
  icon: sparse('icon', ''),
  badge: sparse('badge', ''),
  expanded: sparse('expanded'),
  onClick: sparse('on_click'),
}
function entry(item: TreeItem): JsonObject {
  return members('Tree', ENTRY, item)
}
const tree = builder('Tree', {
  nodes: required('nodes', { map: (given: readonly TreeItem[]) => given.map(entry) }),
  label: sparse('label', ''),
})

/** Things inside things. */
export function Tree(nodes: readonly TreeItem[], options: NodeMeta & { readonly label?: string } = {}): UINode {
  return tree({ ...options, nodes })
}
